"""The oldest and the newest Spark that are served give the same bits."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Samples, read_digest
from .jars import missing_for
from .session import SparkProcess


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.5", "4.3"])
def test_other_versions(grocery: Samples, tmp_path: Path, version: str) -> None:
    reason = missing_for(version)
    if reason:
        pytest.skip(reason)
    spark = SparkProcess(version, tmp_path, {})
    try:
        for name, source in (("nested", grocery.nested), ("flat", grocery.flat)):
            for method in ("jvm", "arrow"):
                output = tmp_path / f"{name}_{method}"
                spark.run(
                    "extract_parquet",
                    source=source,
                    package=grocery.package,
                    output=output,
                    columns=[],
                    method=method,
                )
                assert read_digest(output) == grocery.digest, (name, method)
        output = tmp_path / "sql"
        query = (
            f"SELECT fx.* FROM (SELECT fx_extract('{grocery.package}', struct(*)) AS fx FROM log)"
        )
        answer = spark.run("sql_parquet", query=query, output=output, log=grocery.flat)
        assert read_digest(output) == grocery.digest
        assert answer["plan"].count("ExtractFeatures") == 1
        spark.run(
            "tfrecord", source=grocery.nested, package=grocery.package, output=tmp_path / "samples"
        )
    finally:
        spark.close()
