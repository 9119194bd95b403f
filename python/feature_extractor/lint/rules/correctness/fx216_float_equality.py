"""FX216: computed floats are asked whether they are equal."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import FLOAT, ListType

_ROUNDED: Final = {
    "add",
    "subtract",
    "multiply",
    "divide",
    "ratio",
    "sum",
    "mean",
    "stddev",
    "variance",
    "exp",
    "log",
    "log1p",
    "log2",
    "log10",
    "sqrt",
    "power",
    "smooth",
    "decay",
    "min_max",
    "z_score",
    "haversine_distance",
}
"""Operators whose result is rounded to a float."""
_PASSING: Final = {"coalesce", "abs", "negate", "clip", "maximum", "minimum"}


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for `==`, `!=` and `in` of floats that are rounded, or that no 32-bit column can hold."""
    for call, feature in program.calls("equal", "not_equal", "contains"):
        program.look_closer()
        left, right = call.arguments
        if not all(_is_float(value) for value in (left, right)):
            continue
        constants = [value for value in (left, right) if isinstance(value, Literal)]
        others = [value for value in (left, right) if not isinstance(value, Literal)]
        if len(others) == 0:
            continue
        rounded = next((name for value in others if (name := _rounded(value))), "")
        strange = next((x for value in constants for x in _numbers(value) if _is_strange(x)), None)
        if constants and strange is None:
            # Whole numbers, halves and quarters come out exactly where they come out at all.
            continue
        if not rounded and strange is None:
            continue
        reason = (
            f"the result of `{rounded}` is rounded"
            if rounded
            else f"a column of 32-bit floats holds {_as_float32(strange or 0.0)!r} instead"
        )
        yield Finding(
            program.place(call, feature),
            "floats are asked whether they are equal",
            caption=reason,
            help="ask whether they are near each other: `abs(x - y) < 0.001`, or compare ints",
        )


def _is_float(value: Expression) -> bool:
    type_ = value.type.element if isinstance(value.type, ListType) else value.type
    return type_.with_nullable(False) == FLOAT


def _rounded(value: Expression) -> str:
    """Return the operator that rounded a float, or an empty text."""
    while isinstance(value, Call) and value.operator in _PASSING:
        value = value.arguments[0]
    return value.operator if isinstance(value, Call) and value.operator in _ROUNDED else ""


def _numbers(value: Literal) -> Iterator[float]:
    items = value.value if isinstance(value.value, tuple) else (value.value,)
    yield from (float(item) for item in items if isinstance(item, int | float))


def _is_strange(number: float) -> bool:
    """Return whether a number changes when it is stored in 32 bits."""
    return _as_float32(number) != number


def _as_float32(number: float) -> float:
    try:
        return float(struct.unpack("<f", struct.pack("<f", number))[0])
    except OverflowError:
        return number


RULE: Final = Rule(
    code="FX216",
    name="float-equality",
    severity=Severity.WARNING,
    summary="Floats that are rounded are compared by `==`, `!=` or `in`.",
    check=check,
    by_feature=True,
)
