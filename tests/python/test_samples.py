"""Samples as TFRecord: read back by Google's protobuf and CRC32C."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pa = pytest.importorskip("pyarrow", reason="tables are made with pyarrow")
pytest.importorskip("google.protobuf", reason="records are read by protobuf")
pytest.importorskip("google_crc32c", reason="checksums are compared with google-crc32c")

import feature_extractor as fx
from feature_extractor import _native
from feature_extractor.samples import TFRecordWriter, feature_description, reader_code, tfrecords
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorflow_messages import example, masked, records, sequence_example, serialised

CASES = (
    Path(os.environ.get("FEATURE_EXTRACTOR_SHARED", Path(__file__).parents[3] / "shared"))
    / "cases"
    / "hash.jsonl.gz"
)
WEIGHTED = pa.large_list(pa.struct([("id", pa.int64()), ("weight", pa.float32())]))
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 300)
FLOATS = st.floats(width=32, allow_nan=False)


def encoded(batch: Any, form: Any = "example") -> bytes:
    return b"".join(chunk.tobytes() for chunk in tfrecords(batch, form))


@st.composite
def batches(draw: st.DrawFn) -> Any:
    rows = draw(st.integers(0, 5))

    def column(kind: Any, values: st.SearchStrategy[Any], nullable: bool = True) -> Any:
        each = st.none() | values if nullable else values
        return pa.array(draw(st.lists(each, min_size=rows, max_size=rows)), kind)

    pair = st.fixed_dictionaries({"id": INTEGERS, "weight": FLOATS})
    long = st.binary(max_size=300)
    batch = pa.record_batch(
        {
            "dense": column(pa.float32(), FLOATS),
            "whole": column(pa.float32(), FLOATS, nullable=False),
            "vector": column(pa.list_(pa.float32(), 3), st.lists(FLOATS, min_size=3, max_size=3)),
            "narrow": column(pa.list_(pa.float32(), 1), st.lists(FLOATS, min_size=1, max_size=1)),
            "none": column(pa.list_(pa.float32(), 0), st.just([])),
            "id": column(pa.int64(), INTEGERS),
            "ids": column(pa.large_list(pa.int64()), st.lists(INTEGERS, max_size=40)),
            "short_ids": column(pa.list_(pa.int64()), st.lists(INTEGERS, max_size=3)),
            "weights": column(pa.list_(pa.float32()), st.lists(FLOATS, max_size=50)),
            "weighted": column(WEIGHTED, st.lists(pair, max_size=3)),
            "text": column(pa.large_string(), st.text(max_size=300)),
            "bytes": column(pa.binary(), long),
            "words": column(pa.list_(pa.string()), st.lists(st.text(max_size=200), max_size=3)),
            "a name with spaces, \N{SNOWMAN} and more than 127 bytes" + "x" * 128: column(pa.int64(), INTEGERS),
        }
    )  # fmt: skip
    start = draw(st.integers(0, rows))
    return batch.slice(start, draw(st.integers(0, rows - start)))


def wanted(row: dict[str, Any]) -> dict[str, tuple[str, list[Any]]]:
    """Return what a reader should find for a row of `batches`."""
    kinds = {"id": "int64", "ids": "int64", "short_ids": "int64", "text": "bytes", "bytes": "bytes"}
    kinds["words"] = "bytes"
    found: dict[str, tuple[str, list[Any]]] = {}
    for name, value in row.items():
        if value is None:
            continue
        if name == "weighted":
            found["weighted_ids"] = ("int64_list", [pair["id"] for pair in value])
            found["weighted_weights"] = ("float_list", [pair["weight"] for pair in value])
            continue
        items = value if isinstance(value, list) else [value]
        items = [item.encode() if isinstance(item, str) else item for item in items]
        kind = "int64" if name.startswith("a name") else kinds.get(name, "float")
        found[name] = (f"{kind}_list", items)
    return found


SEQUENCES = {"ids", "short_ids", "weights", "weighted_ids", "weighted_weights", "words"}


@settings(max_examples=150, deadline=None)
@given(batches())
def test_examples_are_read_back(batch: Any) -> None:
    found = records(encoded(batch))
    assert [example(record) for record in found] == [wanted(row) for row in batch.to_pylist()]
    # The same bytes in another order: the shortest form of every length and number.
    assert [len(record) for record in found] == [len(serialised(r, "Example")) for r in found]


@settings(max_examples=100, deadline=None)
@given(batches())
def test_sequence_examples_are_read_back(batch: Any) -> None:
    found = records(encoded(batch, "sequence"))
    for record, row in zip(found, batch.to_pylist(), strict=True):
        context, lists = sequence_example(record)
        both = wanted(row)
        assert context == {name: both[name] for name in both if name not in SEQUENCES}
        assert lists == {
            name: [(kind, [value]) for value in values]
            for name, (kind, values) in both.items()
            if name in SEQUENCES
        }
        assert len(record) == len(serialised(record, "SequenceExample"))


@given(st.binary(max_size=200))
def test_checksums(content: bytes) -> None:
    assert _native.masked_crc32c(content) == masked(content)


@pytest.mark.skipif(
    not CASES.is_file(),
    reason="the published cases are not here; set FEATURE_EXTRACTOR_SHARED to their folder",
)
def test_published_checksums() -> None:
    used = 0
    with gzip.open(CASES, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["function"] not in ("tfrecord_masked_crc32c", "crc32c"):
                continue
            if [argument["type"] for argument in record["args"]] != ["bytes"]:
                continue
            value = int(record["expected"]["value"])
            if record["function"] == "crc32c":
                value = ((value >> 15 | value << 17) + 0xA282EAD8) % 2**32
            content = bytes.fromhex(record["args"][0]["hex"])
            assert _native.masked_crc32c(content) == value, record["source"]
            used += 1
    assert used > 20


def program(text: str) -> fx.Extractor:
    return fx.compile_text(text).extractor()


EVERY_KIND = """
input request { user: string }
input candidate { movie: int, tags: list<string>, taste: map<string, float>, embedding: vector<2> }
feature bought : label                   = movie % 2
feature d      : dense                   = movie / 3.0
feature v      : dense                   = embedding
feature i      : id(100)                 = movie
feature ids    : ids(100, max = 3)       = tags.hash_bucket(100)
feature w      : weighted(100, max = 2)  = taste.entries().map(t -> {id: t.key.hash_bucket(100), weight: t.value})
feature t      : text                    = user
"""


def every_kind_rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "user": f"u{n // 4}",
            "movie": n,
            "tags": [str(i) for i in range(n % 4)],
            "taste": {str(i): i / 2 for i in range(n % 3)},
            "embedding": [n, -n],
        }
        for n in range(count)
    ]


def test_every_kind_of_feature(tmp_path: Path) -> None:
    extraction = program(EVERY_KIND).extract(every_kind_rows(50))
    path = tmp_path / "samples.tfrecord.gz"
    with TFRecordWriter(path) as writer:
        writer.write(extraction)
        writer.write(extraction)
    found = [example(record) for record in records(gzip.decompress(path.read_bytes()))]
    assert found[:50] == found[50:]
    names = ["bought", "d", "v", "i", "ids", "w_ids", "w_weights", "t"]
    raw = records(gzip.decompress(path.read_bytes()))[0]
    keys = [b"\n" + bytes([len(name)]) + name.encode() for name in names]
    assert [raw.index(key) for key in keys] == sorted(raw.index(key) for key in keys)
    for row, features in enumerate(found[:50]):
        assert set(features) == set(names)
        assert features["d"] == ("float_list", [extraction["d"][row]])
        assert features["v"] == ("float_list", extraction["v"][row].tolist())
        assert features["i"] == ("int64_list", [row])
        assert features["ids"] == ("int64_list", extraction["ids"][row].tolist())
        assert features["w_ids"] == ("int64_list", extraction["w"][row].tolist())
        assert features["t"] == ("bytes_list", [extraction["t"][row].encode()])


def test_large_batches_come_in_parts_that_are_whole_records() -> None:
    batch = pa.record_batch({"text": pa.array(["x" * 2000] * 2000)})
    parts = [chunk.tobytes() for chunk in tfrecords(batch)]
    assert len(parts) > 2
    assert sum(len(records(part)) for part in parts) == 2000
    assert max(map(len, parts)) < 1.1 * 2**20


def test_files_do_not_depend_on_batches_or_time(tmp_path: Path) -> None:
    batch = pa.record_batch({"a": pa.array(range(100))})

    def written(parts: Sequence[Any]) -> bytes:
        target = io.BytesIO()
        with TFRecordWriter(target, compressed=True) as writer:
            for part in parts:
                writer.write(part)
        return target.getvalue()

    assert written([batch]) == written([batch.slice(0, 7), batch.slice(7)])
    assert struct.unpack_from("<I", written([batch]), 4) == (0,)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"a": pa.array([1], pa.int32())}, "Column 'a' is of Arrow format 'i'"),
        ({"a": pa.array([[1, None]])}, "Column 'a' has nulls within its lists"),
        ({"a": pa.array([[[1]]])}, "Column 'a' is a list of a type"),
        ({"a": pa.array(["x"]).dictionary_encode()}, "Column 'a' is dictionary-encoded"),
        ({"w": pa.array([[]], WEIGHTED), "w_ids": pa.array([1])}, "would be called 'w_ids'"),
    ],
)
def test_what_a_sample_cannot_hold_is_refused(columns: dict[str, Any], told: str) -> None:
    with pytest.raises(fx.EngineError, match=told):
        encoded(pa.record_batch(columns))


def test_the_description_fits_the_records() -> None:
    compiled = fx.compile_text(EVERY_KIND)
    features = compiled.package.manifest["features"]
    extraction = compiled.extractor().extract(every_kind_rows(20))
    kinds = {"float_list": "float32", "int64_list": "int64", "bytes_list": "string"}
    flat = feature_description(features)
    assert not flat["sequence"]
    for record in map(example, records(encoded(extraction))):
        assert set(record) == set(flat["context"])
        for name, (kind, values) in record.items():
            told = flat["context"][name]
            assert told["dtype"] == kinds[kind]
            if told["parser"] == "FixedLenFeature":
                assert len(values) == (told["shape"] or [1])[0]
            assert len(values) <= told.get("max", len(values))
            if "size" in told:
                assert all(0 <= value < told["size"] for value in values)
    sequence = feature_description(features, "sequence")
    for context, lists in map(sequence_example, records(encoded(extraction, "sequence"))):
        assert set(context) == set(sequence["context"])
        assert set(lists) == set(sequence["sequence"])


@pytest.mark.parametrize("form", ["example", "sequence"])
def test_the_code_for_readers_calls_what_tensorflow_has(form: Any) -> None:
    """TensorFlow is too large to be installed here: a stand-in notes how it is called."""

    class Noted:
        def __getattr__(self, name: str) -> Any:
            if name in ("float32", "int64", "string"):
                return name
            assert name in ("io", "FixedLenFeature", "RaggedFeature", "FixedLenSequenceFeature")
            return self if name == "io" else lambda *arguments: (name, *arguments)

    code = reader_code(fx.compile_text(EVERY_KIND).package.manifest["features"], form)
    found: dict[str, Any] = {}
    exec(code.replace("import tensorflow as tf", ""), {"tf": Noted()}, found)
    context = found["FEATURES" if form == "example" else "CONTEXT"]
    assert context["v"] == ("FixedLenFeature", [2], "float32")
    assert context["t"] == ("FixedLenFeature", [], "string")
    if form == "example":
        assert context["w_weights"] == ("RaggedFeature", "float32")
    else:
        assert found["SEQUENCES"]["w_ids"] == ("FixedLenSequenceFeature", [], "int64")
