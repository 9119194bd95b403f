"""FX215: a time zone that is not what its name seems to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from feature_extractor.check.typed import Literal
from feature_extractor.diagnostics import Severity
from feature_extractor.lint.program import LintedProgram
from feature_extractor.lint.rule import Finding, Rule
from feature_extractor.registry import Operator, ResourcePattern

_OFFSET: Final = re.compile(r"Etc/GMT([+-])(\d{1,2})")
_WITHOUT_SUMMER: Final = (("EST", "America/New_York"), ("MST", "America/Denver"))
"""Zones that are named like those of large cities and keep winter time all year, with such a city."""


def check(program: LintedProgram) -> Iterator[Finding]:
    """Look at the zones that operators are given."""
    called = {name for feature in program.features for name in feature.calls}
    for name in sorted(called):
        zones = _zones(program.operator(name))
        for call, feature in program.calls(name) if any(zones) else ():
            program.look_closer()
            for position in zones[call.overload]:
                value = call.arguments[position] if position < len(call.arguments) else None
                zone = value.value if isinstance(value, Literal) else None
                problem = _problem(zone) if isinstance(zone, str) else None
                if problem is not None:
                    what, caption, advice = problem
                    yield Finding(program.place(call, feature), what, caption=caption, help=advice)


@cache
def _zones(operator: Operator) -> list[list[int]]:
    """Return at which positions each overload of an operator takes a zone."""
    return [
        [
            position
            for position, parameter in enumerate(overload.signature.parameters)
            if isinstance(parameter.pattern, ResourcePattern) and parameter.pattern.kind == "zone"
        ]
        for overload in operator.overloads
    ]


def _problem(zone: str) -> tuple[str, str, str] | None:
    """Return what a zone is, why that surprises and what to write, or None for a zone as good as any."""
    found = _OFFSET.fullmatch(zone)
    if found and int(found[2]) > 0:
        sign = "-" if found[1] == "+" else "+"
        hours = f"{int(found[2])} hour{'s' if found[2] != '1' else ''}"
        return (
            f"the zone `{zone}` is UTC{sign}{found[2]}",
            f"{hours} {'behind' if sign == '-' else 'ahead of'} UTC: its sign is that of POSIX",
            f"name a city, such as `Asia/Shanghai`, or write `Etc/GMT{sign}{found[2]}` if that was meant",
        )
    city = dict(_WITHOUT_SUMMER).get(zone)
    if city is not None:
        return (
            f"the zone `{zone}` knows no summer time",
            "one hour off for half of the year, where people do change their clocks",
            f"name a city, such as `{city}`",
        )
    return None


RULE: Final = Rule(
    code="FX215",
    name="misleading-zone",
    severity=Severity.WARNING,
    summary="A time zone has the opposite sign, or no summer time, against what its name seems to say.",
    check=check,
    by_feature=True,
)
