"""Arrow data whose buffers begin anywhere: a part of a message need not lie at multiples of eight bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import feature_extractor as fx
import pyarrow as pa
import pytest

PROGRAM = """
input request {
    now: timestamp
    history: list<{item: int, price: float, at: timestamp}>
}
input candidate {
    item, small: int
    price, weight, half: float
    title, long_title, seen_title: string
    color: string
    released: timestamp
    tags: list<string>
    related: list<int>
    prices: map<string, float>
    embedding: vector<4>
}
feature seen : dense = history.count(e -> e.item == item)
feature paid : dense = history.filter(e -> e.at < now).map(e -> e.price).sum() ?? 0.0
feature both : dense = item * 1.0 + small
feature cost : dense = price * weight + half
feature words : dense = concat(title, long_title, seen_title, color).length() ?? 0
feature hashed : id(1000) = hash_bucket(title, 1000)
feature age : dense = (now - released) / 1d
feature tagged : dense = tags.contains("red").to_float() + tags.length()
feature near : dense = related.contains(item).to_float() + related.length()
feature asked : dense = prices["a"] ?? 0.5
feature angle : dense = dot(embedding, embedding) ?? 0.0
"""
NOW = datetime(2026, 1, 31, 12, 30, tzinfo=UTC)
ROWS = 37


def tables() -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Return a request and its candidates, in as many layouts as Arrow has for the inputs."""
    request = pa.RecordBatch.from_pylist(
        [
            {
                "now": NOW,
                "history": [
                    {"item": i % 5, "price": i * 0.5, "at": NOW - timedelta(hours=i)}
                    for i in range(11)
                ],
            }
        ],
        schema=pa.schema(
            [
                ("now", pa.timestamp("ns", "UTC")),
                (
                    "history",
                    pa.list_(
                        pa.struct(
                            [
                                ("item", pa.int64()),
                                ("price", pa.float64()),
                                ("at", pa.timestamp("us", "UTC")),
                            ]
                        )
                    ),
                ),
            ]
        ),
    )
    texts = [
        None if i % 9 == 8 else f"ein Titel, länger als zwölf {i}" * (i % 3) for i in range(ROWS)
    ]
    columns = {
        "item": pa.array([i % 7 for i in range(ROWS)], pa.int64()),
        "small": pa.array([i - 5 for i in range(ROWS)], pa.int16()),
        "price": pa.array([i * 0.25 for i in range(ROWS)], pa.float64()),
        "weight": pa.array([i * 0.125 for i in range(ROWS)], pa.float32()),
        "half": pa.array([i * 0.5 for i in range(ROWS)], pa.float32()).cast(pa.float16()),
        "title": pa.array(texts, pa.string()),
        "long_title": pa.array(texts[::-1], pa.large_string()),
        "seen_title": pa.array(texts, pa.string_view()),
        "color": pa.array(["red", "blue"] * 18 + ["red"]).dictionary_encode(),
        "released": pa.array([NOW - timedelta(days=i) for i in range(ROWS)], pa.timestamp("ms", "UTC")),
        "tags": pa.array([["red", "new"][: i % 3] for i in range(ROWS)], pa.list_(pa.string())),
        "related": pa.array([list(range(i % 6)) for i in range(ROWS)], pa.large_list(pa.int32())),
        "prices": pa.array(
            [{"a": i * 1.5, "b": 1.0} if i % 4 else {} for i in range(ROWS)],
            pa.map_(pa.string(), pa.float64()),
        ),
        "embedding": pa.array([[i * 1.0, 1, 2, 3] for i in range(ROWS)], pa.list_(pa.float32(), 4)),
    }  # fmt: skip
    return request, pa.RecordBatch.from_pydict(columns)


def moved(batch: pa.RecordBatch, by: int) -> pa.RecordBatch:
    """Return the batch as a part of a message that begins ``by`` bytes behind a multiple of 16."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    message = bytearray(64) + bytearray(sink.getvalue().to_pybytes())
    whole = pa.py_buffer(bytes(message))
    begin = -whole.address % 16 + by
    shifted = bytes(begin) + bytes(message[64:])
    whole = pa.py_buffer(shifted)
    begin_of_message = whole.slice(begin)
    return pa.ipc.open_stream(begin_of_message).read_next_batch()


@pytest.mark.parametrize("by", [1, 2, 4, 7])
def test_values_lie_anywhere(by: int) -> None:
    extractor = fx.compile_text(PROGRAM).extractor()
    request, candidates = tables()
    expected = extractor.extract_request(request, candidates)
    unaligned = moved(candidates, by)
    assert unaligned.column("item").buffers()[1].address % 8 == by % 8
    found = extractor.extract_request(moved(request, by), unaligned)
    assert found.digest() == expected.digest()
    sliced = extractor.extract_request(moved(request, by), unaligned.slice(3, 11))
    assert sliced.digest() == extractor.extract_request(request, candidates.slice(3, 11)).digest()
