"""PyFlink in a process of its own, since the tests' Python environment does not have it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from jvm.java import java_home

from .jars import ENVIRONMENT, jar


class JobError(Exception):
    """A job raised an exception in the process of PyFlink; ``kind`` is the name of its class."""

    def __init__(self, kind: str, text: str, trace: str) -> None:
        super().__init__(f"{kind}: {text}\n{trace}")
        self.kind = kind
        self.text = text
        self.trace = trace


class FlinkProcess:
    """One process with a Java machine; :meth:`run` runs a function of jobs.py in it, on a cluster inside."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "flink.log"
        python = ENVIRONMENT / "bin/python"
        environment = {
            **os.environ,
            "JAVA_HOME": str(java_home()),
            "PYTHONPATH": str(Path(__file__).parents[2] / "python"),
            "TZ": "UTC",
        }
        environment.pop("FLINK_HOME", None)
        reading, writing = os.pipe()
        worker = Path(__file__).with_name("worker.py")
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, worker, str(writing), str(jar())],
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
        assert text, f"the process of PyFlink ended:\n{self.log()[-6000:]}"
        answer = json.loads(text)
        if "error" in answer:
            raise JobError(answer["kind"], answer["error"], answer["trace"])
        return answer["value"]

    def log(self) -> str:
        """Return what Flink printed."""
        return self._log.read_text(errors="replace")

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()
