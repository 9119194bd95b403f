"""What Flink writes as TFRecord is what the core writes, record by record, and a foreign reader reads it."""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import feature_extractor as fx
import pytest
from feature_extractor.samples import tfrecords
from jvm.job_process import JobError

from .conftest import ROOT, Samples
from .session import FlinkProcess

pytest.importorskip("google.protobuf", reason="records are read by protobuf")
pytest.importorskip("google_crc32c", reason="checksums are compared with google-crc32c")
sys.path.insert(0, str(ROOT / "tests/python"))

from tensorflow_messages import example, records, sequence_example


def _records(folder: Path, compressed: bool) -> list[bytes]:
    """Return the records of all files that are complete; the reader compares the checksums."""
    assert not [path for path in folder.rglob(".*inprogress*") if path.stat().st_size]
    files = sorted(folder.glob("part-*"))
    contents = [file.read_bytes() for file in files]
    return [
        record
        for content in contents
        for record in records(gzip.decompress(content) if compressed else content)
    ]


@pytest.mark.parametrize("way", ["table", "stream"])
@pytest.mark.parametrize("form", ["example", "sequence"])
def test_records_are_those_of_the_core(
    flink: FlinkProcess,
    grocery: Samples,
    tmp_path: Path,
    form: Literal["example", "sequence"],
    way: str,
) -> None:
    compressed = form == "example"
    output = tmp_path / "out"
    flink.run(
        f"tfrecord_{way}",
        columns=grocery.columns,
        source=grocery.source,
        package=grocery.package,
        output=output,
        sequence=form == "sequence",
        compressed=compressed,
    )
    if way == "stream":
        assert all(file.name.endswith(".tfrecord") for file in output.iterdir())
    extraction = fx.load(grocery.package).extract(grocery.requests())
    wanted = records(b"".join(chunk.tobytes() for chunk in tfrecords(extraction, form)))
    assert Counter(_records(output, compressed)) == Counter(wanted)


KEPT = """
    `flag` BOOLEAN, `tiny` TINYINT, `small` SMALLINT, `whole` INT, `big` BIGINT, `number` FLOAT, `precise` DOUBLE,
    `name` STRING, `raw` BYTES, `day` DATE, `moment` TIMESTAMP_LTZ(6),
    `ids` ARRAY<BIGINT>, `vector` ARRAY<FLOAT>, `words` ARRAY<STRING>, `weighted` ARRAY<ROW<id BIGINT, weight FLOAT>>
"""
VALUES = """
    (TRUE, CAST(-1 AS TINYINT), CAST(300 AS SMALLINT), -70000, 5000000000, CAST(0.5 AS FLOAT), 0.1e0,
     'Grüße', CAST('abc' AS BYTES), DATE '2020-01-02', TO_TIMESTAMP_LTZ(1500, 3),
     ARRAY[1, -2], ARRAY[CAST(1.5 AS FLOAT)], ARRAY['a', ''],
     ARRAY[ROW(7, CAST(0.25 AS FLOAT))])
"""


@pytest.mark.parametrize("sequence", [False, True])
def test_columns_of_all_types(flink: FlinkProcess, tmp_path: Path, sequence: bool) -> None:
    flink.run(
        "tfrecord_values", columns=KEPT, values=VALUES, output=tmp_path / "a", sequence=sequence
    )
    (record,) = _records(tmp_path / "a", False)
    context: dict[str, Any]
    context, lists = sequence_example(record) if sequence else (example(record), {})
    wanted = {
        "flag": ("int64_list", [1]),
        "tiny": ("int64_list", [-1]),
        "small": ("int64_list", [300]),
        "whole": ("int64_list", [-70000]),
        "big": ("int64_list", [5000000000]),
        "number": ("float_list", [0.5]),
        "precise": ("float_list", [pytest.approx(0.1)]),
        "name": ("bytes_list", ["Grüße".encode()]),
        "raw": ("bytes_list", [b"abc"]),
        "day": ("int64_list", [18263 * 86_400_000_000]),
        "moment": ("int64_list", [1_500_000]),
        "vector": ("float_list", [1.5]),
    }
    many = {
        "ids": ("int64_list", [1, -2]),
        "words": ("bytes_list", [b"a", b""]),
        "weighted_ids": ("int64_list", [7]),
        "weighted_weights": ("float_list", [0.25]),
    }
    if sequence:
        assert context == wanted
        assert lists == {
            name: [(kind, [value]) for value in values] for name, (kind, values) in many.items()
        }
    else:
        assert context == {**wanted, **many}


def test_nulls_are_left_out(flink: FlinkProcess, tmp_path: Path) -> None:
    columns = "whole INT, ids ARRAY<BIGINT>, name STRING"
    values = "(CAST(NULL AS INT), CAST(NULL AS ARRAY<BIGINT>), CAST(NULL AS STRING))"
    flink.run(
        "tfrecord_values", columns=columns, values=values, output=tmp_path / "a", sequence=False
    )
    assert [example(record) for record in _records(tmp_path / "a", False)] == [{}]


@pytest.mark.parametrize(
    ("columns", "values", "message"),
    [
        ("m MAP<STRING, INT>", "(MAP['a', 1])", "Column 'm' is MAP<.*>, which a sample cannot"),
        ("d DECIMAL(9, 2)", "(1.5)", "Column 'd' is DECIMAL"),
        (
            "a ARRAY<ROW<id BIGINT, weight FLOAT>>, a_ids INT",
            "(ARRAY[ROW(7, CAST(0.25 AS FLOAT))], 1)",
            "Two features of a sample would be called 'a_ids'",
        ),
        ("a ARRAY<INT>", "(ARRAY[1, CAST(NULL AS INT)])", "Column 'a' has nulls within its lists"),
    ],
)
def test_columns_that_samples_cannot_hold(
    flink: FlinkProcess, tmp_path: Path, columns: str, values: str, message: str
) -> None:
    with pytest.raises(JobError, match=message):
        flink.run(
            "tfrecord_values", columns=columns, values=values, output=tmp_path / "a", sequence=False
        )
