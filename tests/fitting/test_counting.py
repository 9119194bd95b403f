"""Counts of words: exact below the limit, with a bound that holds above it."""

from __future__ import annotations

from collections import Counter as Reference

import numpy as np
from feature_extractor.fitting.counting import Counter
from hypothesis import given, settings
from hypothesis import strategies as st


def counted(words: list[str], parts: int = 1, most: int = 1000) -> Counter:
    whole = Counter(most)
    for part in np.array_split(np.array(words, object), parts):
        one = Counter(most)
        found = Reference(part.tolist())
        one.add(list(found), list(found.values()))
        whole.merge(one)
    return whole


@given(st.lists(st.text(max_size=2), max_size=100), st.integers(1, 4))
def test_small_counts_are_exact_however_they_are_cut(words: list[str], parts: int) -> None:
    found = counted(words, parts)
    reference = Reference(words)
    wanted = sorted(reference.items(), key=lambda entry: (-entry[1], entry[0]))
    assert found.error == 0
    assert found.most_frequent(1, 10_000) == wanted
    assert found.most_frequent(2, 3) == [entry for entry in wanted if entry[1] >= 2][:3]
    assert found.total == len(words)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 5), st.integers(4, 50))
def test_the_bound_holds(seed: int, parts: int, most: int) -> None:
    words = [f"w{int(i)}" for i in np.random.default_rng(seed).zipf(1.3, 2_000) % 500]
    reference = Reference(words)
    found = counted(words, parts, most)
    counts = dict(found.most_frequent(1, 10_000))
    assert len(found) <= most
    for word, count in reference.items():
        assert count - found.error <= counts.get(word, 0) <= count
    assert found.total == len(words)


def test_order_is_by_code_points() -> None:
    found = Counter()
    words = ["é", "z", "Z", "\U0001f600", "\uffff", "a"]
    found.add(words, [1] * len(words))
    listed = [word for word, _ in found.most_frequent(1, 10)]
    assert listed == sorted(words, key=lambda word: word.encode("utf-8"))
