"""The page of the server in a browser: Chromium without a window, spoken to over two pipes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from numbered_packages import Package
from served import BODY

CHROMIUM = next(
    (
        path
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (path := shutil.which(name))
    ),
    None,
)


class Browser:
    """The DevTools protocol: messages that end in a null byte."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._to = os.fdopen(to_browser, "wb", buffering=0)
        self._from = os.fdopen(from_browser, "rb", buffering=0)
        self._number = 0
        self._pending = b""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    _session = ""

    def call(self, method: str, **parameters: Any) -> Any:
        """Return the result of a method."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._pending:
            part = self._from.read(1 << 16)
            assert part, "the browser has ended"
            self._pending += part
        line, _, self._pending = self._pending.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true in the page."""
        until = time.monotonic() + 60
        while not self.evaluate(expression):
            assert time.monotonic() < until, f"{expression} did not become true"
            time.sleep(0.05)

    def close(self) -> None:
        self._to.close()
        self._from.close()


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    assert CHROMIUM is not None
    read_commands, write_commands = os.pipe()
    read_answers, write_answers = os.pipe()
    # Chromium reads commands from descriptor 3 and writes to 4; a shell puts the pipes there.
    script = f'exec "$@" 3<&{read_commands} 4>&{write_answers}'
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    options += ["--remote-debugging-pipe", "--no-first-run", f"--user-data-dir={folder}"]
    process = subprocess.Popen(
        ["bash", "-c", script, "bash", CHROMIUM, *options],
        pass_fds=(read_commands, write_answers),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(read_commands)
    os.close(write_answers)
    try:
        browser = Browser(write_commands, read_answers)
        yield browser
        browser.close()
    finally:
        process.kill()
        process.wait()


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_page_shows_the_package_and_tries_a_request(
    started: Callable[..., Any], package: Package, model: bytes, tmp_path: Path
) -> None:
    (tmp_path / "served.fxp").write_bytes(package(1))
    (tmp_path / "served.onnx").write_bytes(model)
    (tmp_path / "request.json").write_bytes(BODY)
    options = ["--model", tmp_path / "served.onnx", "--example", tmp_path / "request.json"]
    options.append("--allow-push")
    with started(tmp_path / "served.fxp", *options) as server, browsing(tmp_path / "p") as browser:
        httpx.post(f"{server.address}/extract", content=BODY)
        httpx.post(f"{server.address}/package", content=b"<b>no package</b>")
        browser.call("Page.navigate", url=f"{server.address}/")
        browser.wait_for("document.querySelectorAll('#features tr').length === 8")
        digest = httpx.get(f"{server.address}/ready").json()["package"]
        assert digest in browser.evaluate("document.getElementById('facts').innerText")
        features = browser.evaluate("document.getElementById('features').innerText")
        lines = {line.split("\t")[0]: line.split("\t")[1:4] for line in features.splitlines()}
        assert lines["inverse"] == ["dense", "1", "12.5 %"]
        assert lines["words"][0] == "ids of 100 ids at most 4"
        inputs = browser.evaluate("document.getElementById('inputs').innerText")
        assert "candidate price\tfloat?\t2" in inputs
        assert "bytes" in browser.evaluate("document.getElementById('refusals').innerText")
        assert json.loads(
            browser.evaluate("document.getElementById('request').value")
        ) == json.loads(BODY)

        browser.evaluate("document.getElementById('score').click()")
        browser.wait_for("document.getElementById('answer').textContent !== ''")
        answer = json.loads(browser.evaluate("document.getElementById('answer').textContent"))
        assert answer["scores"]["score"] == [1.0, 1.0, 1.0, 21.0, 1.0, 11.0, 1.0, 1.0]

        browser.evaluate(
            "document.getElementById('request').value = '{';"
            "document.getElementById('answer').textContent = '';"
            "document.getElementById('extract').click()"
        )
        browser.wait_for("document.getElementById('took').textContent.startsWith('400')")
        assert browser.evaluate("document.getElementById('answer').textContent")
        assert browser.evaluate("document.getElementById('trouble').textContent") == ""

        asked = [
            event["params"]["request"]["url"]
            for event in browser.events
            if event.get("method") == "Network.requestWillBeSent"
        ]
        assert len(asked) > 3
        assert [url for url in asked if not url.startswith(server.address)] == []
        thrown = [e for e in browser.events if e.get("method") == "Runtime.exceptionThrown"]
        assert thrown == []


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_page_shows_the_catalogue_and_why_a_newer_one_is_refused(
    started: Callable[..., Any], package: Package, tmp_path: Path
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    (tmp_path / "served.fxp").write_bytes(package(1))
    table = pyarrow.table({"sku": ["a", "<b>"], "item": [3, 4], "price": [1.0, 2.0]})
    parquet.write_table(table, tmp_path / "items.parquet")
    options = ["--catalogue", "items.parquet", "--catalogue-key", "sku", "--allow-push"]
    with (
        started("served.fxp", *options, folder=tmp_path) as server,
        browsing(tmp_path / "profile") as browser,
    ):
        request = {**json.loads(BODY), "candidates": [{"sku": "a"}, {"sku": "unknown"}]}
        httpx.post(f"{server.address}/extract", json=request)
        httpx.post(f"{server.address}/catalogue", content=b"<b>no table</b>")
        browser.call("Page.navigate", url=f"{server.address}/")
        browser.wait_for("document.querySelectorAll('#features tr').length === 8")
        facts = browser.evaluate("document.getElementById('facts').innerText")
        assert "catalogue\t2 rows by sku from items.parquet, live since" in facts
        assert "unknown keys\t1\n" in facts
        assert "newer catalogue\trefused: bytes cannot be read: it is neither Parquet" in facts
        refusals = browser.evaluate("document.getElementById('refusals').innerText")
        assert "\tcatalogue\tbytes\tbytes cannot be read" in refusals
        warned = browser.evaluate("document.querySelector('#facts .wrong').innerText")
        assert warned == "refused: bytes cannot be read: it is neither Parquet nor Arrow."
    with (
        started("served.fxp", "--cache", "1MiB", folder=tmp_path) as server,
        browsing(tmp_path / "profile") as browser,
    ):
        for _ in range(2):
            httpx.post(f"{server.address}/extract", content=BODY)
        browser.call("Page.navigate", url=f"{server.address}/")
        browser.wait_for("document.querySelectorAll('#features tr').length === 8")
        facts = browser.evaluate("document.getElementById('facts').innerText")
        assert "cache\t8 hits, 8 misses, 0 given up, 8 kept in " in facts
        assert "of 1,048,576 bytes" in facts
        thrown = [e for e in browser.events if e.get("method") == "Runtime.exceptionThrown"]
        assert thrown == []
