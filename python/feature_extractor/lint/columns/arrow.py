"""Reads the schemas of Parquet and Arrow files, by pyarrow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from feature_extractor.lint.columns.model import Column, ColumnType, Schema, SchemaError


def read_arrow(place: Path, path: str, is_parquet: bool) -> Schema:
    """Return the columns of a Parquet file, or of an Arrow IPC file or stream. Raises SchemaError."""
    try:
        import pyarrow
        import pyarrow.ipc
        import pyarrow.parquet
    except ImportError:
        raise SchemaError(
            f"to read {path} needs pyarrow",
            "Install it: `pip install pyarrow`; or give an Avro or a Spark schema.",
        ) from None
    try:
        if is_parquet:
            schema = pyarrow.parquet.read_schema(place)
        else:
            with pyarrow.memory_map(str(place)) as source:
                try:
                    schema = pyarrow.ipc.open_file(source).schema
                except pyarrow.ArrowInvalid:
                    source.seek(0)
                    schema = pyarrow.ipc.open_stream(source).schema
    except (pyarrow.ArrowException, OSError, ValueError) as error:
        raise SchemaError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    return Schema(path, tuple(arrow_column(field) for field in schema))


def arrow_column(field: Any) -> Column:
    """Return a field of an Arrow schema as a column."""
    return Column(field.name, _type(field.type), bool(field.nullable))


def _type(given: Any) -> ColumnType:
    import pyarrow
    import pyarrow.types as types

    name = str(given)
    if types.is_dictionary(given):
        return _type(given.value_type)
    if isinstance(given, pyarrow.BaseExtensionType):
        return _type(given.storage_type)
    if types.is_integer(given):
        note = "what is above 9,223,372,036,854,775,807 becomes null" if name == "uint64" else ""
        return ColumnType("int", name, note=note)
    if types.is_floating(given):
        return ColumnType("float", name)
    if types.is_timestamp(given):
        nanoseconds = "nanoseconds are cut to microseconds" if given.unit == "ns" else ""
        return ColumnType("timestamp", name, note=nanoseconds)
    if types.is_duration(given):
        return ColumnType("duration", name)
    if types.is_date(given):
        return ColumnType("timestamp", name)
    if types.is_map(given):
        return ColumnType(
            "map", "map", (arrow_column(given.key_field), arrow_column(given.item_field))
        )
    if types.is_fixed_size_list(given):
        return ColumnType(
            "list", "fixed_size_list", (arrow_column(given.value_field),), given.list_size
        )
    if types.is_list(given) or types.is_large_list(given):
        return ColumnType("list", "list", (arrow_column(given.value_field),))
    if types.is_struct(given):
        fields = tuple(arrow_column(given.field(i)) for i in range(given.num_fields))
        return ColumnType("struct", "struct", fields)
    simple = {
        "null": "null",
        "bool": "bool",
        "string": "string",
        "large_string": "string",
        "string_view": "string",
        "binary": "bytes",
        "large_binary": "bytes",
        "binary_view": "bytes",
    }
    return ColumnType(simple.get(name, "other"), name)
