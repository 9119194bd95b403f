"""Hashes of other systems against the values that were published for them; see test_shared_cases.py.

Every record comes down to an expression over ``b: bytes``, the bytes that the system hashes, and the 64 bits that
it must give. How a value becomes bytes is told in ``_raw``, once.
"""

from __future__ import annotations

import datetime
import decimal
import struct
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from feature_extractor.testing.evaluation import evaluate

from .test_shared_cases import CASES, _records, _report

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(),
    reason="the published cases are not here; set FEATURE_EXTRACTOR_SHARED to their folder",
)

_EXPRESSIONS = {
    "xxh32": "xxhash32(b, {0})",
    "xxh64": "xxhash64(b, {0})",
    "xxh3_64": "xxh3_64(b, {0})",
    "farmhash_fingerprint32": "farm_fingerprint32(b)",
    "farmhash_fingerprint64": "farm_fingerprint64(b)",
    "tf_fingerprint64": "farm_fingerprint64(b)",
    "bigquery_farm_fingerprint": "farm_fingerprint64(b)",
    "tf_string_to_hash_bucket_fast": "farm_fingerprint64(b).modulo_bucket({0})",
    "cityhash64": "cityhash64(b)",
    "cityhash64_with_seed": "cityhash64(b, {0})",
    "cityhash32": "cityhash32(b)",
    "fnv1_32": "fnv1_32(b)",
    "fnv1a_32": "fnv1a_32(b)",
    "fnv1_64": "fnv1_64(b)",
    "fnv1a_64": "fnv1a_64(b)",
    "siphash_2_4_64": "siphash64(b, {0}, {1})",
    "tf_strong_keyed_hash": "siphash64(b, {0}, {1})",
    "tf_string_to_hash_bucket_strong": "siphash64(b, {1}, {2}).modulo_bucket({0})",
    "crc32c": "crc32c(b)",
    "tfrecord_masked_crc32c": "bit_and(bit_or(shift_right(crc32c(b), 15), shift_left(crc32c(b), 17)) "
    "+ 2726488792, 4294967295)",
    "iceberg_murmur3_x86_32": "sign_extend(murmur3_32(b))",
    "murmur3_x86_32": "sign_extend(murmur3_32(b, {0}))",
    "clickhouse_murmurHash2_32": "murmur2_32(b)",
    "clickhouse_murmurHash2_64": "murmur2_64(b)",
    "clickhouse_gccMurmurHash": "murmur2_64(b, 3339675911)",
    "clickhouse_murmurHash3_32": "murmur3_32(b)",
    "clickhouse_murmurHash3_64": 'bit_xor(murmur3_128(b), murmur3_128(b, "high"))',
}
_HALVES = {
    "xxh3_128": "xxh3_128(b, {half}, {0})",
    "farmhash_fingerprint128": "cityhash128(b, {half})",
    "tf_fingerprint128": "cityhash128(b, {half})",
    "cityhash128": "cityhash128(b, {half})",
    "murmur3_x64_128": "murmur3_128(b, {half}, {0})",
    "clickhouse_murmurHash3_128": "murmur3_128(b, {half})",
}
"""Of 128 bits: an expression for each half."""

_ABSENT = {
    "fnv0_32": "FNV-0, which its authors keep for history only",
    "fnv0_64": "FNV-0, which its authors keep for history only",
    "siphash_2_4_128": "no operator: SipHash with 128 bits",
    "halfsiphash_2_4_32": "no operator: HalfSipHash",
    "halfsiphash_2_4_64": "no operator: HalfSipHash",
    "highwayhash64": "no operator: HighwayHash",
    "tf_string_to_hash_bucket_legacy": "no operator: TensorFlow's bucket of before 1.0",
    "geohash_encode": "a place on the earth, not a hash",
    "geohash_bbox": "a place on the earth, not a hash",
    "geohash_neighbors": "a place on the earth, not a hash",
}


def _generated(kind: str, size: int) -> bytes:
    """Return the test data of xxHash (`xsum_sanity_check.c`) or of CityHash (`city-test.cc`)."""
    data = bytearray()
    mask = 2**64 - 1
    if kind == "xxh":
        state = 2654435761
        for _ in range(size):
            data.append(state >> 56)
            state = state * 11400714785074694797 & mask
        return bytes(data)
    factor = 0xC3A5C85C97CB3127
    a, b = 9, 777
    for i in range(size):
        a = a + b & mask
        b = b + a & mask
        a = (a ^ a >> 41) * factor & mask
        b = (b ^ b >> 41) * factor + i & mask
        data.append(b >> 37 & 255)
    return bytes(data)


def _microseconds(text: str) -> int:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return (moment - epoch) // datetime.timedelta(microseconds=1)


_SIZES = {"i8": 1, "u8": 1, "i16": 2, "i32": 4, "u32": 4, "i64": 8}
_ICEBERG: dict[str, Callable[[Any], int]] = {
    "i32": int,
    "i64": int,
    "bool": int,
    "date": lambda text: (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days,
    "time": lambda text: _microseconds(f"1970-01-01T{text}"),
    "timestamp": _microseconds,
    "timestamptz": _microseconds,
    "f32": lambda x: struct.unpack("<q", struct.pack("<d", float(x) + 0.0))[0],
    "f64": lambda x: struct.unpack("<q", struct.pack("<d", float(x) + 0.0))[0],
}
"""What Iceberg hashes as the 8 bytes of a long."""


def _raw(function: str, argument: dict[str, Any], pools: dict[str, bytes]) -> bytes:
    """Return the bytes that a system hashes for a value."""
    kind = argument["type"]
    if "hex" in argument:
        return bytes.fromhex(argument["hex"])
    if "gen" in argument:
        start = argument["offset"]
        return pools[argument["gen"]][start : start + argument["len"]]
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
    return int(value).to_bytes(_SIZES[kind], "little", signed=kind.startswith("i"))


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


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


def _wanted(expected: dict[str, Any]) -> int:
    return int(expected.get("u64_le") or expected["value"]) % 2**64


def test_hashes() -> None:
    records = list(_records("hash"))
    sizes: Counter[str] = Counter()
    for record in records:
        first = record["args"][0]
        if "gen" in first and "hex" not in first:
            sizes[first["gen"]] = max(sizes[first["gen"]], first["offset"] + first["len"])
    pools = {kind: _generated(kind, size) for kind, size in sizes.items()}
    skipped: Counter[str] = Counter()
    batches: dict[str, list[tuple[bytes, int, str]]] = defaultdict(list)
    used = 0
    for record in records:
        function, arguments, expected = record["function"], record["args"], record["expected"]
        if function in _ABSENT:
            skipped[_ABSENT[function]] += 1
            continue
        if function.startswith("spark_"):
            skipped["written in SQL, see test_spark"] += 1
            continue
        raw = _raw(function, arguments[0], pools)
        numbers = _numbers(arguments[1:])
        used += 1
        if function in _HALVES:
            if "hex" in expected or isinstance(expected.get("value"), str):
                low, high = struct.unpack("<QQ", bytes.fromhex(expected["value"]))
            else:
                low, high = int(expected["low64"]), int(expected["high64"])
            for half, wanted in (('"low"', low), ('"high"', high)):
                expression = _HALVES[function].format(*numbers, half=half)
                batches[expression].append((raw, wanted, record["source"]))
        else:
            expression = _EXPRESSIONS[function].format(*numbers)
            batches[expression].append((raw, _wanted(expected), record["source"]))
    wrong = []
    for expression, batch in batches.items():
        (found,) = evaluate([expression], {"b": "bytes"}, {"b": [raw for raw, _, _ in batch]})
        for (raw, wanted, source), got in zip(batch, found, strict=True):
            if got is None or got % 2**64 != wanted:
                wrong.append(f"{source}: {expression} of {raw[:40].hex()}: {got}, not {wanted}")
    _report("hash", used, skipped)
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:20])
    assert used > 3_300


def test_generated_data_is_that_of_the_records() -> None:
    """The generators give the bytes that the smaller records spell out."""
    pools = {"xxh": _generated("xxh", 3000), "farm": _generated("farm", 100_000)}
    compared = 0
    for record in _records("hash"):
        first = record["args"][0]
        if "gen" not in first or "hex" not in first:
            continue
        end = first["offset"] + first["len"]
        if end <= len(pools[first["gen"]]):
            assert pools[first["gen"]][first["offset"] : end].hex() == first["hex"], record[
                "source"
            ]
            compared += 1
    assert compared > 1_000


def test_typed_values_of_iceberg() -> None:
    """The values that the language has types for go through `iceberg_bucket` itself."""
    types = {"i32": "int", "i64": "int", "string": "string", "bytes": "bytes"}
    types |= {"timestamp": "timestamp", "timestamptz": "timestamp"}
    used = 0
    for record in _records("hash"):
        argument = record["args"][0]
        if not record["function"].startswith("iceberg") or argument["type"] not in types:
            continue
        value: Any = argument.get("value")
        if "hex" in argument:
            value = bytes.fromhex(argument["hex"])
        if types[argument["type"]] == "timestamp":
            value = _microseconds(value)
        for buckets in (16, 2**31 - 1):
            (found,) = evaluate(
                [f"iceberg_bucket(x, {buckets})"], {"x": types[argument["type"]]}, {"x": [value]}
            )
            assert found == [(record["expected"]["value"] & 0x7FFFFFFF) % buckets], record
        used += 1
    assert used == 8


def test_spark() -> None:
    """The arguments are written in SQL: `'Spark', array(123), 2`, where the numbers are of the type INT."""
    chained = '{0}(2, {0}([123], {0}("Spark"), "int"), "int")'
    expressions = {
        "spark_hash": chained.format("spark_hash"),
        "spark_xxhash64": chained.format("spark_xxhash64"),
        "spark_crc32": 'to_string(crc32("Spark"))',
        "spark_md5": 'hex(md5("Spark"))',
        "spark_sha": 'hex(sha1("Spark"))',
        "spark_sha1": 'hex(sha1("Spark"))',
        "spark_sha2": 'hex(sha256("Spark"))',
    }
    used = 0
    for record in _records("hash"):
        expression = expressions.get(record["function"])
        if expression is not None:
            (found,) = evaluate([expression], {"x": "int"}, {"x": [0]})
            assert str(found[0]) == record["expected"]["value"], record
            used += 1
    assert used == len(expressions)
