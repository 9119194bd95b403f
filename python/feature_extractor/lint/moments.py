"""Which timestamps are the time of the request, which are those of events, and what is said about their distance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import copy
from typing import TYPE_CHECKING, Final, NamedTuple

from feature_extractor.check.typed import (
    Call,
    Expression,
    Field,
    InputReference,
    Lambda,
    LambdaVariable,
    Literal,
)
from feature_extractor.lint.ranges import ELEMENTS
from feature_extractor.types import DURATION, TIMESTAMP, ListType, StructType

if TYPE_CHECKING:
    from feature_extractor.lint.program import DeclaredFeature, LintedProgram

_NOW: Final = re.compile(
    r"^(?:now|at|time|ts|timestamp|when|moment|today|as_of|current_(?:time|timestamp|moment)|"
    r"(?:request|query|event|server|serving|scoring|impression|context)_(?:time|at|ts|timestamp|moment))$"
)
"""Names of the time of a request."""
_AHEAD: Final = re.compile(
    r"(?:^|_)(?:end|ends|ending|until|expir\w*|due|deadline|start\w*|begin\w*|schedul\w*|depart\w*|arriv\w*|"
    r"deliver\w*|valid\w*|releas\w*|check\w*|next|plan\w*|eta|clos\w*|open\w*|from|to|launch\w*|premier\w*|"
    r"book\w*|stay\w*|travel\w*|flight\w*|trip\w*|from|cancel\w*|renew\w*|target\w*|future\w*)(?:_|$)"
)
"""Names of moments that may well lie after the request and be known before it: the end of a campaign, a flight."""
_PLANNED: Final = re.compile(
    r"(?:^|_)(?:upcoming|future|planned|plans?|scheduled?|calendar|agenda|appointments?|bookings?|reservations?|trips?|"
    r"flights?|concerts?|matches|fixtures|shows|screenings?|departures|arrivals|deadlines?|campaigns?|promotions?|"
    r"holidays?|reminders?|deliveries|forecasts?)(?:_|$)"
)
"""Names of lists whose elements may well lie after the request."""
_PAST: Final = re.compile(
    r"(?:^|_)(?:last|first|previous|prev|created|published|posted|updated|joined|registered|signed|seen|sold|born|"
    r"birth|clicked|viewed|bought|ordered|since)(?:_|$)"
)
_TAKING_ONE: Final = {
    "first",
    "last",
    "get",
    "min",
    "max",
    "find_first",
    "find_last",
    "max_by",
    "min_by",
}
_FILTERING: Final = {"filter", "count", "any", "find_first", "find_last", "take_while"}
"""Operators that keep or count the elements for which a condition holds."""
_UNITS: Final = {"total_seconds": 10**6, "total_hours": 3600 * 10**6, "total_days": 86_400 * 10**6}
_FLIPPED: Final = {
    "less": "greater",
    "less_equal": "greater_equal",
    "greater": "less",
    "greater_equal": "less_equal",
}
_SHOWN: Final = {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="}


class Bound(NamedTuple):
    """A condition on an event: its time less that of the request is ``operator`` (as ``less``) so many microseconds."""

    condition: Expression
    event: Expression
    operator: str
    microseconds: float

    @property
    def is_upper(self) -> bool:
        """Whether it bounds the event from above."""
        return self.operator in ("less", "less_equal")


class _Comparison(NamedTuple):
    whole: Expression
    left: Expression
    operator: str
    right: Expression


class _Said(NamedTuple):
    """What the lambdas of a call say of the time: whether one compares any, and the bounds of each that has some."""

    has_compared: bool
    bounds: list[list[Bound]]


class Moments:
    """The timestamps of a program."""

    def __init__(self, program: LintedProgram) -> None:
        self._program = program
        self.now = frozenset(
            field.name
            for field in program.program.inputs
            if field.domain == "request"
            and field.type.with_nullable(False) == TIMESTAMP
            and _NOW.search(field.name)
        )
        """The names of the inputs that are the time of the request."""
        self._known: dict[Call, _Said] = {}

    def of(self, part: LintedProgram) -> Moments:
        """Return the moments of a part of the program, for which nothing is worked out a second time."""
        found = copy(self)
        found._program = part
        return found

    def is_now(self, value: Expression) -> bool:
        """Return whether a timestamp is the time of the request."""
        return isinstance(value, InputReference) and value.name in self.now

    def is_event(self, value: Expression) -> bool:
        """Return whether a timestamp is that of an element of a list, which happened before it was recorded."""
        for _ in range(20):
            if value.type.with_nullable(False) != TIMESTAMP:
                return False
            if isinstance(value, Field):
                struct = value.base.type.with_nullable(False)
                times = [
                    name
                    for name, type_ in (struct.fields if isinstance(struct, StructType) else ())
                    if type_.with_nullable(False) == TIMESTAMP
                ]
                if len(times) != 1 or _AHEAD.search(value.name):
                    return False
                return self._is_recorded(self._list(value.base))
            around = _without_filters(self._list(value))
            if not isinstance(around, Call) or around.operator != "map":
                return self._is_recorded(around)
            function = around.arguments[1]
            if not isinstance(function, Lambda):
                return False
            value = function.body
        return False

    def _is_recorded(self, around: Expression | None) -> bool:
        """Return whether a list holds what has happened, as far as its name tells."""
        around = _without_filters(around)
        if isinstance(around, InputReference | Field):
            name = around.name
            is_list = isinstance(around.type, ListType)
            return is_list and not _AHEAD.search(name) and not _PLANNED.search(name)
        return isinstance(around, Call)

    def is_past(self, value: Expression) -> bool:
        """Return whether a timestamp lies before the request: that of an event, or one whose name says so."""
        if isinstance(value, InputReference) and not self.is_now(value):
            return bool(_PAST.search(value.name)) and not _AHEAD.search(value.name)
        return self.is_event(value)

    def _list(self, value: Expression) -> Expression | None:
        """Return the list that a moment is an element of."""
        if isinstance(value, LambdaVariable):
            return self._program.ranges.around(value)
        if isinstance(value, Call) and value.operator in _TAKING_ONE and len(value.arguments) <= 2:
            return value.arguments[0]
        return None

    def conditions(self, feature: DeclaredFeature) -> list[tuple[Expression, list[Bound]]]:
        """Return the calls of a feature that keep elements by their time, with what they say of the time.

        All bounds of a call hold together.
        """
        if _FILTERING.isdisjoint(feature.calls):
            return []
        found: list[tuple[Expression, list[Bound]]] = []
        for part in feature.parts:
            if type(part) is Call and part.operator in _FILTERING:
                said = self._known.get(part)
                if said is None:
                    said = self._known[part] = self._said(part)
                if said.has_compared:
                    # Names tell which moments were compared, and constants how far they are from each other.
                    self._program.look_closer()
                    found += [(part, bounds) for bounds in said.bounds]
        return found

    def _said(self, call: Call) -> _Said:
        """Return what each lambda of a call says of the time."""
        bodies = [part.body for part in call.arguments if isinstance(part, Lambda)]
        compared = [[*self._comparisons(body)] for body in bodies]
        bounds = [[*self._bounds(comparisons)] for comparisons in compared]
        return _Said(any(compared), [found for found in bounds if found])

    def _comparisons(self, condition: Expression) -> Iterator[_Comparison]:
        """Yield what a condition compares with a moment or the time between two."""
        waiting = [condition]
        while waiting:
            part = waiting.pop()
            if not isinstance(part, Call):
                continue
            if part.operator == "and":
                waiting.extend(reversed(part.arguments))
            elif part.operator == "between":
                value, low, high = part.arguments
                if _is_time(value):
                    yield _Comparison(part, value, "greater_equal", low)
                    yield _Comparison(part, value, "less_equal", high)
            elif part.operator in _FLIPPED:
                left, right = part.arguments
                if isinstance(left, Literal) and _is_time(right):
                    yield _Comparison(part, right, _FLIPPED[part.operator], left)
                elif _is_time(left):
                    yield _Comparison(part, left, part.operator, right)

    def _bounds(self, comparisons: Iterable[_Comparison]) -> Iterator[Bound]:
        """Yield what comparisons say of an event, those that compare one with the time of the request."""
        for whole, left, operator, right in comparisons:
            found = self._difference(left, right)
            if found is None:
                continue
            first, second, microseconds = found
            if self.is_now(first) and self.is_event(second):
                first, second = second, first
                operator, microseconds = _FLIPPED[operator], -microseconds
            if self.is_now(second) and self.is_event(first):
                yield Bound(whole, first, operator, microseconds)

    @staticmethod
    def _difference(
        left: Expression, right: Expression
    ) -> tuple[Expression, Expression, float] | None:
        """Return two moments, and what their difference is compared with in `left < right`."""
        if left.type.with_nullable(False) == TIMESTAMP:
            (first, plus), (second, minus) = shifted(left), shifted(right)
            return first, second, minus - plus
        if not isinstance(right, Literal) or not isinstance(right.value, int | float):
            return None
        scale = 1.0
        if isinstance(left, Call) and left.operator in _UNITS:
            scale, left = float(_UNITS[left.operator]), left.arguments[0]
        elif isinstance(left, Call) and left.operator == "divide":
            left, unit = left.arguments
            if not isinstance(unit, Literal) or not isinstance(unit.value, int):
                return None
            if unit.type.with_nullable(False) != DURATION or unit.value <= 0:
                return None
            scale = float(unit.value)
        found = difference(left)
        if found is None:
            return None
        (first, plus), (second, minus) = shifted(found[0]), shifted(found[1])
        return first, second, right.value * scale + minus - plus


def _is_time(value: Expression) -> bool:
    """Return whether a value is a moment, or the time between two, maybe as a number of some unit."""
    if value.type.with_nullable(False) == TIMESTAMP:
        return True
    if isinstance(value, Call) and (value.operator in _UNITS or value.operator == "divide"):
        value = value.arguments[0]
    return difference(value) is not None


def difference(value: Expression) -> tuple[Expression, Expression] | None:
    """Return the two moments of a duration such as `now - e.at`."""
    if not isinstance(value, Call) or value.operator != "subtract":
        return None
    left, right = value.arguments
    both = all(part.type.with_nullable(False) == TIMESTAMP for part in (left, right))
    return (left, right) if both else None


def shifted(value: Expression) -> tuple[Expression, float]:
    """Return a moment without the constant durations that are added to it, and their sum in microseconds."""
    offset = 0.0
    while isinstance(value, Call) and value.operator in ("add", "subtract"):
        left, right = value.arguments
        if value.operator == "add" and isinstance(left, Literal):
            left, right = right, left
        if not isinstance(right, Literal) or not isinstance(right.value, int):
            break
        if right.type.with_nullable(False) != DURATION:
            break
        offset += right.value if value.operator == "add" else -right.value
        value = left
    return value, offset


def _without_filters(value: Expression | None) -> Expression | None:
    """Return the list that a list has its elements from."""
    while isinstance(value, Call) and value.operator in ELEMENTS:
        value = value.arguments[0]
    return value


def shown(operator: str) -> str:
    """Return how a comparison is written."""
    return _SHOWN[operator]


def duration_text(microseconds: float) -> str:
    """Return a duration as it is written in a program, in its largest fitting unit."""
    for name, length in (
        ("d", 86_400_000_000),
        ("h", 3_600_000_000),
        ("m", 60_000_000),
        ("s", 1_000_000),
    ):
        if abs(microseconds) >= length and microseconds % length == 0:
            return f"{microseconds / length:.0f}{name}"
    return f"{microseconds / 1000:g}ms"
