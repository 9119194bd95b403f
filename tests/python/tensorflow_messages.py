"""An independent reader of TFRecord files: Google's protobuf and CRC32C, without TensorFlow.

The messages are those of tensorflow/core/example/{example,feature}.proto, described at run time.
"""

from __future__ import annotations

import struct
from typing import Any

import google_crc32c
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_FIELDS = {
    # message: (field, number, type, repeated), where a type in quotes is a message
    "BytesList": [("value", 1, "bytes", True)],
    "FloatList": [("value", 1, "float", True)],
    "Int64List": [("value", 1, "int64", True)],
    "Feature": [
        ("bytes_list", 1, "BytesList", False),
        ("float_list", 2, "FloatList", False),
        ("int64_list", 3, "Int64List", False),
    ],
    "FeatureList": [("feature", 1, "Feature", True)],
    "Features": [("feature", 1, "map:Feature", True)],
    "FeatureLists": [("feature_list", 1, "map:FeatureList", True)],
    "Example": [("features", 1, "Features", False)],
    "SequenceExample": [("context", 1, "Features", False), ("feature_lists", 2, "FeatureLists", False)],
}  # fmt: skip


def _messages() -> dict[str, Any]:
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="example.proto", package="tf", syntax="proto3")

    def add(into: Any, field: str, number: int, kind: str, repeated: bool) -> None:
        label = kinds.LABEL_REPEATED if repeated else kinds.LABEL_OPTIONAL
        added = into.field.add(name=field, number=number, label=label)
        if kind.startswith("map:"):
            entry = into.nested_type.add(
                name="".join(map(str.capitalize, field.split("_"))) + "Entry"
            )
            entry.options.map_entry = True
            add(entry, "key", 1, "string", False)
            add(entry, "value", 2, kind.removeprefix("map:"), False)
            added.type, added.type_name = kinds.TYPE_MESSAGE, f".tf.{into.name}.{entry.name}"
        elif kind[0].isupper():
            added.type, added.type_name = kinds.TYPE_MESSAGE, f".tf.{kind}"
        else:
            added.type = getattr(kinds, f"TYPE_{kind.upper()}")

    for name, fields in _FIELDS.items():
        message = file.message_type.add(name=name)
        if name == "Feature":
            message.oneof_decl.add(name="kind")
        for field, number, kind, repeated in fields:
            add(message, field, number, kind, repeated)
            if name == "Feature":
                message.field[-1].oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tf.{name}"))
        for name in _FIELDS
    }


_CLASSES = _messages()


def masked(content: bytes) -> int:
    """Return the checksum as TFRecord files have it."""
    crc = google_crc32c.value(content)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) % 2**32


def records(content: bytes) -> list[bytes]:
    """Return the records of a file; raises where a checksum is wrong or bytes are left over."""
    found = []
    at = 0
    while at < len(content):
        length, length_checksum = struct.unpack_from("<QI", content, at)
        assert masked(content[at : at + 8]) == length_checksum
        data = content[at + 12 : at + 12 + length]
        (checksum,) = struct.unpack_from("<I", content, at + 12 + length)
        assert masked(data) == checksum
        found.append(data)
        at += 16 + length
    assert at == len(content)
    return found


def _values(feature: Any) -> tuple[str, list[Any]]:
    kind = feature.WhichOneof("kind")
    return kind, list(getattr(feature, kind).value)


def example(record: bytes) -> dict[str, tuple[str, list[Any]]]:
    """Return the features of an Example: for each name the kind of list and its values."""
    message = _CLASSES["Example"].FromString(record)
    return {name: _values(feature) for name, feature in message.features.feature.items()}


def sequence_example(
    record: bytes,
) -> tuple[dict[str, Any], dict[str, list[tuple[str, list[Any]]]]]:
    """Return the context of a SequenceExample and its feature lists, step by step."""
    message = _CLASSES["SequenceExample"].FromString(record)
    context = {name: _values(feature) for name, feature in message.context.feature.items()}
    lists = message.feature_lists.feature_list.items()
    return context, {name: [_values(step) for step in steps.feature] for name, steps in lists}


def serialised(record: bytes, name: str) -> bytes:
    """Return a record as Google's writer writes what it read, without fields that it does not know."""
    message = _CLASSES[name].FromString(record)
    message.DiscardUnknownFields()
    return bytes(message.SerializeToString(deterministic=True))
