"""Remembers in which features a rule finds nothing, so that it is not asked again about others like them.

The features of a repository are many, and most of them are like others before: the same operators on values of the same
types. The graph of a typed value is a key: without names and constants that of its shape, and with them that of all
that can be seen of it. A rule that found nothing by the shape alone finds nothing in the next feature that has it. If
it looked at names, this holds for features with the same names, if it looked closer, for those with the same constants
too, and if it looked further, for none.
What a rule finds is never copied: it is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.program import DeclaredFeature, LintedProgram, Look, SomeFeatures
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.registry import Registry

Check: TypeAlias = Callable[[LintedProgram], Iterable[Finding]]

_MOST_KEYS: Final = 50_000
"""Features of a run that are remembered; after that everything is learnt anew."""


class Sharing:
    """What was learnt from the features of a run, for each configuration of its programs."""

    def __init__(self) -> None:
        self._learnt: dict[str, Learnt] = {}

    def of(self, configuration: Configuration, registry: Registry) -> Learnt:
        """Return what is known of features under a configuration; the operators are the same in a run."""
        learnt = self._learnt.get(configuration.key)
        if learnt is None or learnt.registry is not registry:
            learnt = self._learnt[configuration.key] = Learnt(configuration.rules, registry)
        return learnt


class Learnt:
    """Of each key, the codes of the rules that have to be asked about a feature that has it."""

    def __init__(self, rules: Sequence[Rule], registry: Registry) -> None:
        self.registry = registry
        self.codes = [rule.code for rule in rules if rule.by_feature and rule.check is not None]
        self.by_shape: dict[int, Sequence[str]] = {}
        self.by_names: dict[Hashable, Sequence[str]] = {}
        self.by_all: dict[Hashable, Sequence[str]] = {}
        self.shapes: dict[tuple[Any, ...], int] = {}
        """A number for each shape: a short key."""

    def begin(self, program: LintedProgram) -> Questions:
        """Return which features of a program its rules have to be asked about."""
        if len(self.by_all) > _MOST_KEYS:
            self.shapes.clear()
            self.by_shape.clear()
            self.by_names.clear()
            self.by_all.clear()
        return Questions(self, program)


class Questions:
    """The features of one program that rules have to be asked about."""

    def __init__(self, learnt: Learnt, program: LintedProgram) -> None:
        self._program = program
        self._learnt = learnt
        self._asked: dict[str, list[int]] = {}
        """The numbers of the features that a rule is asked about, by its code."""
        self._new_shapes: dict[int, list[str]] = {}
        """The shapes that were met first in this program, with the rules that have to be asked again."""
        self._new_names: dict[Hashable, list[str]] = {}
        """The same for shapes with their names."""
        self._new: dict[Hashable, list[str]] = {}
        """The same for all that can be seen."""
        self._keys: list[Keys] = []
        self._parts: dict[tuple[int, ...], SomeFeatures] = {}
        asked = self._asked
        for number, feature in enumerate(program.features):
            keys = keys_of(feature, learnt.shapes)
            self._keys.append(keys)
            known = learnt.by_all.get(keys.all)
            if known is None:
                self._new[keys.all] = []
                known = learnt.by_names.get(keys.names)
            if known is None:
                self._new_names[keys.names] = []
                known = learnt.by_shape.get(keys.shape)
            if known is None:
                self._new_shapes[keys.shape] = []
                known = learnt.codes
            for code in known:
                asked.setdefault(code, []).append(number)

    def ask(self, rule: Rule) -> list[Finding]:
        """Return what a rule that judges by feature finds in the program."""
        numbers = self._asked.get(rule.code)
        if numbers is None or rule.check is None:
            return []
        found, look = self._look(rule.check, tuple(numbers))
        if found or look is not Look.AT_SHAPE:
            self._keep(rule.code, rule.check, numbers, found, look)
        return found

    def _keep(
        self,
        code: str,
        check: Check,
        numbers: Sequence[int],
        found: Sequence[Finding],
        look: Look,
    ) -> None:
        """Remember for which new keys a rule has to be asked again: features with these are looked at one by one."""
        alone: dict[int, tuple[bool, Look]] = {}

        def clean_by(number: int, *looks: Look) -> bool:
            if len(numbers) == 1:
                return not found and look in looks
            if number not in alone:
                own, looked = self._look(check, (number,))
                alone[number] = (not own, looked)
            is_clean, looked = alone[number]
            return is_clean and looked in looks

        # Of features with the same key one is asked, the last.
        shapes = {self._keys[number].shape: number for number in numbers}
        for shape in shapes.keys() & self._new_shapes.keys():
            if not clean_by(shapes[shape], Look.AT_SHAPE):
                self._new_shapes[shape].append(code)
        if found or look in (Look.CLOSER, Look.FURTHER):
            named = {self._keys[number].names: number for number in numbers}
            for names in named.keys() & self._new_names.keys():
                # To ask about one more feature by itself, for its names alone, would cost more than it saves.
                number = named[names]
                is_told = number in alone or len(numbers) == 1
                if not is_told or not clean_by(number, Look.AT_SHAPE, Look.AT_NAMES):
                    self._new_names[names].append(code)
        if found or look is Look.FURTHER:
            wholes = {self._keys[number].all: number for number in numbers}
            for whole in wholes.keys() & self._new.keys():
                if not clean_by(wholes[whole], Look.AT_SHAPE, Look.AT_NAMES, Look.CLOSER):
                    self._new[whole].append(code)

    def learn(self) -> None:
        """Remember what all rules said: now that they were asked about each new key."""
        self._learnt.by_shape.update(self._new_shapes)
        self._learnt.by_names.update(self._new_names)
        self._learnt.by_all.update(self._new)
        for part in self._parts.values():
            part.close()

    def _look(self, check: Check, numbers: tuple[int, ...]) -> tuple[list[Finding], Look]:
        """Return what is found in some features, and how they were looked at."""
        part = self._parts.get(numbers)
        if part is None:
            features = self._program.features
            part = self._parts[numbers] = SomeFeatures(
                self._program, [features[number] for number in numbers]
            )
        part.forget()
        found = list(check(part))
        return found, part.look


class Keys(NamedTuple):
    """What can be seen of a feature: equal keys are those of features that are alike."""

    shape: int
    """All but names and constants."""
    names: Hashable
    """All but constants."""
    all: Hashable


def keys_of(feature: DeclaredFeature, shapes: dict[tuple[Any, ...], int]) -> Keys:
    """Return the keys of a feature; ``shapes`` has the numbers of the shapes that were met before."""
    checked, graph = feature.checked, feature.graph
    form = (
        checked.kind,
        checked.size is None,
        checked.vocabulary is None,
        checked.maximum is None,
        checked.default is None,
        graph.form,
    )
    shape = shapes.setdefault(form, len(shapes))
    names = (shape, checked.vocabulary, graph.names, graph.variables, graph.resources)
    values = (checked.size, checked.maximum, repr(checked.default), graph.values)
    return Keys(shape, names, (names, values))
