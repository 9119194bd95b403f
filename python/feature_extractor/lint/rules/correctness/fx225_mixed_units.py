"""FX225: dollars meet cents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from feature_extractor.check.typed import Call, Expression, Field, InputReference, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import TOGETHER
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import FLOAT, INT


class _Unit(NamedTuple):
    quantity: str
    name: str


_ENDS: Final = (
    ("money", "dollars", r"usd|dollars"),
    ("money", "cents", r"cents"),
    ("money", "euros", r"eur|euros"),
    ("money", "pounds sterling", r"gbp"),
    ("money", "yen", r"jpy|yen"),
    ("money", "yuan", r"cny|rmb|yuan"),
    ("money", "rupees", r"inr|rupees"),
    ("distance", "kilometres", r"km|kilomet(?:er|re)s"),
    ("distance", "metres", r"met(?:er|re)s"),
    ("distance", "miles", r"miles"),
    ("distance", "feet", r"feet"),
    ("size", "bytes", r"bytes"),
    ("size", "kilobytes", r"kb|kib|kilobytes"),
    ("size", "megabytes", r"mb|mib|megabytes"),
    ("size", "gigabytes", r"gb|gib|gigabytes"),
    ("share", "per cent", r"percent|pct"),
    ("share", "basis points", r"bps"),
    ("share", "fractions", r"fraction"),
    ("temperature", "degrees Celsius", r"celsius"),
    ("temperature", "degrees Fahrenheit", r"fahrenheit"),
)
"""Quantities, their units, and the last words of names that tell them."""
_NAMES: Final = [
    (re.compile(rf"_(?:{ends})$"), _Unit(quantity, name)) for quantity, name, ends in _ENDS
]
_SAME: Final = {"to_float", "round", "floor", "ceil", "trunc", "to_int", "abs", "max", "min"}
"""Operators that keep the unit of their first argument."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the units that the names of inputs and fields tell."""
    for call, feature in program.calls(*sorted(TOGETHER)):
        named = [part for value in call.arguments if (part := _named(value)) is not None]
        if len(named) != 2 or len(call.arguments) != 2:
            continue
        program.look_at_names()
        left, right = (_unit_of_name(part.name) for part in named)
        if left is None or right is None or left == right or left.quantity != right.quantity:
            continue
        if call.operator in ("add", "subtract", "coalesce"):
            left, right = right, left
        yield Finding(
            program.place(call, feature),
            f"{left.name} are {TOGETHER[call.operator]} {right.name}",
            caption=f"{left.quantity} in two units",
            help="bring both to one unit first, or correct the name",
        )


def _named(value: Expression) -> InputReference | Field | None:
    """Return the input or field that a number comes from as it is, or None where it does not."""
    while isinstance(value, Call):
        is_defaulted = value.operator == "coalesce" and isinstance(value.arguments[1], Literal)
        if not is_defaulted and value.operator not in _SAME:
            return None
        value = value.arguments[0]
    if not isinstance(value, InputReference | Field):
        return None
    return value if value.type.with_nullable(False) in (INT, FLOAT) else None


@lru_cache(maxsize=4096)
def _unit_of_name(name: str) -> _Unit | None:
    return next((unit for pattern, unit in _NAMES if pattern.search(name)), None)


RULE: Final = Rule(
    code="FX225",
    name="mixed-units",
    severity=Severity.ERROR,
    summary="Amounts of money, distances, sizes or shares in two units are mixed.",
    check=check,
    by_feature=True,
)
