"""FX604: two features have the same value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from feature_extractor.check.fingerprint import Fingerprints
from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.program import DeclaredFeature, LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.syntax import tree

_WRITTEN_OUT: Final = 3
"""From how many operators on a formula in two files should be a let of a module."""


def check(programs: Sequence[LintedProgram]) -> Iterator[Finding]:
    """Compare what features mean, not how they are written."""
    formulas: dict[str, tuple[LintedProgram, DeclaredFeature]] = {}
    for program in programs:
        paths = {resource.name: resource.path for resource in program.program.resources}
        fingerprints = Fingerprints(paths.__getitem__)
        own: dict[tuple[object, ...], DeclaredFeature] = {}
        for feature in program.features:
            meaning = fingerprints.of(feature.value)
            first = own.setdefault(_received(feature, meaning), feature)
            if first is not feature:
                yield Finding(
                    feature.span,
                    f"`{feature.name}` is the same as `{first.name}`",
                    caption="the model receives one value twice",
                    labels=(Label(first.span, "the first one"),),
                    help="remove one of them",
                )
                continue
            known = formulas.setdefault(meaning, (program, feature))
            if known[0] is not program and _size(feature.declaration.value) >= _WRITTEN_OUT:
                yield Finding(
                    feature.span,
                    f"`{feature.name}` is written out here and in {known[0].path}",
                    caption="who changes one may forget the other",
                    labels=(Label(known[1].span, "the other one"),),
                    help="make it a let of a module, and `use` that in both files",
                )


def _received(feature: DeclaredFeature, meaning: str) -> tuple[object, ...]:
    """Return what decides what the model receives of a feature."""
    checked = feature.checked
    kind = (checked.kind, checked.size, checked.vocabulary, checked.maximum, checked.default)
    return (meaning, *kind)


def _size(value: tree.Expression) -> int:
    """Return how many operators are written in an expression."""
    count = 0
    waiting: list[tree.Node] = [value]
    while waiting:
        node = waiting.pop()
        count += isinstance(
            node, tree.Call | tree.Binary | tree.Unary | tree.Conditional | tree.Index
        )
        waiting.extend(tree.children(node))
    return count


RULE: Final = Rule(
    code="FX604",
    name="duplicate-feature",
    severity=Severity.WARNING,
    summary="Two features have the same value, or one formula is written out in two files.",
    check_project=check,
)
