"""Lists, maps and functions of elements against what Python and its standard library give."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from itertools import accumulate, dropwhile, groupby, pairwise, takewhile
from typing import Any

import numpy as np
import pytest
from feature_extractor.testing.random_values import random_value
from feature_extractor.types import BOOL, FLOAT, INT, STRING, ListType, MapType, Type
from scipy import stats

from .oracle_tables import NOT_COMPARED, Oracles, close, failures, identical

ROWS = 1200
_TYPES: dict[str, Type] = {
    "xs": ListType(element=INT.with_nullable(True)),
    "ys": ListType(element=INT.with_nullable(True)),
    "fs": ListType(element=FLOAT.with_nullable(True)),
    "gs": ListType(element=FLOAT.with_nullable(True)),
    "ss": ListType(element=STRING.with_nullable(True)),
    "bs": ListType(element=BOOL.with_nullable(True)),
    "x": INT,
    "n": INT,
    "f": FLOAT,
    "s": STRING,
    "m": MapType(key=STRING, value=INT.with_nullable(True)),
    "w": MapType(key=STRING, value=FLOAT.with_nullable(True)),
    "v": MapType(key=STRING, value=FLOAT.with_nullable(True)),
}
_SHORT = range(-5, 12)


def _rows() -> dict[str, list[Any]]:
    source = random.Random("lists")
    rows = {
        name: [random_value(source, type_) for _ in range(ROWS)] for name, type_ in _TYPES.items()
    }
    rows["n"] = [source.choice([*_SHORT, *_SHORT, 2**63 - 1, -(2**63)]) for _ in range(ROWS)]
    for name, among in (("x", "xs"), ("s", "ss"), ("f", "fs")):
        for i, values in enumerate(rows[among]):
            kept = _kept(values)
            if kept and source.random() < 0.6:
                rows[name][i] = source.choice(kept)
    # Maps share keys, and the weights of some are moderate, so that sums of squares exist.
    for w, v in zip(rows["w"], rows["v"], strict=True):
        v += [(key, source.gauss(0, 3)) for key, _ in w[::2] if key not in dict(v)]
    return rows


def _kept(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _some(compute: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    return lambda xs: compute(_kept(xs)) if _kept(xs) else None


def _int64(value: int) -> int | None:
    return value if -(2**63) <= value < 2**63 else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _order(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _sorted(xs: list[Any], descending: bool = False) -> list[Any]:
    present = sorted(_kept(xs), key=_order, reverse=descending)
    return [*present, *[None] * (len(xs) - len(present))]


def _sorted_by(xs: list[Any], key: Callable[[Any], Any], descending: bool = False) -> list[Any]:
    keyed = [x for x in xs if key(x) is not None]
    return [
        *sorted(keyed, key=lambda x: _order(key(x)), reverse=descending),
        *(x for x in xs if key(x) is None),
    ]


def _size(s: Any) -> int | None:
    return None if s is None else len(s)


def _tail(x: Any) -> int | None:
    return None if x is None else x % 10


def _index(xs: list[Any], x: Any) -> int | None:
    return xs.index(x) if x in xs else None


def _get(xs: list[Any], i: int) -> Any:
    return xs[i] if -len(xs) <= i < len(xs) else None


def _from(xs: list[Any], start: int, count: int) -> list[Any]:
    first = start if start >= 0 else start + len(xs)
    return xs[max(first, 0) : max(first + max(count, 0), 0)]


def _cumulative_sum(xs: list[Any]) -> list[Any]:
    totals = accumulate(0 if x is None else x for x in xs)
    gone, result = False, []
    for x, total in zip(xs, totals, strict=True):
        gone = gone or _int64(total) is None
        result.append(None if gone or x is None else total)
    return result


def _differences(xs: list[Any]) -> list[Any]:
    return [None if a is None or b is None else _int64(b - a) for a, b in pairwise(xs)]


def _product(xs: list[Any]) -> Any:
    return _int64(math.prod(xs))


def _float_product(xs: list[Any]) -> Any:
    total = 1.0
    for x in xs:
        total *= x
    return _finite(total)


def _dice(xs: list[Any], ys: list[Any]) -> float | None:
    a, b = set(_kept(xs)), set(_kept(ys))
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else None


def _top_n(m: list[Any], count: int) -> list[Any]:
    entries = [entry for entry in m if entry[1] is not None]
    return sorted(entries, key=lambda e: -e[1])[: max(count, 0)]


def _from_lists(keys: list[Any], values: list[Any]) -> list[Any]:
    made: dict[Any, Any] = {}
    for key, value in zip(keys, values, strict=False):
        if key is not None and value is not None:
            made[key] = value
    return list(made.items())


def _vectors(w: list[Any], v: list[Any]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    one, other = dict(w), dict(v)
    keys = list(dict.fromkeys([*one, *other]))
    first, second = ([m.get(k) or 0.0 for k in keys] for m in (one, other))
    return np.array(first, float), np.array(second, float)


def _map_dot(w: list[Any], v: list[Any]) -> Any:
    first, second = _vectors(w, v)
    with np.errstate(over="ignore", invalid="ignore"):
        return _finite(float(first @ second)) if len(first) else 0.0


def _map_cosine(w: list[Any], v: list[Any]) -> Any:
    first, second = _vectors(w, v)
    sizes = np.abs(np.concatenate([first, second]))
    if np.any((sizes > 1e150) | ((sizes < 1e-150) & (sizes > 0))):
        return NOT_COMPARED
    if not first.any() or not second.any():
        return None
    return float(first / np.linalg.norm(first) @ (second / np.linalg.norm(second)))


def _shares(w: list[Any]) -> Any:
    values = [value for _, value in w if value is not None]
    if any(abs(value) > 1e300 for value in values):
        return NOT_COMPARED
    total = math.fsum(values)
    if not total:
        return None
    if abs(total) < 1e-3 * max(map(abs, values)):
        return NOT_COMPARED  # What is left of a sum that cancels depends on its order.
    return [(key, value / total) for key, value in w if value is not None]


_EXACT: Oracles = {
    # Positions and parts.
    "get(xs, n)": _get,
    "first(ss)": lambda ss: ss[0] if ss else None,
    "last(ss)": lambda ss: ss[-1] if ss else None,
    "index_of(xs, x)": _index,
    "index_of(ss, s)": _index,
    "count_value(xs, x)": lambda xs, x: xs.count(x),
    "contains(ss, s)": lambda ss, s: s in ss,
    "take_first(xs, n)": lambda xs, n: xs[: max(n, 0)],
    "take_last(xs, n)": lambda xs, n: xs[max(len(xs) - max(n, 0), 0) :],
    "drop_first(xs, n)": lambda xs, n: xs[max(n, 0) :],
    "drop_last(xs, n)": lambda xs, n: xs[: max(len(xs) - max(n, 0), 0)],
    "slice(xs, n, 3)": lambda xs, n: _from(xs, n, 3),
    "slice(ss, -3, n)": lambda ss, n: _from(ss, -3, n),
    "positions(ss)": lambda ss: list(range(len(ss))),
    "range(n)": lambda n: list(range(min(n, 4096))),
    # Changes.
    "append(xs, x)": lambda xs, x: [*xs, x],
    "prepend(ss, s)": lambda ss, s: [s, *ss],
    "concat(xs, ys)": lambda xs, ys: xs + ys,
    "reverse(fs)": lambda fs: fs[::-1],
    "pad(xs, n, x)": lambda xs, n, x: xs + [x] * (max(min(n, 4096), 0) - len(xs)),
    "repeat_value(s, n)": lambda s, n: [s] * max(min(n, 4096), 0),
    "remove_nulls(ss)": _kept,
    "distinct(xs)": lambda xs: list(dict.fromkeys(xs)),
    "distinct(ss)": lambda ss: list(dict.fromkeys(ss)),
    "distinct_by(xs, y -> y % 10)": lambda xs: [
        x for i, x in enumerate(xs) if _tail(x) not in map(_tail, xs[:i])
    ],
    "deduplicate_consecutive(xs)": lambda xs: [x for x, _ in groupby(xs)],
    "deduplicate_consecutive(ss)": lambda ss: [s for s, _ in groupby(ss)],
    "cumulative_sum(xs)": _cumulative_sum,
    "differences(xs)": _differences,
    'remove_stopwords(ss, ["a", "ab", ""])': lambda ss: [s for s in ss if s not in ("a", "ab", "")],
    # Order.
    "sort(xs)": _sorted,
    "sort(ss)": _sorted,
    "sort(ss, descending = true)": lambda ss: _sorted(ss, True),
    "sort(fs)": _sorted,
    "sort_by(ss, t -> length(t))": lambda ss: _sorted_by(ss, _size),
    "sort_by(ss, t -> length(t), descending = true)": lambda ss: _sorted_by(ss, _size, True),
    "sort_by(xs, y -> y % 10)": lambda xs: _sorted_by(xs, _tail),
    "top(xs, n)": lambda xs, n: sorted(_kept(xs), reverse=True)[: max(n, 0)],
    "top(ss, 2)": lambda ss: sorted(_kept(ss), key=str.encode, reverse=True)[:2],
    "top_by(xs, y -> y % 10, n)": lambda xs, n: sorted(_kept(xs), key=_tail, reverse=True)[
        : max(n, 0)
    ],
    "max_by(ss, t -> length(t))": _some(lambda ss: max(ss, key=len)),
    "min_by(ss, t -> length(t))": _some(lambda ss: min(ss, key=len)),
    "argmax(xs)": lambda xs: xs.index(max(_kept(xs))) if _kept(xs) else None,
    "argmin(xs)": lambda xs: xs.index(min(_kept(xs))) if _kept(xs) else None,
    "rank_of(xs, x)": lambda xs, x: 1 + sum(y < x for y in _kept(xs)),
    "rank_of(ss, s, descending = true)": lambda ss, s: (
        1 + sum(t.encode() > s.encode() for t in _kept(ss))
    ),
    # Functions of elements.
    "filter(xs, y -> y > x)": lambda xs, x: [y for y in xs if y is not None and y > x],
    "map(xs, y -> y % 10)": lambda xs: [_tail(y) for y in xs],
    "all(xs, y -> y > x)": lambda xs, x: all(y > x for y in _kept(xs)),
    "any(xs, y -> y > x)": lambda xs, x: any(y > x for y in _kept(xs)),
    "none(xs, y -> y > x)": lambda xs, x: not any(y > x for y in _kept(xs)),
    "all(bs)": lambda bs: all(_kept(bs)),
    "any(bs)": lambda bs: any(_kept(bs)),
    "count(xs, y -> y > x)": lambda xs, x: sum(y > x for y in _kept(xs)),
    "count(xs, y -> y == x)": lambda xs, x: xs.count(x),
    "count(xs, y -> y in ys)": lambda xs, ys: sum(y in ys for y in _kept(xs)),
    "any(xs, y -> y == x)": lambda xs, x: x in xs,
    "any(xs, y -> y in ys)": lambda xs, ys: any(y in ys for y in _kept(xs)),
    "filter(xs, y -> y % 10 == x)": lambda xs, x: [y for y in xs if _tail(y) == x],
    "filter(xs, y -> y in ys)": lambda xs, ys: [y for y in _kept(xs) if y in ys],
    "find_first(xs, y -> y > x)": lambda xs, x: next((y for y in _kept(xs) if y > x), None),
    "find_last(xs, y -> y > x)": lambda xs, x: next((y for y in _kept(xs)[::-1] if y > x), None),
    "take_while(xs, y -> y > x)": lambda xs, x: list(
        takewhile(lambda y: y is not None and y > x, xs)
    ),
    "drop_while(xs, y -> y > x)": lambda xs, x: list(
        dropwhile(lambda y: y is not None and y > x, xs)
    ),
    # Numbers and sets of a list.
    "product(xs)": lambda xs: _product(_kept(xs)),
    "product(fs)": lambda fs: _float_product(_kept(fs)),
    "range_of(xs)": _some(lambda xs: _int64(max(xs) - min(xs))),
    "range_of(fs)": _some(lambda fs: _finite(max(fs) - min(fs))),
    "dice(xs, ys)": _dice,
    "overlap_ratio(xs, ys)": lambda xs, ys: (
        len(set(_kept(xs)) & set(ys)) / len(set(_kept(xs))) if _kept(xs) else None
    ),
    # Maps.
    "count_values(xs)": lambda xs: list(Counter(_kept(xs)).items()),
    "map_from_lists(ss, xs)": _from_lists,
    "map_from_lists(xs, fs)": _from_lists,
    "map_from_lists(xs, ss)": _from_lists,
    "keys(m)": lambda m: [key for key, _ in m],
    "values(m)": lambda m: [value for _, value in m],
    "m.entries().map(e -> e.value)": lambda m: [value for _, value in m],
    "get(m, s)": lambda m, s: dict(m).get(s),
    "contains(m, s)": lambda m, s: s in dict(m),
    "select_keys(m, ss)": lambda m, ss: [entry for entry in m if entry[0] in ss],
    "drop_keys(m, ss)": lambda m, ss: [entry for entry in m if entry[0] not in ss],
    "top_n(m, n)": _top_n,
}

_CLOSE: Oracles = {
    "map_dot(w, v)": _map_dot,
    "map_cosine(w, v)": _map_cosine,
    "normalize_map(w)": _shares,
    "cumulative_share(fs, f)": lambda fs, f: (
        float(stats.ecdf(_kept(fs)).cdf.evaluate(f)) if _kept(fs) else None
    ),
}


@pytest.fixture(scope="module")
def rows() -> dict[str, list[Any]]:
    return _rows()


@pytest.mark.parametrize(
    ("oracles", "same"), [(_EXACT, identical), (_CLOSE, close)], ids=["exact", "close"]
)
def test_against_python(
    rows: dict[str, list[Any]], oracles: Oracles, same: Callable[[Any, Any], bool]
) -> None:
    types = {name: str(type_) for name, type_ in _TYPES.items()}
    assert "\n".join(failures(oracles, types, rows, same, 400)) == ""


def test_moderate_numbers_against_numpy_and_pandas() -> None:
    import pandas as pd

    source = random.Random("moderate")
    lists = [
        [
            None if source.random() < 0.1 else source.gauss(0, 10)
            for _ in range(source.choice([0, 1, 2, 7, 8, 9, 30]))
        ]
        for _ in range(ROWS)
    ]
    weights = [[source.uniform(0, 3) for _ in xs] for xs in lists]

    def average(xs: list[Any], ws: list[Any]) -> float | None:
        pairs = [(x, w) for x, w in zip(xs, ws, strict=True) if x is not None]
        values, given = [x for x, _ in pairs], [w for _, w in pairs]
        return float(np.average(values, weights=given)) if pairs else None

    def exponential(xs: list[Any]) -> float | None:
        series = pd.Series(_kept(xs), dtype=float)
        return float(series.ewm(alpha=0.3, adjust=True).mean().iloc[-1]) if len(series) else None

    oracles: Oracles = {
        "weighted_mean(xs, ws)": average,
        "exponential_average(xs, 0.3)": exponential,
        "quantile(xs, 0.9)": lambda xs: float(np.quantile(_kept(xs), 0.9)) if _kept(xs) else None,
    }
    types = {"xs": "list<float?>", "ws": "list<float>"}
    assert failures(oracles, types, {"xs": lists, "ws": weights}, close) == []
