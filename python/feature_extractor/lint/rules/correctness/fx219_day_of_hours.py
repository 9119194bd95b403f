"""FX219: days are counted as spans of 24 hours from midnight to midnight."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feature_extractor.check.typed import Call, Expression, Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.moments import difference
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.types import DURATION

_DAY: Final = 86_400_000_000
_EVEN: Final = (
    "UTC",
    "Etc/UTC",
    "GMT",
    "Etc/GMT",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Asia/Singapore",
)
"""Zones without summer time, at least in this century."""

_CUTTING: Final = ("start_of_day", "truncate_time")
"""Operators that may give a midnight."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look for differences of midnights that are divided by a day, and for midnights to which days are added."""
    for call, feature in program.calls("divide", "floor_divide", "total_days"):
        pair = difference(call.arguments[0])
        if pair is None:
            continue
        program.look_closer()
        if call.operator != "total_days" and not _is_days(call.arguments[1]):
            continue
        zones = [zone for part in pair if (zone := _midnight(part))]
        if len(zones) == 2:
            yield Finding(
                program.place(call, feature),
                "the time from midnight to midnight is not always a multiple of 24 hours",
                caption=f"off by an hour across the change of the clocks in {zones[0]}",
                help=f'count the dates: `date_diff(earlier, later, "{zones[0]}")`',
            )
    for call, feature in program.calls("add", "subtract"):
        left, right = call.arguments
        if not isinstance(left, Call) or left.operator not in _CUTTING:
            continue
        program.look_closer()
        zone = _midnight(left)
        if zone and isinstance(right, Literal) and _is_days(right):
            yield Finding(
                program.place(call, feature),
                "24 hours after midnight is not always midnight",
                caption=f"off by an hour across the change of the clocks in {zone}",
                help=f'go half a day further and cut again: `(midnight + 36h).start_of_day("{zone}")`',
            )


def _midnight(value: Expression) -> str:
    """Return the zone of a midnight where clocks change, or an empty text."""
    if not isinstance(value, Call):
        return ""
    zone = value.arguments[-1] if value.operator in _CUTTING else None
    if value.operator == "truncate_time":
        unit = value.arguments[1]
        if not isinstance(unit, Literal) or unit.value in ("second", "minute", "hour"):
            return ""
    name = zone.value if isinstance(zone, Literal) else None
    return name if isinstance(name, str) and name not in _EVEN else ""


def _is_days(value: Expression) -> bool:
    if not isinstance(value, Literal) or value.type.with_nullable(False) != DURATION:
        return False
    return isinstance(value.value, int) and value.value != 0 and value.value % _DAY == 0


RULE: Final = Rule(
    code="FX219",
    name="day-of-hours",
    severity=Severity.WARNING,
    summary="Days from midnight to midnight are counted as 24 hours each, where clocks change.",
    check=check,
    by_feature=True,
)
