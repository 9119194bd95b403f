"""Remembers in which features a rule finds nothing, so that it is not asked again about others like them.

The features of a repository are many, and most of them are like others before: the same operators on values of the same
types. What a rule sees of a feature is made a key: the graph of its typed value, in which inputs, fields and constants
are there with their types, and with their names or values only where the rule sees these. A rule that found nothing for
a key finds nothing for the next feature that has it. What a rule finds is never copied: it is asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final

from feature_extractor.lint.configuration import Configuration
from feature_extractor.lint.program import DeclaredFeature, LintedProgram, SomeFeatures
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
        self.shapes: dict[tuple[Any, ...], int] = {}
        """A number for each graph without names and values: a short key."""

    def begin(self, program: LintedProgram) -> Questions:
        """Return which features of a program its rules have to be asked about."""
        if sum(map(len, self.open.values())) > _MOST_KEYS:
            self.shapes.clear()
            for known in self.open.values():
                known.clear()
        return Questions(self, program)


class Questions:
    """The features of one program that rules have to be asked about."""

    def __init__(self, learnt: Learnt, program: LintedProgram) -> None:
        self._program = program
        self._open = learnt.open
        self._asked: dict[str, list[int]] = {}
        """The numbers of the features that a rule is asked about, by its code."""
        self._new: dict[Sees, dict[Hashable, list[str]]] = {sees: {} for sees in learnt.codes}
        """The keys that were met first in this program, with the rules that have to be asked again."""
        self._keys: list[dict[Sees, Hashable]] = []
        self._parts: dict[tuple[int, ...], SomeFeatures] = {}
        asked = self._asked
        for number, feature in enumerate(program.features):
            keys = keys_of(feature, learnt.shapes)
            self._keys.append(keys)
            for sees, codes in learnt.codes.items():
                key = keys[sees]
                known = learnt.open[sees].get(key)
                if known is None:
                    self._new[sees].setdefault(key, [])
                    known = codes
                for code in known:
                    asked.setdefault(code, []).append(number)

    def ask(self, rule: Rule) -> list[Finding]:
        """Return what a rule that sees something finds in the program."""
        numbers = self._asked.get(rule.code)
        if numbers is None or rule.sees is None or rule.check is None:
            return []
        found, is_clean = self._look(rule.check, tuple(numbers))
        if not is_clean:
            new = self._new[rule.sees]
            by_key: dict[Hashable, int] = {}
            for number in numbers:
                key = self._keys[number][rule.sees]
                if key in new:
                    by_key.setdefault(key, number)
            for key, number in by_key.items():
                if len(numbers) == 1 or not self._look(rule.check, (number,))[1]:
                    new[key].append(rule.code)
        return found

    def learn(self) -> None:
        """Remember what all rules said: now that they were asked about each new key."""
        for sees, new in self._new.items():
            self._open[sees].update(new)

    def _look(
        self, check: Callable[[LintedProgram], Iterable[Finding]], numbers: tuple[int, ...]
    ) -> tuple[list[Finding], bool]:
        """Return what is found in some features, and whether there was nothing to look at."""
        part = self._parts.get(numbers)
        if part is None:
            features = self._program.features
            part = self._parts[numbers] = SomeFeatures(
                self._program, [features[number] for number in numbers]
            )
        part.forget()
        found = list(check(part))
        return found, not found and not part.looked_further


def keys_of(feature: DeclaredFeature, shapes: dict[tuple[Any, ...], int]) -> dict[Sees, Hashable]:
    """Return what can be seen of a feature, for each way to see it: equal for those that are alike in it.

    ``shapes`` has the numbers of the forms that were met before.
    """
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
    return {
        Sees.TYPES: shape,
        Sees.NAMES: (shape, names),
        Sees.VALUES: (shape, values),
        Sees.ALL: (shape, names, values),
    }
