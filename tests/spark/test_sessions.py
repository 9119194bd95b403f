"""Sessions that are set up in other ways: with the extensions, with little memory, without the jar, on a cluster."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jvm.job_process import JobError

from .cluster import Cluster
from .conftest import Samples, read_digest
from .jars import missing_for
from .session import SparkProcess

EXTENSIONS = "org.featureextractor.spark.FeatureExtractorExtensions"


def _ready(version: str = "4.0") -> None:
    reason = missing_for(version)
    if reason:
        pytest.skip(reason)


def test_little_memory_and_extensions(grocery: Samples, tmp_path: Path) -> None:
    _ready()
    settings = {
        "spark.sql.extensions": EXTENSIONS,
        # Of this Spark gives 60 % to tasks.
        "spark.testing.memory": str(16 << 20),
        "spark.testing.reservedMemory": "0",
        "spark.featureExtractor.batch.rows": "100000000",
        "spark.featureExtractor.batch.bytes": "1g",
        "spark.master": "local[1]",
    }
    source = tmp_path / "large.parquet"
    pq.write_table(pa.concat_tables([pq.read_table(grocery.nested)] * 12), source)
    spark = SparkProcess("4.0", tmp_path, settings)
    try:
        with pytest.raises(JobError, match="This task of Spark has no more memory"):
            spark.run(
                "extract_parquet", source=source, package=grocery.package, output=tmp_path / "a"
            )
        assert spark.run("execution_memory") == 0
        # The session goes on, and small batches do it.
        output = tmp_path / "b"
        query = f"SELECT inline(fx_extract('{grocery.package}', struct(*))) FROM log"
        rows = {"spark.featureExtractor.batch.rows": "512"}
        spark.run("configure", settings=rows)
        spark.run("sql_without_registering", query=query, output=output, log=source)
        assert (
            read_digest(output).columns == sum([grocery.digest] * 11, start=grocery.digest).columns
        )
        assert spark.run("execution_memory") == 0
    finally:
        spark.close()


@pytest.mark.slow
def test_without_the_jar(grocery: Samples, tmp_path: Path) -> None:
    _ready()
    spark = SparkProcess("4.0", tmp_path, {}, with_jar=False)
    try:
        with pytest.raises(
            JobError, match=r"not on Spark's class path: start Spark with --jars"
        ) as e:
            spark.run(
                "extract_parquet",
                source=grocery.flat,
                package=grocery.package,
                output=tmp_path / "a",
            )
        assert e.value.kind == "SparkError"
    finally:
        spark.close()


@pytest.mark.slow
def test_cluster(grocery: Samples, tmp_path: Path) -> None:
    """Two workers with an executor each; the package goes there as a broadcast and as one of Spark's files."""
    _ready()
    with Cluster("4.0", tmp_path) as cluster:
        settings = {
            "spark.master": cluster.address,
            "spark.executor.memory": "512m",
            "spark.executor.cores": "1",
            "spark.cores.max": "2",
            "spark.files": str(grocery.package),
        }
        spark = SparkProcess("4.0", tmp_path, settings)
        try:
            for package in (str(grocery.package), grocery.package.name):
                output = tmp_path / f"output_{len(package)}"
                spark.run(
                    "extract_parquet",
                    source=grocery.flat,
                    package=package,
                    output=output,
                    columns=[],
                    partitions=4,
                )
                assert read_digest(output) == grocery.digest
            assert spark.run("executors") == 2
            counted = spark.run("count", package=str(grocery.package))
            assert counted["rows"] == 2 * grocery.digest.count
        finally:
            spark.close()
