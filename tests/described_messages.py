"""Descriptors of Protocol Buffers messages for tests, from the types of their fields as a .proto file writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

KINDS = descriptor_pb2.FieldDescriptorProto
TIMESTAMP = "google.protobuf.Timestamp"


def descriptors(
    messages: Mapping[str, Mapping[str, str]], package: str = ""
) -> descriptor_pb2.FileDescriptorSet:
    """Return the descriptors of messages: by name their fields, numbered from 1, with types such as ``int64``,
    ``optional double``, ``repeated Item``, ``map<string, double>`` and ``google.protobuf.Timestamp``.
    """
    files = descriptor_pb2.FileDescriptorSet()
    file = descriptor_pb2.FileDescriptorProto(name="m.proto", package=package, syntax="proto3")
    if any(TIMESTAMP in type_ for fields in messages.values() for type_ in fields.values()):
        files.file.add().MergeFromString(timestamp_pb2.DESCRIPTOR.serialized_pb)
        file.dependency.append("google/protobuf/timestamp.proto")
    for name, fields in messages.items():
        made = file.message_type.add(name=name)
        for number, (field, type_) in enumerate(fields.items(), start=1):
            _add(made, field, number, type_, package)
    files.file.append(file)
    return files


def message_class(files: descriptor_pb2.FileDescriptorSet, name: str) -> Any:
    """Return Google's class of a message."""
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def _add(
    message: descriptor_pb2.DescriptorProto, name: str, number: int, type_: str, package: str
) -> None:
    label, _, kind = type_.rpartition(" ") if not type_.startswith("map<") else ("", "", type_)
    field = message.field.add(name=name, number=number, label=KINDS.LABEL_OPTIONAL)
    of_map = re.fullmatch(r"map<(\w+), (\w+)>", kind)
    if of_map:
        entry = message.nested_type.add(name=f"{name.capitalize()}Entry")
        entry.options.map_entry = True
        _add(entry, "key", 1, of_map[1], package)
        _add(entry, "value", 2, of_map[2], package)
        label, kind = "repeated", f"{message.name}.{entry.name}"
    if label == "repeated":
        field.label = KINDS.LABEL_REPEATED
    elif label == "optional":
        field.proto3_optional = True
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name=f"_{name}")
    scalar = getattr(KINDS, f"TYPE_{kind.upper()}", None)
    if scalar is not None:
        field.type = scalar
        return
    field.type = KINDS.TYPE_MESSAGE
    whole = kind if kind == TIMESTAMP or not package else f"{package}.{kind}"
    field.type_name = f".{whole}"
