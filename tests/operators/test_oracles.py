"""Operators against NumPy, xxhash and plain Python, on random values with many at the edges."""

from __future__ import annotations

import bisect
import math
import random
import statistics
import struct
import unicodedata
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xxhash
from feature_extractor.testing.evaluation import evaluate
from feature_extractor.testing.random_values import random_value
from feature_extractor.types import FLOAT, INT, STRING, ListType, Type, VectorType

ROWS = 1200
_NULLABLE_INTS = ListType(element=INT.with_nullable(True))
_FLOATS = ListType(element=FLOAT.with_nullable(True))
_STRINGS = ListType(element=STRING.with_nullable(True))
_TYPES: dict[str, Type] = {
    "x": INT,
    "y": INT,
    "f": FLOAT,
    "g": FLOAT,
    "s": STRING,
    "p": STRING,
    "xs": _NULLABLE_INTS,
    "ys": _NULLABLE_INTS,
    "fs": _FLOATS,
    "ss": _STRINGS,
    "v": VectorType(size=5),
    "w": VectorType(size=5),
}


def _moderate(source: random.Random, type_: Type) -> Any:
    """Numbers small enough that sums of squares stay exact enough to compare."""
    value = random_value(source, type_)
    if isinstance(type_, ListType) and type_.element == FLOAT.with_nullable(True):
        return [None if e is None else round(source.gauss(0, 100), 3) for e in value]
    if isinstance(type_, ListType) and type_.element == INT.with_nullable(True):
        return [None if e is None else source.randint(-50, 50) for e in value]
    return value


def _rows(seed: str, moderate: bool) -> dict[str, list[Any]]:
    source = random.Random(seed)
    make = _moderate if moderate else random_value
    return {name: [make(source, type_) for _ in range(ROWS)] for name, type_ in _TYPES.items()}


def _kept(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _some(compute: Callable[[list[Any]], Any], least: int = 1) -> Callable[[list[Any]], Any]:
    return lambda xs: compute(_kept(xs)) if len(_kept(xs)) >= least else None


def _lanes(values: list[Any]) -> float | None:
    """Add in the documented order: eight lanes, folded in halves."""
    lanes = [0.0] * 8
    for i, value in enumerate(values):
        lanes[i % 8] += 0.0 if value is None else value
    while len(lanes) > 1:
        half = len(lanes) // 2
        lanes = [lanes[i] + lanes[i + half] for i in range(half)]
    return lanes[0] if math.isfinite(lanes[0]) else None


def _int64(value: int | None) -> int | None:
    return value if value is not None and -(2**63) <= value < 2**63 else None


def _encoded(value: Any) -> bytes:
    if isinstance(value, str):
        data = value.encode()
        return b"\1" + struct.pack("<Q", len(data)) + data
    if isinstance(value, float):
        return b"\3" + struct.pack("<d", value + 0.0)
    return b"\2" + struct.pack("<q", value)


def _hash(value: Any, seed: int = 0) -> int:
    return xxhash.xxh3_64_intdigest(_encoded(value), seed=seed)


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _entropy(xs: list[Any]) -> float:
    total = len(xs)
    return -sum(n / total * math.log2(n / total) for n in Counter(xs).values())


def _mode(xs: list[Any]) -> Any:
    counts = Counter(xs)
    return next(x for x in xs if counts[x] == max(counts.values()))


def _distinct(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _ratio(a: float, b: float) -> float | None:
    return a / b if b else None


_WITH_FIXED_BITS: dict[str, Callable[..., Any]] = {
    # Reductions.
    "sum(xs)": lambda xs: _int64(sum(_kept(xs))),
    "sum(fs)": _lanes,
    "max(xs)": _some(max),
    "min(xs)": _some(min),
    "max(ss)": _some(lambda xs: max(xs, key=str.encode)),
    "min(ss)": _some(lambda xs: min(xs, key=str.encode)),
    "count(xs)": lambda xs: len(_kept(xs)),
    "length(ss)": len,
    "distinct_count(xs)": lambda xs: len(set(_kept(xs))),
    "mode(xs)": _some(_mode),
    # Sets.
    "union(xs, ys)": lambda xs, ys: _distinct(_kept([*xs, *ys])),
    "intersect(xs, ys)": lambda xs, ys: [x for x in _distinct(_kept(xs)) if x in ys],
    "difference(xs, ys)": lambda xs, ys: [x for x in _distinct(_kept(xs)) if x not in ys],
    "overlap_count(xs, ys)": lambda xs, ys: len(set(_kept(xs)) & set(_kept(ys))),
    "intersects(xs, ys)": lambda xs, ys: bool(set(_kept(xs)) & set(_kept(ys))),
    "is_subset(xs, ys)": lambda xs, ys: set(_kept(xs)) <= set(_kept(ys)),
    "jaccard(xs, ys)": lambda xs, ys: _ratio(
        len(set(_kept(xs)) & set(_kept(ys))), len(set(_kept(xs)) | set(_kept(ys)))
    ),
    # Buckets and hashes.
    "bucketize(x, [-3, 0, 1, 2, 5, 100])": lambda x: bisect.bisect_right([-3, 0, 1, 2, 5, 100], x),
    "bucketize(f, [-2.5, 0.0, 0.5, 1e15])": lambda f: bisect.bisect_right([-2.5, 0, 0.5, 1e15], f),
    "hash(x)": lambda x: _signed(_hash(x)),
    "hash(f)": lambda f: _signed(_hash(f)),
    "hash(s)": lambda s: _signed(_hash(s)),
    "hash(s, 12345)": lambda s: _signed(_hash(s, 12345)),
    "hash_bucket(x, 1000)": lambda x: _hash(x) * 1000 >> 64,
    "hash_bucket(s, 1048576, 7)": lambda s: _hash(s, 7) * 1048576 >> 64,
    "hash(ss)": lambda xs: [None if x is None else _signed(_hash(x)) for x in xs],
    "modulo_bucket(x, 97)": lambda x: x % 2**64 % 97,
    "sample(s, 0.25)": lambda s: (_hash(s, _hash("")) >> 11) / 2**53 < 0.25,
    # Texts.
    "length(s)": len,
    "byte_length(s)": lambda s: len(s.encode()),
    "reverse(s)": lambda s: s[::-1],
    'split(s, ",")': lambda s: s.split(","),
    'split(s, "ab")': lambda s: s.split("ab"),
    'replace(s, "a", "xyz")': lambda s: s.replace("a", "xyz"),
    "starts_with(s, p)": lambda s, p: s.startswith(p),
    "ends_with(s, p)": lambda s, p: s.endswith(p),
    "concat(s, p)": lambda s, p: s + p,
    "characters(s)": list,
    "character_ngrams(s, 3)": lambda s: [s[i : i + 3] for i in range(len(s) - 2)],
    'join(ss, "-")': lambda xs: "-".join(_kept(xs)),
    'normalize(s, "NFD")': lambda s: unicodedata.normalize("NFD", s),
    'normalize(s, "NFKC")': lambda s: unicodedata.normalize("NFKC", s),
    "to_string(x)": str,
    "to_string(f)": lambda f: repr(f + 0.0),
    "s < p": lambda s, p: s.encode() < p.encode(),
    # Integers.
    "x + y": lambda x, y: _int64(x + y),
    "x - y": lambda x, y: _int64(x - y),
    "x * y": lambda x, y: _int64(x * y),
    "x // y": lambda x, y: _int64(x // y) if y else None,
    "x % y": lambda x, y: x % y if y else None,
    "abs(x)": lambda x: _int64(abs(x)),
    "f + g": lambda f, g: f + g if math.isfinite(f + g) else None,
    "f * g": lambda f, g: f * g if math.isfinite(f * g) else None,
    "f / g": lambda f, g: f / g if g and math.isfinite(f / g) else None,
    "sqrt(f)": lambda f: math.sqrt(f) if f >= 0 else None,
    "floor(f)": lambda f: _int64(math.floor(f)),
    "trunc(f)": lambda f: _int64(math.trunc(f)),
}

_NEARLY: dict[str, Callable[..., Any]] = {
    "mean(fs)": _some(statistics.fmean),
    "variance(fs)": _some(statistics.variance, 2),
    "variance(fs, 0)": _some(statistics.pvariance),
    "stddev(xs)": _some(statistics.stdev, 2),
    "median(fs)": _some(statistics.median),
    "quantile(fs, 0.3)": _some(lambda xs: float(np.quantile(xs, 0.3))),
    "entropy(xs)": _some(_entropy),
    "slope(fs)": lambda xs: _slope_of_places(xs),
    "cosine(v, w)": lambda v, w: _cosine(v, w),
    "dot(v, w)": lambda v, w: math.fsum(a * b for a, b in zip(v, w, strict=True)),
    "l2_norm(v)": lambda v: math.sqrt(math.fsum(a * a for a in v)),
    "euclidean_distance(v, w)": math.dist,
    "manhattan_distance(v, w)": lambda v, w: math.fsum(
        abs(a - b) for a, b in zip(v, w, strict=True)
    ),
    "exp(f)": lambda f: math.exp(f) if f < 709 else None,
    "log(f)": lambda f: math.log(f) if f > 0 else None,
    "log1p(f)": lambda f: math.log1p(f) if f > -1 else None,
    "tanh(f)": math.tanh,
}


def _slope_of_places(xs: list[Any]) -> float | None:
    places = [i for i, x in enumerate(xs) if x is not None]
    if len(places) < 2:
        return None
    return float(np.polyfit(places, np.array(_kept(xs), float), 1)[0])


def _cosine(v: list[float], w: list[float]) -> float | None:
    product = math.fsum(a * a for a in v) * math.fsum(b * b for b in w)
    return (
        math.fsum(a * b for a, b in zip(v, w, strict=True)) / math.sqrt(product)
        if product
        else None
    )


def _names(expression: str) -> list[str]:
    import re

    words = re.findall(r"(?<![\w\"])[a-z]+\b(?!\()", re.sub(r'"[^"]*"', "", expression))
    return [name for name in dict.fromkeys(words) if name in _TYPES]


def _compare(
    oracles: dict[str, Callable[..., Any]], same: Callable[[Any, Any], bool], moderate: bool
) -> list[str]:
    rows = _rows("oracles", moderate)
    types = {name: str(type_) for name, type_ in _TYPES.items()}
    found = evaluate(list(oracles), types, rows)
    failures = []
    for (expression, oracle), values in zip(oracles.items(), found, strict=True):
        names = _names(expression)
        for row, value in enumerate(values):
            arguments = [rows[name][row] for name in names]
            wanted = oracle(*arguments)
            if not same(value, wanted):
                failures.append(f"{expression} of {arguments!r}: {value!r}, expected {wanted!r}")
                break
    return failures


def _identical(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(value, float):
        return struct.pack("<d", value) == struct.pack("<d", wanted)
    return bool(value == wanted) and isinstance(value, bool) == isinstance(wanted, bool)


def _close(value: Any, wanted: Any) -> bool:
    if value is None or wanted is None:
        return value is wanted
    return math.isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("moderate", [False, True])
def test_exact(moderate: bool) -> None:
    failures = _compare(_WITH_FIXED_BITS, _identical, moderate)
    assert not failures, "\n".join(failures)


def test_close() -> None:
    failures = _compare(_NEARLY, _close, True)
    assert not failures, "\n".join(failures)
