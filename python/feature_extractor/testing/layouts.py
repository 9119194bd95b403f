"""Arrow arrays with the same values in hostile layouts.

Garbage behind nulls, lists that start in the middle of their elements, dictionaries, slices: what a
reader must see through. Each function takes an array and returns one with equal values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

Layout = Callable[[pa.Array], pa.Array]


def plain(array: pa.Array) -> pa.Array:
    """Return the array as it is."""
    return array


def _bitmap(valid: np.ndarray[Any, Any]) -> pa.Buffer:
    return pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())


def _is_list(type_: pa.DataType) -> bool:
    return bool(pa.types.is_list(type_) or pa.types.is_map(type_))


def garbage(array: pa.Array) -> pa.Array:
    """Put all bits one behind each null of a number, broken UTF-8 behind texts, elements behind lists."""
    type_ = array.type
    rows = len(array)
    valid = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
    if pa.types.is_struct(type_):
        children = [garbage(array.field(i)) for i in range(type_.num_fields)]
        return pa.Array.from_buffers(type_, rows, [_bitmap(valid)], children=children)
    if pa.types.is_fixed_size_list(type_):
        values = [row.as_py() if row.is_valid else [3.0e38] * type_.list_size for row in array]
        child = pa.array([x for row in values for x in row], type_.value_type)
        return pa.Array.from_buffers(type_, rows, [_bitmap(valid)], children=[child])
    if _is_list(type_):
        return _list_with_garbage(array, valid)
    if pa.types.is_string(type_) or pa.types.is_binary(type_):
        cells = [
            (
                b"\xff\xfe garbage"
                if cell is None
                else cell.encode()
                if isinstance(cell, str)
                else cell
            )
            for cell in array.to_pylist()
        ]
        offsets = np.cumsum([0, *map(len, cells)]).astype(np.int32)
        buffers = [_bitmap(valid), pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"".join(cells))]
        return pa.Array.from_buffers(type_, rows, buffers)
    if pa.types.is_boolean(type_):
        bits = np.asarray(array.fill_null(True).to_numpy(zero_copy_only=False), dtype=bool)
        return pa.Array.from_buffers(type_, rows, [_bitmap(valid), _bitmap(bits)])
    if pa.types.is_null(type_):
        return array
    words = np.array(np.frombuffer(_compact(array).buffers()[1], np.int64)[:rows])
    words[~valid] = -1
    return pa.Array.from_buffers(type_, rows, [_bitmap(valid), pa.py_buffer(words.tobytes())])


def _compact(array: pa.Array) -> pa.Array:
    """Return the array with offset 0, so that its buffers can be read."""
    return array if array.offset == 0 else pa.concat_arrays([array[:0], array])


def _elements(array: pa.Array) -> pa.Array:
    """Return the elements of a list, or the entries of a map, as far as the rows refer to them."""
    if pa.types.is_map(array.type):
        return pa.StructArray.from_arrays([array.keys, array.items], ["key", "value"])
    return array.values


def _list_with_garbage(array: pa.Array, valid: np.ndarray[Any, Any]) -> pa.Array:
    array = _compact(array)
    starts = np.frombuffer(array.buffers()[1], np.int32)[: len(array) + 1]
    inner = _elements(array)
    order: list[int] = [0] * min(2, len(inner))  # Elements that belong to no row.
    offsets = [len(order)]
    for row in range(len(array)):
        if valid[row]:
            order.extend(range(int(starts[row]), int(starts[row + 1])))
        elif len(inner):
            order.extend([len(inner) - 1, 0])
        offsets.append(len(order))
    child = garbage(inner.take(pa.array(order, pa.int64())))
    return _list_of(array.type, len(array), _bitmap(valid), np.array(offsets, np.int32), child)


def _list_of(
    type_: pa.DataType, rows: int, validity: pa.Buffer | None, offsets: Any, child: pa.Array
) -> pa.Array:
    if pa.types.is_map(type_):
        entries = pa.struct([type_.key_field, type_.item_field])
        child = pa.Array.from_buffers(
            entries, len(child), [None], children=[child.field(0), child.field(1)]
        )
    elif child.type != type_.value_type:
        type_ = pa.list_(child.type)
    buffers = [validity, pa.py_buffer(offsets.tobytes())]
    return pa.Array.from_buffers(type_, rows, buffers, children=[child])


def shifted(count: int) -> Layout:
    """Return a layout that puts ``count`` other rows in front and slices them away."""

    def layout(array: pa.Array) -> pa.Array:
        if len(array) == 0:
            return array
        before = array.take(pa.array([(7 * i + 3) % len(array) for i in range(count)]))
        return pa.concat_arrays([before, array, before]).slice(count, len(array))

    return layout


def dictionary(array: pa.Array) -> pa.Array:
    """Encode texts as dictionaries, also within lists and structs."""
    type_ = array.type
    if pa.types.is_string(type_) or pa.types.is_binary(type_):
        return array.dictionary_encode()
    if pa.types.is_list(type_) and _has_text(type_.value_type):
        array = _compact(array)
        valid = np.asarray(array.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
        offsets = np.frombuffer(array.buffers()[1], np.int32)[: len(array) + 1]
        return _list_of(type_, len(array), _bitmap(valid), offsets, dictionary(array.values))
    if pa.types.is_struct(type_) and _has_text(type_):
        array = _compact(array)
        children = [dictionary(array.field(i)) for i in range(type_.num_fields)]
        names = [type_.field(i).name for i in range(type_.num_fields)]
        return pa.StructArray.from_arrays(children, names, mask=array.is_null())
    return array


def _has_text(type_: pa.DataType) -> bool:
    if pa.types.is_struct(type_):
        return any(_has_text(type_.field(i).type) for i in range(type_.num_fields))
    if pa.types.is_list(type_):
        return _has_text(type_.value_type)
    return bool(pa.types.is_string(type_) or pa.types.is_binary(type_))


def large(array: pa.Array) -> pa.Array:
    """Use 64-bit offsets for texts and lists."""
    type_ = array.type
    if pa.types.is_string(type_):
        return array.cast(pa.large_string())
    if pa.types.is_binary(type_):
        return array.cast(pa.large_binary())
    if pa.types.is_list(type_) and not pa.types.is_nested(type_.value_type):
        return array.cast(pa.large_list(large(array.values[:0]).type))
    return array


def view(array: pa.Array) -> pa.Array:
    """Hold texts as views."""
    if pa.types.is_string(array.type):
        return array.cast(pa.string_view())
    if pa.types.is_binary(array.type):
        return array.cast(pa.binary_view())
    return array


def composed(*layouts: Layout) -> Layout:
    """Return one layout after the other."""

    def layout(array: pa.Array) -> pa.Array:
        for step in layouts:
            array = step(array)
        return array

    return layout


LAYOUTS: dict[str, Layout] = {
    "plain": plain,
    "garbage": garbage,
    "shifted by 1": shifted(1),
    "shifted by 7": shifted(7),
    "shifted by 64": shifted(64),
    "garbage, shifted by 3": composed(garbage, shifted(3)),
    "dictionary": dictionary,
    "dictionary, shifted by 7": composed(dictionary, shifted(7)),
    "large": large,
    "view": view,
}


def exact(array: pa.Array) -> pa.Array:
    """End each buffer with its last value: Arrow rounds them up, which hides who reads behind them."""
    array = _compact(array)
    type_, rows = array.type, len(array)
    if pa.types.is_null(type_):
        return array
    validity, *buffers = array.buffers()[: 3 if _has_bytes(type_) else 2]
    valid = _exact_buffer(validity, (rows + 7) // 8)
    if pa.types.is_struct(type_):
        children = [exact(array.field(i)) for i in range(type_.num_fields)]
        return pa.Array.from_buffers(type_, rows, [valid], children=children)
    if pa.types.is_fixed_size_list(type_):
        return pa.Array.from_buffers(type_, rows, [valid], children=[exact(array.values)])
    if _is_list(type_):
        offsets = np.frombuffer(_exact_buffer(buffers[0], 4 * (rows + 1)), np.int32)
        return _list_of(type_, rows, valid, offsets, exact(_elements(array)))
    if _has_bytes(type_):
        offset_buffer = _exact_buffer(buffers[0], 4 * (rows + 1))
        end = int(np.frombuffer(offset_buffer, np.int32)[-1])
        text = _exact_buffer(buffers[1], end)
        return pa.Array.from_buffers(type_, rows, [valid, offset_buffer, text])
    size = (rows + 7) // 8 if pa.types.is_boolean(type_) else rows * type_.bit_width // 8
    return pa.Array.from_buffers(type_, rows, [valid, _exact_buffer(buffers[0], size)])


def _has_bytes(type_: pa.DataType) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_binary(type_))


def _exact_buffer(buffer: pa.Buffer | None, size: int) -> Any:
    if buffer is None:
        return None
    return pa.py_buffer(np.frombuffer(buffer, np.uint8)[:size].copy())


def last(count: int) -> Layout:
    """Return a layout that puts ``count`` other rows in front: the last value stays the last of its buffer."""

    def layout(array: pa.Array) -> pa.Array:
        if len(array) == 0:
            return array
        before = array.take(pa.array([(5 * i + 1) % len(array) for i in range(count)]))
        return exact(pa.concat_arrays([before, array])).slice(count, len(array))

    return layout


EXACT_LAYOUTS: dict[str, Layout] = {
    "exact": exact,
    "exact, last of 3 more": last(3),
    "exact, last of 8 more": last(8),
    "exact garbage": composed(garbage, exact),
}
"""For a core with the address sanitizer; another one would not notice a difference to the others."""
