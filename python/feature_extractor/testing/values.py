"""Values of the language in Python: from text, to Arrow, and to the bytes that the core writes.

None, bool, int (also microseconds), float, str, bytes, a list, a list of pairs for a map, a dict for a
struct, a list of floats for a vector.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from feature_extractor.syntax import literals
from feature_extractor.types import (
    ListType,
    MapType,
    NullType,
    ScalarType,
    StructType,
    Type,
    VectorType,
)

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<bytes>b"(?:\\.|[^"\\])*")
    | (?P<timestamp>t"[^"]*")
    | (?P<string>"(?:\\.|[^"\\])*")
    | (?P<duration>(?:[0-9][0-9_]*(?:us|ms|[wdhms]))+(?![a-z0-9]))
    | (?P<float>[0-9][0-9_]*(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+))
    | (?P<int>0x[0-9A-Fa-f]+|[0-9][0-9_]*)
    | (?P<name>[a-z_][a-z_0-9]*)
    | (?P<mark>[\[\]{}:,+\-])
    )\s*""",
    re.VERBOSE,
)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise ValueError(f"not a literal: {text!r}")
            assert match.lastgroup is not None
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            position = match.end()
        self.position = 0

    def peek(self) -> str:
        return self.tokens[self.position][1] if self.position < len(self.tokens) else ""

    def take(self, expected: str = "") -> tuple[str, str]:
        if self.position >= len(self.tokens):
            raise ValueError("the literal ends too early")
        token = self.tokens[self.position]
        if expected and token[1] != expected:
            raise ValueError(f"expected {expected!r}, found {token[1]!r}")
        self.position += 1
        return token

    def value(self, type_: Type) -> Any:
        if self.peek() == "null":
            self.take()
            return None
        match type_:
            case VectorType():
                return self.items("[", "]", lambda: self.scalar("float"))
            case ListType():
                return self.items("[", "]", lambda: self.value(type_.element))
            case MapType():
                return self.items("{", "}", lambda: self.entry(type_))
            case StructType():
                fields = dict(self.items("{", "}", lambda: self.field(type_)))
                return {name: fields[name] for name, _ in type_.fields}
            case ScalarType():
                return self.scalar(type_.name)
        raise ValueError(f"there is no literal of type {type_}")

    def items(self, opening: str, closing: str, item: Any) -> list[Any]:
        self.take(opening)
        found: list[Any] = []
        while self.peek() != closing:
            if found:
                self.take(",")
            found.append(item())
        self.take(closing)
        return found

    def entry(self, type_: MapType) -> tuple[Any, Any]:
        key = self.value(type_.key)
        self.take(":")
        return key, self.value(type_.value)

    def field(self, type_: StructType) -> tuple[str, Any]:
        name = self.take()[1]
        self.take(":")
        field = type_.field(name)
        assert field is not None, name
        return name, self.value(field)

    def scalar(self, name: str) -> Any:
        sign = 1
        while self.peek() in ("-", "+"):
            sign = -sign if self.take()[1] == "-" else sign
        kind, text = self.take()
        if kind == "name" and text in ("true", "false") and name == "bool":
            return text == "true"
        if kind == "string" and name == "string":
            return literals.decode_string(text)
        if kind == "bytes" and name == "bytes":
            return literals.decode_bytes(text)
        if kind == "timestamp" and name == "timestamp":
            return literals.decode_timestamp(text)
        if kind == "duration" and name == "duration":
            return sign * literals.decode_duration(text)
        if kind == "float" and name == "float":
            return sign * literals.decode_float(text)
        if kind == "int" and name == "float":
            return sign * float(literals.decode_integer(text))
        if kind == "int" and name == "int":
            value = sign * literals.decode_integer(text)
            while self.peek() in ("-", "+"):
                value += (-1 if self.take()[1] == "-" else 1) * int(self.take()[1])
            return value
        raise ValueError(f"{text!r} is not a literal of type {name}")


def parse_value(text: str, type_: Type) -> Any:
    """Return the value of a literal of a type; what is none raises ValueError."""
    reader = _Reader(text)
    value = None if isinstance(type_, NullType) and text == "null" else reader.value(type_)
    if not isinstance(type_, NullType) and reader.position != len(reader.tokens):
        raise ValueError(f"{text!r} goes on after its value")
    return value


_ARROW = {
    "bool": pa.bool_(),
    "int": pa.int64(),
    "float": pa.float64(),
    "string": pa.string(),
    "bytes": pa.binary(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "duration": pa.duration("us"),
}


def arrow_type(type_: Type) -> pa.DataType:
    """Return the Arrow type that holds values of a type."""
    match type_:
        case ScalarType():
            return _ARROW[type_.name]
        case VectorType():
            return pa.list_(pa.float32(), type_.size)
        case ListType():
            return pa.list_(arrow_type(type_.element))
        case MapType():
            return pa.map_(arrow_type(type_.key), arrow_type(type_.value))
        case StructType():
            return pa.struct([(name, arrow_type(field)) for name, field in type_.fields])
    return pa.null()


def arrow_array(values: list[Any], type_: Type) -> pa.Array:
    """Return values as an Arrow array."""
    return pa.array(values, arrow_type(type_))


def leaf_types(type_: Type) -> Iterator[Type]:
    """Yield the types of the columns that a value becomes: a struct's fields, else the type itself."""
    if isinstance(type_, StructType):
        for _, field in type_.fields:
            yield from leaf_types(field)
    else:
        yield type_


def _leaves(value: Any, type_: Type) -> Iterator[Any]:
    if isinstance(type_, StructType):
        for name, field in type_.fields:
            yield from _leaves(None if value is None else value[name], field)
    else:
        yield value


_FORMATS = {"bool": "<?", "int": "<q", "timestamp": "<q", "duration": "<q", "float": "<d"}


def encode(value: Any, type_: Type) -> bytes:
    """Return the bytes that the core writes for a value, see cpp/src/engine/write_value.h."""
    if value is None:
        return b"\0"
    match type_:
        case ScalarType(name="string"):
            data: bytes = value.encode()
            return b"\1" + struct.pack("<I", len(data)) + data
        case ScalarType(name="bytes"):
            return b"\1" + struct.pack("<I", len(value)) + bytes(value)
        case ScalarType():
            return b"\1" + struct.pack(_FORMATS[type_.name], value)
        case VectorType():
            return b"\1" + struct.pack(f"<{type_.size}f", *value)
        case ListType():
            parts = [_encode_leaves(item, type_.element) for item in value]
            return b"\1" + struct.pack("<I", len(value)) + b"".join(parts)
        case MapType():
            parts = [encode(k, type_.key) + _encode_leaves(v, type_.value) for k, v in value]
            return b"\1" + struct.pack("<I", len(value)) + b"".join(parts)
    raise AssertionError(f"{type_} has no bytes")


def _encode_leaves(value: Any, type_: Type) -> bytes:
    pairs = zip(_leaves(value, type_), leaf_types(type_), strict=True)
    return b"".join(encode(leaf, leaf_type) for leaf, leaf_type in pairs)


def decode(data: bytes, type_: Type) -> Any:
    """Return the value behind the core's bytes. A struct comes as a tuple of its leaves."""
    value, end = _decode(data, 0, type_)
    if end != len(data):
        raise ValueError("bytes are left over")
    return value


def _decode(data: bytes, at: int, type_: Type) -> tuple[Any, int]:
    if data[at] == 0:
        return None, at + 1
    at += 1
    match type_:
        case ScalarType(name="string" | "bytes"):
            (size,) = struct.unpack_from("<I", data, at)
            text = data[at + 4 : at + 4 + size]
            return (text.decode() if type_.name == "string" else text), at + 4 + size
        case ScalarType():
            form = _FORMATS[type_.name]
            return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
        case VectorType():
            return list(struct.unpack_from(f"<{type_.size}f", data, at)), at + 4 * type_.size
        case ListType() | MapType():
            (size,) = struct.unpack_from("<I", data, at)
            at += 4
            inner = [type_.element] if isinstance(type_, ListType) else [type_.key, type_.value]
            columns = [leaf for part in inner for leaf in leaf_types(part)]
            items: list[Any] = []
            for _ in range(size):
                row = []
                for column in columns:
                    item, at = _decode(data, at, column)
                    row.append(item)
                items.append(row[0] if len(columns) == 1 else tuple(row))
            return items, at
    raise AssertionError(f"{type_} has no bytes")
