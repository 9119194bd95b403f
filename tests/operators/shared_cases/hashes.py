"""Hashes, checksums and geohashes of other systems.

A hash comes down to an expression over ``a: bytes``, the bytes that the system hashes, and the 64 bits that it must
give. How a value becomes bytes is told in ``raw_bytes``, once.
"""

from __future__ import annotations

import datetime
import decimal
import struct
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

from .records import Check, Record, Skip, expression_of, literal, records, rules

_SIZES = {"i8": 1, "u8": 1, "i16": 2, "i32": 4, "u32": 4, "i64": 8}
_MASK = 2**64 - 1


def checks(record: Record) -> list[Check]:
    """Return the checks of a record of ``hash.jsonl.gz``."""
    function = record["function"]
    if record["family"] == "geo":
        return [_place(record)]
    if "sql" in record["args"][0]:
        # The arguments are written in SQL, and each function has one record.
        expression = expression_of("hash", function)
        return [Check(expression, {"a": "int"}, {"a": 0}, record["expected"]["value"])]
    halves = rules("hash")["halves"]
    template = halves.get(function) or expression_of("hash", function)
    first, *others = record["args"]
    raw = raw_bytes(function, first)
    numbers = _numbers(others)
    if function in halves:
        wanted = zip(("low", "high"), _halves(record["expected"]), strict=True)
        return [_hash(template.format(*numbers, half=literal(h)), raw, bits) for h, bits in wanted]
    expected = record["expected"]
    bits = int(expected.get("u64_le") or expected["value"])
    found = [_hash(template.format(*numbers), raw, bits)]
    typed = rules("hash")["iceberg_types"].get(first["type"])
    if function == "iceberg_murmur3_x86_32" and typed is not None:
        found += _buckets(first, typed, expected["value"])
    return found


def _hash(expression: str, raw: bytes, bits: int) -> Check:
    return Check(expression, {"a": "bytes"}, {"a": raw}, _signed(bits % 2**64))


def _buckets(argument: dict[str, Any], type_: str, hashed: int) -> list[Check]:
    """The values that the language has types for go through ``iceberg_bucket`` itself."""
    value: Any = bytes.fromhex(argument["hex"]) if "hex" in argument else argument["value"]
    if type_ == "timestamp":
        value = microseconds(value)
    return [
        Check(
            f"iceberg_bucket(a, {buckets})",
            {"a": type_},
            {"a": value},
            (hashed & 0x7FFFFFFF) % buckets,
        )
        for buckets in (16, 2**31 - 1)
    ]


def _place(record: Record) -> Check:
    values = [argument["value"] for argument in record["args"] if "value" in argument]
    expected = record["expected"]["value"]
    template = expression_of("hash", record["function"])
    if record["function"] == "geohash_encode":
        latitude, longitude, precision = values
        types = {"a": "float", "b": "float"}
        return Check(
            template.format(precision), types, {"a": latitude, "b": longitude}, str(expected)
        )
    tolerance = 0.0
    if record["function"] == "geohash_bbox":
        south, north, west, east = expected
        expected = [south, west, north, east]
        tolerance = 1e-9  # The cases give twelve digits.
    return Check(template, {"a": "string"}, {"a": values[0]}, expected, tolerance)


def generated(kind: str, size: int) -> bytes:
    """Return the test data of xxHash (`xsum_sanity_check.c`) or of CityHash (`city-test.cc`)."""
    data = bytearray()
    if kind == "xxh":
        state = 2654435761
        for _ in range(size):
            data.append(state >> 56)
            state = state * 11400714785074694797 & _MASK
        return bytes(data)
    factor = 0xC3A5C85C97CB3127
    a, b = 9, 777
    for i in range(size):
        a = a + b & _MASK
        b = b + a & _MASK
        a = (a ^ a >> 41) * factor & _MASK
        b = (b ^ b >> 41) * factor + i & _MASK
        data.append(b >> 37 & 255)
    return bytes(data)


@cache
def _pools() -> dict[str, bytes]:
    """Return all generated data that a record asks for."""
    sizes: dict[str, int] = {}
    for record in records("hash"):
        first = record["args"][0]
        if "gen" in first and "hex" not in first:
            end = first["offset"] + first["len"]
            sizes[first["gen"]] = max(sizes.get(first["gen"], 0), end)
    return {kind: generated(kind, size) for kind, size in sizes.items()}


def microseconds(text: str) -> int:
    """Return a moment, in UTC where the text names no zone, as microseconds since 1970."""
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return (moment - epoch) // datetime.timedelta(microseconds=1)


_ICEBERG: dict[str, Callable[[Any], int]] = {
    "i32": int,
    "i64": int,
    "bool": int,
    "date": lambda text: (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days,
    "time": lambda text: microseconds(f"1970-01-01T{text}"),
    "timestamp": microseconds,
    "timestamptz": microseconds,
    "f32": lambda x: struct.unpack("<q", struct.pack("<d", float(x) + 0.0))[0],
    "f64": lambda x: struct.unpack("<q", struct.pack("<d", float(x) + 0.0))[0],
}
"""What Iceberg hashes as the 8 bytes of a long."""


def raw_bytes(function: str, argument: dict[str, Any]) -> bytes:
    """Return the bytes that a system hashes for a value."""
    kind = argument["type"]
    if "hex" in argument:
        return bytes.fromhex(argument["hex"])
    if "gen" in argument:
        start = argument["offset"]
        return _pools()[argument["gen"]][start : start + argument["len"]]
    value = argument["value"]
    if function.startswith("iceberg"):
        if kind in _ICEBERG:
            return struct.pack("<q", _ICEBERG[kind](value))
        if kind.startswith("decimal"):
            unscaled = int(decimal.Decimal(value).scaleb(2))
            return unscaled.to_bytes((unscaled.bit_length() + 8) // 8, "big", signed=True)
        if kind == "uuid":
            return uuid.UUID(value).bytes
    if kind == "string":
        return str(value).encode("utf-16-le" if argument.get("encoding") == "see note" else "utf-8")
    if kind == "f32":
        return struct.pack("<f", value)
    if kind not in _SIZES:
        raise Skip(f"a value of the type {kind}")
    return int(value).to_bytes(_SIZES[kind], "little", signed=kind.startswith("i"))


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def _halves(expected: dict[str, Any]) -> tuple[int, int]:
    """Return the low and the high half of 128 bits."""
    if isinstance(expected.get("value"), str):
        low, high = struct.unpack("<QQ", bytes.fromhex(expected["value"]))
        return low, high
    return int(expected["low64"]), int(expected["high64"])


def _numbers(arguments: list[dict[str, Any]]) -> list[int]:
    """Return seeds, keys and numbers of buckets as the language writes them."""
    numbers: list[int] = []
    for argument in arguments:
        if "hex" in argument:  # A key of 16 bytes.
            numbers += struct.unpack("<qq", bytes.fromhex(argument["hex"]))
        elif isinstance(argument["value"], list):
            numbers += argument["value"]
        else:
            numbers.append(_signed(int(argument["value"])))
    return numbers
