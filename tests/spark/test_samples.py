"""What Spark writes as TFRecord is what the core writes, record by record."""

from __future__ import annotations

import gzip
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import feature_extractor as fx
import pyarrow.parquet as pq
import pytest
from feature_extractor.samples import tfrecords
from jvm.job_process import JobError

from .conftest import Samples, read_digest
from .session import SparkProcess


def _records(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        end = at + 8 + 4 + length + 4
        assert end <= len(data)
        yield data[at:end]
        at = end


@pytest.mark.parametrize("form", ["example", "sequence"])
def test_records_are_those_of_the_core(
    spark: SparkProcess, grocery: Samples, tmp_path: Path, form: Literal["example", "sequence"]
) -> None:
    output = tmp_path / "samples"
    compression = "gzip" if form == "example" else None
    spark.run(
        "tfrecord",
        source=grocery.nested,
        package=grocery.package,
        output=output,
        sequence=form == "sequence",
        compression=compression,
    )
    suffix = "*.tfrecord.gz" if compression else "*.tfrecord"
    files = sorted(output.glob(suffix))
    assert files
    assert (output / "_SUCCESS").exists()
    found: Counter[bytes] = Counter()
    for file in files:
        data = file.read_bytes()
        found.update(_records(gzip.decompress(data) if compression else data))
    extraction = fx.load(grocery.package).extract(pq.read_table(grocery.nested))
    wanted = Counter(_records(b"".join(chunk.tobytes() for chunk in tfrecords(extraction, form))))
    assert found == wanted


def test_columns_that_samples_cannot_hold(
    spark: SparkProcess, grocery: Samples, tmp_path: Path
) -> None:
    with pytest.raises(JobError, match="Column 'taste' is map<string,double>, which a sample"):
        spark.run("write_columns", source=grocery.nested, names=["taste"], output=tmp_path / "a")
    with pytest.raises(JobError, match="already exists"):
        spark.run("write_columns", source=grocery.nested, names=["store"], output=tmp_path)


def test_example(spark: SparkProcess, grocery: Samples, tmp_path: Path) -> None:
    found = spark.run(
        "example", log=grocery.nested, package=grocery.package, output=tmp_path / "out"
    )
    assert found == {
        "rows": grocery.digest.count,
        "requests": pq.read_metadata(grocery.nested).num_rows,
    }
    assert read_digest(tmp_path / "out/parquet") == grocery.digest
    files = sorted((tmp_path / "out/tfrecord").glob("*.tfrecord.gz"))
    count = sum(len(list(_records(gzip.decompress(file.read_bytes())))) for file in files)
    assert count == grocery.digest.count
