"""``fx run`` to TFRecord files and to several files, and the code that ``fx explain`` gives for reading."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from fx_outcome import Run

pa = pytest.importorskip("pyarrow")
pytest.importorskip("google.protobuf", reason="records are read by protobuf")
pytest.importorskip("google_crc32c", reason="checksums are compared with google-crc32c")
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))
from tensorflow_messages import example, records, sequence_example


def features(path: str) -> list[dict[str, Any]]:
    """Return the values of the features of each record."""
    content = Path(path).read_bytes()
    content = gzip.decompress(content) if path.endswith(".gz") else content
    return [
        {name: values for name, (_, values) in example(record).items()}
        for record in records(content)
    ]


def as_sample(row: dict[str, Any]) -> dict[str, list[Any]]:
    """Return what a row of JSON should be in a sample."""
    found: dict[str, list[Any]] = {}
    for name, value in row.items():
        if name == "liked":
            found["liked_ids"] = [entry["id"] for entry in value]
            found["liked_weights"] = [entry["weight"] for entry in value]
        else:
            values = value if isinstance(value, list) else [value]
            found[name] = [v.encode() if isinstance(v, str) else v for v in values]
    return found


@pytest.mark.parametrize("suffix", ["tfrecord", "tfrecord.gz", "tfrecords"])
def test_samples_have_the_values_of_other_formats(
    fx: Run, ranking: str, log: str, suffix: str
) -> None:
    rows = fx("run", ranking, "-i", log, "-q").rows()
    found = fx("run", ranking, "-i", log, "-o", f"samples.{suffix}", "-q", "--batch-rows", "2")
    assert (found.code, found.err) == (0, "")
    wanted = [as_sample(row) for row in rows]
    assert [set(sample) for sample in features(f"samples.{suffix}")] == [set(w) for w in wanted]
    for sample, row in zip(features(f"samples.{suffix}"), wanted, strict=True):
        for name, values in sample.items():
            assert values == pytest.approx(row[name], rel=1e-7) if name != "name" else row[name]


def test_kept_columns_become_what_samples_know(fx: Run, ranking: str, log: str) -> None:
    kept = ["--keep", "user,age,now,tags,vector,length", "--select", "bucket"]
    found = fx("run", ranking, "-i", log, "-o", "samples.tfrecord", "-q", *kept)
    assert (found.code, found.err) == (0, "")
    first = features("samples.tfrecord")[0]
    assert first["user"] == [b"Ann"]
    assert "age" not in first
    assert first["now"] == [1_769_860_800_000_000]
    assert first["tags"] == [b"drama", b"war"]
    assert first["vector"] == [0.5, 0.25]
    assert first["length"] == [5_400_000_000]
    found = fx("run", ranking, "-i", log, "-o", "other.tfrecord", "-q", "--keep", "history")
    assert (found.code, "`history`" in found.err, "write Parquet" in found.err) == (1, True, True)
    assert not Path("other.tfrecord").exists()


def test_sequence_examples(fx: Run, ranking: str, log: str) -> None:
    rows = fx("run", ranking, "-i", log, "-q").rows()
    command = ["-o", "samples.tfrecord", "-q", "--tf-example", "sequence"]
    assert fx("run", ranking, "-i", log, *command).code == 0
    found = [sequence_example(r) for r in records(Path("samples.tfrecord").read_bytes())]
    assert [lists["tag_ids"] for _, lists in found] == [
        [("int64_list", [number]) for number in row["tag_ids"]] for row in rows
    ]
    assert set(found[0][1]) == {"tag_ids", "liked_ids", "liked_weights"}


@pytest.mark.parametrize("name", ["samples.tfrecord.gz", "samples.tfrecord"])
def test_shards_take_turns(fx: Run, ranking: str, log: str, name: str) -> None:
    assert fx("run", ranking, "-i", log, "-i", log, "-o", name, "-q").code == 0
    whole = features(name)
    for rows in ("1", "4", "100"):
        command = ["-o", name, "-q", "--shards", "4", "--batch-rows", rows]
        assert fx("run", ranking, "-i", log, "-i", log, *command).code == 0
        stem, suffix = name.split(".", 1)
        parts = [features(f"{stem}-{i:05d}-of-00004.{suffix}") for i in range(4)]
        assert parts == [whole[i::4] for i in range(4)]


def test_other_formats_are_sharded_too(fx: Run, ranking: str, log: str) -> None:
    fx("run", ranking, "-i", log, "-o", "one.parquet", "-q")
    assert fx("run", ranking, "-i", log, "-o", "one.parquet", "-q", "--shards", "2").code == 0
    whole = parquet.read_table("one.parquet").to_pylist()
    for number in range(2):
        part = parquet.read_table(f"one-0000{number}-of-00002.parquet").to_pylist()
        assert part == whole[number::2]
    same = fx("digest", "one-*.parquet", "--compare", "one.parquet")
    assert (same.code, same.err) == (0, "")


def test_a_run_that_fails_leaves_no_shard(fx: Run, ranking: str, log: str) -> None:
    lines = Path(log).read_text(encoding="utf-8")
    Path("wrong.jsonl").write_text(lines + '{"user": 1}\n', encoding="utf-8")
    command = ["-o", "samples.tfrecord", "-q", "--shards", "3", "--batch-rows", "1"]
    assert fx("run", ranking, "-i", "wrong.jsonl", *command).code == 1
    assert not list(Path().glob("*samples*"))


def test_wrong_usage(fx: Run, ranking: str, log: str) -> None:
    for arguments, told in [
        (["--shards", "2"], "--shards needs files"),
        (["-o", "a.parquet", "--tf-example", "sequence"], "not for parquet"),
    ]:
        found = fx("run", ranking, "-i", log, *arguments)
        assert (found.code, told in found.err) == (2, True)


def test_the_code_that_reads(fx: Run, ranking: str, log: str) -> None:
    code = fx("explain", ranking, "--format", "tf").out
    compile(code, "reader.py", "exec")
    assert '"where": tf.io.FixedLenFeature([2], tf.float32),' in code
    assert '"bucket": tf.io.FixedLenFeature([], tf.int64),  # ids in [0, 10)' in code
    fx("run", ranking, "-i", log, "-o", "samples.tfrecord", "-q")
    told = json.loads(fx("explain", ranking, "--format", "tf-json").out)
    assert set(told["context"]) == set(features("samples.tfrecord")[0])
    sequence = fx("explain", ranking, "--format", "tf", "--tf-example", "sequence").out
    assert '"liked_ids": tf.io.FixedLenSequenceFeature([], tf.int64),' in sequence
    some = json.loads(fx("explain", ranking, "--format", "tf-json", "--feature", "hours").out)
    assert list(some["context"]) == ["hours"]
    wrong = fx("explain", ranking, "--format", "tf", "--feature", "hour")
    assert (wrong.code, "Did you mean `hours`?" in wrong.err) == (2, True)
    assert fx("explain", ranking, "--format", "tf", "--plan").code == 2
