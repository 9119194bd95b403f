"""Compares the type of an input with that of a column, by the rules that the core reads columns by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from feature_extractor.lint.columns.model import Column, ColumnType
from feature_extractor.types import (
    ListType,
    MapType,
    ScalarType,
    StructType,
    Type,
    VectorType,
)

_READ_AS: Final = {
    "bool": ("bool",),
    "int": ("int",),
    "float": ("float", "int"),
    "string": ("string",),
    "bytes": ("bytes", "string"),
    "timestamp": ("timestamp",),
    "duration": ("duration",),
}
"""The kinds of columns that a scalar type is read from."""


@dataclass(frozen=True)
class Problem:
    """A difference.

    ``kind`` is ``missing``, ``type``, ``null`` or ``lossy``; ``place`` is the column and the way into it.
    """

    kind: str
    place: str
    message: str


def compare(type_: Type, column: Column, place: str) -> Iterator[Problem]:
    """Yield what is different between an input, or a part of it, and its column."""
    found = column.type
    if column.nullable and not type_.nullable:
        yield Problem("null", place, f"`{place}` may be null in the data")
    if found.kind == "null":
        return
    if not _fits(type_, found):
        yield Problem("type", place, f"`{place}` is `{found.text()}` in the data")
        return
    if found.note:
        yield Problem("lossy", place, f"`{place}` is `{found.name}` in the data: {found.note}")
    match type_:
        case ListType():
            # The elements of every list may be null.
            element = Column("element", found.columns[0].type)
            yield from compare(type_.element, element, f"{place}[]")
        case VectorType() if found.size is None:
            pass
        case MapType():
            key, value = _entries(found)
            yield from compare(type_.key, Column("key", key.type), f"{place}{{key}}")
            yield from compare(type_.value, value, f"{place}{{value}}")
        case StructType():
            known = {field.name: field for field in found.columns}
            for name, field_type in type_.fields:
                inner = f"{place}.{name}"
                if name not in known:
                    yield Problem("missing", inner, f"the data has no field `{inner}`")
                else:
                    yield from compare(field_type, known[name], inner)
        case _:
            pass


def _fits(type_: Type, found: ColumnType) -> bool:
    """Return whether a column can be read as a type, its parts left aside."""
    match type_:
        case ScalarType():
            return found.kind in _READ_AS[type_.name]
        case VectorType():
            if found.kind != "list" or found.size not in (None, type_.size):
                return False
            return found.columns[0].type.kind in ("float", "int", "null")
        case ListType():
            return found.kind == "list"
        case MapType():
            return found.kind == "map" or _is_list_of_pairs(found)
        case StructType():
            return found.kind == "struct"
        case _:
            return True


def _is_list_of_pairs(found: ColumnType) -> bool:
    """Return whether a list is a map that its writer could not call one."""
    if found.kind != "list":
        return False
    element = found.columns[0].type
    return element.kind == "struct" and len(element.columns) == 2


def _entries(found: ColumnType) -> tuple[Column, Column]:
    columns = found.columns if found.kind == "map" else found.columns[0].type.columns
    return columns[0], columns[1]
