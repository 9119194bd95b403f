"""FX604: two features have the same value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written_out import features
from feature_extractor.syntax import tree

_WRITTEN_OUT: Final = 3
"""From how many operators on a formula in two files should be a let of a module."""
_OPERATIONS: Final = frozenset((tree.Call, tree.Binary, tree.Unary, tree.Conditional, tree.Index))


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare what features of a program mean, not how they are written."""
    for feature, first, _ in _meanings(program):
        if first is not feature:
            yield Finding(
                feature.span,
                f"`{feature.name}` is the same as `{first.name}`",
                caption="the model receives one value twice",
                labels=(Label(first.span, "the first one"),),
                help="remove one of them",
            )


def summarise(program: LintedProgram) -> list[list[Any]]:
    """Return place, name and meaning of each feature, and whether its formula is a long one."""
    return [
        [feature.span.start, feature.span.end, feature.name, meaning, _is_long(feature)]
        for feature, first, meaning in _meanings(program)
        if first is feature
    ]


def _meanings(program: LintedProgram) -> Iterator[tuple[DeclaredFeature, DeclaredFeature, str]]:
    """Yield each feature with the first one that gives the model the same, and what its value means."""
    seen: dict[tuple[object, ...], DeclaredFeature] = {}
    for feature, meaning in zip(program.features, program.meanings, strict=True):
        yield feature, seen.setdefault(_received(feature, meaning), feature), meaning


def _received(feature: DeclaredFeature, meaning: str) -> tuple[object, ...]:
    """Return what decides what the model receives of a feature."""
    checked = feature.checked
    kind = (checked.kind, checked.size, checked.vocabulary, checked.maximum, checked.default)
    return (meaning, *kind)


def _is_long(feature: DeclaredFeature) -> bool:
    """Return whether a formula has so many operators that it should be written once."""
    count = 0
    found: list[tree.Node] = [feature.declaration.value]
    for node in found:
        # The list grows while it is gone through, until it is long enough.
        if type(node) in _OPERATIONS:
            count += 1
            if count == _WRITTEN_OUT:
                return True
        found += tree.children(node)
    return False


RULE: Final = Rule(
    code="FX604",
    name="duplicate-feature",
    severity=Severity.WARNING,
    summary="Two features have the same value, or one formula is written out in two files.",
    check=check,
    summarise=summarise,
    check_project=features,
)
