"""What an expression gave on a block of rows: the values that are there, and the rows that they belong to.

The core writes values of any type as bytes (cpp/src/engine/write_value.h), because a feature of a model has 32 bits and
a statistic needs all 64. Here they become arrays, without a loop over the rows.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from feature_extractor.types import ListType, ScalarType, Type

Indices = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

_LONGEST_IN_STEP: Final = 512
"""Lists of texts up to this length are read side by side; longer ones one by one."""
_SHORTEST_COMPARED: Final = 64
"""Bytes from which on a row is compared with the one before."""


@dataclass(frozen=True)
class Column:
    """The values of one expression.

    ``values`` is an array of int64, float64 or bool, or a list of the distinct str or bytes with ``codes`` into it.
    ``rows`` has the row of each value, in order; ``nulls`` is the number of values that are null, where a list that is
    null counts once.
    """

    values: Any
    rows: Indices
    nulls: int
    codes: Indices | None = None

    def __len__(self) -> int:
        return len(self.rows)


def read_column(data: Bytes, offsets: Indices, type_: Type) -> Column:
    """Return the values that the core wrote for an expression of a scalar type, or of a list of one."""
    if isinstance(type_, ListType):
        assert isinstance(type_.element, ScalarType)
        return _lists(data, offsets, type_.element.name)
    assert isinstance(type_, ScalarType)
    present = np.flatnonzero(np.diff(offsets) > 1)
    nulls = len(offsets) - 1 - len(present)
    starts = offsets[present] + 1
    if type_.name in ("string", "bytes"):
        lengths = offsets[present + 1] - starts - 4
        return _texts(data, starts + 4, lengths, present, nulls, type_.name)
    return Column(_numbers(data, starts, type_.name), present, nulls)


def _numbers(data: Bytes, starts: Indices, name: str) -> npt.NDArray[Any]:
    if name == "bool":
        return data[starts].astype(np.bool_)
    kind = np.float64 if name == "float" else np.int64
    if len(starts) == 0:
        return np.empty(0, kind)
    if len(starts) > 1 and bool((np.diff(starts) == 9).all()):
        # Values without nulls between them lie 9 bytes apart.
        first = int(starts[0])
        table = np.lib.stride_tricks.as_strided(data[first:], (len(starts), 8), (9, 1))
        return np.ascontiguousarray(table).view(kind).reshape(-1)
    gathered: npt.NDArray[Any] = data[starts[:, None] + np.arange(8)].view(kind).reshape(-1)
    return gathered


def _lists(data: Bytes, offsets: Indices, name: str) -> Column:
    """Return the elements of lists.

    The lists of a request are the same for each of its candidates; such a run of rows is read once.
    """
    firsts, runs = _runs(data, offsets)
    starts, lengths = offsets[:-1][firsts], np.diff(offsets)[firsts]
    column = _distinct_lists(data, starts, lengths, name)
    if len(firsts) == len(offsets) - 1:
        return column
    sizes = np.bincount(column.rows, minlength=len(firsts))
    begins = np.cumsum(sizes) - sizes
    repeated, begins = np.repeat(sizes, runs), np.repeat(begins, runs)
    before = np.cumsum(repeated) - repeated
    places = np.arange(int(repeated.sum())) + np.repeat(begins - before, repeated)
    rows = np.repeat(np.arange(len(repeated)), repeated)
    elements = lengths > 1
    absent = _null_elements(data, starts[elements], sizes[elements])
    nulls = int((~elements * runs).sum()) + int((absent * runs[elements]).sum())
    if column.codes is not None:
        return Column(column.values, rows, nulls, column.codes[places])
    return Column(column.values[places], rows, nulls)


def _runs(data: Bytes, offsets: Indices) -> tuple[Indices, Indices]:
    """Return the first row of each run of equal rows, and how long the runs are."""
    rows = len(offsets) - 1
    lengths = np.diff(offsets)
    # Only rows of one length can be equal, and reading an empty list again costs nothing.
    maybe = np.flatnonzero((lengths[1:] == lengths[:-1]) & (lengths[1:] > _SHORTEST_COMPARED)) + 1
    if len(maybe) == 0:
        return np.arange(rows), np.ones(rows, np.int64)
    raw = data.data
    bounds = offsets.tolist()
    fresh = np.ones(rows, np.bool_)
    for row in maybe.tolist():
        start, middle, end = bounds[row - 1], bounds[row], bounds[row + 1]
        fresh[row] = bytes(raw[start:middle]) != bytes(raw[middle:end])
    firsts = np.flatnonzero(fresh)
    return firsts, np.diff(np.concatenate((firsts, [rows])))


def _null_elements(data: Bytes, starts: Indices, present: Indices) -> Indices:
    """Return how many elements of each list are null, given how many are not."""
    return _sizes(data, starts + 1) - present


def _sizes(data: Bytes, places: Indices) -> Indices:
    """Return the numbers of four bytes at some places."""
    numbers = data[places[:, None] + np.arange(4)].view(np.uint32).reshape(-1)
    result: Indices = numbers.astype(np.int64)
    return result


def _distinct_lists(data: Bytes, begins: Indices, lengths: Indices, name: str) -> Column:
    present = np.flatnonzero(lengths > 1)
    nulls = len(lengths) - len(present)
    starts = begins[present] + 1
    sizes = _sizes(data, starts)
    if name in ("string", "bytes"):
        return _text_lists(data, starts + 4, sizes, present, nulls, name)
    width = 2 if name == "bool" else 9
    whole = lengths[present] == 5 + width * sizes
    owners = np.repeat(np.arange(len(present)), np.where(whole, sizes, 0))
    before = np.cumsum(np.where(whole, sizes, 0)) - np.where(whole, sizes, 0)
    places = (starts + 4)[owners] + width * (np.arange(len(owners)) - before[owners]) + 1
    if not whole.all():
        # Lists with nulls in them are read one by one.
        found_places, found_owners = [places], [owners]
        for index in np.flatnonzero(~whole):
            inside, absent = _walk(data, int(starts[index]) + 4, int(sizes[index]), width)
            nulls += absent
            found_places.append(np.array(inside, np.int64))
            found_owners.append(np.full(len(inside), index, np.int64))
        places, owners = np.concatenate(found_places), np.concatenate(found_owners)
        order = np.argsort(owners, kind="stable")
        places, owners = places[order], owners[order]
    return Column(_numbers(data, places, name), present[owners], nulls)


def _walk(data: Bytes, place: int, size: int, width: int) -> tuple[list[int], int]:
    places = []
    for _ in range(size):
        if data[place]:
            places.append(place + 1)
            place += width
        else:
            place += 1
    return places, size - len(places)


def _text_lists(
    data: Bytes, places: Indices, sizes: Indices, present: Indices, nulls: int, name: str
) -> Column:
    owners: list[Indices] = []
    starts: list[Indices] = []
    lengths: list[Indices] = []
    active = np.flatnonzero((sizes > 0) & (sizes <= _LONGEST_IN_STEP))
    place = places.copy()
    position = 0
    while len(active):
        here = place[active]
        there = data[here] != 0
        nulls += int(len(there) - np.count_nonzero(there))
        full, begin = active[there], here[there] + 1
        length = _sizes(data, begin)
        owners.append(full)
        starts.append(begin + 4)
        lengths.append(length)
        place[active] += 1
        place[full] += 4 + length
        position += 1
        active = active[sizes[active] > position]
    for index in np.flatnonzero(sizes > _LONGEST_IN_STEP):
        at = int(places[index])
        found = []
        for _ in range(int(sizes[index])):
            if data[at]:
                (length_here,) = struct.unpack("<I", data[at + 1 : at + 5].tobytes())
                found.append((at + 5, length_here))
                at += 5 + length_here
            else:
                nulls += 1
                at += 1
        owners.append(np.full(len(found), index, np.int64))
        starts.append(np.array([start for start, _ in found], np.int64))
        lengths.append(np.array([length for _, length in found], np.int64))
    if not owners:
        none = np.empty(0, np.int64)
        return _texts(data, none, none, none, nulls, name)
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    rows = present[owner[order]]
    return _texts(
        data, np.concatenate(starts)[order], np.concatenate(lengths)[order], rows, nulls, name
    )


def _texts(
    data: Bytes, starts: Indices, lengths: Indices, rows: Indices, nulls: int, name: str
) -> Column:
    """Return texts as codes into the distinct ones, in the order in which they are met."""
    import pyarrow as pa

    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    positions = np.arange(total) + np.repeat(starts - (ends - lengths), lengths)
    offsets = np.concatenate((np.zeros(1, np.int64), ends)).astype(np.int64)
    kind = pa.large_utf8() if name == "string" else pa.large_binary()
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data[positions]))]
    encoded = pa.Array.from_buffers(kind, len(starts), buffers).dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return Column(encoded.dictionary.to_pylist(), rows, nulls, codes)
