"""Sums without rounding errors: the fractions of Python agree, and so does every partition."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from feature_extractor.fitting.exact import ExactMoments, square_root, sum_of_integers
from hypothesis import given, settings
from hypothesis import strategies as st

FLOATS = st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), max_size=60)
EDGES = [
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    0.1,
    -0.1,
    1.0,
]


def moments(*parts: list[float]) -> ExactMoments:
    whole = ExactMoments()
    for part in parts:
        one = ExactMoments()
        one.add(np.array(part, np.float64))
        whole.merge(one)
    return whole


def nearest_root(value: Fraction, guess: float) -> bool:
    """Return whether a float is the one nearest to the root of a fraction."""
    low = Fraction(math.nextafter(guess, -math.inf)) + Fraction(guess)
    high = Fraction(math.nextafter(guess, math.inf)) + Fraction(guess)
    return (low / 2) ** 2 <= value <= (high / 2) ** 2 if guess > 0 else value == 0


@settings(deadline=None, max_examples=300)
@given(FLOATS, st.integers(0, 1))
def test_results_are_those_of_fractions(values: list[float], ddof: int) -> None:
    values = [*values, *EDGES]
    found = moments(values)
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    variance = sum((value - mean) ** 2 for value in exact) / (len(exact) - ddof)
    assert found.mean() == float(mean)
    assert (found.minimum, found.maximum) == (min(values), max(values))
    assert nearest_root(variance, found.standard_deviation(ddof))


@settings(deadline=None, max_examples=200)
@given(FLOATS, st.lists(st.integers(0, 60), max_size=5), st.randoms(use_true_random=False))
def test_neither_order_nor_partition_matters(
    values: list[float], cuts: list[int], random: object
) -> None:
    whole = moments(values)
    bounds = [0, *sorted(min(cut, len(values)) for cut in cuts), len(values)]
    parts = [values[a:b] for a, b in itertools.pairwise(bounds)]
    random.shuffle(parts)  # type: ignore[attr-defined]
    assert moments(*parts) == whole
    shuffled = list(values)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert moments(shuffled) == whole


def test_cancellation_leaves_nothing_out() -> None:
    found = moments([1e16, 1.0, -1e16, 1e-300])
    assert found.mean() == 0.25
    assert moments([3.0] * 1000).standard_deviation(0) == 0.0
    # The textbook formula in floats gives 0 here.
    assert moments([1e9 + 1.0, 1e9 + 2.0]).standard_deviation(0) == 0.5


def test_numpy_agrees() -> None:
    values = np.random.default_rng(7).lognormal(3.0, 2.0, 100_000)
    found = ExactMoments()
    for part in np.array_split(values, 7):
        found.add(part)
    assert found.mean() == pytest.approx(values.mean(), rel=1e-14)
    assert found.standard_deviation(0) == pytest.approx(values.std(), rel=1e-14)
    assert found.standard_deviation(1) == pytest.approx(values.std(ddof=1), rel=1e-14)
    assert found.mean() == math.fsum(values) / len(values)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50))
def test_integers_do_not_overflow(values: list[int]) -> None:
    assert sum_of_integers(np.array(values, np.int64)) == sum(values)


@given(st.integers(0, 2**200), st.integers(1, 2**200))
def test_roots_are_nearest(numerator: int, denominator: int) -> None:
    assert nearest_root(Fraction(numerator, denominator), square_root(numerator, denominator))
