"""Messages of Protocol Buffers for the inputs of a program: descriptors, and messages filled with Python's values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from feature_extractor.extractor import InputDescription
from feature_extractor.registry import (
    ListPattern,
    MapPattern,
    Pattern,
    ScalarPattern,
    StructPattern,
    VectorPattern,
    parse_signature,
)

_SCALARS = {
    "bool": "TYPE_BOOL",
    "int": "TYPE_INT64",
    "float": "TYPE_DOUBLE",
    "string": "TYPE_STRING",
    "bytes": "TYPE_BYTES",
    "timestamp": "TYPE_INT64",
    "duration": "TYPE_INT64",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class RequestMessages:
    """The message ``inputs.Request`` in the syntax of proto3, with the candidates in its field ``candidates``."""

    name = "inputs.Request"

    def __init__(self, inputs: Sequence[InputDescription]) -> None:
        self._descriptors: Any = import_module("google.protobuf.descriptor_pb2")
        pools: Any = import_module("google.protobuf.descriptor_pool")
        factory: Any = import_module("google.protobuf.message_factory")
        self.descriptor_set = self._descriptors.FileDescriptorSet()
        self._file = self.descriptor_set.file.add(
            name="inputs.proto", package="inputs", syntax="proto3"
        )
        declared = [
            (one.domain, one.name, parse_signature(f"() -> {one.type}").result) for one in inputs
        ]
        request = [(name, pattern) for domain, name, pattern in declared if domain == "request"]
        candidate = [(name, pattern) for domain, name, pattern in declared if domain == "candidate"]
        if candidate:
            rows = ListPattern(element=StructPattern(fields=tuple(candidate)))
            request.append(("candidates", rows))
        self._request = StructPattern(fields=tuple(request))
        self._message("Request", self._request)
        pool = pools.DescriptorPool()
        pool.Add(self._file)
        self.type: Any = factory.GetMessageClass(pool.FindMessageTypeByName(self.name))

    def message(self, request: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]]) -> bytes:
        """Return the bytes of a request; None is an absent field."""
        message = self.type()
        self._fill(message, self._request, {**request, "candidates": candidates})
        return bytes(message.SerializeToString())

    def _message(self, name: str, struct: StructPattern) -> None:
        message = self._file.message_type.add(name=name)
        for number, (field_name, pattern) in enumerate(struct.fields, 1):
            self._field(message, field_name, number, pattern)

    def _field(self, message: Any, name: str, number: int, pattern: Pattern) -> None:
        kinds = self._descriptors.FieldDescriptorProto
        field = message.field.add(name=name, number=number, label=kinds.LABEL_OPTIONAL)
        match pattern:
            case ScalarPattern(name=scalar):
                field.type = getattr(kinds, _SCALARS[scalar])
                if pattern.nullable:
                    field.proto3_optional = True
                    field.oneof_index = len(message.oneof_decl)
                    message.oneof_decl.add(name=f"_{name}")
            case VectorPattern():
                field.type, field.label = kinds.TYPE_FLOAT, kinds.LABEL_REPEATED
            case ListPattern(element=element):
                message.field.remove(field)
                self._field(message, name, number, replace(element, nullable=False))
                message.field[-1].label = kinds.LABEL_REPEATED
            case MapPattern(key=key, value=value):
                entry = message.nested_type.add(
                    name="".join(part.capitalize() for part in name.split("_")) + "Entry"
                )
                entry.options.map_entry = True
                self._field(entry, "key", 1, key)
                self._field(entry, "value", 2, replace(value, nullable=False))
                field.type, field.label = kinds.TYPE_MESSAGE, kinds.LABEL_REPEATED
                field.type_name = f".inputs.{message.name}.{entry.name}"
            case StructPattern():
                inner = f"{message.name}_{name}"
                field.type, field.type_name = kinds.TYPE_MESSAGE, f".inputs.{inner}"
                self._message(inner, pattern)
            case _:
                raise ValueError(f"no field has the type {pattern}")

    def _fill(self, message: Any, struct: StructPattern, values: Mapping[str, Any]) -> None:
        for name, pattern in struct.fields:
            value = values.get(name)
            if value is None:
                continue
            match pattern:
                case StructPattern():
                    getattr(message, name).SetInParent()
                    self._fill(getattr(message, name), pattern, value)
                case ListPattern(element=StructPattern() as element):
                    for item in value:
                        self._fill(getattr(message, name).add(), element, item)
                case ListPattern() | VectorPattern():
                    getattr(message, name).extend(_number(item) for item in value)
                case MapPattern():
                    for key, item in dict(value).items():
                        getattr(message, name)[_number(key)] = _number(item)
                case _:
                    setattr(message, name, _number(value))


def _number(value: Any) -> Any:
    """Return instants and durations as microseconds, and everything else as it is."""
    if isinstance(value, datetime):
        instant = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return (instant - _EPOCH) // _MICROSECOND
    return value // _MICROSECOND if isinstance(value, timedelta) else value
