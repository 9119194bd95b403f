"""FX209: seconds meet milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from feature_extractor.check.typed import Call, Expression, Field, InputReference, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import TOGETHER
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import FLOAT, INT

_SUFFIXES: Final = (
    ("microseconds", 1, r"micros|microseconds?|usec|us"),
    ("milliseconds", 10**3, r"millis|milliseconds?|msec|ms"),
    ("seconds", 10**6, r"seconds?|secs?|unix"),
    ("minutes", 60 * 10**6, r"minutes|mins"),
    ("hours", 3600 * 10**6, r"hours|hrs"),
    ("days", 86_400 * 10**6, r"days"),
)
"""Units of time with their length in microseconds, and the ends of names that tell them."""
_NAMES: Final = [(re.compile(rf"_(?:{ends})$"), length) for _, length, ends in _SUFFIXES]
_WINDOW: Final = re.compile(r"(?:^|_)(?:per|last|past|prev|previous|trailing|rolling|\d+)_[a-z]+$")
"""Names of what was counted in a time, such as ``clicks_last_24_hours``: they are no times themselves."""
_LONG: Final = 60 * 10**6
_TIME: Final = re.compile(
    r"(?:^|_)(?:age|duration|since|elapsed|delay|gap|wait|dwell|watch|session|latency|time|ttl|left|remaining|until)_"
)
"""What the name of a number of minutes, hours or days has to say beside the unit: ``trial_days`` may be anything."""
_UNITS: Final = {length: name for name, length, _ in _SUFFIXES}
_GIVING: Final = {
    "to_unix_microseconds": 1,
    "to_unix_milliseconds": 10**3,
    "to_unix_seconds": 10**6,
    "total_seconds": 10**6,
    "total_hours": 3600 * 10**6,
    "total_days": 86_400 * 10**6,
}
"""Operators that give a number of a unit."""
_TAKING: Final = {
    "from_unix_microseconds": 1,
    "from_unix_milliseconds": 10**3,
    "from_unix_seconds": 10**6,
}
"""Operators that take a number of a unit, counted since 1970."""
_SAME: Final = {
    "to_float",
    "round",
    "floor",
    "ceil",
    "trunc",
    "to_int",
    "abs",
    "max",
    "min",
    "first",
    "last",
}
"""Operators that keep the unit of their first argument."""
_DEEPEST: Final = 40
"""How many sums in each other are looked into."""
_EARLIEST, _LATEST = 631_152_000, 4_102_444_800
"""The years 1990 and 2100 in seconds since 1970: an instant written as a number is taken to lie between them."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Compare the units that the names of inputs, operators and large constants tell."""
    units = _Units(program)
    for call, feature in program.calls(*sorted(TOGETHER)):
        if len(call.arguments) != 2 or any(
            part.type.with_nullable(False) not in (INT, FLOAT) for part in call.arguments
        ):
            continue
        left, right = units.of_both(*call.arguments)
        if left is None or right is None or left == right:
            continue
        if call.operator in ("add", "subtract"):
            left, right = right, left
        yield Finding(
            program.place(call, feature),
            f"{_UNITS[left]} are {TOGETHER[call.operator]} {_UNITS[right]}",
            caption=f"off by a factor of {max(left, right) // min(left, right):,}",
            help="bring both to one unit, or make them timestamps: `from_unix_seconds(x)`, `from_unix_milliseconds(x)`",
        )
    for call, feature in program.calls(*sorted(_TAKING)):
        given = units.of(call.arguments[0])
        wanted = _TAKING[call.operator]
        if given is None or given == wanted or given > 10**6:
            continue
        meant = next(name for name, length in _TAKING.items() if length == given)
        yield Finding(
            program.place(call, feature),
            f"`{call.operator}` is given {_UNITS[given]}",
            caption="an instant in 1970" if given > wanted else "an instant in the far future",
            help=f"write `{meant}`",
        )


class _Units:
    """Finds the units of numbers, and looks at names and constants where they decide."""

    def __init__(self, program: LintedProgram) -> None:
        self._program = program
        self._known: dict[int, int | None] = {}

    def of_both(self, left: Expression, right: Expression) -> tuple[int | None, int | None]:
        """Return the units of two numbers; both None where one has none. A constant is looked at last."""
        first, second = (right, left) if isinstance(left, Literal) else (left, right)
        if self.of(first) is None or self.of(second) is None:
            return None, None
        return self.of(left), self.of(right)

    def of(self, value: Expression, depth: int = 0) -> int | None:
        """Return the unit of a number in microseconds, or None where nothing tells it."""
        if depth > _DEEPEST:
            return None
        if id(value) not in self._known:
            self._known[id(value)] = self._found(value, depth)
        return self._known[id(value)]

    def _found(self, value: Expression, depth: int) -> int | None:
        scales: list[tuple[str, Literal]] = []
        while isinstance(value, Call):
            if value.operator in _GIVING:
                return self._scaled(_GIVING[value.operator], scales)
            if value.operator in _SAME and value.arguments:
                value = value.arguments[0]
            elif value.operator in ("add", "subtract", "coalesce"):
                left, right = value.arguments
                if not isinstance(left, Literal) and not isinstance(right, Literal):
                    unit = self.of(left, depth + 1)
                    if unit is None or unit != self.of(right, depth + 1):
                        return None
                    return self._scaled(unit, scales)
                value = right if isinstance(left, Literal) else left
            elif value.operator in ("multiply", "divide", "floor_divide"):
                left, right = value.arguments
                if value.operator == "multiply" and isinstance(left, Literal):
                    left, right = right, left
                if not isinstance(right, Literal):
                    return None
                scales.append((value.operator, right))
                value = left
            else:
                return None
        return self._scaled(self._leaf(value), scales)

    def _leaf(self, value: Expression) -> int | None:
        if isinstance(value, InputReference | Field):
            if value.type.with_nullable(False) not in (INT, FLOAT):
                return None
            self._program.look_at_names()
            return _unit_of_name(value.name)
        if not isinstance(value, Literal):
            return None
        self._program.look_closer()
        number = value.value
        if isinstance(number, int | float) and not isinstance(number, bool):
            for unit in (10**6, 10**3, 1):
                if _EARLIEST <= number * unit / 10**6 <= _LATEST:
                    return unit
        return None

    def _scaled(self, unit: int | None, scales: list[tuple[str, Literal]]) -> int | None:
        """Return the unit of a number that was multiplied with or divided by constants, if it is one with a name."""
        if unit is None or not scales:
            return unit
        self._program.look_closer()
        factor = 1.0
        for operator, constant in scales:
            number = constant.value
            if not isinstance(number, int | float) or number <= 0:
                return None
            factor *= 1 / number if operator == "multiply" else number
        if not 1e-9 < factor < 1e15:
            return None
        found = round(unit * factor)
        is_exact = abs(unit * factor - found) < 1e-6 * unit * factor
        return found if is_exact and found in _UNITS else None


@lru_cache(maxsize=4096)
def _unit_of_name(name: str) -> int | None:
    if _WINDOW.search(name):
        return None
    length = next((length for pattern, length in _NAMES if pattern.search(name)), None)
    if length is None or (length >= _LONG and not _TIME.search(name)):
        return None
    return length


RULE: Final = Rule(
    code="FX209",
    name="mixed-time-units",
    severity=Severity.ERROR,
    summary="Numbers of seconds, milliseconds or other units of time are mixed.",
    check=check,
    by_feature=True,
)
