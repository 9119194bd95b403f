"""Remembers in which features a rule finds nothing, so that it is not asked again about others like them.

The features of a repository are many, and most of them are like others before: the same operators on values of the same
types. What a rule sees of a feature is made a key: the graph of its typed value, in which inputs, fields and constants
are there with their types, and with their names or values only where the rule sees these. A rule that found nothing for
a key finds nothing for the next feature that has it. What a rule finds is never copied: it is asked again.

Some rules see more than they say where there is something to look at. What they see then is remembered under the key
with all names and values, unless they look at more than the feature.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.program import DeclaredFeature, LintedProgram, Look, SomeFeatures
from feature_extractor.lint.rule import Finding, Rule, Sees
from feature_extractor.registry import Registry

_MOST_KEYS: Final = 100_000
"""Features of a run that are remembered, once for each way to see them; after that everything is learnt anew."""


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
        self.codes: dict[Sees, list[str]] = {}
        for rule in rules:
            if rule.sees is not None and rule.check is not None:
                self.codes.setdefault(rule.sees, []).append(rule.code)
        self.open: dict[Sees, dict[Hashable, Sequence[str]]] = {sees: {} for sees in self.codes}
        """Those of the rules that see as much as the key has, for each way to see a feature."""
        self.alike: dict[Hashable, Sequence[str]] = {}
        """Those of all rules, for keys with all that can be seen: here what rules saw at a closer look counts too."""
        self.shapes: dict[tuple[Any, ...], int] = {}
        """A number for each graph without names and values: a short key."""

    def begin(self, program: LintedProgram) -> Questions:
        """Return which features of a program its rules have to be asked about."""
        if sum(map(len, self.open.values())) + len(self.alike) > _MOST_KEYS:
            self.shapes.clear()
            self.alike.clear()
            for known in self.open.values():
                known.clear()
        return Questions(self, program)


class Questions:
    """The features of one program that rules have to be asked about."""

    def __init__(self, learnt: Learnt, program: LintedProgram) -> None:
        self._program = program
        self._learnt = learnt
        self._asked: dict[str, list[int]] = {}
        """The numbers of the features that a rule is asked about, by its code."""
        self._new: dict[Sees, dict[Hashable, list[str]]] = {sees: {} for sees in learnt.codes}
        """The keys that were met first in this program, with the rules that have to be asked again."""
        self._new_alike: dict[Hashable, list[str]] = {}
        self._keys: list[Keys] = []
        self._parts: dict[tuple[int, ...], SomeFeatures] = {}
        asked = self._asked
        for number, feature in enumerate(program.features):
            keys = keys_of(feature, learnt.shapes)
            self._keys.append(keys)
            known = learnt.alike.get(keys.all)
            if known is None:
                self._new_alike.setdefault(keys.all, [])
                known = self._of_parts(keys)
            for code in known:
                asked.setdefault(code, []).append(number)

    def _of_parts(self, keys: Keys) -> list[str]:
        """Return the rules that have to be asked about a feature, by what each of them sees."""
        found: list[str] = []
        for sees, codes in self._learnt.codes.items():
            key = keys.of(sees)
            known = self._learnt.open[sees].get(key)
            if known is None:
                self._new[sees].setdefault(key, [])
                known = codes
            found += known
        return found

    def ask(self, rule: Rule) -> list[Finding]:
        """Return what a rule that sees something finds in the program."""
        numbers = self._asked.get(rule.code)
        if numbers is None or rule.sees is None or rule.check is None:
            return []
        found, look = self._look(rule.check, tuple(numbers))
        if found or look is not Look.AS_SAID:
            self._keep(rule.code, rule.sees, rule.check, numbers, is_clean=not found, look=look)
        return found

    def _keep(
        self,
        code: str,
        sees: Sees,
        check: Callable[[LintedProgram], Iterable[Finding]],
        numbers: Sequence[int],
        *,
        is_clean: bool,
        look: Look,
    ) -> None:
        """Remember by which new keys a rule has to be asked again: features of these are looked at one by one."""
        single = {numbers[0]: (is_clean, look)} if len(numbers) == 1 else {}

        def alone(number: int) -> tuple[bool, Look]:
            if number not in single:
                found, looked = self._look(check, (number,))
                single[number] = (not found, looked)
            return single[number]

        new, met = self._new[sees], set[Hashable]()
        for number in numbers:
            key = self._keys[number].of(sees)
            if key in new and key not in met:
                met.add(key)
                if alone(number) != (True, Look.AS_SAID):
                    new[key].append(code)
        if is_clean and look is Look.CLOSER:
            return
        met.clear()
        for number in numbers:
            key = self._keys[number].all
            if key in self._new_alike and key not in met:
                met.add(key)
                if alone(number) not in _SEEN_WHOLLY:
                    self._new_alike[key].append(code)

    def learn(self) -> None:
        """Remember what all rules said: now that they were asked about each new key."""
        for sees, new in self._new.items():
            self._learnt.open[sees].update(new)
        self._learnt.alike.update(self._new_alike)
        for part in self._parts.values():
            part.close()

    def _look(
        self, check: Callable[[LintedProgram], Iterable[Finding]], numbers: tuple[int, ...]
    ) -> tuple[list[Finding], Look]:
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


_SEEN_WHOLLY: Final = ((True, Look.AS_SAID), (True, Look.CLOSER))
"""How a rule found nothing in a feature by that alone which its full key has."""


class Keys:
    """What can be seen of a feature: each way to see it has a key, which is equal for those that are alike in it."""

    __slots__ = ("_names", "_shape", "_values", "all")

    def __init__(self, shape: int, names: tuple[Any, ...], values: tuple[Any, ...]) -> None:
        self._shape = shape
        self._names = names
        self._values = values
        self.all: Hashable = (shape, names, values)

    def of(self, sees: Sees) -> Hashable:
        """Return the key for a way to see the feature."""
        if sees is Sees.TYPES:
            return self._shape
        if sees is Sees.NAMES:
            return (self._shape, self._names)
        return (self._shape, self._values) if sees is Sees.VALUES else self.all


def keys_of(feature: DeclaredFeature, shapes: dict[tuple[Any, ...], int]) -> Keys:
    """Return the keys of a feature; ``shapes`` has the numbers of the forms that were met before."""
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
    names = (checked.vocabulary, graph.names, graph.variables, graph.resources)
    values = (checked.size, checked.maximum, repr(checked.default), graph.values)
    return Keys(shape, names, values)
