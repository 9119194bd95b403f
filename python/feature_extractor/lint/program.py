"""What rules see of a program: its text, its tree, and what the checker found out about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from feature_extractor.check import Analysis
from feature_extractor.check.typed import Call, CheckedProgram, Expression, Feature, Lambda, Site
from feature_extractor.diagnostics import Source, Span
from feature_extractor.lint.expressions import inner_first, outer_first
from feature_extractor.lint.graphs import Graph, graph_of, meaning
from feature_extractor.lint.moments import Moments
from feature_extractor.lint.names import Names
from feature_extractor.lint.ranges import Ranges
from feature_extractor.lint.setting import Configurable, SettingValue
from feature_extractor.lint.suppressions import Suppression, read_suppressions
from feature_extractor.lint.written import Written
from feature_extractor.registry import Operator, Registry
from feature_extractor.syntax import tree
from feature_extractor.types import Type


@dataclass(frozen=True)
class DeclaredFeature:
    """A feature as it was written, and as the checker understood it."""

    declaration: tree.FeatureDeclaration
    checked: Feature

    @property
    def name(self) -> str:
        """The name of the feature."""
        return self.checked.name

    @property
    def span(self) -> Span:
        """The place of the name."""
        return self.declaration.name.span

    @property
    def value(self) -> Expression:
        """The typed value."""
        return self.checked.value

    @cached_property
    def _walked(self) -> tuple[Sequence[Expression], Mapping[str, Sequence[Call]]]:
        return outer_first(self.checked.value)

    @property
    def parts(self) -> Sequence[Expression]:
        """Every expression of the value, each once and outer ones first: walked once for all rules."""
        return self._walked[0]

    @property
    def calls(self) -> Mapping[str, Sequence[Call]]:
        """The calls of the value, by the names of their operators."""
        return self._walked[1]

    @cached_property
    def calls_with_lambdas(self) -> Sequence[Call]:
        """The calls of the value that are given a lambda."""
        return [
            c for calls in self.calls.values() for c in calls if Lambda in map(type, c.arguments)
        ]

    @cached_property
    def graph(self) -> Graph:
        """What the value is made of, written down: equal values that mean the same have equal graphs."""
        return graph_of(self.parts)


class LintedProgram:
    """A program without errors, with what rules ask about it. Modules are programs of their own."""

    def __init__(
        self,
        program: CheckedProgram,
        analysis: Analysis,
        registry: Registry,
        settings: Mapping[str, Mapping[str, SettingValue]] = MappingProxyType({}),
    ) -> None:
        self.program = program
        self._analysis = analysis
        self.files = analysis.files
        """The trees of the main file and its modules, the main one first."""
        self.file = analysis.files[0]
        self.values = analysis.values
        """The typed value of each let without parameters of the main file and of each feature, by name."""
        self.registry = registry
        self._settings = settings
        self.files_read: set[Path] = set()
        """The files that rules have read, besides the resources of the program: what was found depends on them."""

    @property
    def path(self) -> str:
        """The path as messages show it."""
        return self.file.source.path

    @property
    def source(self) -> Source:
        """The text of the main file."""
        return self.file.source

    @cached_property
    def features(self) -> Sequence[DeclaredFeature]:
        """All features, in the order of the file."""
        declared = [s for s in self.file.statements if isinstance(s, tree.FeatureDeclaration)]
        return [
            DeclaredFeature(declaration, checked)
            for declaration, checked in zip(declared, self.program.features, strict=True)
        ]

    @cached_property
    def inputs(self) -> dict[str, tuple[Span, Type]]:
        """The place and type of each declared input, by name."""
        types = {declared.name: declared.type for declared in self.program.inputs}
        return {
            name.text: (name.span, types[name.text])
            for statement in self.file.statements
            if isinstance(statement, tree.InputDeclaration)
            for field in statement.fields
            for name in field.names
        }

    @cached_property
    def names(self) -> Names:
        """Which names are used by which declarations."""
        return Names(self.file, self.written)

    def calls(self, *operators: str) -> Iterator[tuple[Call, DeclaredFeature]]:
        """Yield the calls of some operators, by their places, each with the first feature that needs it."""
        found: dict[Call, DeclaredFeature] = {}
        for feature in self.features:
            known = feature.calls
            for name in operators:
                if name in known:
                    for call in known[name]:
                        found.setdefault(call, feature)
        pairs = [*found.items()]
        if len(pairs) > 1:
            pairs.sort(key=lambda pair: pair[0].site)
        return iter(pairs)

    @cached_property
    def calls_with_lambdas(self) -> Sequence[tuple[Call, DeclaredFeature]]:
        """The calls that are given a lambda, each with the first feature that needs it, in the order of features."""
        found: dict[Call, DeclaredFeature] = {}
        for feature in self.features:
            for call in feature.calls_with_lambdas:
                found.setdefault(call, feature)
        return [*found.items()]

    @cached_property
    def inner_first(self) -> Sequence[Expression]:
        """Every expression that some feature needs, each once and behind its parts."""
        return inner_first(feature.value for feature in self.features)

    @cached_property
    def ranges(self) -> Ranges:
        """What is known about the size of the numbers that features read."""
        return Ranges(self)

    @cached_property
    def moments(self) -> Moments:
        """Which timestamps are the time of the request, and what conditions say of those of events."""
        return Moments(self)

    @cached_property
    def meanings(self) -> Sequence[str]:
        """A fingerprint of the value of each feature, equal for values that mean the same."""
        paths = {resource.name: resource.path for resource in self.program.resources}
        return [meaning(feature.graph, paths) for feature in self.features]

    @cached_property
    def written(self) -> Written:
        """How typed expressions of the main file were written."""
        return Written(self.file)

    @cached_property
    def suppressions(self) -> list[Suppression]:
        """The comments that allow findings."""
        return read_suppressions(self.file)

    def setting(self, rule: Configurable, name: str) -> Any:
        """Return what the settings of this program say for a rule, or the rule's default.

        The value is of the kind that the rule's :class:`Setting` names; a list is a tuple of str. Raises KeyError
        for a name that the rule does not declare.
        """
        declared = {setting.name: setting for setting in rule.settings}[name]
        return self._settings.get(rule.code, {}).get(name, declared.default)

    def operator(self, name: str) -> Operator:
        """Return the operator of a call."""
        return self.registry.by_name[name]

    def place(self, expression: Expression, feature: DeclaredFeature) -> Span:
        """Return where an expression stands; the feature's value where that is in another file."""
        if expression.site.path != self.path:
            return feature.declaration.value.span
        return self._span(expression.site)

    def look_at_names(self) -> None:
        """Say that a rule goes on to look at the names of a value, and not at its constants."""

    def look_closer(self) -> None:
        """Say that a rule goes on to look at names and constants of a value."""

    def look_further(self) -> None:
        """Say that a rule goes on to look at more than the value: what it finds holds for this program alone."""

    def close(self) -> None:
        """Forget what was worked out, some of which refers back to the program, so that its memory is free at once."""
        self.__dict__.clear()

    def _span(self, site: Site) -> Span:
        starts = self.source.line_starts
        start = starts[site.line - 1] + site.column - 1
        return Span(self.source, start, starts[site.end_line - 1] + site.end_column - 1)


class Look(Enum):
    """At what a rule looked: at the shape of values, at their names, at constants too, or at more of the program."""

    AT_SHAPE = "at shape"
    AT_NAMES = "at names"
    CLOSER = "closer"
    FURTHER = "further"


class SomeFeatures(LintedProgram):
    """A program as if it had some of its features only, which knows how a rule looks at it."""

    def __init__(self, whole: LintedProgram, features: Sequence[DeclaredFeature]) -> None:
        super().__init__(whole.program, whole._analysis, whole.registry, whole._settings)
        self._whole = whole
        self.files_read = whole.files_read
        self.look = Look.AT_SHAPE
        """At what was looked since the last call of :meth:`forget`."""
        # In the place of what the property would find.
        self.__dict__["features"] = features

    @cached_property
    def written(self) -> Written:
        """How typed expressions of the main file were written; who asks looks further."""
        self.look = Look.FURTHER
        return self._whole.written

    @cached_property
    def ranges(self) -> Ranges:
        """What is known about the size of numbers: the same as in the whole program."""
        return self._whole.ranges

    @cached_property
    def moments(self) -> Moments:
        """Which timestamps are the time of the request, and what conditions say of those of events."""
        return self._whole.moments.of(self)

    @cached_property
    def names(self) -> Names:
        """Which names are used by which declarations; who asks looks further."""
        self.look = Look.FURTHER
        return self._whole.names

    def place(self, expression: Expression, feature: DeclaredFeature) -> Span:
        """Return where an expression stands; who asks looks further."""
        self.look = Look.FURTHER
        return super().place(expression, feature)

    def look_at_names(self) -> None:
        """Remember that a rule looks at the names of values."""
        if self.look is Look.AT_SHAPE:
            self.look = Look.AT_NAMES

    def look_closer(self) -> None:
        """Remember that a rule looks at all of the values."""
        if self.look is not Look.FURTHER:
            self.look = Look.CLOSER

    def look_further(self) -> None:
        """Remember that a rule looks at more than the values."""
        self.look = Look.FURTHER

    def forget(self) -> None:
        """Let the next rule begin as one that has looked at nothing."""
        self.look = Look.AT_SHAPE
        self.__dict__.pop("written", None)
        self.__dict__.pop("names", None)
