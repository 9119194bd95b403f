"""Reads Avro's schemas: JSON, by the specification of Avro 1.12, without a library."""

from __future__ import annotations

import json
from typing import Any, Final

from feature_extractor.lint.columns.model import Column, ColumnType, Schema, SchemaError

_PRIMITIVE: Final = {
    "null": "null",
    "boolean": "bool",
    "int": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "bytes": "bytes",
    "string": "string",
}
_LOGICAL: Final = {
    "date": "timestamp",
    "timestamp-millis": "timestamp",
    "timestamp-micros": "timestamp",
    "timestamp-nanos": "timestamp",
    "local-timestamp-millis": "timestamp",
    "local-timestamp-micros": "timestamp",
    "local-timestamp-nanos": "timestamp",
    "uuid": "string",
    "decimal": "other",
    "time-millis": "other",
    "time-micros": "other",
    "duration": "other",
}
_NANOSECONDS: Final = "nanoseconds are cut to microseconds"
_LOCAL: Final = "a local time is read as if it were UTC"
_DEEPEST: Final = 60


def read_avro(text: str, path: str) -> Schema:
    """Return the fields of the record that a schema describes. Raises SchemaError."""
    try:
        root = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SchemaError(f"{path} is not JSON: {error}") from None
    if not isinstance(root, dict) or root.get("type") not in ("record", "error"):
        raise SchemaError(
            f"{path} is not the schema of an Avro record",
            'Write {"type": "record", "name": ..., "fields": [...]}.',
        )
    found, _ = _Reader(path).type(root, "", 0)
    return Schema(path, found.columns)


class _Reader:
    def __init__(self, path: str) -> None:
        self._path = path
        self._named: dict[str, dict[str, Any]] = {}
        self._open: list[str] = []

    def type(self, given: Any, namespace: str, depth: int) -> tuple[ColumnType, bool]:
        """Return a type, and whether it may be null."""
        if depth > _DEEPEST:
            raise SchemaError(f"{self._path} is nested more than {_DEEPEST} levels deep")
        if isinstance(given, list):
            return self._union(given, namespace, depth)
        if isinstance(given, str):
            if given in _PRIMITIVE:
                return ColumnType(_PRIMITIVE[given], given), given == "null"
            return self._reference(given, namespace, depth)
        if not isinstance(given, dict):
            raise SchemaError(f"{self._path}: {json.dumps(given)[:60]} is no type")
        logical = given.get("logicalType")
        if isinstance(logical, str) and logical in _LOGICAL:
            note = _NANOSECONDS if logical.endswith("nanos") else ""
            note = note or (_LOCAL if logical.startswith("local-") else "")
            return ColumnType(_LOGICAL[logical], logical, note=note), False
        name = given.get("type")
        match name:
            case "record" | "error":
                return self._record(given, namespace, depth), False
            case "enum":
                self._remember(given, namespace)
                return ColumnType("string", "enum"), False
            case "fixed":
                self._remember(given, namespace)
                return ColumnType("bytes", "fixed"), False
            case "array":
                element, nullable = self.type(given.get("items"), namespace, depth + 1)
                return ColumnType("list", "array", (Column("element", element, nullable),)), False
            case "map":
                value, nullable = self.type(given.get("values"), namespace, depth + 1)
                key = Column("key", ColumnType("string", "string"), False)
                return ColumnType("map", "map", (key, Column("value", value, nullable))), False
            case _:
                return self.type(name, namespace, depth + 1)

    def _union(self, given: list[Any], namespace: str, depth: int) -> tuple[ColumnType, bool]:
        found = [self.type(part, namespace, depth + 1) for part in given]
        some = [type_ for type_, _ in found if type_.kind != "null"]
        nullable = any(may_be_null for _, may_be_null in found)
        if len(some) == 1:
            return some[0], nullable
        if not some:
            return ColumnType("null", "null"), True
        kinds = {type_.kind for type_ in some}
        names = ", ".join(type_.name for type_ in some)
        if kinds <= {"int", "float"}:
            # What reads it makes the wider type of them.
            kind = "float" if "float" in kinds else "int"
            return ColumnType(kind, f"union of {names}"), nullable
        return ColumnType("other", f"union of {names}"), nullable

    def _record(self, given: dict[str, Any], namespace: str, depth: int) -> ColumnType:
        full = self._remember(given, namespace)
        if full in self._open:
            return ColumnType("other", f"recursive record {full}")
        fields = given.get("fields")
        if not isinstance(fields, list):
            raise SchemaError(f"{self._path}: the record `{full}` has no fields")
        self._open.append(full)
        columns = []
        for field in fields:
            if not isinstance(field, dict) or not isinstance(field.get("name"), str):
                raise SchemaError(f"{self._path}: a field of the record `{full}` has no name")
            type_, nullable = self.type(field.get("type"), full.rpartition(".")[0], depth + 1)
            columns.append(Column(field["name"], type_, nullable))
        self._open.pop()
        return ColumnType("struct", "record", tuple(columns))

    def _remember(self, given: dict[str, Any], namespace: str) -> str:
        name = str(given.get("name", ""))
        full = name if "." in name else f"{given.get('namespace', namespace)}.{name}".lstrip(".")
        self._named[full] = given
        return full

    def _reference(self, name: str, namespace: str, depth: int) -> tuple[ColumnType, bool]:
        full = name if "." in name else f"{namespace}.{name}".lstrip(".")
        known = self._named.get(full) or self._named.get(name)
        if known is None:
            raise SchemaError(f"{self._path}: there is no type `{name}`")
        if full in self._open or name in self._open:
            return ColumnType("other", f"recursive record {name}"), False
        return self.type(known, full.rpartition(".")[0], depth + 1)
