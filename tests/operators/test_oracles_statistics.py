"""Statistics of lists, transforms and pooling against NumPy, SciPy and plain Python."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from feature_extractor.testing.evaluation import evaluate
from scipy import special, stats

ROWS = 1200


def _lists(seed: str, element: str) -> list[list[Any]]:
    source = random.Random(f"{seed} of {element}")

    def one() -> Any:
        if source.random() < 0.1:
            return None
        if element == "int":
            return source.randint(-9, 20)
        return source.choice([source.gauss(0, 10), float(source.randint(-3, 9)), 0.25])

    return [
        [one() for _ in range(source.choice([0, 1, 2, 3, 5, 8, 9, 17, 40]))] for _ in range(ROWS)
    ]


def _kept(xs: list[Any]) -> list[float]:
    return [x for x in xs if x is not None]


def _if_varied(compute: Callable[[list[float]], float]) -> Callable[[list[Any]], float | None]:
    return lambda xs: compute(_kept(xs)) if len(set(_kept(xs))) > 1 else None


def _if_some(compute: Callable[[list[float]], Any]) -> Callable[[list[Any]], Any]:
    return lambda xs: compute(_kept(xs)) if _kept(xs) else None


def _positive(compute: Callable[[list[float]], float]) -> Callable[[list[Any]], float | None]:
    def apply(xs: list[Any]) -> float | None:
        kept = _kept(xs)
        if not kept or min(kept) < 0:
            return None
        return 0.0 if 0 in kept else float(compute(kept))

    return apply


def _gini(xs: list[Any]) -> float | None:
    kept = _kept(xs)
    if not kept or min(kept) < 0 or sum(kept) == 0:
        return None
    return sum(abs(a - b) for a in kept for b in kept) / (2 * len(kept) * sum(kept))


def _autocorrelation(xs: list[Any], lag: int) -> float | None:
    kept = _kept(xs)
    if len(xs) <= lag or len(set(kept)) < 2:
        return None
    mean = math.fsum(kept) / len(kept)
    pairs = [(a, b) for a, b in zip(xs, xs[lag:], strict=False) if a is not None and b is not None]
    squares = math.fsum((x - mean) ** 2 for x in kept)
    return math.fsum((a - mean) * (b - mean) for a, b in pairs) / squares


def _moving(xs: list[Any], window: int) -> list[float | None]:
    parts = [_kept(xs[max(0, i + 1 - window) : i + 1]) for i in range(len(xs))]
    return [math.fsum(part) / len(part) if part else None for part in parts]


def _running(xs: list[Any], choose: Callable[[list[Any]], Any]) -> list[Any]:
    return [None if x is None else choose(_kept(xs[: i + 1])) for i, x in enumerate(xs)]


def _softmax(xs: list[Any]) -> list[float | None]:
    shares = iter(special.softmax(_kept(xs))) if _kept(xs) else iter(())
    return [None if x is None else float(next(shares)) for x in xs]


def _close(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return len(value) == len(wanted) and all(map(_close, value, wanted))
    if value is None or wanted is None:
        return value is wanted
    return math.isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-9)


_OF_ONE: dict[str, Callable[[list[Any]], Any]] = {
    "skewness(xs)": _if_varied(lambda xs: float(stats.skew(xs))),
    "kurtosis(xs)": _if_varied(lambda xs: float(stats.kurtosis(xs))),
    "geometric_mean(xs)": _positive(stats.gmean),
    "harmonic_mean(xs)": _positive(stats.hmean),
    "median_absolute_deviation(xs)": _if_some(lambda xs: float(stats.median_abs_deviation(xs))),
    "gini(xs)": _gini,
    "top_share(xs)": _if_some(lambda xs: max(Counter(xs).values()) / len(xs)),
    "autocorrelation(xs)": lambda xs: _autocorrelation(xs, 1),
    "autocorrelation(xs, 3)": lambda xs: _autocorrelation(xs, 3),
    "moving_average(xs, 1)": lambda xs: _moving(xs, 1),
    "moving_average(xs, 3)": lambda xs: _moving(xs, 3),
    "moving_average(xs, 10)": lambda xs: _moving(xs, 10),
    "cumulative_max(xs)": lambda xs: _running(xs, max),
    "cumulative_min(xs)": lambda xs: _running(xs, min),
    "softmax(xs)": _softmax,
}


@pytest.mark.parametrize("element", ["int", "float"])
def test_one_list(element: str) -> None:
    lists = _lists("one", element)
    found = evaluate(list(_OF_ONE), {"xs": f"list<{element}?>"}, {"xs": lists})
    for (expression, oracle), values in zip(_OF_ONE.items(), found, strict=True):
        for xs, value in zip(lists, values, strict=True):
            wanted = oracle(xs)
            assert _close(value, wanted), f"{expression} of {xs}: {value!r}, not {wanted!r}"


def test_two_lists() -> None:
    first, second = _lists("first", "float"), _lists("second", "float")
    found = evaluate(
        ["correlation(xs, ys)", "covariance(xs, ys)", "covariance(xs, ys, 0)"],
        {"xs": "list<float?>", "ys": "list<float?>"},
        {"xs": first, "ys": second},
    )
    for row, (xs, ys) in enumerate(zip(first, second, strict=True)):
        pairs = [(x, y) for x, y in zip(xs, ys, strict=False) if x is not None and y is not None]
        a, b = [x for x, _ in pairs], [y for _, y in pairs]
        varied = len(set(a)) > 1 and len(set(b)) > 1
        assert _close(found[0][row], float(np.corrcoef(a, b)[0, 1]) if varied else None), pairs
        assert _close(found[1][row], float(np.cov(a, b)[0, 1]) if len(a) > 1 else None), pairs
        assert _close(found[2][row], float(np.cov(a, b, ddof=0)[0, 1]) if a else None), pairs


def test_transforms() -> None:
    source = random.Random("transforms")
    xs = [source.choice([source.gauss(0, 10), source.uniform(0, 3), 0.0]) for _ in range(ROWS)]
    powers = [source.choice([0.0, 1.0, 2.0, 1e-9, source.uniform(-3, 4)]) for _ in range(ROWS)]
    points, values = [-5.0, -1.5, 0.0, 0.25, 8.0, 30.0], [1.0, 0.0, 0.5, 7.0, -2.0, 3.0]
    starts, ends = [0.0, -5.0, 2.0], [1.0, 0.5, 4.0]
    box, yeo, line, interval = evaluate(
        [
            "box_cox(x, p)",
            "yeo_johnson(x, p)",
            f"piecewise_linear(x, {points}, {values})",
            f"bucketize_intervals(x, {starts}, {ends}, [7, 8, 9], -1)",
        ],
        {"x": "float", "p": "float"},
        {"x": xs, "p": powers},
    )
    for row, (x, power) in enumerate(zip(xs, powers, strict=True)):
        assert _close(box[row], float(special.boxcox(x, power)) if x > 0 else None), (x, power)
        assert _close(yeo[row], float(stats.yeojohnson(np.array([x]), power)[0])), (x, power)
        assert _close(line[row], float(np.interp(x, points, values))), x
        inside = [i for s, e, i in zip(starts, ends, [7, 8, 9], strict=True) if s <= x < e]
        assert interval[row] == (inside[0] if inside else -1), x


def test_pooling() -> None:
    source = random.Random("pooling")
    vectors = [
        [[source.gauss(0, 1) for _ in range(4)] for _ in range(source.randint(0, 9))]
        for _ in range(ROWS)
    ]
    weights = [[source.uniform(0, 2) for _ in v] for v in vectors]
    targets = [[source.gauss(0, 1) for _ in range(4)] for _ in range(ROWS)]
    means, similarities, together = evaluate(
        [
            "to_list(vector_weighted_mean(vs, ws))",
            "top_similarities(v, vs, 3)",
            "correlation(v, w)",
        ],
        {"vs": "list<vector<4>>", "ws": "list<float>", "v": "vector<4>", "w": "vector<4>"},
        {"vs": vectors, "ws": weights, "v": targets, "w": targets[1:] + targets[:1]},
    )
    for row, vs in enumerate(vectors):
        v, w = np.float32(targets[row]), np.float32(targets[(row + 1) % ROWS])
        assert math.isclose(together[row], np.corrcoef(v, w)[0, 1], abs_tol=1e-6)
        if not vs:
            assert means[row] is None and similarities[row] == []
            continue
        wanted = np.average(np.float32(vs), axis=0, weights=weights[row])
        assert np.allclose(means[row], wanted, atol=1e-5)
        cosines = [
            float(np.dot(v, u) / np.linalg.norm(v) / np.linalg.norm(u)) for u in np.float32(vs)
        ]
        assert np.allclose(similarities[row], sorted(cosines, reverse=True)[:3], atol=1e-5)


def test_association_and_decay() -> None:
    source = random.Random("association")
    counts = [[float(source.randint(0, 50)) for _ in range(4)] for _ in range(ROWS)]
    (found,) = evaluate(
        ["lift(a, b, c, d)"],
        dict.fromkeys("abcd", "float"),
        {name: [row[i] for row in counts] for i, name in enumerate("abcd")},
    )
    for (both, first, second, total), value in zip(counts, found, strict=True):
        exists = first > 0 and second > 0 and total > 0
        assert _close(value, both * total / (first * second) if exists else None)
    day = 86_400_000_000
    ages = [source.randint(-5 * day, 100 * day) for _ in range(ROWS)]
    (found,) = evaluate(["logarithmic_decay(a, 90d, 12d)"], {"a": "duration"}, {"a": ages})
    shift = 144 / 66
    for age, value in zip(ages, found, strict=True):
        days = min(max(age / day, 0), 90)
        top = math.log(90 + shift) - math.log(days + shift)
        assert _close(value, top / (math.log(90 + shift) - math.log(shift)))
