"""The digest of docs/digest.md, written a second time from the page: slow, plain, one value after the other."""

from __future__ import annotations

import struct
from typing import Any

import pyarrow as pa
import xxhash

MODULUS = 1 << 128
MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}


def encoded(value: Any) -> bytes:
    """Return the encoding of a value, given as a pyarrow scalar."""
    kind = value.type
    if pa.types.is_dictionary(kind):
        if not value.is_valid:
            return b"\0"
        return encoded(value.dictionary[value.index.as_py()])
    if not value.is_valid:
        return b"\0"
    if pa.types.is_boolean(kind):
        return b"\1" + (b"\1" if value.as_py() else b"\0")
    if pa.types.is_integer(kind):
        return b"\1" + (value.as_py() % 2**64).to_bytes(8, "little")
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        return b"\1" + struct.pack("<f", value.as_py())
    if pa.types.is_float64(kind):
        return b"\1" + struct.pack("<d", value.as_py())
    if pa.types.is_temporal(kind):
        return encoded_time(value)
    if pa.types.is_struct(kind):
        return b"\1" + b"".join(encoded(value[i]) for i in range(kind.num_fields))
    if pa.types.is_nested(kind):
        elements = list(value.values)
        return b"\1" + counted(elements) + b"".join(map(encoded, elements))
    content = value.as_py()
    content = content.encode() if isinstance(content, str) else content
    return b"\1" + counted(content) + content


def counted(items: Any) -> bytes:
    """Return how many items there are, as 8 bytes."""
    return struct.pack("<Q", len(items))


def encoded_time(value: Any) -> bytes:
    """Return the encoding of a time: microseconds, and null where 64 bits are too few."""
    kind = value.type
    if pa.types.is_date32(kind):
        number = value.value * 86_400_000_000
    elif pa.types.is_date64(kind):
        number = value.value * 1000
    elif kind.unit == "ns":
        number = value.value // 1000
    else:
        number = value.value * MICROSECONDS[kind.unit]
    return b"\1" + struct.pack("<q", number) if -(2**63) <= number < 2**63 else b"\0"


def digest(batch: pa.RecordBatch) -> tuple[dict[str, str], str, int]:
    """Return the digests of the columns, that of the rows, and the number of rows."""
    columns = dict.fromkeys(batch.schema.names, 0)
    rows = 0
    for row in range(batch.num_rows):
        joined = b""
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            number = xxhash.xxh3_128_intdigest(encoded(column[row]))
            columns[name] = (columns[name] + number) % MODULUS
            joined += number.to_bytes(16, "little")
        rows = (rows + xxhash.xxh3_128_intdigest(joined)) % MODULUS
    return {name: f"{number:032x}" for name, number in columns.items()}, f"{rows:032x}", len(batch)
