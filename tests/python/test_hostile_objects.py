"""Python objects that change what is being read while they are asked for their value, or that no message can show."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import feature_extractor as fx
import numpy as np
import pytest

PROGRAM = """
input request { taste: map<string, float>, seen: list<int>, rates: list<float> }
input candidate { movie: int, price: float }
feature taste : dense = taste["a"] ?? -1.0
feature seen  : dense = seen.count()
feature rates : dense = rates.count()
feature movie : dense = movie * 1.0
feature price : dense = price
"""
CANDIDATES = [{"movie": 1, "price": 2.0}]


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    return fx.compile_text(PROGRAM, path="hostile.fx").extractor()


class Hostile:
    """A number that does something when it is read."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act

    def __index__(self) -> int:
        self._act()
        gc.collect()
        return 3

    def __float__(self) -> float:
        return float(self.__index__())


def test_a_list_that_gets_shorter_while_it_is_read(extractor: fx.Extractor) -> None:
    request = {"taste": {}, "seen": [1], "rates": [1.5]}
    for name, other in (("seen", 10**12), ("rates", 0.25)):
        values: list[Any] = []
        values += [Hostile(values.clear), *(other + n for n in range(50))]
        result = extractor.extract_request(request | {name: values}, CANDIDATES)
        assert result[name].tolist() == [1.0]


def test_a_column_that_gets_shorter_while_it_is_read(extractor: fx.Extractor) -> None:
    request = {"taste": {}, "seen": [1], "rates": [1.5]}
    column: list[Any] = []
    column += [Hostile(column.clear), *(0.25 + n for n in range(50))]
    with pytest.raises(ValueError, match="Column 'price' has 1 rows, and column 'movie' has 51"):
        extractor.extract_request(request, {"movie": [1] * 51, "price": column})


def test_rows_that_change_while_they_are_read(extractor: fx.Extractor) -> None:
    request = {"taste": {}, "seen": [1], "rates": [1.5]}
    rows: list[Any] = []
    rows += [{"movie": 1, "price": Hostile(rows.clear)}, *({"movie": n, "price": 0.5} for n in range(50))]  # fmt: skip
    assert extractor.extract_request(request, rows).rows == 1
    others: list[Any] = []
    others += [{"movie": 1, "price": Hostile(lambda: others.__setitem__(1, 7))}, dict(CANDIDATES[0])]  # fmt: skip
    with pytest.raises(TypeError, match="Row 1 must be a dict, not int"):
        extractor.extract_request(request, others)


def test_a_map_that_changes_while_it_is_read(extractor: fx.Extractor) -> None:
    taste: dict[str, Any] = {}
    taste["a"] = Hostile(taste.clear)
    taste |= {str(n): n + 0.5 for n in range(40)}
    request = {"taste": taste, "seen": [1], "rates": [1.5]}
    assert extractor.extract_request(request, CANDIDATES)["taste"].tolist() == [3.0]


@pytest.mark.parametrize("front", ["", "a", "aa", "aaa"])
@pytest.mark.parametrize("letter", ["\u00e9", "\u20ac", "\U0001f600"])
def test_long_values_in_messages_are_cut_between_letters(
    extractor: fx.Extractor, front: str, letter: str
) -> None:
    request = {"taste": {}, "seen": front + 60 * letter, "rates": [1.5]}
    with pytest.raises(TypeError, match=r"column 'seen': expected list<int>, got .*\.\.\. \(str\)"):
        extractor.extract_request(request, CANDIDATES)


def test_keys_in_messages_are_cut_between_letters_and_stay_on_one_line(
    extractor: fx.Extractor,
) -> None:
    for key, shown in [
        ("\u00e9" * 80, "\u00e9" * 48 + "..."),
        ("a" + "\u00e9" * 80, "a" + "\u00e9" * 48 + "..."),
        ("a\nb\0c\x1b[31m", r"a\x0ab\x00c\x1b[31m"),
    ]:
        table = {"sku": [key, key], "movie": [1, 2], "price": [1.0, 2.0]}
        with pytest.raises(fx.EngineError) as raised:
            extractor.with_catalogue(table, key="sku")
        assert str(raised.value).startswith(f"Key '{shown}' comes twice in column 'sku'")


def test_arrays_that_begin_at_any_byte(extractor: fx.Extractor) -> None:
    """As a field of a structured array does."""
    rows = np.zeros(2000, np.dtype([("flag", "i1"), ("movie", "i8"), ("price", "f8")]))
    rows["movie"], rows["price"] = np.arange(2000), np.arange(2000) * 0.5
    block = np.frombuffer(b"\0" + rows["movie"].tobytes(), "i8", offset=1)
    assert not block.flags.aligned
    request = {"taste": {}, "seen": [1], "rates": [1.5]}
    for movie in (rows["movie"], block):
        result = extractor.extract_request(request, {"movie": movie, "price": rows["price"]})
        assert result["movie"].tolist() == list(range(2000))
        assert result["price"].tolist() == [n * 0.5 for n in range(2000)]
    vectors = fx.compile_text(
        "input candidate { v: vector<4> }\nfeature v : dense = v", path="v.fx"
    ).extractor()
    numbers = np.arange(8000, dtype="f4")
    block = np.frombuffer(b"\0" + numbers.tobytes(), "f4", offset=1).reshape(-1, 4)
    result = vectors.extract_request(None, {"v": block})
    assert result["v"].tolist() == numbers.reshape(-1, 4).tolist()
