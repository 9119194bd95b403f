"""A standalone cluster of Spark on this machine: a master and two workers, each a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from jvm.java import java_home, tool

from .jars import spark_home

WORKERS = 2
PATIENCE_SECONDS = 120


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """Starts in ``with``; :attr:`address` is what ``spark.master`` takes."""

    def __init__(self, version: str, folder: Path) -> None:
        self._home = spark_home(version)
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._port = _free_port()
        self.address = f"spark://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        try:
            port = str(self._port)
            web = ["--webui-port", "0"]
            master = self._start("Master", "--host", "127.0.0.1", "--port", port, *web)
            self._wait_for(master, "I have been elected leader")
            logs = [
                self._start(
                    "Worker",
                    *("--host", "127.0.0.1", "--cores", "1", "--memory", "700m"),
                    *("--work-dir", str(self._folder / f"work{i}"), *web, self.address),
                )
                for i in range(WORKERS)
            ]
            for log in logs:
                self._wait_for(log, "Successfully registered with master")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def _start(self, role: str, *arguments: str) -> Path:
        log = self._folder / f"{role}{len(self._processes)}.log"
        # Where spark-class would look for the rest of Spark.
        environment = {**os.environ, "SPARK_HOME": str(self._home), "JAVA_HOME": str(java_home())}
        environment["SPARK_LOCAL_IP"] = "127.0.0.1"
        # Workers would look for it in a source tree of Spark.
        library = next((self._home / "jars").glob("scala-library-*.jar"))
        environment["SPARK_SCALA_VERSION"] = ".".join(library.stem.split("-")[2].split(".")[:2])
        # Spark reads its modules' packages by reflection; bin/spark-class opens the same.
        opened = [
            f"--add-opens=java.base/{package}=ALL-UNNAMED"
            for package in ("java.lang", "java.nio", "java.util", "sun.nio.ch", "java.net")
        ]
        command = [tool("java"), "-Xmx256m", *opened, "-cp", f"{self._home}/jars/*"]
        command += [f"org.apache.spark.deploy.{role.lower()}.{role}", *arguments]
        with log.open("wb") as output:
            self._processes.append(
                subprocess.Popen(
                    command,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self._folder,
                    env=environment,
                )
            )
        return log

    def _wait_for(self, log: Path, text: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while text not in log.read_text(errors="replace"):
            ended = [p for p in self._processes if p.poll() is not None]
            assert not ended, log.read_text(errors="replace")[-4000:]
            assert time.monotonic() < end, log.read_text(errors="replace")[-4000:]
            time.sleep(0.2)

    def _stop(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
        for process in self._processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
