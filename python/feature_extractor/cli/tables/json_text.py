"""Arrow columns as JSON text, a column at a time."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, Final

from feature_extractor.cli.tables.arrow import pyarrow

RAW_JSON: Final = b"feature_extractor.json"
"""The metadata of a field whose strings are JSON already, as they were read from JSON lines."""


def lines(batch: Any) -> str:
    """Return a batch as JSON lines, one object per row."""
    if batch.num_rows == 0:
        return ""
    columns: list[list[str]] = []
    for field, column in zip(batch.schema, batch.columns, strict=True):
        raw = field.metadata is not None and RAW_JSON in field.metadata
        columns.append(_replaced(column.to_pylist()) if raw else texts(column))
    names = [json.dumps(n, ensure_ascii=False).replace("%", "%%") for n in batch.schema.names]
    form = "{" + ", ".join(f"{name}: %s" for name in names) + "}"
    return "".join([f"{form % row}\n" for row in zip(*columns, strict=True)])


def texts(column: Any) -> list[str]:
    """Return the JSON text of each value; null is ``null``.

    Floats have the fewest digits that give the same float of their width again; NaN and infinities,
    which JSON does not have, are ``null``. Instants are ISO 8601 in UTC, durations microseconds,
    bytes base64: the forms in which they are read.
    """
    types = pyarrow().types
    kind = column.type
    if types.is_dictionary(kind):
        return texts(column.dictionary_decode())
    if types.is_null(kind):
        return ["null"] * len(column)
    if types.is_boolean(kind):
        return [
            "null" if value is None else "true" if value else "false"
            for value in column.to_pylist()
        ]
    if types.is_integer(kind):
        return ["null" if value is None else str(value) for value in column.to_pylist()]
    if types.is_floating(kind):
        return _floats(column)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return _strings(column)
    if types.is_timestamp(kind):
        return _timestamps(column)
    if types.is_duration(kind):
        return texts(column.cast(pyarrow().duration("us"), safe=False).cast(pyarrow().int64()))
    if types.is_map(kind):
        return _maps(column)
    if types.is_fixed_size_list(kind):
        sizes = [kind.list_size if valid.as_py() else None for valid in column.is_valid()]
        return _lists(texts(column.flatten()), sizes)
    if types.is_list(kind) or types.is_large_list(kind):
        return _lists(texts(column.flatten()), column.value_lengths().to_pylist())
    if types.is_struct(kind):
        return _structs(column)
    return [_other(value) for value in column.to_pylist()]


def _replaced(values: Sequence[str | None]) -> list[str]:
    return ["null" if value is None else value for value in values]


def _floats(column: Any) -> list[str]:
    arrow = pyarrow()
    if arrow.types.is_float16(column.type):
        column = column.cast(arrow.float32())
    found = column.cast(arrow.string()).to_pylist()
    return ["null" if t is None or t[-1] in "nfy" else t for t in found]


def _strings(column: Any) -> list[str]:
    try:
        values = column.to_pylist()
    except UnicodeDecodeError:
        raw = column.cast(pyarrow().large_string()).view(pyarrow().large_binary()).to_pylist()
        values = [None if value is None else value.decode("utf-8", "replace") for value in raw]
    dumps = json.dumps
    return ["null" if value is None else dumps(value, ensure_ascii=False) for value in values]


def _timestamps(column: Any) -> list[str]:
    arrow = pyarrow()
    instants = column.cast(arrow.timestamp("us", tz=column.type.tz), safe=False)
    try:
        # Arrow writes the local time of a zone, and we want UTC; a column without one is UTC.
        naive = instants.cast(arrow.int64()).cast(arrow.timestamp("us"))
        return [
            "null" if value is None else f'"{value.isoformat()}Z"' for value in naive.to_pylist()
        ]
    except (ValueError, OverflowError):
        # Years beyond 9999 have no form in ISO 8601.
        return texts(instants.cast(arrow.int64()))


def _lists(elements: list[str], sizes: Sequence[int | None]) -> list[str]:
    found = []
    start = 0
    for size in sizes:
        if size is None:
            found.append("null")
            continue
        found.append(f"[{', '.join(elements[start : start + size])}]")
        start += size
    return found


def _structs(column: Any) -> list[str]:
    fields = [texts(child) for child in column.flatten()]
    names = [json.dumps(field.name, ensure_ascii=False) for field in column.type]
    valid = column.is_valid().to_pylist()
    return [
        "{" + ", ".join(f"{n}: {f[row]}" for n, f in zip(names, fields, strict=True)) + "}"
        if there
        else "null"
        for row, there in enumerate(valid)
    ]


def _other(value: Any) -> str:
    """Return the JSON text of bytes, a date, a time of day or a decimal."""
    if value is None:
        return "null"
    if isinstance(value, bytes):
        return f'"{base64.b64encode(value).decode()}"'
    isoformat = getattr(value, "isoformat", None)
    text: str = isoformat() if isoformat is not None else str(value)
    return json.dumps(text, ensure_ascii=False)


def _maps(column: Any) -> list[str]:
    """Return objects; a key that is no string is written as the text of its JSON."""
    arrow = pyarrow()
    kind = column.type
    entry = arrow.struct([("key", kind.key_type), ("value", kind.item_type)])
    entries = column.cast(arrow.list_(entry))
    keys, values = (texts(child) for child in entries.flatten().flatten())
    members = [
        f"{key if key.startswith(chr(34)) else json.dumps(key)}: {value}"
        for key, value in zip(keys, values, strict=True)
    ]
    found = _lists(members, entries.value_lengths().to_pylist())
    return [text if text == "null" else f"{{{text[1:-1]}}}" for text in found]
