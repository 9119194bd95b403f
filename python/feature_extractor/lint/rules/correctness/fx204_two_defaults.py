"""FX204: `??` gives one default, and the kind of the feature another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Label, Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule

_ENDS: Final = {"coalesce": 1, "to_float": 0}
"""Operators behind which the default of `??` is found, with the argument to look at."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the default in brackets with the one behind the last `??` of the value."""
    for feature in program.features:
        declared = feature.checked.default
        if declared is None:
            continue
        program.look_closer()
        written = _default(feature.value)
        if written is None or written.value == declared:
            continue
        shown = _text(declared)
        yield Finding(
            feature.declaration.kind.span,
            f"`{feature.name}` has two defaults: {_text(written.value)} and {shown}",
            caption=f"{shown} is never seen for a missing value",
            labels=(Label(program.place(written, feature), "this one comes first"),),
            help="keep the one that was meant: the `??` decides what the model sees for a missing value",
        )


def _text(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{value}"


def _default(value: Expression) -> Literal | None:
    """Return the constant that a value has in the end where all else is null."""
    found = False
    while isinstance(value, Call) and value.operator in _ENDS:
        found = found or value.operator == "coalesce"
        value = value.arguments[_ENDS[value.operator]]
    is_constant = isinstance(value, Literal) and value.value is not None
    return value if found and is_constant and isinstance(value, Literal) else None


RULE: Final = Rule(
    code="FX204",
    name="two-defaults",
    severity=Severity.WARNING,
    summary="A feature has a default in its kind and another one behind `??`.",
    check=check,
    by_feature=True,
)
