"""Operators on sequences, lists and the calendar against plain Python, on random values with edges."""

from __future__ import annotations

import calendar
import math
import random
import struct
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import xxhash
from feature_extractor.testing.evaluation import evaluate
from feature_extractor.testing.random_values import random_value
from feature_extractor.types import FLOAT, INT, STRING, TIMESTAMP, ListType, MapType, Type

ROWS = 1200
_TYPES: dict[str, Type] = {
    "xs": ListType(element=INT.with_nullable(True)),
    "ys": ListType(element=INT.with_nullable(True)),
    "ns": ListType(element=INT),
    "fs": ListType(element=FLOAT.with_nullable(True)),
    "ss": ListType(element=STRING.with_nullable(True)),
    "ts": ListType(element=TIMESTAMP.with_nullable(True)),
    "x": INT,
    "s": STRING,
    "t": TIMESTAMP,
    "u": TIMESTAMP,
    "m": MapType(key=STRING, value=FLOAT.with_nullable(True)),
    "w": MapType(key=STRING, value=FLOAT.with_nullable(True)),
}
_NOT_COMPARED = object()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BERLIN = ZoneInfo("Europe/Berlin")


def _int64(value: int) -> bool:
    return -(2**63) <= value < 2**63


def _groups(keys: list[Any], values: list[Any]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for key, value in zip(keys, values, strict=False):
        if key is not None and value is not None:
            groups.setdefault(key, []).append(value)
    return groups


def _float_sum(values: list[float]) -> float:
    total = values[0]
    for value in values[1:]:
        total += value
    return total


def _by_key(
    combine: Callable[[list[Any]], Any], exists: Callable[[Any], bool] = lambda value: True
) -> Callable[[list[Any], list[Any]], list[Any]]:
    def grouped(keys: list[Any], values: list[Any]) -> list[Any]:
        results = {key: combine(group) for key, group in _groups(keys, values).items()}
        return [(key, value) for key, value in results.items() if exists(value)]

    return grouped


def _sessions(ts: list[Any], gap: int) -> list[Any]:
    result: list[Any] = []
    before = None
    session = 0
    for t in ts:
        if t is None:
            result.append(None)
            continue
        session += before is not None and abs(t - before) > gap
        before = t
        result.append(session)
    return result


def _longest_run(xs: list[Any], x: Any) -> int:
    return max((len(list(run)) for value, run in groupby(xs) if value == x), default=0)


def _occurrences(xs: list[Any]) -> list[Any]:
    seen: Counter[Any] = Counter()
    result: list[Any] = []
    for x in xs:
        result.append(None if x is None else seen[x])
        seen[x] += 1
    return result


def _shift(xs: list[Any], count: int) -> list[Any]:
    moved = range(-count, len(xs) - count)
    return [xs[i] if 0 <= i < len(xs) else None for i in moved]


def _successors(xs: list[Any], x: Any) -> list[Any]:
    return [b for a, b in pairwise(xs) if a == x]


def _gather(xs: list[Any], positions: list[Any]) -> list[Any]:
    return [xs[i] for i in positions if i is not None and -len(xs) <= i < len(xs)]


def _interleaved(xs: list[Any], ys: list[Any]) -> list[Any]:
    places = [(i, k) for i in range(max(len(xs), len(ys))) for k in (0, 1)]
    return [(xs, ys)[k][i] for i, k in places if i < len((xs, ys)[k])]


def _ranks(xs: list[Any], descending: bool = False) -> list[Any]:
    kept = [x for x in xs if x is not None]
    return [
        None if x is None else 1 + sum((y > x) if descending else (y < x) for y in kept) for x in xs
    ]


def _hash(position: int, seed: int) -> int:
    data = b"\2" + struct.pack("<q", position)
    return xxhash.xxh3_64_intdigest(data, seed=seed % 2**64)


def _shuffled(xs: list[Any], seed: int) -> list[int]:
    return sorted(range(len(xs)), key=lambda i: _hash(i, seed))


def _histogram(xs: list[Any]) -> list[int]:
    kept = [x for x in xs if x is not None]
    return [sum(x < 0 for x in kept), sum(0 <= x < 5 for x in kept), sum(x >= 5 for x in kept)]


def _ruzicka(m: list[tuple[str, Any]], w: list[tuple[str, Any]]) -> float | None:
    x = {key: max(value or 0.0, 0.0) for key, value in m}
    y = {key: max(value or 0.0, 0.0) for key, value in w}
    keys = [*x, *(key for key in y if key not in x)]
    least = greatest = 0.0
    for key in keys:
        least += min(x.get(key, 0.0), y.get(key, 0.0))
        greatest += max(x.get(key, 0.0), y.get(key, 0.0))
    if greatest == 0 or not math.isfinite(greatest):
        return None
    return least / greatest


def _at(t: int, zone: Any = UTC) -> datetime:
    return (_EPOCH + timedelta(microseconds=t)).astimezone(zone).replace(tzinfo=None)


def _dated(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Leave out the instants that Python has no datetime for, with a year to spare for zones."""

    def computed(*instants: int) -> Any:
        if any(not -62_100_000_000_000_000 < t < 253_370_000_000_000_000 for t in instants):
            return _NOT_COMPARED
        return compute(*instants)

    return computed


def _months(a: datetime, b: datetime) -> int:
    """Count as java.time does: LocalDateTime.until with ChronoUnit.MONTHS."""
    end = b.date()
    if end > a.date() and b.time() < a.time():
        end -= timedelta(days=1)
    elif end < a.date() and b.time() > a.time():
        end += timedelta(days=1)
    first = (a.year * 12 + a.month - 1) * 32 + a.day
    last = (end.year * 12 + end.month - 1) * 32 + end.day
    return int((last - first) / 32)


_ORACLES: dict[str, Callable[..., Any]] = {
    "group_sum(xs, ys)": _by_key(sum, _int64),
    "group_sum(ss, xs)": _by_key(sum, _int64),
    "group_sum(xs, fs)": _by_key(_float_sum, math.isfinite),
    "group_sum(ss, k -> k, k -> 1)": lambda ss: list(
        Counter(s for s in ss if s is not None).items()
    ),
    "group_mean(ss, xs)": _by_key(lambda group: float(sum(group)) / len(group)),
    "group_mean(xs, fs)": _by_key(lambda group: _float_sum(group) / len(group), math.isfinite),
    "group_max(ss, xs)": _by_key(max),
    "group_max(xs, fs)": _by_key(max),
    "group_max(ss, ts)": _by_key(max),
    "group_min(xs, ys)": _by_key(min),
    "group_min(ss, ts)": _by_key(min),
    "session_ids(ts, 1d)": lambda ts: _sessions(ts, 86_400_000_000),
    "run_lengths(xs)": lambda xs: [len(list(run)) for _, run in groupby(xs)],
    "run_lengths(ss)": lambda ss: [len(list(run)) for _, run in groupby(ss)],
    "longest_run(xs, x)": _longest_run,
    "longest_run(ss, s)": _longest_run,
    "occurrence_numbers(xs)": _occurrences,
    "occurrence_numbers(ss)": _occurrences,
    "occurrence_numbers(fs)": _occurrences,
    "shift(xs, x)": _shift,
    "shift(ss, -2)": lambda ss: _shift(ss, -2),
    "successors(xs, x)": _successors,
    "successors(ss, s)": _successors,
    "gather(ss, xs)": _gather,
    "gather(fs, ns)": _gather,
    "mask(xs, ys.map(y -> y > 0))": lambda xs, ys: [
        a for a, b in zip(xs, ys, strict=False) if b is not None and b > 0
    ],
    "flatten(ns.map(n -> xs.take_first(n)))": lambda ns, xs: [
        v for n in ns for v in xs[: max(n, 0)]
    ],
    "interleave(xs, ys)": _interleaved,
    "ranks(xs)": _ranks,
    "ranks(ss)": _ranks,
    "ranks(fs, descending = true)": lambda fs: _ranks(fs, True),
    "lists_equal(xs, ys)": lambda xs, ys: xs == ys,
    "lists_equal(xs, xs.map(v -> if v == 7 then null else v))": lambda xs: 7 not in xs,
    "shuffle(xs, x)": lambda xs, x: [xs[i] for i in _shuffled(xs, x)],
    "take_sample(ss, 4, x)": lambda ss, x: [ss[i] for i in sorted(_shuffled(ss, x)[:4])],
    "histogram(xs, [0, 5])": _histogram,
    "histogram(fs, [0.0, 5.0])": _histogram,
    "map_jaccard(m, w)": _ruzicka,
    'iso_year(t, "UTC")': _dated(lambda t: _at(t).isocalendar().year),
    'iso_year(t, "Europe/Berlin")': _dated(lambda t: _at(t, _BERLIN).isocalendar().year),
    'days_in_month(t, "Europe/Berlin")': _dated(
        lambda t: calendar.monthrange(_at(t, _BERLIN).year, _at(t, _BERLIN).month)[1]
    ),
    'zone_offset(t, "Europe/Berlin")': _dated(
        lambda t: (_at(t, _BERLIN) - _at(t)) // timedelta(microseconds=1)
    ),
    'months_between(t, u, "UTC")': _dated(lambda t, u: _months(_at(t), _at(u))),
    'months_between(t, u, "Europe/Berlin")': _dated(
        lambda t, u: _months(_at(t, _BERLIN), _at(u, _BERLIN))
    ),
}


def _names(expression: str) -> list[str]:
    import re

    words = re.findall(r"(?<![\w\".])[a-z]+\b(?!\()", re.sub(r'"[^"]*"', "", expression))
    return [name for name in dict.fromkeys(words) if name in _TYPES]


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(value, float):
        return value == wanted or math.isclose(value, wanted, rel_tol=1e-15)
    if isinstance(wanted, list | tuple) and isinstance(value, list | tuple):
        return len(value) == len(wanted) and all(map(_same, value, wanted))
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def test_against_plain_python() -> None:
    source = random.Random("sequences")
    rows = {
        name: [random_value(source, type_) for _ in range(ROWS)] for name, type_ in _TYPES.items()
    }
    # A value of the list, more often than chance would have it.
    for name, among in (("x", "xs"), ("s", "ss")):
        for i, values in enumerate(rows[among]):
            some = [value for value in values if value is not None]
            if some and source.random() < 0.6:
                rows[name][i] = source.choice(some)
    found = evaluate(list(_ORACLES), {n: str(t) for n, t in _TYPES.items()}, rows)
    failures = []
    for (expression, oracle), values in zip(_ORACLES.items(), found, strict=True):
        names = _names(expression)
        compared = 0
        for row, value in enumerate(values):
            arguments = [rows[name][row] for name in names]
            wanted = oracle(*arguments)
            if wanted is _NOT_COMPARED:
                continue
            compared += 1
            if not _same(value, wanted):
                failures.append(f"{expression} of {arguments!r}: {value!r}, expected {wanted!r}")
                break
        else:
            assert compared > 500, expression
    assert not failures, "\n".join(failures)
