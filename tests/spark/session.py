"""A Spark session in a process of its own, since the tests' Python environment has no pyspark."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jvm.java import java_home

from .jars import ENVIRONMENTS, jar

SETTINGS = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    # Jobs of tests are short: the optimising compiler would cost more than it saves.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ui.retainedExecutions": "1",
}


class JobError(Exception):
    """A job raised an exception in the process of Spark; ``kind`` is the name of its class."""

    def __init__(self, kind: str, text: str, trace: str) -> None:
        super().__init__(f"{kind}: {text}\n{trace}")
        self.kind = kind
        self.text = text


class SparkProcess:
    """One Spark session; :meth:`run` runs a function of jobs.py in it."""

    def __init__(
        self, version: str, folder: Path, settings: Mapping[str, str], *, with_jar: bool = True
    ) -> None:
        self._log = folder / "spark.log"
        self.folder = folder
        given = dict(SETTINGS)
        if with_jar:
            given["spark.jars"] = str(jar(version))
        given["spark.sql.warehouse.dir"] = str(folder / "warehouse")
        given["spark.local.dir"] = str(folder / "local")
        given.update(settings)
        python = ENVIRONMENTS[version] / "bin/python"
        environment = {
            **os.environ,
            "JAVA_HOME": str(java_home()),
            "PYSPARK_PYTHON": str(python),
            "PYTHONPATH": str(Path(__file__).parents[2] / "python"),
            "SPARK_LOCAL_IP": "127.0.0.1",
        }
        environment.pop("SPARK_HOME", None)
        reading, writing = os.pipe()
        worker = Path(__file__).with_name("worker.py")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, worker, str(writing), json.dumps(given)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environment,
                pass_fds=[writing],
            )
        os.close(writing)
        self._answers = os.fdopen(reading, encoding="utf-8")

    def run(self, job: str, **arguments: Any) -> Any:
        """Run a function of jobs.py; raises JobError where it raises."""
        assert self._process.stdin is not None
        line = json.dumps({"job": job, "arguments": arguments}, default=str) + "\n"
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()
        text = self._answers.readline()
        assert text, f"the process of Spark ended:\n{self.log()[-6000:]}"
        answer = json.loads(text)
        if "error" in answer:
            raise JobError(answer["kind"], answer["error"], answer["trace"])
        return answer["value"]

    def log(self) -> str:
        """Return what Spark printed."""
        return self._log.read_text(errors="replace")

    def close(self) -> None:
        """Stop the session."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()
