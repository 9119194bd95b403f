"""Hashes, encodings and bit operators against mmh3, xxhash, zlib, hashlib, google-crc32c and plain Python."""

from __future__ import annotations

import base64
import hashlib
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

import google_crc32c
import mmh3
import pytest
import xxhash
from feature_extractor.testing.evaluation import evaluate
from feature_extractor.testing.random_values import random_value
from feature_extractor.types import BYTES, FLOAT, INT, STRING, Type

ROWS = 1200
_MASK = 2**64 - 1
_TYPES: dict[str, Type] = {"x": INT, "y": INT, "f": FLOAT, "s": STRING, "b": BYTES}


def _rows() -> dict[str, list[Any]]:
    """Return random values; the bytes have every size from 0 to 300, so that each branch of a hash is taken."""
    source = random.Random("hashes")
    rows = {
        name: [random_value(source, type_) for _ in range(ROWS)] for name, type_ in _TYPES.items()
    }
    rows["b"] = [source.randbytes(i % 301) for i in range(ROWS)]
    rows["n"] = [source.choice([0, 1, 31, 32, 63, 64, 65, 2**63 - 1, -1]) for _ in range(ROWS)]
    return rows


_ROWS = _rows()
_NAMED = {name: str(type_) for name, type_ in _TYPES.items()} | {"n": "int"}


def _signed(value: int, bits: int = 64) -> int:
    value %= 2**bits
    return value - 2**bits if value >= 2 ** (bits - 1) else value


def _fnv(data: bytes, bits: int, xor_first: bool) -> int:
    prime, value = (0x100000001B3, 0xCBF29CE484222325) if bits == 64 else (0x01000193, 0x811C9DC5)
    for byte in data:
        value = (value ^ byte) * prime if xor_first else value * prime ^ byte
        value %= 2**bits
    return _signed(value) if bits == 64 else value


def _sip(data: bytes, low: int, high: int) -> int:
    """SipHash-2-4 as its paper writes it."""

    def rotated(x: int, left: int) -> int:
        return (x << left | x >> (64 - left)) & _MASK

    def mixed(v0: int, v1: int, v2: int, v3: int) -> tuple[int, int, int, int]:
        v0 = v0 + v1 & _MASK
        v2 = v2 + v3 & _MASK
        v1, v3 = rotated(v1, 13) ^ v0, rotated(v3, 16) ^ v2
        v0 = rotated(v0, 32)
        v2 = v2 + v1 & _MASK
        v0 = v0 + v3 & _MASK
        return v0, rotated(v1, 17) ^ v2, rotated(v2, 32), rotated(v3, 21) ^ v0

    words = struct.unpack(">4Q", b"somepseudorandomlygeneratedbytes")
    state = (words[0] ^ low, words[1] ^ high, words[2] ^ low, words[3] ^ high)
    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) % 256])
    for (word,) in struct.iter_unpack("<Q", padded):
        v0, v1, v2, v3 = mixed(*mixed(state[0], state[1], state[2], state[3] ^ word))
        state = (v0 ^ word, v1, v2, v3)
    state = (state[0], state[1], state[2] ^ 0xFF, state[3])
    for _ in range(4):
        state = mixed(*state)
    return _signed(state[0] ^ state[1] ^ state[2] ^ state[3])


def _murmur2_64(data: bytes, seed: int) -> int:
    factor = 0xC6A4A7935BD1E995
    value = (seed ^ len(data) * factor) & _MASK
    whole = len(data) // 8 * 8
    for (word,) in struct.iter_unpack("<Q", data[:whole]):
        word = word * factor & _MASK
        word = (word ^ word >> 47) * factor & _MASK
        value = (value ^ word) * factor & _MASK
    if data[whole:]:
        value = (value ^ int.from_bytes(data[whole:], "little")) * factor & _MASK
    value = (value ^ value >> 47) * factor & _MASK
    return _signed(value ^ value >> 47)


def _murmur2_32(data: bytes, seed: int) -> int:
    factor = 0x5BD1E995
    value = seed ^ len(data)
    whole = len(data) // 4 * 4
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        word = word * factor % 2**32
        word = (word ^ word >> 24) * factor % 2**32
        value = value * factor % 2**32 ^ word
    if data[whole:]:
        value = (value ^ int.from_bytes(data[whole:], "little")) * factor % 2**32
    value = (value ^ value >> 13) * factor % 2**32
    return value ^ value >> 15


def _spark_text(data: bytes, seed: int) -> int:
    """Murmur3 of the whole words by mmh3's steps, then one step for each byte that is left, with its sign."""

    def step(value: int, word: int) -> int:
        word = word * 0xCC9E2D51 % 2**32
        word = (word << 15 | word >> 17) % 2**32 * 0x1B873593 % 2**32
        value ^= word
        return ((value << 13 | value >> 19) % 2**32 * 5 + 0xE6546B64) % 2**32

    value = seed % 2**32
    whole = len(data) // 4 * 4
    for (word,) in struct.iter_unpack("<I", data[:whole]):
        value = step(value, word)
    for byte in data[whole:]:
        value = step(value, _signed(byte, 8) % 2**32)
    value ^= len(data)
    value = (value ^ value >> 16) * 0x85EBCA6B % 2**32
    value = (value ^ value >> 13) * 0xC2B2AE35 % 2**32
    return _signed(value ^ value >> 16, 32)


def _polynomial(units: list[int]) -> int:
    value = 0
    for unit in units:
        value = (value * 31 + unit) % 2**32
    return _signed(value, 32)


def _utf16(text: str) -> list[int]:
    return list(struct.unpack(f"<{len(text.encode('utf-16-le')) // 2}H", text.encode("utf-16-le")))


_HASHES: dict[str, Callable[[bytes], Any]] = {
    "xxh3_64(b, -5)": lambda b: _signed(xxhash.xxh3_64_intdigest(b, seed=2**64 - 5)),
    "xxh3_128(b)": lambda b: _signed(xxhash.xxh3_128_intdigest(b)),
    'xxh3_128(b, "high", 9)': lambda b: _signed(xxhash.xxh3_128_intdigest(b, seed=9) >> 64),
    "xxhash64(b, 42)": lambda b: _signed(xxhash.xxh64_intdigest(b, seed=42)),
    "xxhash32(b, 42)": lambda b: xxhash.xxh32_intdigest(b, seed=42),
    "murmur3_32(b, 42)": lambda b: mmh3.hash(b, 42, signed=False),
    "sign_extend(murmur3_32(b))": mmh3.hash,
    "murmur3_128(b, seed = 7)": lambda b: mmh3.hash64(b, 7)[0],
    'murmur3_128(b, "high", 7)': lambda b: mmh3.hash64(b, 7)[1],
    "murmur2_64(b, 3339675911)": lambda b: _murmur2_64(b, 3339675911),
    "murmur2_32(b, 2538058380)": lambda b: _murmur2_32(b, 2538058380),
    "fnv1_64(b)": lambda b: _fnv(b, 64, False),
    "fnv1a_64(b)": lambda b: _fnv(b, 64, True),
    "fnv1_32(b)": lambda b: _fnv(b, 32, False),
    "fnv1a_32(b)": lambda b: _fnv(b, 32, True),
    "siphash64(b, 98765, 132)": lambda b: _sip(b, 98765, 132),
    "crc32(b)": zlib.crc32,
    "crc32c(b)": google_crc32c.value,
    "md5(b)": lambda b: hashlib.md5(b).digest(),
    "sha1(b)": lambda b: hashlib.sha1(b).digest(),
    "sha256(b)": lambda b: hashlib.sha256(b).digest(),
    "spark_hash(b)": lambda b: _spark_text(b, 42),
    "spark_xxhash64(b)": lambda b: _signed(xxhash.xxh64_intdigest(b, seed=42)),
    "hive_hash(b)": lambda b: _polynomial([_signed(byte, 8) % 2**32 for byte in b]),
    "iceberg_bucket(b, 1000)": lambda b: (mmh3.hash(b) & 0x7FFFFFFF) % 1000,
    "hex(b)": bytes.hex,
    "unhex(hex(b))": lambda b: b,
    "base64_encode(b)": lambda b: base64.b64encode(b).decode(),
    'base64_encode(b, "url", false)': lambda b: base64.urlsafe_b64encode(b).decode().rstrip("="),
    "base64_decode(base64_encode(b))": lambda b: b,
    "bytes_to_int(b)": lambda b: _signed(int.from_bytes(b[:8], "big")) if len(b) >= 8 else None,
    'bytes_to_int(b, 3, 5, "little")': lambda b: (
        int.from_bytes(b[3:8], "little") if len(b) >= 8 else None
    ),
    "decode_utf8(b)": lambda b: _decoded(b),
}


def _decoded(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


_NUMBERS: dict[str, Callable[[int, int, float, int], Any]] = {
    "bit_and(x, y)": lambda x, y, f, n: x & y,
    "bit_or(x, y)": lambda x, y, f, n: x | y,
    "bit_xor(x, y)": lambda x, y, f, n: x ^ y,
    "bit_not(x)": lambda x, y, f, n: ~x,
    "bit_count(x)": lambda x, y, f, n: (x & _MASK).bit_count(),
    "shift_left(x, n)": lambda x, y, f, n: None if n < 0 else _signed(x << min(n, 64)),
    "shift_right(x, n)": lambda x, y, f, n: None if n < 0 else x >> min(n, 64),
    "shift_right_unsigned(x, n)": lambda x, y, f, n: (
        None if n < 0 else _signed((x & _MASK) >> min(n, 64))
    ),
    "sign_extend(x, 7)": lambda x, y, f, n: _signed(x, 7),
    "to_bytes(x)": lambda x, y, f, n: struct.pack("<q", x),
    'to_bytes(x, 3, "big")': lambda x, y, f, n: struct.pack(">q", x)[5:],
    "to_bytes(f)": lambda x, y, f, n: struct.pack("<d", f + 0.0),
    "slot_id(x, slot_of(y), 48)": lambda x, y, f, n: _signed(
        (y & _MASK) >> 48 << 48 | x & 2**48 - 1
    ),
    "signature_of(x, 54)": lambda x, y, f, n: x & 2**54 - 1,
    "spark_hash(x, y)": lambda x, y, f, n: mmh3.hash(struct.pack("<q", x), y % 2**32),
    'spark_hash(x, y, "int")': lambda x, y, f, n: mmh3.hash(struct.pack("<q", x)[:4], y % 2**32),
    "spark_hash(f, y)": lambda x, y, f, n: mmh3.hash(struct.pack("<d", f + 0.0), y % 2**32),
    "spark_xxhash64(x, y)": lambda x, y, f, n: _signed(
        xxhash.xxh64_intdigest(struct.pack("<q", x), seed=y & _MASK)
    ),
    'spark_xxhash64(x, y, "int")': lambda x, y, f, n: _signed(
        xxhash.xxh64_intdigest(struct.pack("<q", x)[:4], seed=y & _MASK)
    ),
    "spark_xxhash64(f, y)": lambda x, y, f, n: _signed(
        xxhash.xxh64_intdigest(struct.pack("<d", f + 0.0), seed=y & _MASK)
    ),
    "hive_hash(x, y)": lambda x, y, f, n: _signed(31 * y + (x ^ (x & _MASK) >> 32), 32),
    "iceberg_bucket(x, 97)": lambda x, y, f, n: (mmh3.hash(struct.pack("<q", x)) & 0x7FFFFFFF) % 97,
}

_TEXTS: dict[str, Callable[[str], Any]] = {
    "java_string_hash(s)": lambda s: _polynomial(_utf16(s)),
    "hive_hash(s)": lambda s: _polynomial([_signed(byte, 8) % 2**32 for byte in s.encode()]),
    "spark_hash(s)": lambda s: _spark_text(s.encode(), 42),
    "spark_xxhash64(s)": lambda s: _signed(xxhash.xxh64_intdigest(s.encode(), seed=42)),
    "murmur3_32(s)": lambda s: mmh3.hash(s, signed=False),
    "to_bytes(s)": str.encode,
}


def _compare(expression: str, wanted: list[Any]) -> None:
    (found,) = evaluate([expression], _NAMED, _ROWS)
    wrong = [(i, g, w) for i, (g, w) in enumerate(zip(found, wanted, strict=True)) if g != w]
    assert not wrong, f"{expression}: {len(wrong)} differ, first {wrong[:3]}"


@pytest.mark.parametrize("expression", _HASHES)
def test_of_bytes(expression: str) -> None:
    _compare(expression, [_HASHES[expression](b) for b in _ROWS["b"]])


@pytest.mark.parametrize("expression", _NUMBERS)
def test_of_numbers(expression: str) -> None:
    columns = zip(*(_ROWS[name] for name in "xyfn"), strict=True)
    _compare(expression, [_NUMBERS[expression](*row) for row in columns])


@pytest.mark.parametrize("expression", _TEXTS)
def test_of_texts(expression: str) -> None:
    _compare(expression, [_TEXTS[expression](s) for s in _ROWS["s"]])
