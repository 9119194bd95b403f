"""The calendar and the forms of time against Python's datetime and zoneinfo."""

from __future__ import annotations

import calendar
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from .oracle_tables import NOT_COMPARED, Oracles, failures, identical

ROWS = 1200
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Monrovia",
    "Pacific/Apia",
)
"""Half hours, a summer time of half an hour, clocks moved at midnight, a day left out."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_FIRST, _LAST = datetime(1, 3, 1, tzinfo=UTC), datetime(9999, 10, 1, tzinfo=UTC)


def _instant(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _instants(seed: str) -> list[int]:
    """Return instants of which many lie near a change of clocks, the end of a year or a leap day."""
    source = random.Random(seed)
    edges = [
        _instant(datetime(year, month, day, tzinfo=UTC))
        for year in (1900, 1904, 1970, 1972, 1999, 2000, 2011, 2018, 2024, 2026)
        for month, day in ((1, 1), (2, 29 if year % 4 == 0 and year != 1900 else 28), (3, 31))
    ] + [
        _instant(datetime(year, month, day, tzinfo=UTC))
        for year in (1985, 2011, 2018, 2024)
        for month, day in ((4, 7), (10, 6), (10, 27), (11, 3), (11, 4), (12, 30))
    ]
    return [
        source.choice(
            [
                source.choice(edges) + source.randint(-2 * _DAY, 2 * _DAY),
                source.choice(edges) + 900 * _SECOND * source.randint(-192, 192),
                source.randint(_instant(_FIRST), _instant(_LAST)),
                source.randint(-20 * 365 * _DAY, 60 * 365 * _DAY),
            ]
        )
        for _ in range(ROWS)
    ]


def _local(zone: str) -> Callable[[int], datetime]:
    rules = ZoneInfo(zone)
    return lambda t: (_EPOCH + timedelta(microseconds=t)).astimezone(rules)


def _first_instant(naive: datetime, zone: str) -> int:
    """Return the instant of a local time: the earlier of two, and behind a gap as far as before it."""
    return _instant(naive.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC))


def _start(naive: datetime, zone: str) -> int:
    """Return the first instant whose local time is not before this one: in a gap, the end of the gap."""
    rules = ZoneInfo(zone)
    instant = naive.replace(tzinfo=rules, fold=0).astimezone(UTC)
    if instant.astimezone(rules).replace(tzinfo=None) == naive:
        return _instant(instant)
    # The clocks go forward over it. Between the offsets before and behind the gap lies the change.
    early = instant - timedelta(days=1)
    low, high = _instant(early), _instant(instant)
    before = early.astimezone(rules).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        at = (_EPOCH + timedelta(microseconds=middle)).astimezone(rules)
        low, high = (middle, high) if at.utcoffset() == before else (low, middle)
    return high


def _truncated(unit: str, zone: str) -> Callable[[int], int]:
    local = _local(zone)

    def start(t: int) -> int:
        at = local(t).replace(tzinfo=None)
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        match unit:
            case "day":
                return _start(day, zone)
            case "week":
                return _start(day - timedelta(days=day.weekday()), zone)
            case "month":
                return _start(day.replace(day=1), zone)
            case "quarter":
                return _start(day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1), zone)
        return _start(day.replace(day=1, month=1), zone)

    return start


def _moved(at: datetime, months: int) -> datetime:
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return at.replace(year=year, month=month + 1, day=min(at.day, last))


def _calendar(zone: str) -> Oracles:
    local = _local(zone)
    of_local: dict[str, Callable[[datetime], Any]] = {
        "year": lambda at: at.year,
        "quarter": lambda at: (at.month + 2) // 3,
        "month": lambda at: at.month,
        "day": lambda at: at.day,
        "hour": lambda at: at.hour,
        "minute": lambda at: at.minute,
        "second": lambda at: at.second,
        "day_of_week": lambda at: at.isoweekday(),
        "day_of_year": lambda at: at.timetuple().tm_yday,
        "week_of_year": lambda at: at.isocalendar().week,
        "iso_year": lambda at: at.isocalendar().year,
        "is_weekend": lambda at: at.weekday() >= 5,
        "hour_of_week": lambda at: at.weekday() * 24 + at.hour,
        "seconds_of_day": lambda at: at.hour * 3600 + at.minute * 60 + at.second,
    }
    oracles: dict[str, Callable[..., Any]] = {
        f'{name}(t, "{zone}")': lambda t, compute=compute: compute(local(t))
        for name, compute in of_local.items()
    }
    for unit in ("day", "week", "month", "quarter", "year"):
        oracles[f'truncate_time(t, "{unit}", "{zone}")'] = _truncated(unit, zone)
    return {
        **oracles,
        f'start_of_day(t, "{zone}")': _truncated("day", zone),
        f'date_diff(t, u, "{zone}")': lambda t, u: (local(u).date() - local(t).date()).days,
        f'add_months(t, n, "{zone}")': lambda t, n: _first_instant(
            _moved(local(t).replace(tzinfo=None), n), zone
        ),
        f'format_time(t, "%Y-%m-%d %H:%M:%S.%f %j %u %a %b", "{zone}")': lambda t: (
            f"{local(t).year:04d}" + local(t).strftime("-%m-%d %H:%M:%S.%f %j %u %a %b")
        ),
    }


@pytest.mark.parametrize("zone", ZONES)
def test_calendar(zone: str) -> None:
    source = random.Random(zone)
    rows = {
        "t": _instants("t"),
        "u": _instants("u"),
        "n": [source.choice([0, 1, -1, 12, source.randint(-300, 300)]) for _ in range(ROWS)],
    }
    # Python's datetime ends at the years 1 and 9999; months must not lead beyond.
    limits = _instant(datetime(40, 1, 1, tzinfo=UTC)), _instant(datetime(9960, 1, 1, tzinfo=UTC))
    rows["n"] = [
        n if limits[0] < t < limits[1] else 0 for t, n in zip(rows["t"], rows["n"], strict=True)
    ]
    types = {"t": "timestamp", "u": "timestamp", "n": "int"}
    assert failures(_calendar(zone), types, rows, identical) == []


_FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%Y%m%d",
    "%b %d %Y %H.%M",
    "%Y-%j",
    "%Y-%m-%dT%H:%M:%S.%f",
)


def _read(form: str, zone: str) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if "0000" in text[:12]:
            return NOT_COMPARED  # Python has no year 0.
        if form == "%Y%m%d" and len(text) != 8:
            return NOT_COMPARED  # Python goes back to shorter fields where longer ones do not fit.
        try:
            naive = datetime.strptime(text, form)
        except ValueError:
            return None
        if " " in text.strip() and "  " in text:
            return NOT_COMPARED  # strptime takes several spaces for one.
        return _first_instant(naive, zone)

    return read


@pytest.mark.parametrize("form", _FORMS)
@pytest.mark.parametrize("zone", ["UTC", "America/Sao_Paulo"])
def test_reading_of_local_times(form: str, zone: str) -> None:
    source = random.Random(form)
    texts = []
    for t in _instants("read"):
        at = _EPOCH + timedelta(microseconds=t)
        text = at.strftime(form.replace("%Y", f"{at.year:04d}"))
        if source.random() < 0.4:  # A character that is another one, too many, or missing.
            place = source.randrange(len(text))
            rest = text[place + source.randint(0, 1) :]
            text = text[:place] + source.choice(["0", "3", "9", "-", "x", ""]) + rest
        texts.append(text)
    oracles = {f'parse_time(s, "{form}", "{zone}")': _read(form, zone)}
    assert failures(oracles, {"s": "string"}, {"s": texts}, identical, 800) == []


def _read_with_offset(text: str) -> Any:
    if text.startswith("0000") or text[10:11] != "T":
        return NOT_COMPARED  # Python has no year 0, and takes any character for the T.
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return NOT_COMPARED if moment.tzinfo is None else _instant(moment)


def test_reading_of_instants() -> None:
    source = random.Random("instants")
    texts = []
    for t in _instants("offsets"):
        offset = source.choice([0, 0, 330, -480, 765, -1, 1439])
        at = (_EPOCH + timedelta(microseconds=t)).astimezone(UTC) + timedelta(minutes=offset)
        sign, size = "-" if offset < 0 else "+", abs(offset)
        tail = source.choice(
            ["Z" if offset == 0 else "", f"{sign}{size // 60:02d}:{size % 60:02d}"]
        )
        fraction = source.choice(["", f".{at.microsecond:06d}", f".{at.microsecond // 1000:03d}"])
        text = f"{at.year:04d}" + at.strftime("-%m-%dT%H:%M:%S") + fraction + tail
        if source.random() < 0.3:
            place = source.randrange(19)
            text = text[:place] + source.choice("0123456789") + text[place + 1 :]
        texts.append(text)
    oracles = {"parse_timestamp(s)": _read_with_offset}
    assert failures(oracles, {"s": "string"}, {"s": texts}, identical, 700) == []


def _fits(value: int) -> int | None:
    return value if -(2**63) <= value < 2**63 else None


_COUNTS: Oracles = {
    "to_unix_seconds(t)": lambda t: t // 1_000_000,
    "to_unix_milliseconds(t)": lambda t: t // 1_000,
    "to_unix_microseconds(t)": lambda t: t,
    "from_unix_seconds(x)": lambda x: _fits(x * 1_000_000),
    "from_unix_milliseconds(x)": lambda x: _fits(x * 1_000),
    "from_unix_microseconds(x)": lambda x: x,
    "from_unix_seconds(f)": lambda f: _fits(round(f * 1_000_000)),
    "total_days(d)": lambda d: float(d) / 86_400_000_000,
    "total_hours(d)": lambda d: float(d) / 3_600_000_000,
    "total_seconds(d)": lambda d: float(d) / 1_000_000,
}


def test_counts_of_units() -> None:
    source = random.Random("counts")
    wide = [10, 10**6, 2**31, 9_223_372_036_854, 9_223_372_036_854_775, 2**62]
    rows = {
        name: [source.randint(-size, size) for size in source.choices(wide, k=ROWS)]
        for name in ("t", "x", "d")
    }
    # Seconds in eighths are exact floats, and so are their microseconds.
    rows["f"] = [source.randint(-(2**34), 2**34) / 8 for _ in range(ROWS)]
    types = {"t": "timestamp", "x": "int", "d": "duration", "f": "float"}
    assert failures(_COUNTS, types, rows, identical) == []
