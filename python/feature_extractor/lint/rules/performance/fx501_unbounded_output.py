"""FX501: a list of a feature may be as long as its input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Lambda, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import integer, origins
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import ListType

_CUTTING: Final = {
    "take_first": 1,
    "take_last": 1,
    "take_sample": 1,
    "top": 1,
    "top_by": 2,
    "top_n": 1,
    "top_similarities": 2,
    "slice": 2,
    "multi_hash": 1,
}
"""Operators whose result is no longer than a constant, with its position."""

_KEEPING: Final = {
    "filter",
    "distinct",
    "reverse",
    "sort",
    "sort_by",
    "lookup",
    "hash_bucket",
    "hash",
}
"""Operators whose result is no longer than their list."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at features with lists of ids that nothing cuts."""
    for feature in program.features:
        checked = feature.checked
        if checked.kind not in ("ids", "weighted") or checked.maximum is not None:
            continue
        if all(_is_short(program, origin) for origin in origins(feature.value)):
            continue
        yield Finding(
            feature.declaration.kind.span,
            f"nothing bounds the length of `{feature.name}`",
            caption="one strange request makes it as long as its input",
            help=f"write for example `{checked.kind}({_size(feature.declaration.kind.span.text)}, max = 100)`",
        )


def _size(kind: str) -> str:
    return kind.partition("(")[2].rpartition(")")[0].strip()


def _is_short(program: LintedProgram, value: Expression) -> bool:
    """Return whether the length of a list is known from constants."""
    while isinstance(value, Call):
        if value.operator in _CUTTING:
            program.look_closer()
            return integer(value.arguments[_CUTTING[value.operator]]) is not None
        lists = [
            part
            for part in value.arguments
            if isinstance(part.type, ListType) and not isinstance(part, Lambda)
        ]
        keeps = value.operator in _KEEPING or program.operator(value.operator).mapping
        if not keeps or len(lists) != 1:
            return False
        value = lists[0]
    return isinstance(value, Literal)


RULE: Final = Rule(
    code="FX501",
    name="unbounded-output",
    severity=Severity.WARNING,
    summary="A feature gives a list that may be as long as its input.",
    check=check,
    by_feature=True,
)
