"""Operators that read messages of Protocol Buffers against the library of its authors, also on broken messages."""

from __future__ import annotations

import math
import random
from typing import Any

from feature_extractor.testing.evaluation import evaluate
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

_FieldType = descriptor_pb2.FieldDescriptorProto
_INTS = (
    "int64", "int32", "uint64", "uint32", "sint64", "sint32", "fixed64", "fixed32", "sfixed64", "sfixed32", "bool",
)  # fmt: skip
_SIZES = {name: 1 if name == "bool" else int(name[-2:]) for name in _INTS}
_NESTED, _MANY, _PACKED, _UNPACKED = 30, 31, 100, 200


def _message_class() -> Any:
    """A message `M` with a field of each type, alone and repeated in both forms, and with messages of its own kind."""
    file = descriptor_pb2.FileDescriptorProto(name="m.proto", package="p", syntax="proto2")
    message = file.message_type.add(name="M")

    def add(name: str, number: int, kind: str, label: int, packed: bool | None = None) -> None:
        field = message.field.add(name=name, number=number, label=label)
        field.type = getattr(_FieldType, f"TYPE_{kind.upper()}")
        if kind == "message":
            field.type_name = ".p.M"
        if packed is not None:
            field.options.packed = packed

    for i, kind in enumerate([*_INTS, "float", "double"], 1):
        add(f"one_{kind}", i, kind, _FieldType.LABEL_OPTIONAL)
        add(f"packed_{kind}", _PACKED + i, kind, _FieldType.LABEL_REPEATED, True)
        add(f"unpacked_{kind}", _UNPACKED + i, kind, _FieldType.LABEL_REPEATED, False)
    add("one_bytes", 20, "bytes", _FieldType.LABEL_OPTIONAL)
    add("many_bytes", 21, "bytes", _FieldType.LABEL_REPEATED)
    add("nested", _NESTED, "message", _FieldType.LABEL_OPTIONAL)
    add("many", _MANY, "message", _FieldType.LABEL_REPEATED)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("p.M"))


_MESSAGE = _message_class()


def _number(source: random.Random, kind: str) -> Any:
    if kind in ("float", "double"):
        value = source.choice([0.0, -1.5, source.gauss(0, 1e6), math.inf, math.nan])
        return value if kind == "double" else float.fromhex(float(value).hex())
    bits = _SIZES[kind]
    low, high = (0, 2**bits - 1) if kind[0] in "ufb" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return source.choice([low, high, source.randint(low, high), min(high, source.randint(0, 300))])


def _fill(source: random.Random, message: Any, depth: int) -> None:
    for kind in (*_INTS, "float", "double"):
        if source.random() < 0.3:
            setattr(message, f"one_{kind}", _number(source, kind))
        for form in ("packed", "unpacked"):
            if source.random() < 0.2:
                values = [_number(source, kind) for _ in range(source.randint(0, 5))]
                getattr(message, f"{form}_{kind}").extend(values)
    if source.random() < 0.4:
        message.one_bytes = source.choice([b"", b"red", "é日".encode(), b"\xff"])
    message.many_bytes.extend(
        source.choices([b"", b"a", b"\xc3\xa9", b"\xc3"], k=source.randint(0, 3))
    )
    if depth > 0 and source.random() < 0.6:
        _fill(source, message.nested, depth - 1)
    for _ in range(source.randint(0, 2) if depth > 0 else 0):
        _fill(source, message.many.add(), depth - 1)


def _signed(value: Any) -> int:
    number = int(value)
    return number - 2**64 if number >= 2**63 else number


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _text(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _expected(message: Any) -> dict[str, Any]:
    """Return what each expression must give for a message that was read."""
    wanted: dict[str, Any] = {}

    def put(expression: str, is_there: bool, value: Any) -> None:
        wanted[expression] = value if is_there else None

    for i, kind in enumerate(_INTS, 1):
        name = f"one_{kind}"
        put(
            f'protobuf_get_int(m, "{i}", "{kind}")',
            message.HasField(name),
            _signed(getattr(message, name)),
        )
        inner = message.nested
        put(
            f'protobuf_get_int(m, "{_NESTED}.{i}", "{kind}")',
            inner.HasField(name),
            _signed(getattr(inner, name)),
        )
        for form, base in (("packed", _PACKED), ("unpacked", _UNPACKED)):
            values = [_signed(x) for x in getattr(message, f"{form}_{kind}")]
            wanted[f'protobuf_list_int(m, "{base + i}", "{kind}")'] = values
        below = [_signed(x) for one in message.many for x in getattr(one, f"packed_{kind}")]
        wanted[f'protobuf_list_int(m, "{_MANY}.{_PACKED + i}", "{kind}")'] = below
    for i, kind in enumerate(("float", "double"), len(_INTS) + 1):
        name = f"one_{kind}"
        value = _finite(getattr(message, name))
        put(f'protobuf_get_float(m, "{i}", "{kind}")', message.HasField(name), value)
        for form, base in (("packed", _PACKED), ("unpacked", _UNPACKED)):
            floats = [_finite(x) for x in getattr(message, f"{form}_{kind}")]
            wanted[f'protobuf_list_float(m, "{base + i}", "{kind}")'] = floats
    has_bytes = message.HasField("one_bytes")
    put('protobuf_get_bytes(m, "20")', has_bytes, message.one_bytes)
    put('protobuf_get_string(m, "20")', has_bytes, _text(message.one_bytes))
    wanted['protobuf_list_string(m, "21")'] = [_text(value) for value in message.many_bytes]
    return wanted


def _compare(texts: list[bytes]) -> int:
    """Compare all expressions on all messages; where the library refuses, ours must only not fail."""
    read: list[dict[str, Any] | None] = []
    for text in texts:
        message = _MESSAGE()
        try:
            message.ParseFromString(text)
        except DecodeError:
            read.append(None)
        else:
            read.append(_expected(message))
    known = [answers for answers in read if answers is not None]
    expressions = list(known[0])
    found = evaluate(expressions, {"m": "bytes"}, {"m": texts})
    wrong = [
        f"{expression} of {text.hex()}: {values[i]!r}, not {answers[expression]!r}"
        for expression, values in zip(expressions, found, strict=True)
        for i, (text, answers) in enumerate(zip(texts, read, strict=True))
        if answers is not None and values[i] != answers[expression]
    ]
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:10])
    return len(known)


def _random_messages(count: int) -> list[bytes]:
    source = random.Random(31)
    texts = []
    for _ in range(count):
        message = _MESSAGE()
        _fill(source, message, 2)
        texts.append(message.SerializeToString())
    return texts


def test_messages() -> None:
    assert _compare(_random_messages(300)) == 300


def test_merged_messages() -> None:
    """Messages that stand one behind the other are one: last values count, and lists grow."""
    texts = _random_messages(200)
    assert _compare([a + b for a, b in zip(texts[::2], texts[1::2], strict=True)]) == 100


def test_broken_messages() -> None:
    source = random.Random(32)
    texts = [b"\x08\x01"]
    for text in _random_messages(300):
        broken = bytearray(text)
        for _ in range(source.randint(1, 3)):
            if broken:
                broken[source.randrange(len(broken))] = source.choice(
                    [0, 1, 0x7F, 0x80, 0xFF, source.randrange(256)]
                )
        texts.append(bytes(broken[: source.choice([len(broken), source.randint(0, len(broken))])]))
    known = _compare(texts)
    assert 10 < known < len(texts) - 10
