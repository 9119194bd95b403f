"""Random programs give the bits of Python in each way that Spark has."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pytest
from parity.random_packages import TRIALS, Trial, trial

from .session import SparkProcess, write_arrow


def check(spark: SparkProcess, tried: Trial, folder: Path) -> None:
    """Compare SQL, tables and Python workers, for flat and for nested samples."""
    package = folder / "random.fxp"
    package.write_bytes(tried.package)
    # Spark has no lists of fixed size.
    flat = write_arrow(tried.data.flat_table(fixed=False), folder / "flat.arrow")
    nested = write_arrow(tried.data.nested_table(fixed=False), folder / "nested.arrow")
    results = spark.run("all_ways", flat=flat, nested=nested, package=package, folder=folder)
    assert len(results) == 6
    for result in results:
        with pa.ipc.open_file(result) as reader:
            tried.check(Path(result).stem, reader.read_all())


@pytest.mark.parametrize("number", TRIALS)
def test_random_programs(spark: SparkProcess, tmp_path: Path, number: int) -> None:
    check(spark, trial(number), tmp_path)


@pytest.mark.slow
def test_many_random_programs(spark: SparkProcess, tmp_path: Path) -> None:
    first = int(os.environ.get("FEATURE_EXTRACTOR_SEED", "2000"))
    for number in range(first, first + 60):
        folder = tmp_path / str(number)
        folder.mkdir()
        check(spark, trial(number), folder)
