"""Unicode, similarity of texts, stems and phonetic codes, numbers in texts, and local times."""

from __future__ import annotations

import datetime
import io
import math
import zoneinfo
from functools import cache
from typing import Any

from feature_extractor.time_zones import read_time_zone

from .hashes import microseconds
from .records import Check, Record, Skip, expression_of, rules


def unicode(record: Record) -> list[Check]:
    """Return the check of a record of ``unicode.jsonl.gz``."""
    expression = expression_of("unicode", record["function"])
    return [Check(expression, {"a": "string"}, {"a": record["args"][0]}, record["expected"])]


def parse_number(record: Record) -> list[Check]:
    """Return the check of a line of ``parse_number``: the exact bits."""
    expression = expression_of("parse_number", record["function"])
    value = record["expected"]
    # There is no infinity inside: what does not fit a float has no value.
    expected = value if math.isfinite(value) else None
    return [Check(expression, {"a": "string"}, {"a": record["args"][0]}, expected)]


def jellyfish(record: Record) -> list[Check]:
    """Return the check of a record of ``jellyfish.jsonl.gz``."""
    function, arguments, expected = record["function"], record["args"], record["expected"]
    expression = expression_of("jellyfish", function)
    if record["family"] == "phonetic_stem":
        if function == "metaphone" and " " in arguments[0]:
            raise Skip("several words, where ours reads one")
        if expected[:1] == "¿":
            raise Skip("the code of a text without letters, which is empty for us")
        return [Check(expression, {"a": "string"}, {"a": arguments[0]}, expected)]
    if function == "jaccard" and expected:
        raise Skip("n-grams that jellyfish cuts in its own way")
    if function in rules("jellyfish")["expected_is_third"]:
        *arguments, expected = arguments
    types = {"a": "string", "b": "string"}
    # The cases give three digits.
    return [
        Check(expression, types, dict(zip("ab", arguments, strict=True)), float(expected), 1e-3)
    ]


def timezone(record: Record) -> list[Check]:
    """Return the checks of a record of ``timezone.jsonl.gz``: each unit of the local time, and the offset."""
    text, zone = record["args"]
    moment = microseconds(text)
    expected = record["expected"]
    offset = int(expected["utc_offset_seconds"])
    wanted = _local(expected["local_time"], offset)
    rules_here = _zone(zone)
    try:
        there = datetime.datetime.fromtimestamp(moment // 1_000_000, rules_here)
        difference = there.utcoffset()
    except (OverflowError, ValueError):
        raise Skip("a year that Python does not have") from None
    assert difference is not None
    here = _local(there.strftime("%H:%M:%S"), int(difference.total_seconds()))
    # The rules of a zone change with the releases of the database: what Python reads in the same one is right too.
    reason = f"the database here says otherwise: {zone}"
    expressions = rules("timezone")["functions"]
    return [
        Check(
            expressions[name].format(b=f'"{zone}"'),
            {"a": "timestamp"},
            {"a": moment},
            value,
            unless=(here[name], reason),
        )
        for name, value in wanted.items()
    ]


def _local(time: str, offset: int) -> dict[str, Any]:
    hour, minute, second = map(int, time.split(":"))
    return {
        "time": time,
        "hour": hour,
        "minute": minute,
        "second": second,
        "seconds_of_day": 3600 * hour + 60 * minute + second,
        "offset": offset * 1_000_000,
    }


@cache
def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo.from_file(io.BytesIO(read_time_zone(name)))
