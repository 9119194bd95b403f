"""Reads messages of Protocol Buffers from what ``protoc --descriptor_set_out --include_imports`` writes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, Final

from feature_extractor.lint.columns.model import Column, ColumnType, Schema, SchemaError

_SCALARS: Final = {
    "DOUBLE": "float",
    "FLOAT": "float",
    "INT64": "int",
    "UINT64": "int",
    "INT32": "int",
    "FIXED64": "int",
    "FIXED32": "int",
    "BOOL": "bool",
    "STRING": "string",
    "BYTES": "bytes",
    "UINT32": "int",
    "ENUM": "string",
    "SFIXED32": "int",
    "SFIXED64": "int",
    "SINT32": "int",
    "SINT64": "int",
}
_KNOWN: Final = {
    ".google.protobuf.Timestamp": ("timestamp", "nanoseconds are cut to microseconds"),
    ".google.protobuf.Duration": ("duration", "nanoseconds are cut to microseconds"),
    ".google.protobuf.DoubleValue": ("float", ""),
    ".google.protobuf.FloatValue": ("float", ""),
    ".google.protobuf.Int64Value": ("int", ""),
    ".google.protobuf.UInt64Value": ("int", ""),
    ".google.protobuf.Int32Value": ("int", ""),
    ".google.protobuf.UInt32Value": ("int", ""),
    ".google.protobuf.BoolValue": ("bool", ""),
    ".google.protobuf.StringValue": ("string", ""),
    ".google.protobuf.BytesValue": ("bytes", ""),
    ".google.protobuf.Any": ("other", ""),
    ".google.protobuf.Struct": ("other", ""),
    ".google.protobuf.Value": ("other", ""),
    ".google.protobuf.ListValue": ("other", ""),
}
"""Messages that stand for a value, as Spark and Flink read them."""
_UNSIGNED: Final = "what is above 9,223,372,036,854,775,807 becomes null"


def read_protobuf(place: Path, path: str, message: str) -> Schema:
    """Return the fields of a message; without a name the one that no other message uses. Raises SchemaError."""
    try:
        descriptors: Any = import_module("google.protobuf.descriptor_pb2")
        errors: Any = import_module("google.protobuf.message")
    except ImportError:
        raise SchemaError(
            f"to read {path} needs protobuf", "Install it: `pip install protobuf`."
        ) from None
    found = descriptors.FileDescriptorSet()
    try:
        found.ParseFromString(place.read_bytes())
    except (errors.DecodeError, OSError) as error:
        raise SchemaError(
            f"{path} is no descriptor set: {error}",
            "Write it by `protoc --include_imports --descriptor_set_out=FILE events.proto`.",
        ) from None
    messages: dict[str, Any] = {}
    for file in found.file:
        for described in file.message_type:
            _collect(described, f".{file.package}" if file.package else "", messages)
    name = _chosen(messages, message, path)
    return Schema(path, _Reader(messages).fields(name))


def _collect(described: Any, prefix: str, messages: dict[str, Any]) -> None:
    full = f"{prefix}.{described.name}"
    messages[full] = described
    for inner in described.nested_type:
        _collect(inner, full, messages)


def _chosen(messages: dict[str, Any], wanted: str, path: str) -> str:
    if wanted:
        known = f".{wanted.removeprefix('.')}"
        if known in messages:
            return known
        raise SchemaError(
            f"{path} has no message `{wanted}`", f"It has {_listed(name for name in messages)}."
        )
    used = {field.type_name for described in messages.values() for field in described.field}
    roots = [
        name for name in messages if name not in used and not name.startswith(".google.protobuf.")
    ]
    if len(roots) == 1:
        return roots[0]
    raise SchemaError(
        f"{path} has several messages"
        if roots
        else f"{path} has no message that is not part of another",
        f"Name one behind a colon: `{path}:{(roots or [*messages, '.Event'])[0][1:]}`; "
        f"it has {_listed(roots or messages)}.",
    )


def _listed(names: Any) -> str:
    shown = [f"`{name[1:]}`" for name in names]
    return ", ".join(shown[:8]) + (", ..." if len(shown) > 8 else "") or "none"


class _Reader:
    def __init__(self, messages: dict[str, Any]) -> None:
        self._messages = messages
        self._open: list[str] = []

    def fields(self, name: str) -> tuple[Column, ...]:
        self._open.append(name)
        columns = tuple(self._column(field) for field in self._messages[name].field)
        self._open.pop()
        return columns

    def _column(self, field: Any) -> Column:
        is_repeated = field.label == field.LABEL_REPEATED
        entries = self._messages.get(field.type_name)
        if is_repeated and entries is not None and entries.options.map_entry:
            key, value = (self._column(part) for part in entries.field)
            return Column(field.name, ColumnType("map", "map", (key, value)), False)
        type_ = self._type(field)
        if is_repeated:
            element = Column("element", type_, False)
            return Column(field.name, ColumnType("list", "repeated", (element,)), False)
        is_message = field.type == field.TYPE_MESSAGE
        may_lack = is_message or field.proto3_optional or field.HasField("oneof_index")
        return Column(field.name, type_, may_lack)

    def _type(self, field: Any) -> ColumnType:
        name = field.type_name
        if name in _KNOWN:
            kind, note = _KNOWN[name]
            return ColumnType(kind, name.rpartition(".")[2], note=note)
        kind = field.Type.Name(field.type).removeprefix("TYPE_")
        if kind in _SCALARS:
            note = _UNSIGNED if kind in ("UINT64", "FIXED64") else ""
            return ColumnType(_SCALARS[kind], kind.lower(), note=note)
        if name in self._open:
            return ColumnType("other", f"recursive message {name[1:]}")
        if name not in self._messages:
            return ColumnType("other", f"message {name[1:]} of a file that is not in the set")
        return ColumnType("struct", "message", self.fields(name))
