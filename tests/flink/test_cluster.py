"""A job on a standalone cluster survives a killed worker, and swaps its package, with each row exactly once."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest
from jvm.java import java_home

from .conftest import ROOT
from .jars import ENVIRONMENT, flink_home
from .session import FlinkProcess

pytest.importorskip("google.protobuf", reason="records are read by protobuf")
pytest.importorskip("google_crc32c", reason="checksums are compared with google-crc32c")
sys.path.insert(0, str(ROOT / "tests/python"))

from tensorflow_messages import example, records

ROWS = 20_000
PER_SECOND = 500


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A job manager and two workers, each a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.workers: list[subprocess.Popen[bytes]] = []
        settings = {
            "jobmanager.rpc.address": "127.0.0.1",
            "jobmanager.rpc.port": _free_port(),
            "jobmanager.memory.process.size": "900m",
            "rest.address": "127.0.0.1",
            "rest.port": self.port,
            "taskmanager.memory.process.size": "1400m",
            "taskmanager.numberOfTaskSlots": 2,
            "taskmanager.host": "127.0.0.1",
            "metrics.fetcher.update-interval": "1 s",
            "heartbeat.interval": 500,
            "heartbeat.timeout": 5000,
            "io.tmp.dirs": folder,
            "env.java.opts.all": "-Duser.timezone=UTC",
        }
        conf = folder / "conf"
        shutil.copytree(flink_home() / "conf", conf)
        text = "".join(f"{name}: {value}\n" for name, value in settings.items())
        (conf / "config.yaml").write_text(text)
        self._manager = self._start("jobmanager")
        for _ in range(2):
            self.workers.append(self._start("taskmanager"))

    def _start(self, what: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "JAVA_HOME": str(java_home()),
            "FLINK_HOME": str(flink_home()),
            "FLINK_CONF_DIR": str(self.folder / "conf"),
            "FLINK_LOG_DIR": str(self.folder),
            "FLINK_PID_DIR": str(self.folder),
            # The scripts ask Python for the folder of PyFlink.
            "PATH": f"{ENVIRONMENT / 'bin'}:{os.environ['PATH']}",
        }
        script = flink_home() / f"bin/{what}.sh"
        log = (self.folder / f"{what}.{len(self.workers)}.txt").open("wb")
        return subprocess.Popen(
            ["bash", str(script), "start-foreground"],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )

    def get(self, path: str) -> Any:
        """Return what the REST interface says, or None while it is not there."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

    def wait(self, what: str, condition: Callable[[], Any], seconds: float = 120) -> Any:
        """Wait until a condition gives something."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := condition():
                return value
            time.sleep(0.2)
        raise AssertionError(f"{what}: not within {seconds} s\n{self.logs()}")

    def metrics(self, job: str, name: str) -> set[str]:
        """Return the values that the tasks of a job have for a metric of ours, as the web interface shows them."""
        found = set()
        for vertex in (self.get(f"/jobs/{job}") or {"vertices": []})["vertices"]:
            for task in range(vertex["parallelism"]):
                path = f"/jobs/{job}/vertices/{vertex['id']}/subtasks/{task}/metrics"
                ids = [one["id"] for one in self.get(path) or []]
                for one in ids:
                    if one.endswith(f".feature_extractor.{name}"):
                        values = self.get(f"{path}?get={urllib.parse.quote(one)}") or []
                        found.update(value["value"] for value in values)
        return found

    def logs(self) -> str:
        """Return the ends of what the processes printed."""
        files = sorted(self.folder.glob("*.txt"))
        return "\n".join(file.read_text(errors="replace")[-3000:] for file in files)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a process and what it started, as the kernel would when memory is short."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        """End all processes."""
        for process in (*self.workers, self._manager):
            self.kill(process)


def _replace(package: Path, target: Path) -> None:
    shutil.copy(package, target.with_suffix(".new"))
    os.replace(target.with_suffix(".new"), target)


def test_a_killed_worker(flink: FlinkProcess, programs: Path, tmp_path: Path) -> None:
    package = tmp_path / "current.fxp"
    shutil.copy(programs / "first.fxp", package)
    output = tmp_path / "out"
    cluster = Cluster(tmp_path)
    try:
        cluster.wait("workers", lambda: (cluster.get("/overview") or {}).get("slots-total") == 4)
        job = flink.run(
            "submit",
            port=cluster.port,
            package=package,
            output=output,
            checkpoints=tmp_path / "checkpoints",
            rows=ROWS,
            per_second=PER_SECOND,
        )

        def checkpoints(more_than: int) -> Any:
            state = cluster.get(f"/jobs/{job}/checkpoints")
            return state and state["counts"]["completed"] > more_than

        cluster.wait("checkpoints", lambda: checkpoints(2))
        _replace(programs / "second.fxp", package)
        cluster.wait("checkpoints", lambda: checkpoints(5))
        digest = fx.load(programs / "second.fxp").digest
        cluster.wait("the new package", lambda: cluster.metrics(job, "packageDigest") == {digest})
        assert cluster.metrics(job, "reloads") == {"1"}
        assert cluster.metrics(job, "reloadsRefused") == {"0"}
        for name in ("rows", "batches", "nativeBytes"):
            assert all(int(value) > 0 for value in cluster.metrics(job, name))
        victim = next(
            task["taskmanager-id"]
            for vertex in cluster.get(f"/jobs/{job}")["vertices"]
            for task in cluster.get(f"/jobs/{job}/vertices/{vertex['id']}")["subtasks"]
        )
        path = cluster.get(f"/taskmanagers/{victim}")["path"]
        port = path.split("@")[1].split("/")[0].split(":")[1]
        listening = [one for one in cluster.workers if port in _ports(one.pid)]
        assert len(listening) == 1, path
        cluster.kill(listening[0])

        def ended() -> Any:
            return (cluster.get(f"/jobs/{job}") or {}).get("state") in ("FINISHED", "FAILED")

        cluster.wait("end of the job", ended)
        assert cluster.get(f"/jobs/{job}")["state"] == "FINISHED", cluster.logs()
        restored = cluster.get(f"/jobs/{job}/checkpoints")["counts"]["restored"]
        assert restored >= 1
    finally:
        cluster.close()
    factors = {
        fx.load(programs / "first.fxp").digest: 1,
        fx.load(programs / "second.fxp").digest: 100,
    }
    rows = [json.loads(line) for part in output.glob("json/part-*") for line in part.open()]
    assert Counter(row["x"] for row in rows) == Counter(range(1, ROWS + 1))
    assert {factors[row["package"]] for row in rows} == {1, 100}
    for row in rows:
        assert row["sum"] == row["x"] + factors[row["package"]]
    samples = [
        example(record)
        for part in output.glob("tfrecord/part-*")
        for record in records(gzip.decompress(part.read_bytes()))
    ]
    assert Counter(sample["x"][1][0] for sample in samples) == Counter(range(1, ROWS + 1))
    for sample in samples:
        (x,), (total,), (package_used,) = (sample[name][1] for name in ("x", "sum", "package"))
        assert total == x + factors[package_used.decode()]


def _ports(group: int) -> set[str]:
    """Return the TCP ports on which a group of processes listens."""
    inodes: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(process.name)) != group:
                continue
            links = [os.readlink(link) for link in (process / "fd").iterdir()]
        except OSError:
            continue
        inodes.update(link[8:-1] for link in links if link.startswith("socket:["))
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and fields[3] == "0A":
                ports.add(str(int(fields[1].rsplit(":", 1)[1], 16)))
    return ports


pytestmark = pytest.mark.slow
