"""Packages that need a plug-in, in jobs of Spark and Flink."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flink.jars import missing_for_flink
from flink.session import FlinkProcess
from jvm.job_process import JobError
from spark.cluster import Cluster
from spark.jars import missing_for
from spark.session import SETTINGS, SparkProcess

from .process import CANDIDATES, REQUEST, VALUES

PROPERTY = "-Dorg.featureextractor.plugins="
OPTIONS = SETTINGS["spark.driver.extraJavaOptions"]
COLUMNS = (
    "bought ARRAY<FLOAT>, candidates ARRAY<ROW<code STRING, title STRING, price FLOAT>>",
    "bought ARRAY<FLOAT>, candidates ARRAY<STRUCT<code: STRING, title: STRING, price: FLOAT>>",
)
NEEDED = "needs the plug-in shop 1.0.0, which is not loaded"


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    """One request as a line of JSON."""
    path = tmp_path / "requests.json"
    path.write_text(json.dumps({**REQUEST, "candidates": CANDIDATES}) + "\n")
    return path


def _rows(values: list[dict[str, float]]) -> list[dict[str, float]]:
    return sorted(({name: round(v, 6) for name, v in row.items()} for row in values), key=str)


def _spark(tmp_path: Path, settings: dict[str, str]) -> SparkProcess:
    if missing_for("4.0"):
        pytest.skip(missing_for("4.0"))
    return SparkProcess("4.0", tmp_path, {"spark.master": "local[1]", **settings})


def test_spark(library: Path, package: Path, requests: Path, tmp_path: Path) -> None:
    spark = _spark(tmp_path, {"spark.driver.extraJavaOptions": f"{OPTIONS} {PROPERTY}{library}"})
    try:
        found = spark.run("extract_json", source=requests, columns=COLUMNS[1], package=package)
    finally:
        spark.close()
    assert _rows(found) == _rows(VALUES)


def test_spark_without_the_plugin(package: Path, requests: Path, tmp_path: Path) -> None:
    spark = _spark(tmp_path, {})
    try:
        with pytest.raises(JobError) as error:
            spark.run("extract_json", source=requests, columns=COLUMNS[1], package=package)
    finally:
        spark.close()
    assert NEEDED in error.value.text
    assert "FEATURE_EXTRACTOR_PLUGINS" in error.value.text


@pytest.mark.slow
def test_executors_of_spark_take_it_from_the_files(
    library: Path, package: Path, requests: Path, tmp_path: Path
) -> None:
    if missing_for("4.0"):
        pytest.skip(missing_for("4.0"))
    with Cluster("4.0", tmp_path) as cluster:
        settings = {
            "spark.master": cluster.address,
            "spark.executor.memory": "512m",
            "spark.executor.cores": "1",
            "spark.driver.extraJavaOptions": f"{OPTIONS} {PROPERTY}{library}",
        }
        ways = {
            "with": {"spark.files": str(library), "spark.executor.extraJavaOptions": ""},
            "without": {},
        }
        ways["with"]["spark.executor.extraJavaOptions"] = f"{PROPERTY}{library.name}"
        for way, more in ways.items():
            folder = tmp_path / way
            folder.mkdir()
            spark = SparkProcess("4.0", folder, {**settings, **more})
            arguments = {"source": requests, "columns": COLUMNS[1], "package": package}
            try:
                if way == "with":
                    assert _rows(spark.run("extract_json", **arguments)) == _rows(VALUES)
                else:
                    with pytest.raises(JobError, match=NEEDED):
                        spark.run("extract_json", **arguments)
            finally:
                spark.close()


def _flink(tmp_path: Path, environment: dict[str, str | None]) -> FlinkProcess:
    if missing_for_flink():
        pytest.skip(missing_for_flink())
    folder = tmp_path / "flink"
    folder.mkdir()
    return FlinkProcess(folder, environment)


def test_flink(library: Path, package: Path, requests: Path, tmp_path: Path) -> None:
    flink = _flink(tmp_path, {"FEATURE_EXTRACTOR_PLUGINS": str(library)})
    output = tmp_path / "features"
    try:
        flink.run(
            "extract_json", columns=COLUMNS[0], source=requests, package=package, output=output
        )
    finally:
        flink.close()
    lines = [line for part in output.glob("part-*") for line in part.read_text().splitlines()]
    assert _rows([json.loads(line) for line in lines]) == _rows(VALUES)


def test_flink_without_the_plugin(package: Path, requests: Path, tmp_path: Path) -> None:
    flink = _flink(tmp_path, {"FEATURE_EXTRACTOR_PLUGINS": None})
    try:
        with pytest.raises(JobError) as error:
            flink.run(
                "extract_json",
                columns=COLUMNS[0],
                source=requests,
                package=package,
                output=tmp_path / "features",
            )
    finally:
        flink.close()
    assert error.value.kind == "FlinkError"
    assert NEEDED in error.value.text
    assert "FEATURE_EXTRACTOR_PLUGINS" in error.value.text
