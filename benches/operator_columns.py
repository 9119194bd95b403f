"""The columns that the table of operators is measured on: the ranking table, and texts to parse."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import numpy as np
import pyarrow as pa

from benches.ranking_table import GENRES, VECTOR_SIZE, ranking_table

TYPES = {
    **dict.fromkeys(["user_id", "item", "views", "clicks"], "int"),
    **dict.fromkeys(["price", "cost", "weight", "score", "share"], "float"),
    **dict.fromkeys(["latitude", "longitude", "other_latitude", "other_longitude"], "float"),
    **dict.fromkeys(["flag", "other_flag"], "bool"),
    **dict.fromkeys(["now", "released"], "timestamp"),
    **dict.fromkeys(["items", "left_set", "right_set", "history_item"], "list<int>"),
    **dict.fromkeys(["taste", "other_taste"], "map<string, float>"),
    **dict.fromkeys(["profile", "embedding"], f"vector<{VECTOR_SIZE}>"),
    "rating": "float?",
    "optional_items": "list<int>?",
    "blob": "bytes",
    "message": "bytes",
    "prices": "list<float>",
    "query_weights": "list<float>",
    "weights": "list<float>",
    "words": "list<string>",
    "query_words": "list<string>",
    "history_at": "list<timestamp>",
    "vectors": f"list<vector<{VECTOR_SIZE}>>",
}
VECTORS = 4


def declared_type(column: str) -> str:
    """Return the type that a program declares for the column; a text unless said otherwise."""
    return TYPES.get(column, "string")


def operator_columns(rows: int, seed: int = 20_261_122) -> tuple[pa.RecordBatch, list[str]]:
    """Return the columns of ``rows`` rows, and the words that the vocabulary holds."""
    random = np.random.default_rng(seed)
    data = ranking_table(rows)
    columns: dict[str, Any] = dict(zip(data.batch.schema.names, data.batch.columns, strict=True))
    titles = columns["title"].to_pylist()
    columns |= {
        "share": pa.array(random.random(rows) * 0.998 + 0.001),
        "flag": pa.array(random.random(rows) < 0.5),
        "other_flag": pa.array(random.random(rows) < 0.5),
        "optional_items": _with_nulls(columns["items"], random.random(rows) < 0.1),
        "other_title": columns["title"].take(pa.array(random.permutation(rows))),
        "other_taste": columns["taste"].take(pa.array(random.permutation(rows))),
        "accented": pa.array([title.replace("e", "é").replace("a", "Ä") for title in titles]),
    }
    for prefix in ("", "other_"):
        columns[f"{prefix}latitude"] = pa.array(random.random(rows) * 160.0 - 80.0)
        columns[f"{prefix}longitude"] = pa.array(random.random(rows) * 359.0 - 179.5)
    columns |= _lists(random, titles)
    columns |= _texts(random, titles)
    return pa.RecordBatch.from_pydict(columns), data.words


def _with_nulls(array: pa.Array, null: Any) -> pa.Array:
    return pa.array([None if gone else x for gone, x in zip(null, array.to_pylist(), strict=True)])


def _lists(random: np.random.Generator, titles: list[str]) -> dict[str, pa.Array]:
    rows = len(titles)
    words = [title.split(" ") for title in titles]
    offsets = pa.array(np.arange(0, VECTORS * rows + 1, VECTORS, dtype=np.int32))
    values = random.normal(0.0, 1.0, VECTORS * rows * VECTOR_SIZE).astype(np.float32)
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(values), VECTOR_SIZE)
    weights = pa.array(random.random(VECTORS * rows))
    return {
        "words": pa.array(words),
        "query_words": pa.array([found[:3] for found in words]),
        "query_weights": pa.array([[1.0, 2.0, 3.0]] * rows),
        "vectors": pa.ListArray.from_arrays(offsets, vectors),
        "weights": pa.ListArray.from_arrays(offsets, weights),
    }


def _texts(random: np.random.Generator, titles: list[str]) -> dict[str, pa.Array]:
    """Return texts such as logs hold them: numbers, times, JSON, addresses, weights."""
    rows = len(titles)
    ints = random.integers(0, 1_000_000, (rows, 6)).tolist()
    floats = np.round(random.random((rows, 6)) * 100.0, 3).tolist()
    agents = [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/124.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
    ]
    made: dict[str, list[Any]] = {
        "blob": [title.encode() for title in titles],
        "message": [_message(t, a, b) for t, a, b in zip(titles, ints, floats, strict=True)],
        "base64_text": [base64.b64encode(title.encode()).decode() for title in titles],
        "hex_text": [f"{a:016x}" for a in random.integers(0, 2**62, rows).tolist()],
        "other_hex_text": [f"{a:016x}" for a in random.integers(0, 2**62, rows).tolist()],
        "bool_text": [["true", "false"][a & 1] for a, *_ in ints],
        "int_text": [str(a) for a, *_ in ints],
        "float_text": [str(a) for a, *_ in floats],
        "time_text": [f"2026-{a % 12 + 1:02}-{b % 28 + 1:02}T{c % 24:02}:30:15Z" for a, b, c, *_ in ints],
        "date_text": [f"{b % 28 + 1:02}/{a % 12 + 1:02}/2026 {c % 24:02}:30" for a, b, c, *_ in ints],
        "int_list_text": [",".join(map(str, row)) for row in ints],
        "float_list_text": [",".join(map(str, row)) for row in floats],
        "id_weight_text": [_pairs(a, b) for a, b in zip(ints, floats, strict=True)],
        "weight_text": [_pairs(GENRES, row) for row in floats],
        "ip": [f"10.{a % 256}.{b % 256}.{c % 256}" for a, b, c, *_ in ints],
        "version": [f"{a % 20}.{b % 30}.{c % 99}" for a, b, c, *_ in ints],
        "query": [f"q=red+shoes+{a}&page={b % 9}&from=caf%C3%A9" for a, b, *_ in ints],
        "url": [f"https://shop{a % 90}.example.com/shoes/{b}?page={c % 9}&q=red" for a, b, c, *_ in ints],
        "user_agent": [agents[a % 3] for a, *_ in ints],
        "geohash_text": ["".join("0123456789bcdefghjkmnpqrstuvwxyz"[a % 32] for a in row) for row in ints],
        "json_text": [
            json.dumps(
                {
                    "user": {"name": f"Ann {a[0]}", "country": "de"},
                    "tags": ["new", "red", "sale"],
                    "ids": a,
                    "vector": b,
                    "taste": dict(zip(GENRES, b[:3], strict=False)),
                    "new": a[1] % 2 == 0,
                    "clicks": a[2],
                    "price": b[5],
                }
            )
            for a, b in zip(ints, floats, strict=True)
        ],
    }  # fmt: skip
    return {name: pa.array(values) for name, values in made.items()}


def _pairs(keys: list[Any], values: list[float]) -> str:
    return ",".join(f"{key}:{value}" for key, value in zip(keys, values, strict=False))


def _message(title: str, ints: list[int], floats: list[float]) -> bytes:
    """Return a message of Protocol Buffers: 1 an int, 2 a text, 3 a double, 4 ints, 5 doubles, 6 words."""

    def varint(value: int) -> bytes:
        digits = bytearray()
        while value > 0x7F:
            digits.append(value & 0x7F | 0x80)
            value >>= 7
        return bytes([*digits, value])

    def delimited(field: int, content: bytes) -> bytes:
        return bytes([field << 3 | 2]) + varint(len(content)) + content

    fields = [
        b"\x08" + varint(ints[0]),
        delimited(2, title.encode()),
        b"\x19" + struct.pack("<d", floats[0]),
        delimited(4, b"".join(varint(value) for value in ints)),
        delimited(5, struct.pack(f"<{len(floats)}d", *floats)),
        *(delimited(6, word.encode()) for word in title.split(" ")),
    ]
    return b"".join(fields)
