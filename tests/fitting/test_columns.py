"""Values that the core wrote as bytes become the arrays that they were."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
from feature_extractor.fitting import columns
from feature_extractor.fitting.columns import read_column
from feature_extractor.types import BOOL, BYTES, FLOAT, INT, STRING, TIMESTAMP, ListType, Type
from hypothesis import given, settings
from hypothesis import strategies as st

VALUES: dict[Type, st.SearchStrategy[Any]] = {
    INT: st.integers(-(2**63), 2**63 - 1),
    TIMESTAMP: st.integers(-(2**63), 2**63 - 1),
    FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    BOOL: st.booleans(),
    STRING: st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    BYTES: st.binary(max_size=5),
}


def written(value: Any) -> bytes:
    """Return a value as cpp/src/engine/write_value.h says."""
    if value is None:
        return b"\0"
    if isinstance(value, bool):
        return b"\1" + bytes([value])
    if isinstance(value, int):
        return b"\1" + struct.pack("<q", value)
    if isinstance(value, float):
        return b"\1" + struct.pack("<d", value)
    if isinstance(value, list):
        return b"\1" + struct.pack("<I", len(value)) + b"".join(map(written, value))
    data = value.encode() if isinstance(value, str) else value
    return b"\1" + struct.pack("<I", len(data)) + data


def check(rows: list[Any], type_: Type) -> None:
    parts = [written(row) for row in rows]
    data = np.frombuffer(b"".join(parts), np.uint8)
    offsets = np.cumsum([0, *map(len, parts)]).astype(np.int64)
    found = read_column(data, offsets, type_)
    wanted: list[tuple[int, Any]] = []
    nulls = 0
    for number, row in enumerate(rows):
        for value in row if isinstance(row, list) else [row]:
            if value is None:
                nulls += 1
            else:
                wanted.append((number, value))
    values = (
        [found.values[c] for c in found.codes] if found.codes is not None else found.values.tolist()
    )
    assert list(zip(found.rows.tolist(), values, strict=True)) == wanted
    assert found.nulls == nulls
    assert len(found) == len(wanted)


@pytest.mark.parametrize("type_", VALUES, ids=str)
@settings(deadline=None, max_examples=60)
@given(random=st.data())
def test_scalars(type_: Type, random: st.DataObject) -> None:
    check(random.draw(st.lists(st.none() | VALUES[type_], max_size=30)), type_)


@pytest.mark.parametrize("type_", VALUES, ids=str)
@settings(deadline=None, max_examples=100)
@given(random=st.data())
def test_lists(type_: Type, random: st.DataObject) -> None:
    """Rows repeat, as those of a request do, so that runs of equal rows are among them."""
    element = VALUES[type_] if random.draw(st.booleans()) else st.none() | VALUES[type_]
    some = random.draw(st.lists(st.none() | st.lists(element, max_size=12), max_size=8))
    repeats = random.draw(st.lists(st.integers(0, 4), min_size=len(some), max_size=len(some)))
    rows = [row for row, count in zip(some, repeats, strict=True) for _ in range(count)]
    check(rows, ListType(element=type_))


def test_lists_that_are_longer_than_what_is_read_in_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_LONGEST_IN_STEP", 3)
    rows = [["a"] * 5, ["b", None, "c", "d"], ["e"], None, [], [None] * 4, ["x", "y", "z"]]
    check(rows, ListType(element=STRING))
