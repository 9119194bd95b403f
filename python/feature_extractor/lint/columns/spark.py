"""Reads Spark's schemas: the JSON that ``df.schema.json()`` gives."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from feature_extractor.lint.columns.model import Column, ColumnType, Schema, SchemaError

_SCALARS: Final = {
    "void": "null",
    "null": "null",
    "boolean": "bool",
    "byte": "int",
    "short": "int",
    "integer": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "string": "string",
    "binary": "bytes",
    "date": "timestamp",
    "timestamp": "timestamp",
    "timestamp_ntz": "timestamp",
}
_TEXT: Final = re.compile(r"(?:varchar|char)\(\d+\)|string collate \w+", re.IGNORECASE)
_DURATION: Final = re.compile(r"interval (?:day|hour|minute|second)(?: to (?:hour|minute|second))?")
_DEEPEST: Final = 60


def read_spark(text: str, path: str) -> Schema:
    """Return the columns of a Spark schema. Raises SchemaError."""
    try:
        root = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SchemaError(f"{path} is not JSON: {error}") from None
    if not isinstance(root, dict) or root.get("type") != "struct":
        raise SchemaError(
            f"{path} is not a schema of Spark", "Write what `df.schema.json()` gives into it."
        )
    return Schema(path, _type(root, path, 0).columns)


def _type(given: Any, path: str, depth: int) -> ColumnType:
    if depth > _DEEPEST:
        raise SchemaError(f"{path} is nested more than {_DEEPEST} levels deep")
    if isinstance(given, str):
        return _scalar(given)
    kind = given.get("type") if isinstance(given, dict) else None
    match kind:
        case "array":
            element = _type(given.get("elementType"), path, depth + 1)
            return ColumnType(
                "list", "array", (Column("element", element, given.get("containsNull")),)
            )
        case "map":
            key = Column("key", _type(given.get("keyType"), path, depth + 1), False)
            value = _type(given.get("valueType"), path, depth + 1)
            nullable = given.get("valueContainsNull")
            return ColumnType("map", "map", (key, Column("value", value, nullable)))
        case "struct":
            fields = given.get("fields")
            if not isinstance(fields, list):
                raise SchemaError(f"{path}: a struct has no fields")
            columns = []
            for field in fields:
                if not isinstance(field, dict) or not isinstance(field.get("name"), str):
                    raise SchemaError(f"{path}: a field has no name")
                type_ = _type(field.get("type"), path, depth + 1)
                columns.append(Column(field["name"], type_, field.get("nullable")))
            return ColumnType("struct", "struct", tuple(columns))
        case "udt":
            return _type(given.get("sqlType"), path, depth + 1)
        case _:
            raise SchemaError(f"{path}: {json.dumps(given)[:60]} is no type of Spark")


def _scalar(name: str) -> ColumnType:
    if name in _SCALARS:
        note = "a local time is read as if it were UTC" if name == "timestamp_ntz" else ""
        return ColumnType(_SCALARS[name], name, note=note)
    if _TEXT.fullmatch(name):
        return ColumnType("string", name)
    if _DURATION.fullmatch(name):
        return ColumnType("duration", name)
    return ColumnType("other", name)
