"""A second package beside the live one: what differs is found, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable

import feature_extractor as fx
import numpy as np
import pytest
from feature_extractor.extraction import Ids
from feature_extractor.serving import Service
from feature_extractor.serving.shadow import differing_rows
from hypothesis import given
from hypothesis import strategies as st

REQUEST = {"user": "Ann of Ulm", "seen": [3, 3, 5]}
CANDIDATES = {"item": list(range(8)), "price": [None] * 8}


def test_differences_are_counted_by_feature(package: Callable[..., bytes]) -> None:
    with Service(package(1)) as service:
        shadow = service.shadow(package(2), share=1.0)
        for _ in range(5):
            live = service.extract_request(REQUEST, CANDIDATES)
            assert set(live["version"]) == {1.0}
        shadow.drain()
        assert shadow.compared == 5
        assert shadow.failed == (0, "")
        found = {one.feature: one for one in shadow.differences()}
        assert list(found) == ["version", "seen_before", "user_x_item", "words", "name"]
        assert (found["version"].rows, found["version"].differing) == (40, 40)
        assert (found["version"].live, found["version"].shadow) == (1.0, 2.0)
        assert all(one.differing == 0 for name, one in found.items() if name != "version")
        service.end_shadow()
        shadow.offer(service.extract_request(REQUEST, CANDIDATES), lambda extractor: live)
        shadow.drain()
        assert shadow.compared == 5


def test_a_share_is_a_share(package: Callable[..., bytes]) -> None:
    with Service(package(1)) as service:
        shadow = service.shadow(package(1), share=0.2)
        for _ in range(300):
            service.extract_request(REQUEST, CANDIDATES)
        shadow.drain()
        assert 30 < shadow.compared + shadow.skipped < 90
    with pytest.raises(ValueError, match="share"), Service(package(1)) as service:
        service.shadow(package(2), share=0.0)


def test_a_second_package_that_fails_hurts_nobody(package: Callable[..., bytes]) -> None:
    other = fx.compile_text(
        "input request { other: int }\ninput candidate { item: int }\nfeature a : dense = other + item\n"
    ).extractor()
    with Service(package(1)) as service:
        shadow = service.shadow(other, share=1.0)
        assert service.extract_request(REQUEST, CANDIDATES).rows == 8
        shadow.drain()
        count, reason = shadow.failed
        assert count == 1
        assert "other" in reason


numbers = st.lists(st.floats(width=32), min_size=1, max_size=20)


@given(numbers, st.data())
def test_floats_are_compared_by_their_bits(values: list[float], data: st.DataObject) -> None:
    first = np.array(values, np.float32)
    second = first.copy()
    assert differing_rows(first, second) == []
    row = data.draw(st.integers(0, len(values) - 1))
    second.view(np.uint32)[row] ^= 1 << data.draw(st.integers(0, 31))
    assert differing_rows(first, second) == [row]


def test_vectors_ids_weights_and_texts_are_compared_by_row() -> None:
    vectors = np.zeros((3, 4), np.float32)
    changed = vectors.copy()
    changed[1, 2] = -0.0
    assert differing_rows(vectors, changed) == [1]
    assert differing_rows(vectors, vectors[:, :3]) == [0, 1, 2]
    ids = Ids(np.array([1, 2, 3]), np.array([0, 2, 2, 3]))
    assert differing_rows(ids, Ids(np.array([1, 2, 3]), np.array([0, 1, 2, 3]))) == [0, 1]
    ones = np.ones(3, np.float32)
    weighted = Ids(ids.values, ids.offsets, ones)
    heavier = Ids(ids.values, ids.offsets, np.array([1, 1, 2], np.float32))
    assert differing_rows(weighted, heavier) == [2]
    assert differing_rows(weighted, ids) == [0, 1, 2]
    assert differing_rows(["a", "b"], ["a", "c"]) == [1]
    assert differing_rows(["a", "b"], vectors) == [0, 1]
