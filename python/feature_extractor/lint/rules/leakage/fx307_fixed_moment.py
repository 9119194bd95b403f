"""FX307: an age is counted from a day that is written into the program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.moments import difference
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule

_PASSING: Final = {
    "total_days",
    "total_hours",
    "total_seconds",
    "divide",
    "floor_divide",
    "to_float",
    "round",
    "floor",
    "ceil",
    "trunc",
    "to_int",
    "log1p",
    "log",
    "log2",
    "sqrt",
    "decay",
    "logarithmic_decay",
    "coalesce",
    "maximum",
    "minimum",
    "clip",
    "abs",
    "negate",
    "multiply",
    "add",
    "subtract",
    "min_max",
    "z_score",
    "bucketize",
    "bucketize_log",
}
"""Operators through which a difference is still an age."""
_CALENDAR: Final = {"date_diff", "months_between"}
_COUNTING: Final = {
    "to_unix_microseconds",
    "to_unix_milliseconds",
    "to_unix_seconds",
    "year",
    "iso_year",
}
"""Operators that count from a fixed moment themselves."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Follow features down to differences of a moment and a constant one."""
    moments = program.moments
    for feature in program.features:
        for counted in _counted(feature.value):
            program.look_closer()
            if moments.is_now(counted.arguments[0]):
                yield Finding(
                    program.place(counted, feature),
                    f"`{feature.name}` measures from a fixed moment",
                    caption="grows for ever: no value of the training data comes again",
                    help="measure from the time of the request, as in `(now - e.at) / 1d`, or take a part of the "
                    "calendar that comes again",
                )
        seen: set[int] = set()
        waiting: list[Expression] = [feature.value]
        while waiting:
            value = waiting.pop()
            if not isinstance(value, Call) or id(value) in seen:
                continue
            seen.add(id(value))
            pair = difference(value)
            if pair is None and value.operator in _CALENDAR:
                pair = (value.arguments[1], value.arguments[0])
            if pair is None:
                if value.operator in _PASSING:
                    waiting.extend(value.arguments[: 2 if value.operator != "clip" else 1])
                continue
            later_fixed, earlier_fixed = (isinstance(part, Literal) for part in pair)
            if later_fixed == earlier_fixed:
                continue
            yield Finding(
                program.place(value, feature),
                f"`{feature.name}` measures from a fixed moment",
                caption="negative for all that happens later"
                if later_fixed
                else "grows for ever: no value of the training data comes again",
                help="measure from the time of the request, as in `(now - e.at) / 1d`, or take a part of the calendar "
                "that comes again",
            )


def _counted(value: Expression) -> Iterator[Call]:
    """Yield the moments as numbers that a value is, up to arithmetic with constants."""
    waiting = [value]
    seen: set[int] = set()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, Call) or id(part) in seen:
            continue
        seen.add(id(part))
        if part.operator in _COUNTING:
            yield part
        elif part.operator in _PASSING:
            first, *others = part.arguments
            if isinstance(first, Literal) and others:
                first, *others = others[0], first, *others[1:]
            if all(isinstance(other, Literal) for other in others):
                waiting.append(first)


RULE: Final = Rule(
    code="FX307",
    name="fixed-moment",
    severity=Severity.WARNING,
    summary="A feature is the time since, or until, a moment that is written into the program.",
    check=check,
    by_feature=True,
)
