"""Random messages of Protocol Buffers under random descriptors, and what Google's library reads in them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    message_factory,
    timestamp_pb2,
    wrappers_pb2,
)

KINDS = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    "int32": ("int", "float", "timestamp"),
    "int64": ("int", "float", "timestamp", "duration"),
    "uint32": ("int", "float", "duration"),
    "uint64": ("int", "float"),
    "sint32": ("int", "float"),
    "sint64": ("int", "duration"),
    "fixed32": ("int", "float"),
    "fixed64": ("int",),
    "sfixed32": ("int",),
    "sfixed64": ("int", "timestamp"),
    "bool": ("bool",),
    "float": ("float",),
    "double": ("float",),
    "string": ("string", "bytes"),
    "bytes": ("bytes",),
}
WELL_KNOWN = {
    "google.protobuf.Timestamp": "timestamp",
    "google.protobuf.Duration": "duration",
    "google.protobuf.Int32Value": "int",
    "google.protobuf.UInt64Value": "int",
    "google.protobuf.DoubleValue": "float",
    "google.protobuf.BoolValue": "bool",
    "google.protobuf.StringValue": "string",
    "google.protobuf.BytesValue": "bytes",
}
ENUM = {"zero": 0, "one": 1, "two": 2, "minus": -1, "uno": 1}
INTS = [0, 1, -1, 5, 127, 128, 300, 2**31 - 1, -(2**31), 2**32 - 1, 2**63 - 1, -(2**63), 2**64 - 1]


@dataclass
class Declared:
    """A field of a message, and the input or field of a struct that reads it."""

    name: str
    proto: str
    type: str
    shape: str = "one"
    nullable: bool = True
    key: str = ""
    fields: list[Declared] = field(default_factory=list)

    def text(self) -> str:
        inner = self.type
        if self.fields:
            inner = "{" + ", ".join(f"{one.name}: {one.text()}" for one in self.fields) + "}"
        if self.shape == "list":
            inner = f"list<{inner}?>"
        elif self.shape == "vector":
            inner = "vector<3>"
        elif self.shape == "map":
            inner = f"map<{SCALARS[self.key][0]}, {inner}?>"
        return inner + ("?" if self.nullable else "")

    def shown(self, place: str) -> Iterator[str]:
        """Yield expressions that show all of the value."""
        if self.shape == "map":
            yield f"{place}.keys().sort()"
            element = "".join(f".{one.name}" for one in self.fields[:1])
            yield f"{place}.keys().sort().map(k -> {place}[k]{element})"
        elif self.fields and self.shape == "list":
            for one in self.fields:
                yield from (f"{place}.map(e -> {text})" for text in one.shown("e"))
        elif self.fields:
            for one in self.fields:
                yield from one.shown(f"{place}.{one.name}")
        else:
            yield place


class Schema:
    """A random message of requests with candidates, in one of the syntaxes."""

    def __init__(self, seed: int) -> None:
        self.source = source = random.Random(seed)
        self.syntax = source.choice(["proto2", "proto3", "editions"])
        self.file = descriptor_pb2.FileDescriptorProto(
            name=f"random_{seed}.proto", package=f"shop{seed}", syntax=self.syntax
        )
        if self.syntax == "editions":
            self.file.edition = descriptor_pb2.EDITION_2023
        elif self.syntax == "proto2":
            self.file.ClearField("syntax")
        self.file.dependency.extend(
            f"google/protobuf/{name}.proto" for name in ("timestamp", "duration", "wrappers")
        )
        enum = self.file.enum_type.add(name="Kind")
        enum.options.allow_alias = True
        for name, number in ENUM.items():
            enum.value.add(name=name, number=number)
        self.closed = self.syntax == "proto2" or (
            self.syntax == "editions" and source.random() < 0.5
        )
        if self.closed and self.syntax == "editions":
            enum.options.features.enum_type = descriptor_pb2.FeatureSet.CLOSED
        self.inner = self._message("Inner", 3, deepest=True)
        self.candidate = self._message("Candidate", source.randint(1, 6))
        self.request = self._message("Request", source.randint(1, 10))
        self.request_proto().field.add(
            name="rows", number=500, type=KINDS.TYPE_MESSAGE, label=3, type_name=self._full("Candidate")
        )  # fmt: skip
        pool = descriptor_pool.DescriptorPool()
        self.set = descriptor_pb2.FileDescriptorSet()
        for module in (timestamp_pb2, duration_pb2, wrappers_pb2):
            known = descriptor_pb2.FileDescriptorProto()
            module.DESCRIPTOR.CopyToProto(known)
            pool.Add(known)
            self.set.file.append(known)
        pool.Add(self.file)
        self.set.file.append(self.file)
        self.name = f"shop{seed}.Request"
        self.type = message_factory.GetMessageClass(pool.FindMessageTypeByName(self.name))

    def request_proto(self) -> Any:
        return next(one for one in self.file.message_type if one.name == "Request")

    def _full(self, name: str) -> str:
        return f".{self.file.package}.{name}"

    def has_map(self) -> bool:
        """Whether a map is read anywhere."""
        return any(one.shape == "map" for one in (*self.request, *self.candidate))

    def program(self) -> tuple[str, list[str]]:
        """Return the declared inputs, and expressions that show all of them."""
        inputs = [
            f"input {domain} {{ {', '.join(f'{one.name}: {one.text()}' for one in fields)} }}"
            for domain, fields in (("request", self.request), ("candidate", self.candidate))
        ]
        return "\n".join(inputs), [
            text for one in (*self.request, *self.candidate) for text in one.shown(one.name)
        ]

    def _message(self, name: str, count: int, deepest: bool = False) -> list[Declared]:
        message = self.file.message_type.add(name=name)
        declared = []
        numbers = self.source.sample([1, 2, 3, 4, 7, 15, 16, 17, 99, 2047, 2048, 2**29 - 1], count)
        first = name[0].lower()
        for i, number in enumerate(numbers):
            declared.append(self._field(message, f"{first}{i}", number, deepest))
        if self.source.random() < 0.5:
            self._oneof(message, declared)
        # Fields that no input names.
        message.field.add(name="other", number=600, type=KINDS.TYPE_STRING, label=1)
        return declared

    def _field(self, message: Any, name: str, number: int, deepest: bool) -> Declared:
        source = self.source
        made = message.field.add(name=name, number=number, label=1)
        kinds = ["scalar"] * 5 + ["enum", "known"] + ([] if deepest else ["inner", "map"])
        kind = source.choice(kinds)
        one = Declared(name, "", "")
        if kind == "map":
            self._map(message, made, one)
            return one
        self._value(made, one, kind)
        if source.random() < 0.3:
            made.label = 3
            one.shape = "list"
            if one.type == "float" and not one.proto.startswith("google") and source.random() < 0.5:
                one.shape = "vector"
            is_number = one.proto in SCALARS and one.proto not in ("string", "bytes")
            if is_number and self.syntax != "editions":
                made.options.packed = source.random() < 0.5
            return one
        one.nullable = source.random() < 0.7
        if one.proto in SCALARS or one.proto == "enum":
            self._presence(message, made, one)
        return one

    def _presence(self, message: Any, made: Any, one: Declared) -> None:
        source = self.source
        if self.syntax == "proto3" and source.random() < 0.5:
            made.proto3_optional = True
            made.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{made.name}")
        elif (
            self.syntax == "editions"
            and source.random() < 0.5
            and not (self.closed and one.proto == "enum")
        ):
            made.options.features.field_presence = descriptor_pb2.FeatureSet.IMPLICIT
        elif self.syntax == "proto2" and source.random() < 0.5:
            defaults = {"enum": "two", "bool": "true", "string": 'a"é', "bytes": '\\000x\\"\\n'}
            made.default_value = defaults.get(one.proto, "7")

    def _oneof(self, message: Any, declared: list[Declared]) -> None:
        chosen = [
            made for made in message.field
            if made.label == 1 and not made.HasField("oneof_index") and not made.HasField("default_value")
            and not made.options.features.field_presence
        ][:3]  # fmt: skip
        if len(chosen) < 2:
            return
        # Synthetic oneofs must stand behind the others, so one that has any gets none of its own.
        if len(message.oneof_decl):
            return
        message.oneof_decl.add(name="pick")
        for made in chosen:
            made.oneof_index = 0
        if self.source.random() < 0.5:
            declared[:] = [one for one in declared if one.name != chosen[-1].name] or declared

    def _value(self, made: Any, one: Declared, kind: str) -> None:
        source = self.source
        if kind == "scalar":
            one.proto = source.choice(list(SCALARS))
            one.type = source.choice(SCALARS[one.proto])
            made.type = getattr(KINDS, f"TYPE_{one.proto.upper()}")
        elif kind == "enum":
            one.proto, one.type = "enum", source.choice(["int", "string"])
            made.type, made.type_name = KINDS.TYPE_ENUM, self._full("Kind")
        elif kind == "known":
            one.proto = source.choice(list(WELL_KNOWN))
            one.type = WELL_KNOWN[one.proto]
            made.type, made.type_name = KINDS.TYPE_MESSAGE, f".{one.proto}"
        else:
            one.proto, one.fields = "Inner", self.inner
            made.type, made.type_name = KINDS.TYPE_MESSAGE, self._full("Inner")

    def _map(self, message: Any, made: Any, one: Declared) -> None:
        entry = message.nested_type.add(name=f"{made.name.capitalize()}Entry")
        entry.options.map_entry = True
        one.shape, one.key = "map", self.source.choice(["string", "int32", "sint64", "fixed32"])
        entry.field.add(
            name="key", number=1, label=1, type=getattr(KINDS, f"TYPE_{one.key.upper()}")
        )
        value = entry.field.add(name="value", number=2, label=1)
        self._value(value, one, self.source.choice(["scalar", "scalar", "enum", "known", "inner"]))
        made.label, made.type = 3, KINDS.TYPE_MESSAGE
        made.type_name = f"{self._full(message.name)}.{entry.name}"

    # ---- messages ------------------------------------------------------------------------------------

    def message(self, source: random.Random) -> bytes:
        """Return the bytes of a random message: with fields moved, repeated and unknown ones."""
        message = self.type()
        self._fill(message, source, 0)
        return self.shuffled(message.SerializeToString(), source)

    def shuffled(self, raw: bytes, source: random.Random) -> bytes:
        parts = list(fields_of(raw))
        for _ in range(source.choice([0, 0, 1, 3])):
            parts.append(source.choice(_UNKNOWN + parts))
        if source.random() < 0.5:
            source.shuffle(parts)
        return b"".join(parts)

    def _fill(self, message: Any, source: random.Random, depth: int) -> None:
        for made in message.DESCRIPTOR.fields:
            if source.random() < 0.25 or depth > 4:
                continue
            entry = made.message_type if made.type == KINDS.TYPE_MESSAGE else None
            if entry is not None and entry.GetOptions().map_entry:
                target = getattr(message, made.name)
                for _ in range(source.randrange(4)):
                    key = _random(entry.fields_by_name["key"], source)
                    value = entry.fields_by_name["value"]
                    if value.type == KINDS.TYPE_MESSAGE:
                        self._fill(target[key], source, depth + 1)
                    else:
                        target[key] = _random(value, source)
            elif made.is_repeated:
                for _ in range(source.choice([0, 1, 3, 3, 4])):
                    if entry is not None:
                        self._fill(getattr(message, made.name).add(), source, depth + 1)
                    else:
                        getattr(message, made.name).append(_random(made, source))
            elif entry is not None:
                getattr(message, made.name).SetInParent()
                self._fill(getattr(message, made.name), source, depth + 1)
            else:
                setattr(message, made.name, _random(made, source))

    # ---- what Google's library reads -----------------------------------------------------------------

    def expected(self, raw: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
        """Return the request and its candidates; None where a message is absent that may not be."""
        message = self.type.FromString(raw)
        try:
            request = {one.name: _read(message, one) for one in self.request}
            rows = [{one.name: _read(row, one) for one in self.candidate} for row in message.rows]
        except LookupError:
            return None
        return request, rows


_UNKNOWN = [
    b"\x82\x7d\x03abc",  # Number 2000, three bytes.
    b"\x80\x7d\x07",
    b"\x83\x7d\x08\x01\x0b\x0c\x84\x7d",  # A group with a field and a group in it.
    b"\x85\x7d\x01\x02\x03\x04",
    b"\x08\x01", b"\x09\x01\x02\x03\x04\x05\x06\x07\x08", b"\x0d\x01\x02\x03\x04", b"\x10\x80\x80\x01",
    b"\x1a\x00", b"\x22\x02\x08\x01", b"\x38\x03", b"\x7a\x01\x41", b"\x08\x63",
]  # fmt: skip


def fields_of(raw: bytes) -> Iterator[bytes]:
    """Yield the fields of a message as they stand, none of them a group."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = raw[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(raw):
        begin = at
        kind = varint() & 7
        if kind == 0:
            varint()
        elif kind == 2:
            size = varint()
            at += size
        else:
            at += {1: 8, 5: 4}[kind]
        yield raw[begin:at]


def _random(made: Any, source: random.Random) -> Any:
    kinds = KINDS
    if made.type in (kinds.TYPE_FLOAT, kinds.TYPE_DOUBLE):
        special = [0.0, -0.0, 1.5, -1e300, 5e-324, float("inf"), float("nan"), source.random()]
        value = source.choice(special)
        return -1.25 if made.type == kinds.TYPE_FLOAT and value == -1e300 else value
    if made.type == kinds.TYPE_BOOL:
        return source.random() < 0.5
    if made.type == kinds.TYPE_STRING:
        return source.choice(["", "a", "héllo", "😀", "x" * 40])
    if made.type == kinds.TYPE_BYTES:
        return source.choice([b"", b"\x00\xff", b"abc"])
    if made.type == kinds.TYPE_ENUM:
        closed = made.enum_type.is_closed
        return source.choice([0, 1, 2, -1] if closed else [0, 1, 2, -1, 77, -(2**31)])
    wide = made.type in (
        kinds.TYPE_INT64, kinds.TYPE_UINT64, kinds.TYPE_SINT64, kinds.TYPE_FIXED64, kinds.TYPE_SFIXED64,
    )  # fmt: skip
    unsigned = made.type in (
        kinds.TYPE_UINT32, kinds.TYPE_UINT64, kinds.TYPE_FIXED32, kinds.TYPE_FIXED64,
    )  # fmt: skip
    bits = 64 if wide else 32
    low, high = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return source.choice([number for number in INTS if low <= number <= high])


def _read(message: Any, one: Declared) -> Any:
    made = message.DESCRIPTOR.fields_by_name[one.name]
    value = getattr(message, one.name)
    if one.shape == "map":
        entry = made.message_type.fields_by_name["value"]
        return {key: _converted(item, one, entry) for key, item in value.items()}
    if one.shape == "vector":
        numbers = [float(number) for number in value]
        return numbers if len(numbers) == 3 else None
    if one.shape == "list":
        return [_converted(item, one, made) for item in value]
    if made.has_presence and not message.HasField(one.name):
        if one.nullable:
            return None
        if made.type == KINDS.TYPE_MESSAGE:
            raise LookupError(one.name)
    return _converted(value, one, made)


def _converted(value: Any, one: Declared, made: Any) -> Any:
    if one.fields:
        return {inner.name: _read(value, inner) for inner in one.fields}
    if one.proto in ("google.protobuf.Timestamp", "google.protobuf.Duration"):
        return _within_64_bits(value.seconds * 1_000_000 + value.nanos // 1000)
    if one.proto.startswith("google."):
        value = value.value
    if one.proto == "enum" and one.type == "string":
        found = made.enum_type.values_by_number.get(value)
        # Of two names of a number the first counts.
        names = [name for name, number in ENUM.items() if number == value]
        return names[0] if found is not None else None
    if one.type == "bytes" and isinstance(value, str):
        return value.encode()
    if one.type == "int":
        return _within_64_bits(value)
    return float(value) if one.type == "float" else value


def _within_64_bits(value: int) -> int | None:
    return value if -(2**63) <= value < 2**63 else None
