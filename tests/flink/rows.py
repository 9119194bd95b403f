"""Types and values of Arrow, as Flink's SQL and its JSON know them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa


def sql_type(type_: pa.DataType) -> str:
    """Return the type of Flink's SQL for a type of Arrow."""
    names = {
        pa.int64(): "BIGINT",
        pa.string(): "STRING",
        pa.bool_(): "BOOLEAN",
        pa.float32(): "FLOAT",
        pa.float64(): "DOUBLE",
    }
    if type_ in names:
        return names[type_]
    if pa.types.is_timestamp(type_):
        return "TIMESTAMP_LTZ(6)"
    if pa.types.is_map(type_):
        return f"MAP<{sql_type(type_.key_type)}, {sql_type(type_.item_type)}>"
    if pa.types.is_struct(type_):
        return f"ROW<{', '.join(f'`{field.name}` {sql_type(field.type)}' for field in type_)}>"
    return f"ARRAY<{sql_type(type_.value_type)}>"


def json_value(value: Any, type_: pa.DataType) -> Any:
    """Return a value as Flink reads it from JSON."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%fZ")
    if pa.types.is_map(type_):
        return dict(value)
    if pa.types.is_struct(type_):
        return {field.name: json_value(value[field.name], field.type) for field in type_}
    if isinstance(value, list):
        return [json_value(item, type_.value_type) for item in value]
    return value
