"""The server as a process: start, reload under load, drain, exit codes."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feature_extractor as fx
import httpx
import pytest
from feature_extractor.cli import main
from numbered_packages import Package
from prometheus_client.parser import text_string_to_metric_families
from served import BODY, REQUEST

Started = Callable[..., Any]


def value(address: str, name: str, **labels: str) -> float:
    """Return one number of ``/metrics``."""
    for family in text_string_to_metric_families(httpx.get(f"{address}/metrics").text):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                return sample.value
    raise AssertionError(f"there is no {name}")


def test_start_score_and_end(
    started: Started, package: Package, model: bytes, tmp_path: Path
) -> None:
    (tmp_path / "served.fxp").write_bytes(package(1))
    (tmp_path / "served.onnx").write_bytes(model)
    (tmp_path / "request.json").write_bytes(BODY)
    options = ["--model", tmp_path / "served.onnx", "--example", tmp_path / "request.json"]
    with started(tmp_path / "served.fxp", *options) as server:
        with httpx.Client(base_url=server.address) as client:
            assert client.get("/ready").json()["status"] == "ready"
            scores = client.post("/score", content=BODY).json()["scores"]["score"]
            assert scores == [1.0, 1.0, 1.0, 21.0, 1.0, 11.0, 1.0, 1.0]
            assert client.post("/extract", content=b"[").status_code == 400
            assert client.post("/extract", content=b" " * (9 << 20)).status_code == 413
            many = {**REQUEST, "candidates": {"item": [1] * 10_001, "price": [1.0] * 10_001}}
            assert client.post("/extract", content=json.dumps(many)).status_code == 422
            assert client.post("/package", content=package(2)).status_code == 403
            assert client.get("/package").json()["example"] == BODY.decode()
            page = client.get("/")
            assert page.headers["content-type"].startswith("text/html")
            assert "://" not in page.text
        name = "feature_extractor_requests_total"
        assert value(server.address, name, path="/score", status="200") == 1
        assert value(server.address, name, path="/extract", status="422") == 1
        assert value(server.address, "process_resident_memory_bytes") > 1 << 20
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0


def test_what_was_begun_is_answered_after_sigterm(
    started: Started, package: Package, tmp_path: Path
) -> None:
    """A request whose body is still on its way when SIGTERM comes gets its answer, while /ready says no."""
    (tmp_path / "served.fxp").write_bytes(package(1))
    with started(tmp_path / "served.fxp", "--drain", "2") as server:
        begun = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        begun.putrequest("POST", "/extract")
        begun.putheader("Content-Length", str(len(BODY)))
        begun.endheaders()
        begun.send(BODY[:50])
        server.process.send_signal(signal.SIGTERM)
        status = 200
        until = time.monotonic() + 2
        while status == 200 and time.monotonic() < until:
            status = httpx.get(f"{server.address}/ready").status_code
        assert status == 503
        during = httpx.post(f"{server.address}/extract", content=BODY)
        assert during.status_code == 200
        assert during.headers["connection"] == "close"
        begun.send(BODY[50:])
        answer = begun.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())["rows"] == 8
        assert server.process.wait(30) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0


def test_a_bad_package_in_a_watched_folder_is_refused(
    started: Started, package: Package, tmp_path: Path
) -> None:
    folder = tmp_path / "packages"
    folder.mkdir()
    (tmp_path / "first.fxp").write_bytes(package(1))
    with started(tmp_path / "first.fxp", "--watch", folder, "--every", "0.05") as server:
        put(folder / "bad.fxp", package(2)[:-30])
        wait_until(lambda: httpx.get(f"{server.address}/package").json()["refusals"])
        answer = httpx.post(f"{server.address}/extract", content=BODY).json()
        assert answer["features"]["version"] == [1.0] * 8
        put(folder / "good.fxp", package(2))
        second = fx.load(package(2)).digest
        wait_until(lambda: httpx.get(f"{server.address}/ready").json()["package"] == second)


def put(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all."""
    fresh = path.with_name(f".{path.name}")
    fresh.write_bytes(content)
    os.replace(fresh, path)


def wait_until(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until, "it did not happen within 30 seconds"
        time.sleep(0.02)


class Load:
    """Threads that score as fast as they are answered, and keep what was wrong."""

    def __init__(self, port: int, versions: dict[str, float], threads: int = 3) -> None:
        self._port = port
        self._versions = versions
        self._ended = threading.Event()
        self.answers = 0
        self.seen: set[str] = set()
        self.wrong: list[object] = []
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._work) for _ in range(threads)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            while not self._ended.is_set():
                connection.request("POST", "/score", BODY)
                answer = connection.getresponse()
                content = json.loads(answer.read())
                with self._lock:
                    self.answers += 1
                    if answer.status != 200:
                        self.wrong.append(content)
                        continue
                    self.seen.add(content["package"])
                    version = self._versions[content["package"]]
                    if content["scores"]["score"] != [
                        version + n for n in (0, 0, 0, 20, 0, 10, 0, 0)
                    ]:
                        self.wrong.append(content)
        except Exception as error:
            self.wrong.append(error)
        finally:
            connection.close()


def reload_under_load(
    started: Started, package: Package, model: bytes, folder: Path, seconds: float
) -> tuple[Load, list[float]]:
    """Swap two packages each 200 ms while threads score; return what they saw, and the memory over time."""
    live = folder / "live.fxp"
    put(live, package(1))
    (folder / "served.onnx").write_bytes(model)
    versions = {fx.load(package(n)).digest: float(n) for n in (1, 2)}
    memory = []
    with started(
        live, "--model", folder / "served.onnx", "--watch", live, "--every", "0.05"
    ) as server:
        load = Load(server.port, versions)
        try:
            until = time.monotonic() + seconds
            number = 1
            while time.monotonic() < until and not load.wrong:
                time.sleep(0.2)
                number = 3 - number
                put(live, package(number))
                memory.append(value(server.address, "process_resident_memory_bytes"))
        finally:
            load.end()
        assert value(server.address, "feature_extractor_refused_packages_total") == 0
    return load, memory


def test_reloading_loses_and_mixes_nothing(
    started: Started, package: Package, model: bytes, tmp_path: Path
) -> None:
    load, _ = reload_under_load(started, package, model, tmp_path, 3.0)
    assert load.wrong == []
    assert load.answers > 50
    assert len(load.seen) == 2


@pytest.mark.slow
def test_reloading_for_a_minute_takes_no_more_memory(
    started: Started, package: Package, model: bytes, tmp_path: Path
) -> None:
    load, memory = reload_under_load(started, package, model, tmp_path, 60.0)
    assert load.wrong == []
    assert load.answers > 1000
    assert len(load.seen) == 2
    # The first third warms allocators and caches up; after it some 150 reloads may not leave a trace.
    third = len(memory) // 3
    assert max(memory[2 * third :]) - max(memory[third : 2 * third]) < 4 << 20


def test_what_cannot_start_says_why(
    package: Package, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    served = tmp_path / "served.fxp"
    served.write_bytes(package(1))
    (tmp_path / "damaged.fxp").write_bytes(package(1)[:-10])
    (tmp_path / "text.onnx").write_bytes(b"no model")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for arguments, text in [
            ([tmp_path / "missing.fxp"], "there is no such file"),
            ([tmp_path / "damaged.fxp"], "error: "),
            ([served, "--model", tmp_path / "missing.onnx"], "there is no such file"),
            ([served, "--model", tmp_path / "text.onnx"], "The model cannot be loaded"),
            ([served, "--example", tmp_path / "missing.json"], "there is no such file"),
            ([served, "--every", "0"], "--every"),
            ([served, "--max-candidates", "0"], "--max-candidates"),
            ([served, "--port", taken.getsockname()[1]], "address already in use"),
        ]:
            assert main(["serve", *map(str, arguments)]) == 2, arguments
            told = capfd.readouterr().err
            assert text in told, arguments
            assert "Traceback" not in told, arguments


def test_an_example_that_does_not_fit_is_told_at_the_start(
    package: Package, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not when somebody tries it on the page. The address is taken, so the command ends by itself."""
    (tmp_path / "served.fxp").write_bytes(package(1))
    good, flat = tmp_path / "good.json", tmp_path / "flat.json"
    good.write_bytes(BODY)
    flat.write_text('{"user": "Ann", "seen": [], "item": 1}')
    with socket.create_server(("127.0.0.1", 0)) as taken:
        warning = f"warning: --example {flat} does not fit the package: Request 0"
        for path, told in ((good, ""), (flat, warning)):
            options = ["--port", str(taken.getsockname()[1]), "--example", str(path)]
            assert main(["serve", str(tmp_path / "served.fxp"), *options]) == 2
            err = capfd.readouterr().err
            assert told in err
            assert ("warning" in err) == bool(told)
