"""Reads the types of inputs off the columns of a table."""

from __future__ import annotations

from typing import Any

from feature_extractor.types import (
    BOOL,
    BYTES,
    DURATION,
    FLOAT,
    INT,
    STRING,
    TIMESTAMP,
    ListType,
    MapType,
    StructType,
    Type,
    VectorType,
)


def type_of_column(column: Any) -> Type | None:
    """Return the type of an input for a column of Arrow; None where the language has none.

    A column, or a field of a struct in it, is nullable where these rows have a null.
    """
    import pyarrow as pa

    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    kind = column.type
    if pa.types.is_dictionary(kind):
        return type_of_column(column.dictionary_decode())
    found: Type | None
    if pa.types.is_fixed_size_list(kind) and pa.types.is_floating(kind.value_type):
        found = VectorType(size=kind.list_size)
    elif _is_list(kind):
        element = type_of_column(column.flatten())
        found = None if element is None else ListType(element=element.with_nullable(False))
    elif pa.types.is_map(kind):
        key, value = type_of_column(column.keys), type_of_column(column.items)
        usable = key is not None and value is not None and key.with_nullable(False) != FLOAT
        found = (
            MapType(key=key.with_nullable(False), value=value.with_nullable(False))
            if usable and key is not None and value is not None
            else None
        )
    elif pa.types.is_struct(kind):
        there = column.drop_null() if column.null_count else column
        names = [field.name for field in kind]
        inner = [type_of_column(there.field(position)) for position in range(len(names))]
        if not names or not all(map(str.isidentifier, names)) or None in inner:
            found = None
        else:
            pairs = zip(names, inner, strict=True)
            found = StructType(fields=tuple((n, t) for n, t in pairs if t is not None))
    else:
        found = _scalar_type(kind)
    return None if found is None else found.with_nullable(column.null_count > 0)


def _is_list(kind: Any) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


def _scalar_type(kind: Any) -> Type | None:
    import pyarrow as pa

    checks = (
        (pa.types.is_boolean, BOOL),
        (pa.types.is_integer, INT),
        (pa.types.is_floating, FLOAT),
        (pa.types.is_string, STRING),
        (pa.types.is_large_string, STRING),
        (pa.types.is_string_view, STRING),
        (pa.types.is_binary, BYTES),
        (pa.types.is_large_binary, BYTES),
        (pa.types.is_timestamp, TIMESTAMP),
        (pa.types.is_date, TIMESTAMP),
        (pa.types.is_duration, DURATION),
    )
    return next((type_ for check, type_ in checks if check(kind)), None)
