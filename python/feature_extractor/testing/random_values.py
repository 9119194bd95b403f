"""Random values of any type, with those at the edges far more often than chance would give them."""

from __future__ import annotations

import random
import struct
from typing import Any

from feature_extractor.types import ListType, MapType, ScalarType, StructType, Type, VectorType

INTS = [
    0,
    1,
    -1,
    2,
    3,
    7,
    10,
    64,
    255,
    -128,
    2**31,
    -(2**31),
    2**53 + 1,
    2**62,
    2**63 - 1,
    -(2**63),
]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, 0.1, 1e-300, 5e-324, -2.5, 1e15 + 0.5, 2.0**53, 1e308, -1e308]
FLOATS += [1.7976931348623157e308, 3.4028235e38, -7.25, 100.0, 2.2250738585072014e-308]
TEXTS = [
    "",
    "a",
    "b",
    "ab",
    "A",
    "The quick brown fox",
    "é",
    "e\u0301",
    "日本語",
    "\U0001f600",
    "ß",
]
TEXTS += ["a,b,,c", " padded ", "0", "-12", "3.5", "true", "a" * 70, "ﬁ", "\u1e9e", "\0", "İ", "Σς"]
BYTES = [b"", b"\0", b"a", b"\xff\xfe", b"0123456789abcdef0"]
TIMES = [0, 1, -1, 1_700_000_000_000_000, -62_135_596_800_000_000, 253_402_300_799_999_999]
TIMES += [1_711_846_800_000_000, 951_782_400_000_000, 2**63 - 1, -(2**63)]
DURATIONS = [0, 1, -1, 1_000_000, 86_400_000_000, 2_592_000_000_000, -3_600_000_000, 2**63 - 1]


def random_value(source: random.Random, type_: Type, nulls: float = 0.15) -> Any:
    """Return a value of a type; nulls come only where the type has them."""
    if type_.nullable and source.random() < nulls:
        return None
    match type_:
        case ScalarType():
            return _scalar(source, type_.name)
        case VectorType():
            return [_float32(source) for _ in range(type_.size)]
        case ListType():
            size = source.choice([0, 1, 2, 3, 3, 5, 8, 17] if source.random() < 0.95 else [33, 70])
            few = [random_value(source, type_.element, nulls) for _ in range(max(1, size // 2))]
            return [
                source.choice(few) if source.random() < 0.5 else random_value(source, type_.element)
                for _ in range(size)
            ]
        case MapType():
            size = source.choice([0, 1, 2, 3, 6])
            keys = {random_value(source, type_.key): None for _ in range(size)}
            return [(key, random_value(source, type_.value, nulls)) for key in keys]
        case StructType():
            return {name: random_value(source, field, nulls) for name, field in type_.fields}
    raise AssertionError(str(type_))


def _float32(source: random.Random) -> float:
    value = source.choice([0.0, 1.0, -1.0, 0.5, 3.0, source.gauss(0, 1), source.gauss(0, 1)])
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def _scalar(source: random.Random, name: str) -> Any:
    usual = source.random() < 0.6
    match name:
        case "bool":
            return source.random() < 0.5
        case "int":
            return source.randint(-3, 12) if usual else source.choice(INTS)
        case "float":
            if usual:
                return source.choice([source.gauss(0, 10), float(source.randint(-4, 9))])
            return source.choice(FLOATS)
        case "string":
            if usual:
                letters = source.choices("ab ,-.AB01éß日\U0001f600", k=source.randint(0, 9))
                return "".join(letters)
            return source.choice(TEXTS)
        case "bytes":
            return source.choice(BYTES)
        case "timestamp":
            if usual:
                return 1_700_000_000_000_000 + source.randint(-(10**13), 10**13)
            return source.choice(TIMES)
        case "duration":
            return source.randint(-(10**11), 10**11) if usual else source.choice(DURATIONS)
    raise AssertionError(name)
