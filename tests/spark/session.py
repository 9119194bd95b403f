"""A Spark session in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
from jvm.java import SHORT_LIVED
from jvm.job_process import JobProcess

from .jars import ENVIRONMENTS, jar

SETTINGS = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": " ".join(SHORT_LIVED),
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ui.retainedExecutions": "1",
}


class SparkProcess(JobProcess):
    """One Spark session; :meth:`run` runs a function of jobs.py in it."""

    def __init__(
        self, version: str, folder: Path, settings: Mapping[str, str], *, with_jar: bool = True
    ) -> None:
        given = dict(SETTINGS)
        if with_jar:
            given["spark.jars"] = str(jar(version))
        given["spark.sql.warehouse.dir"] = str(folder / "warehouse")
        given["spark.local.dir"] = str(folder / "local")
        given.update(settings)
        python = ENVIRONMENTS[version] / "bin/python"
        super().__init__(
            python,
            Path(__file__).with_name("worker.py"),
            json.dumps(given),
            folder,
            {"PYSPARK_PYTHON": str(python), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": None},
        )


def write_arrow(table: pa.Table, path: Path) -> Path:
    """Write an Arrow file, which keeps all types."""
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    return path
