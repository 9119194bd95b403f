"""Quantiles: exact for few different values, within their own bound beyond, and the same on every run."""

from __future__ import annotations

import numpy as np
import pytest
from feature_extractor.fitting.quantiles import QuantileSummary
from hypothesis import given, settings
from hypothesis import strategies as st

POSITIONS = [0, 1, 7, 50, 99]


def summary(
    values: np.ndarray, parts: int = 1, most: int = 1 << 18, block: int = 1 << 16
) -> QuantileSummary:
    whole = QuantileSummary(most, block)
    for part in np.array_split(values, parts):
        one = QuantileSummary(most, block)
        one.add(part)
        whole.merge(one)
    return whole


def rank_errors(found: QuantileSummary, values: np.ndarray, positions: list[int]) -> list[int]:
    """Return how far the position of each quantile is from the one that was asked for."""
    ordered = np.sort(values)
    errors = []
    for position, value in zip(positions, found.at(positions), strict=True):
        first = int(np.searchsorted(ordered, value, side="left"))
        last = int(np.searchsorted(ordered, value, side="right")) - 1
        errors.append(max(first - position, position - last, 0))
    return errors


@settings(deadline=None)
@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=200),
    st.integers(1, 5),
)
def test_few_values_are_exact(values: list[float], parts: int) -> None:
    array = np.array(values)
    found = summary(array, parts)
    positions = [min(p, len(values) - 1) for p in POSITIONS]
    assert found.exact
    assert found.at(positions) == [sorted(values)[p] for p in positions]


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32), st.integers(100, 20_000), st.integers(1, 6), st.sampled_from([4, 16, 64])
)
def test_the_bound_holds(seed: int, count: int, parts: int, block: int) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=count) if seed % 2 else np.floor(random.exponential(500.0, count))
    found = summary(values, parts, most=32, block=block)
    positions = [i * count // 20 for i in range(20)]
    assert found.count == count
    assert max(rank_errors(found, values, positions)) <= found.error


def test_sorted_and_reversed_data_stay_within_the_bound() -> None:
    ascending = np.arange(50_000.0)
    for values in (ascending, ascending[::-1], np.tile(ascending[:5_000], 10)):
        found = summary(values, 50, most=100, block=256)
        positions = [i * len(values) // 100 for i in range(100)]
        assert not found.exact
        assert max(rank_errors(found, values, positions)) <= found.error < len(values) // 20


def test_a_million_values_are_close() -> None:
    values = np.random.default_rng(3).lognormal(size=1_000_000)
    found = QuantileSummary()
    for start in range(0, len(values), 65_536):
        found.add(values[start : start + 65_536])
    positions = [i * 10_000 for i in range(100)]
    assert not found.exact
    assert max(rank_errors(found, values, positions)) <= found.error < 100
    again = QuantileSummary()
    for start in range(0, len(values), 65_536):
        again.add(values[start : start + 65_536])
    assert again.at(positions) == found.at(positions)


def test_weights_do_not_count_as_errors() -> None:
    found = QuantileSummary(most_distinct=4, block=1 << 10)
    found.add(np.repeat(np.arange(10.0), 1000))
    assert found.exact
    assert found.at([0, 999, 1000, 9999]) == [0.0, 0.0, 1.0, 9.0]


def test_the_two_zeros_are_one() -> None:
    found = QuantileSummary()
    found.add(np.array([-0.0, 0.0, 1.0]))
    assert found.at([0, 1, 2]) == [0.0, 0.0, 1.0]
    assert str(found.at([0])) == "[0.0]"


@pytest.mark.parametrize("first", [True, False])
def test_an_exact_and_a_reduced_one_merge(first: bool) -> None:
    few, many = QuantileSummary(100, 64), QuantileSummary(100, 64)
    few.add(np.arange(50.0))
    many.add(np.arange(10_000.0))
    whole = QuantileSummary(100, 64)
    for part in (few, many) if first else (many, few):
        whole.merge(part)
    values = np.concatenate((np.arange(50.0), np.arange(10_000.0)))
    positions = list(range(0, 10_050, 500))
    assert max(rank_errors(whole, values, positions)) <= whole.error
