"""PyFlink in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jvm.java import SHORT_LIVED
from jvm.job_process import JobProcess

from .jars import ENVIRONMENT, jar


class FlinkProcess(JobProcess):
    """One process with a Java machine; :meth:`run` runs a function of jobs.py in it, on a cluster inside."""

    def __init__(self, folder: Path, environment: Mapping[str, str | None] | None = None) -> None:
        super().__init__(
            ENVIRONMENT / "bin/python",
            Path(__file__).with_name("worker.py"),
            str(jar()),
            folder,
            {
                "TZ": "UTC",
                "FLINK_HOME": None,
                "JVM_ARGS": " ".join(SHORT_LIVED),
                **(environment or {}),
            },
        )
