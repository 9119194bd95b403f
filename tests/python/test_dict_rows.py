"""Dicts whatever the order and the kind of their keys, and lists of floats, which are read without NumPy."""

from __future__ import annotations

import json
import random
import warnings
from collections import OrderedDict
from typing import Any

import feature_extractor as fx
import numpy as np
import pytest

PROGRAM = """
input request { user: int, seen: list<{item: int, tag: string?, vec: vector<2>?}> }
input candidate { item: int, price: float?, title: string?, place: vector<3>? }
feature again : dense = seen.count(s -> s.item == item)
feature user  : dense = user
feature price : dense = price ?? -1.0
feature words : text = title ?? "none"
feature tags  : text = seen.map(s -> s.tag ?? "none").join(",")
feature first : dense = place[0] ?? -1.0
feature second: dense = place[1] ?? -1.0
feature third : dense = place[2] ?? -1.0
feature vec   : dense = seen.map(s -> s.vec[1] ?? 0.0).sum() ?? -1.0
feature item  : id(100) = item
"""


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    return fx.compile_text(PROGRAM).extractor()


class Name(str):
    """A key of a type of its own."""


def rows(count: int) -> list[dict[str, Any]]:
    return [
        {"item": i % 7, "price": i / 3, "title": f"t\u00e9{i}"[: i % 4], "place": [0.5, i + 0.1, -1.0]}
        for i in range(count)
    ]  # fmt: skip


def seen(count: int) -> list[dict[str, Any]]:
    return [{"item": i % 5, "tag": f"g{i}", "vec": [1.0, 2.0]} for i in range(count)]


def shuffled(source: random.Random, row: dict[str, Any]) -> dict[Any, Any]:
    """Return the same row in another form."""
    kind = source.randrange(7)
    names = list(row)
    if kind in (0, 1):
        source.shuffle(names)
    found: dict[Any, Any] = {name: row[name] for name in names}
    if kind == 1:
        found = {source.choice(["x", "y", "\u00e9", "\u20ac"]): 1, **found, "z": object()}
    if kind == 2:
        found = {Name(name): value for name, value in found.items()}
    if kind == 3:
        found = OrderedDict(found)
        found[7] = found[(1, 2)] = 3
    if kind == 4:
        found = {**{f"unread{i}": i for i in range(source.choice([10, 300]))}, **found}
    if kind == 5:
        # Keys that no other dict has.
        found = {name[:1] + name[1:]: value for name, value in found.items()}
        found["gone"] = 1
        del found["gone"]
    if kind == 6:
        found = {name: value for name, value in found.items() if value is not None}
    return found


def test_the_order_and_the_kind_of_keys_say_nothing(extractor: fx.Extractor) -> None:
    source = random.Random(1)
    for _ in range(60):
        plain, history = rows(20), seen(10)
        for row in plain:
            for name in ("price", "title", "place"):
                if source.random() < 0.2:
                    row[name] = None
        expected = extractor.extract_request({"user": 3, "seen": history}, plain).to_arrow()
        request = shuffled(source, {"user": 3, "seen": [shuffled(source, one) for one in history]})
        other = [shuffled(source, row) for row in plain]
        assert extractor.extract_request(request, other).to_arrow() == expected
        again = json.loads(json.dumps(plain))
        assert extractor.extract_request(request, again).to_arrow() == expected


def test_of_several_mistakes_the_one_in_the_first_column_is_told(extractor: fx.Extractor) -> None:
    request = {"user": 3, "seen": []}
    wrong = rows(3)
    wrong[0]["title"] = 5
    wrong[2]["item"] = "x"
    with pytest.raises(TypeError, match="Row 2, column 'item': expected int, got 'x'"):
        extractor.extract_request(request, wrong)
    wrong[2]["item"] = 1
    with pytest.raises(TypeError, match="Row 0, column 'title': expected string"):
        extractor.extract_request(request, wrong)
    del wrong[1]["item"]
    with pytest.raises(ValueError, match="Row 1: column 'item' of type int is missing"):
        extractor.extract_request(request, wrong)
    with pytest.raises(
        ValueError, match="Row 0, column 'seen': field 'item' of type int is missing"
    ):
        extractor.extract_request({"user": 3, "seen": [{"tag": "a"}]}, rows(1))


@pytest.mark.parametrize(
    "place",
    [
        [1, 2.5, True],
        (1.0, 2.0, 3.0),
        [np.float32(1.5), np.float64(2), 3.0],
        [1.0, None, 2.0],
        [float("nan"), 1.0, 2.0],
        [float("inf"), 1.0, 2.0],
        np.array([1.0, 2.0, 3.0]),
        [0.1, 1e-50, 3e38],
    ],
    ids=repr,
)
def test_vectors_are_what_numpy_makes_of_them(extractor: fx.Extractor, place: Any) -> None:
    request = {"user": 3, "seen": []}
    array = np.array(place, np.float32)
    expected = extractor.extract_request(request, [rows(1)[0] | {"place": array}])
    found = extractor.extract_request(request, [rows(1)[0] | {"place": place}])
    assert found.to_arrow() == expected.to_arrow()
    assert found.statistics() == expected.statistics()


def test_numbers_beyond_float32_are_warned_of(extractor: fx.Extractor) -> None:
    row = rows(1)[0] | {"place": [1e300, 0.0, 0.0]}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        extractor.extract_request({"user": 3, "seen": []}, [row])
    assert [type(one.message) for one in caught] == [RuntimeWarning]
    with pytest.raises(ValueError, match="expected vector<3>\\?, got 2 numbers"):
        extractor.extract_request({"user": 3, "seen": []}, [rows(1)[0] | {"place": [1.0, 2.0]}])
