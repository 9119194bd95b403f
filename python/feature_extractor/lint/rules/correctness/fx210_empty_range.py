"""FX210: a range whose lower end lies above its upper end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.expressions import number
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import DURATION, TIMESTAMP

_RANGED: Final = {
    "between": "this is always false",
    "clip": "this is always {high}",
    "valid_range": "this is always null",
    "bucketize_equal_width": "this is always null",
}
"""Operators with a range in their second and third argument, and what they give where it is empty."""
_OTHER: Final = {"minimum": "maximum", "maximum": "minimum"}
_LESS: Final = ("less", "less_equal")
_GREATER: Final = ("greater", "greater_equal")


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at ranges that are given to an operator, and at those that two comparisons make."""
    for call, feature in program.calls(*sorted(_RANGED)):
        program.look_closer()
        low, high = (_ordered(part) for part in call.arguments[1:3])
        if low is None or high is None or low[0] is not high[0]:
            continue
        if low[1] > high[1] or (low[1] == high[1] and call.operator == "bucketize_equal_width"):
            shown = program.place(call, feature)
            given = call.arguments[2]
            value = given.value if isinstance(given, Literal) else "the upper end"
            is_time = given.type.with_nullable(False) in (DURATION, TIMESTAMP)
            caption = _RANGED[call.operator].format(high="the upper end" if is_time else value)
            yield Finding(
                shown,
                f"the range of `{call.operator}` is empty: its lower end lies above its upper one",
                caption=caption,
                help="the lower end comes first",
            )
    for call, feature in program.calls(*_OTHER):
        if len(call.arguments) != 2 or not any(
            isinstance(part, Call) and part.operator == _OTHER[call.operator]
            for part in call.arguments
        ):
            continue
        program.look_closer()
        end = _crossed(call)
        if end is not None:
            yield Finding(
                program.place(call, feature),
                "the range of `minimum` and `maximum` is empty: its lower end lies above its upper one",
                caption=f"this is always {end}",
                help="write `clip(x, low, high)`",
            )
    inner: set[int] = set()
    for call, feature in program.calls("and"):
        program.look_closer()
        if id(call) in inner:
            continue
        conditions = list(_conjuncts(call, inner))
        if _contradict(conditions):
            yield Finding(
                program.place(call, feature),
                "no value fulfils these conditions together",
                caption="this is never true",
                help="one of the comparisons has the wrong direction, or one of the ends the wrong sign",
            )


def _crossed(call: Call) -> int | float | None:
    """Return what `minimum(maximum(x, low), high)` always is where low lies above high, or None."""
    outer = [part.value for part in call.arguments if isinstance(part, Literal)]
    for part in call.arguments:
        if not isinstance(part, Call) or part.operator != _OTHER[call.operator]:
            continue
        ends = [inner.value for inner in part.arguments if isinstance(inner, Literal)]
        for end in outer:
            for inner in ends:
                if not isinstance(end, int | float) or not isinstance(inner, int | float):
                    continue
                if (inner > end) if call.operator == "minimum" else (inner < end):
                    return end
    return None


def _conjuncts(call: Call, inner: set[int]) -> Iterator[Expression]:
    """Yield the conditions that all have to hold."""
    waiting: list[Expression] = [call]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Call) and part.operator == "and":
            inner.add(id(part))
            waiting.extend(reversed(part.arguments))
        else:
            yield part


def _contradict(conditions: list[Expression]) -> bool:
    """Return whether a lower and an upper bound of one value leave nothing between them."""
    lows: dict[tuple[int, int], tuple[float, bool]] = {}
    highs: dict[tuple[int, int], tuple[float, bool]] = {}
    for condition in conditions:
        if not isinstance(condition, Call) or condition.operator not in (*_LESS, *_GREATER):
            continue
        left, right = (_ordered(part) for part in condition.arguments)
        if left is None or right is None:
            continue
        strict = condition.operator in ("less", "greater")
        if condition.operator in _GREATER:
            left, right = right, left
        # Now the condition says that left lies below right, whatever base is told apart by which.
        difference = left[1] - right[1]
        low_key, high_key = (id(left[0]), id(right[0])), (id(right[0]), id(left[0]))
        if low_key[0] == low_key[1]:
            continue
        known = lows.get(high_key)
        lows[high_key] = max(known or (difference, strict), (difference, strict))
        known = highs.get(low_key)
        highs[low_key] = min(known or (-difference, strict), (-difference, strict))
    for key, (low, low_strict) in lows.items():
        if key in highs:
            high, high_strict = highs[key]
            if low > high or (low == high and (low_strict or high_strict)):
                return True
    return False


def _ordered(value: Expression) -> tuple[Expression | None, int | float] | None:
    """Return a value as something plus a constant; a constant alone is nothing plus it."""
    offset: int | float = 0
    while True:
        if isinstance(value, Literal):
            constant = number(value)
            return None if constant is None else (None, offset + constant)
        if not isinstance(value, Call) or value.operator not in ("add", "subtract"):
            return value, offset
        left, right = value.arguments
        constant = number(right)
        if constant is None:
            return value, offset
        offset += constant if value.operator == "add" else -constant
        value = left


RULE: Final = Rule(
    code="FX210",
    name="empty-range",
    severity=Severity.ERROR,
    summary="The lower end of a range lies above its upper end, so that nothing is in it.",
    check=check,
    by_feature=True,
)
