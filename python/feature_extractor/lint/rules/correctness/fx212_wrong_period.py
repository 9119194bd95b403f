"""FX212: a cycle of 23 hours."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Applicability, Severity
from feature_extractor.lint.places import own_node
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.lint.written import arguments, is_plain
from feature_extractor.syntax import tree

_PERIODS: Final = {
    "hour": (24.0,),
    "minute": (60.0,),
    "second": (60.0,),
    "seconds_of_day": (86_400.0,),
    "day": (30.0, 30.4, 30.5, 31.0),
    "day_of_week": (7.0,),
    "day_of_year": (365.0, 366.0),
    "hour_of_week": (168.0,),
    "month": (12.0,),
    "quarter": (4.0,),
    "week_of_year": (52.0, 53.0),
}
"""After how many steps each part of the calendar begins again; days of a month and of a year differ."""
_CYCLIC: Final = {"cyclic_sin", "cyclic_cos"}
_WAVES: Final = {"sin", "cos"}
_TOLERANCE: Final = 0.005
"""How far a period may be off because of a rounded constant for pi, as a part of it."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for periods that miss that of the calendar by about one; half and double ones are meant."""
    for call, feature in program.calls(*sorted(_CYCLIC), *sorted(_WAVES)):
        program.look_closer()
        found = _length(call)
        if found is None:
            continue
        part, period = found
        right = _PERIODS[part]
        low, high = right[0] * (1 - _TOLERANCE), right[-1] * (1 + _TOLERANCE)
        if low <= period <= high or min(abs(period - p) for p in right) > max(
            1.01, 0.02 * right[0]
        ):
            continue
        fix = None
        node = own_node(program, call)
        if isinstance(node, tree.Call) and call.operator in _CYCLIC and is_plain(node):
            given = arguments(node)[-1]
            if isinstance(given, tree.Literal):
                text = f"{right[0]:.1f}" if given.kind == "float" else f"{right[0]:.0f}"
                message = "write the period of the calendar"
                fix = program.written.replacing(given, text, message, Applicability.UNSAFE)
        yield Finding(
            program.place(call, feature),
            f"`{part}` begins again after {right[0]:g}, and this wave after {period:.4g}",
            caption="the first and the last value look the same"
            if period < low
            else "the ends do not meet",
            help=f"write `{part}(...).cyclic_sin({right[0]:g})` and `cyclic_cos`",
            fix=fix,
        )


def _length(call: Call) -> tuple[str, float] | None:
    """Return the part of the calendar that a wave runs over, and after how many steps it begins again."""
    value: Expression = call.arguments[0]
    period = 2 * math.pi
    if call.operator in _CYCLIC:
        given = call.arguments[1]
        if not isinstance(given, Literal) or not isinstance(given.value, int | float):
            return None
        period = float(given.value)
    while isinstance(value, Call):
        if value.operator in _PERIODS:
            return (value.operator, period) if math.isfinite(period) else None
        if value.operator in ("to_float", "round", "floor"):
            value = value.arguments[0]
            continue
        if len(value.arguments) != 2:
            return None
        left, right = value.arguments
        if value.operator in ("multiply", "add") and isinstance(left, Literal):
            left, right = right, left
        number = right.value if isinstance(right, Literal) else None
        if not isinstance(number, int | float) or number == 0:
            return None
        if value.operator == "multiply":
            period /= abs(number)
        elif value.operator == "divide":
            period *= abs(number)
        elif value.operator not in ("add", "subtract"):
            return None
        value = left
    return None


RULE: Final = Rule(
    code="FX212",
    name="wrong-period",
    severity=Severity.WARNING,
    summary="A wave over hours, weekdays or months has a period that is off by one.",
    check=check,
    by_feature=True,
)
