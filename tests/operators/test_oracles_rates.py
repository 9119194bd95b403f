"""Rates, scalings and angles against SciPy, scikit-learn and exact fractions."""

from __future__ import annotations

import math
import random
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
from feature_extractor.testing.random_values import random_value
from feature_extractor.types import FLOAT, INT
from scipy import special, stats
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from .oracle_tables import NOT_COMPARED, Oracles, close, failures, identical

ROWS = 1200


def _wilson(side: int) -> Any:
    def bound(k: float, n: float) -> Any:
        if n <= 0 or not 0 <= k <= n:
            return None
        # A level of confidence whose normal quantile is the default z, 1.96.
        level = float(2 * special.ndtr(1.96) - 1)
        interval = stats.binomtest(int(k), int(n)).proportion_ci(level, method="wilson")
        return float(interval[side])

    return bound


def _scaled(x: float, low: float, high: float) -> float | None:
    if low == high:
        return None
    low_first = MinMaxScaler().fit(np.array([[min(low, high)], [max(low, high)]]))
    share = float(low_first.transform(np.array([[x]]))[0, 0])
    return share if low < high else 1.0 - share


def _standard(x: float, mean: float, deviation: float) -> float | None:
    if deviation <= 0:
        return None
    scaler = StandardScaler()
    scaler.mean_, scaler.scale_, scaler.n_features_in_ = np.array([mean]), np.array([deviation]), 1
    return float(scaler.transform(np.array([[x]]))[0, 0])


def _pulled(total: float, count: float, mean: float, weight: float) -> float | None:
    divisor = Fraction(count) + Fraction(weight)
    if divisor == 0:
        return None
    return float((Fraction(total) + Fraction(mean) * Fraction(weight)) / divisor)


def _smoothed(hits: float, trials: float, prior: float, weight: float) -> float | None:
    return _pulled(hits, trials, prior, weight)


def _wide_bucket(x: float, low: float, high: float, n: int) -> int | None:
    if low >= high or n < 1:
        return None
    edges = [Fraction(low) + (Fraction(high) - Fraction(low)) * i / n for i in range(n + 1)]
    return sum(Fraction(x) >= edge for edge in edges)


def _log_bucket(x: float, base: float, n: int) -> int | None:
    if base <= 1 or n < 1:
        return None
    powers = (Fraction(base) ** k for k in range(n - 1))
    return sum(Fraction(x) >= power for power in powers)


_CLOSE: Oracles = {
    "wilson_lower(k, n)": _wilson(0),
    "wilson_upper(k, n)": _wilson(1),
    "min_max(x, a, b)": _scaled,
    "z_score(x, a, b)": _standard,
    "log_odds(p)": lambda p: float(special.logit(p)) if 0 < p < 1 else None,
    "sigmoid(x)": lambda x: float(special.expit(x)),
    "smooth(k, n, p, b)": _smoothed,
    "bayes_average(x, n, a, b)": _pulled,
    "ratio(x, b)": lambda x, b: float(Fraction(x) / Fraction(b)) if b else None,
    "cyclic_sin(x, b)": lambda x, b: (
        math.sin(2 * math.pi * math.remainder(x / b, 1)) if b else None
    ),
    "cyclic_cos(x, b)": lambda x, b: (
        math.cos(2 * math.pi * math.remainder(x / b, 1)) if b else None
    ),
    "signed_log(x)": lambda x: math.copysign(math.log1p(abs(x)), x),
    "decay(d, h)": lambda d, h: 0.5 ** (d / h) if h > 0 else None,
    "hypot(x, a)": math.hypot,
    "atan2(x, a)": math.atan2,
    "degrees(x)": math.degrees,
    "radians(x)": math.radians,
}
_EXACT: Oracles = {
    "bucketize_equal_width(x, a, b, 7)": lambda x, a, b: _wide_bucket(x, a, b, 7),
    "bucketize_log(x, 2.0, 9)": lambda x: _log_bucket(x, 2.0, 9),
    "bucketize_log(x, b, 5)": lambda x, b: _log_bucket(x, b, 5),
    "binarize(x, a)": lambda x, a: int(x > a),
    "within_bounding_box(x, a, -1.0, -2.0, 9.0, 4.0)": lambda x, a: -1 <= x <= 9 and -2 <= a <= 4,
}


def test_moderate_numbers() -> None:
    source = random.Random("rates")
    trials = [float(source.choice([0, 1, 2, 10, 1000, 10**6])) for _ in range(ROWS)]
    rows: dict[str, list[Any]] = {
        "n": trials,
        "k": [float(source.randint(0, int(n) + (source.random() < 0.1))) for n in trials],
        "p": [source.choice([0.0, 1.0, 0.5, source.random()]) for _ in range(ROWS)],
        "d": [source.randint(-(10**12), 10**13) for _ in range(ROWS)],
        "h": [
            source.choice([0, -1, 3_600_000_000, source.randint(10**10, 10**12)])
            for _ in range(ROWS)
        ],
    }
    for name in "xab":
        rows[name] = [
            source.choice(
                [
                    source.gauss(0, 5),
                    float(source.randint(-4, 8)),
                    0.1,
                    2.0 ** source.randint(-3, 9),
                ]
            )
            for _ in range(ROWS)
        ]
    types = {**dict.fromkeys("nkpxab", "float"), "d": "duration", "h": "duration"}
    assert "\n".join(failures(_CLOSE, types, rows, close)) == ""
    assert "\n".join(failures(_EXACT, types, rows, identical)) == ""


def _int(value: int) -> int | None:
    return value if -(2**63) <= value < 2**63 else None


def _rounded(digits: int) -> Any:
    def rounded(f: float) -> float | None:
        with localcontext(prec=800):
            exact = Decimal(f).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        value = float(exact)
        return value if math.isfinite(value) else None

    return rounded


def _formatted(digits: int) -> Any:
    def formatted(f: float) -> str:
        with localcontext(prec=800):
            exact = Decimal(f).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)
        return f"{exact:f}" if exact else f"{abs(exact):f}"

    return formatted


def _clipped(x: Any, low: Any, high: Any) -> Any:
    return (
        float(np.minimum(np.maximum(x, low), high))
        if isinstance(x, float)
        else min(max(x, low), high)
    )


_WHOLE: Oracles = {
    "ceil(f)": lambda f: _int(math.ceil(f)),
    "floor(f)": lambda f: _int(math.floor(f)),
    "to_int(f)": lambda f: _int(int(f)),
    "round(f)": lambda f: _int(int(Decimal(f).to_integral_value(ROUND_HALF_UP))),
    "round(f, 2)": _rounded(2),
    "round(f, -3)": _rounded(-3),
    "format_number(f, 3)": _formatted(3),
    "clip(f, g, h)": _clipped,
    "clip(x, y, z)": _clipped,
    "maximum(f, g, h)": max,
    "minimum(f, g, h)": min,
    "maximum(x, y, z)": max,
    "minimum(x, y, z)": min,
    "between(x, y, z)": lambda x, y, z: y <= x <= z,
    "x != y": lambda x, y: x != y,
    "null_if(x, y)": lambda x, y: None if x == y else x,
    "valid_range(f, g, h)": lambda f, g, h: f if g <= f <= h else None,
    "shift_left(x, n)": lambda x, n: _shifted(x, n),
    "shift_right(x, n)": lambda x, n: x >> n if n >= 0 else None,
    "x ** n": lambda x, n: _int(x**n) if 0 <= n < 70 else None if n < 0 else NOT_COMPARED,
}


def _shifted(x: int, n: int) -> int | None:
    return None if n < 0 else (((x << min(n, 64)) + 2**63) % 2**64) - 2**63


def test_whole_numbers_and_ranges() -> None:
    source = random.Random("whole")
    rows: dict[str, list[Any]] = {
        name: [random_value(source, INT) for _ in range(ROWS)] for name in "xyz"
    }
    for name in "fgh":
        rows[name] = [
            source.choice(
                [random_value(source, FLOAT), source.randint(-99, 99) / 8, source.gauss(0, 1e6)]
            )
            for _ in range(ROWS)
        ]
    rows["n"] = [source.choice([source.randint(-2, 66), 0, 1, 63, 64]) for _ in range(ROWS)]
    for row in range(ROWS):  # Shared values, for what happens at equality.
        if source.random() < 0.2:
            rows["y"][row], rows["g"][row] = rows["x"][row], rows["f"][row]
    types = {**dict.fromkeys("xyzn", "int"), **dict.fromkeys("fgh", "float")}
    assert "\n".join(failures(_WHOLE, types, rows, identical)) == ""
