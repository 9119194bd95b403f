"""Values as plans store them: reads the bytes of the kind ``value`` by the types of slots."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_NUMBERS = {"bool": struct.Struct("<?"), "int": struct.Struct("<q"), "float": struct.Struct("<d")}
_SIZE = struct.Struct("<I")


def element_slots(argument: Mapping[str, Any]) -> Iterator[int]:
    """Yield the slots of an argument, outermost first; a resource has none."""
    if "slot" in argument:
        yield argument["slot"]
    for element in argument.get("elements", ()):
        yield from element_slots(element)


def decoded(data: bytes, argument: Mapping[str, Any], slots: Sequence[Mapping[str, Any]]) -> Any:
    """Return the value behind the bytes that the core wrote for an argument (cpp/src/engine/write_value.h).

    An element of a list with several columns is a tuple; one of a list without any is ``...``.
    """
    value, end = _decoded(data, 0, argument, slots)
    if end != len(data):
        raise ValueError("bytes are left over")
    return value


def _decoded(
    data: bytes, at: int, argument: Mapping[str, Any], slots: Sequence[Mapping[str, Any]]
) -> tuple[Any, int]:
    if data[at] == 0:
        return None, at + 1
    at += 1
    slot = slots[argument["slot"]]
    kind = slot["type"]
    if kind in _NUMBERS:
        return _NUMBERS[kind].unpack_from(data, at)[0], at + _NUMBERS[kind].size
    if kind == "vector":
        width = slot["width"]
        return list(struct.unpack_from(f"<{width}f", data, at)), at + 4 * width
    (size,) = _SIZE.unpack_from(data, at)
    at += _SIZE.size
    if kind == "text":
        return _text(data[at : at + size]), at + size
    columns = argument.get("elements", ())
    if not columns:
        return [...] * size, at + 9 * size  # Zeros, each with the byte that says it is no null.
    items: list[Any] = []
    for _ in range(size):
        row: list[Any] = []
        for element in columns:
            item, at = _decoded(data, at, element, slots)
            row.append(item)
        items.append(row[0] if len(row) == 1 else tuple(row))
    return items, at


def _text(data: bytes) -> str | bytes:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
