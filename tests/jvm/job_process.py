"""An engine in a Python process of its own, since the tests' Python environment has none of their Python packages."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .java import java_home


class JobError(Exception):
    """A job raised an exception in the other process; ``kind`` is the name of its class."""

    def __init__(self, kind: str, text: str, trace: str) -> None:
        super().__init__(f"{kind}: {text}\n{trace}")
        self.kind = kind
        self.text = text
        self.trace = trace


class JobProcess:
    """A process that answers jobs, as :mod:`jvm.job_answers` does in it.

    Args:
        python: of the environment.
        worker: the script that it runs, which is given the number of a file descriptor for its answers.
        argument: a further argument of the script.
        folder: where it runs; what the engine prints goes to a file in it.
        environment: variables beside those of this process; None takes one away.
    """

    def __init__(
        self,
        python: Path,
        worker: Path,
        argument: str,
        folder: Path,
        environment: Mapping[str, str | None],
    ) -> None:
        self.folder = folder
        self._log = folder / "output.log"
        variables = {
            **os.environ,
            "JAVA_HOME": str(java_home()),
            "PYTHONPATH": str(Path(__file__).parents[2] / "python"),
            **environment,
        }
        reading, writing = os.pipe()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, worker, str(writing), argument],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={name: value for name, value in variables.items() if value is not None},
                pass_fds=[writing],
            )
        os.close(writing)
        self._answers = os.fdopen(reading, encoding="utf-8")

    def run(self, job: str, **arguments: Any) -> Any:
        """Run a function of the worker's jobs.py; raises JobError where it raises."""
        assert self._process.stdin is not None
        line = json.dumps({"job": job, "arguments": arguments}, default=str) + "\n"
        self._process.stdin.write(line.encode())
        self._process.stdin.flush()
        text = self._answers.readline()
        assert text, f"the process ended:\n{self.log()[-6000:]}"
        answer = json.loads(text)
        if "error" in answer:
            raise JobError(answer["kind"], answer["error"], answer["trace"])
        return answer["value"]

    def log(self) -> str:
        """Return what the engine printed."""
        return self._log.read_text(errors="replace")

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()
