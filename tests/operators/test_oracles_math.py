"""Functions of numbers against mpmath and SciPy, on random values with many at the edges."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import mpmath
from feature_extractor.testing.evaluation import evaluate
from feature_extractor.testing.random_values import FLOATS
from scipy import special

ROWS = 1500

_FUNCTIONS: dict[str, tuple[Callable[[Any], Any], Callable[[float], bool], float]] = {
    # The oracle, where it exists, and the error that is allowed, in units of the last place.
    "tan": (mpmath.tan, lambda x: True, 1.0),
    "asin": (mpmath.asin, lambda x: abs(x) <= 1, 1.0),
    "acos": (mpmath.acos, lambda x: abs(x) <= 1, 1.0),
    "atan": (mpmath.atan, lambda x: True, 1.0),
    "sinh": (mpmath.sinh, lambda x: abs(x) < 710.475, 1.0),
    "cosh": (mpmath.cosh, lambda x: abs(x) < 710.475, 1.0),
    "asinh": (mpmath.asinh, lambda x: True, 2.0),
    "acosh": (mpmath.acosh, lambda x: x >= 1, 2.0),
    "atanh": (mpmath.atanh, lambda x: abs(x) < 1, 2.0),
    "erf": (mpmath.erf, lambda x: True, 1.0),
    "erfc": (mpmath.erfc, lambda x: True, 4.0),
    "softplus": (lambda x: mpmath.log1p(mpmath.exp(x)) if x < 700 else x, lambda x: True, 2.5),
    "normal_cdf": (mpmath.ncdf, lambda x: True, 4.0),
    "normal_quantile": (special.ndtri, lambda x: 0 < x < 1, 8.0),
    "sin": (mpmath.sin, lambda x: True, 1.0),
    "cos": (mpmath.cos, lambda x: True, 1.0),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), lambda x: True, 1.0),
    "expm1": (mpmath.expm1, lambda x: x < 709.78, 1.0),
    "exp": (mpmath.exp, lambda x: x < 709.78, 1.0),
    "tanh": (mpmath.tanh, lambda x: True, 2.0),
    "log": (mpmath.log, lambda x: x > 0, 1.0),
    "log2": (lambda x: mpmath.log(x, 2), lambda x: x > 0, 1.0),
    "log10": (mpmath.log10, lambda x: x > 0, 1.0),
    "log1p": (mpmath.log1p, lambda x: x > -1, 1.0),
    "sqrt": (mpmath.sqrt, lambda x: x >= 0, 0.5),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), lambda x: True, 2.5),
    "signed_log": (lambda x: mpmath.sign(x) * mpmath.log1p(abs(x)), lambda x: True, 1.0),
}


def _numbers(seed: str) -> list[float]:
    source = random.Random(seed)
    many = [
        source.choice(
            [
                source.uniform(-1, 1),
                source.gauss(0, 3),
                source.gauss(0, 20),
                source.uniform(0, 1),
                math.copysign(10.0 ** source.uniform(-20, 5), source.random() - 0.5),
            ]
        )
        for _ in range(ROWS)
    ]
    return [*FLOATS, 0.9999999999999999, 1.0000000000000002, -37.0, 26.0, 710.0, *many]


def _near(name: str, x: float) -> float:
    """A number at which the oracle can be had, and has the same value as at x."""
    return (
        max(min(x, 1e4), -1e4)
        if name in ("erf", "erfc", "normal_cdf", "sigmoid", "tanh", "expm1", "exp")
        else max(x, -1e4)
        if name == "softplus"
        else x
    )


def test_functions_of_one_number() -> None:
    numbers = _numbers("math")
    with mpmath.workdps(50):
        found = evaluate([f"{name}(x)" for name in _FUNCTIONS], {"x": "float"}, {"x": numbers})
        for (name, (oracle, exists, allowed)), values in zip(
            _FUNCTIONS.items(), found, strict=True
        ):
            for x, value in zip(numbers, values, strict=True):
                if not exists(x):
                    assert value is None, f"{name}({x!r}) is {value!r}, not null"
                    continue
                # The places of pi that a huge angle needs are more than these.
                digits = 400 if name in ("tan", "sin", "cos") else 50
                with mpmath.workdps(digits):
                    wanted = oracle(x if name == "normal_quantile" else mpmath.mpf(_near(name, x)))
                    unit = max(math.ulp(float(wanted)), 5e-324)
                    error = float(abs(value - wanted) / unit)
                # A subnormal result has fewer digits.
                limit = allowed if abs(float(wanted)) > 1e-300 else 4000.0
                assert error <= limit, f"{name}({x!r}): {value!r} is off by {error} units"


def test_beta_distribution() -> None:
    source = random.Random("beta")
    shapes = [10.0 ** source.uniform(-1.5, 4.5) for _ in range(2 * ROWS)]
    first, second = shapes[:ROWS], shapes[ROWS:]
    shares = [source.random() for _ in range(ROWS)]
    points = [
        min(max(a / (a + b) * source.uniform(0.7, 1.3), 0.0), 1.0)
        for a, b in zip(first, second, strict=True)
    ]
    found = evaluate(
        ["beta_cdf(x, a, b)", "beta_quantile(p, a, b)"],
        dict.fromkeys("xpab", "float"),
        {"x": points, "p": shares, "a": first, "b": second},
    )
    for row in range(ROWS):
        a, b = first[row], second[row]
        wanted = special.betainc(a, b, points[row])
        assert math.isclose(found[0][row], wanted, rel_tol=1e-9, abs_tol=1e-13), (points[row], a, b)
        wanted = special.betaincinv(a, b, shares[row])
        close = math.isclose(found[1][row], wanted, rel_tol=1e-9, abs_tol=1e-15)
        assert close, (shares[row], a, b, found[1][row], wanted)


def test_greatest_common_divisor() -> None:
    source = random.Random("gcd")
    sizes = [source.choice([10, 10**6, 2**62]) for _ in range(ROWS)]
    xs = [source.randint(-size, size) * source.choice([1, 2]) for size in sizes]
    ys = [source.randint(-size, size) for size in sizes]
    (found,) = evaluate(["gcd(x, y)"], {"x": "int", "y": "int"}, {"x": xs, "y": ys})
    assert found == [math.gcd(x, y) for x, y in zip(xs, ys, strict=True)]
