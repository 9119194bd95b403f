"""fx serve --log: a sample of the requests, of any media type, that fx verify computes again."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from described_messages import descriptors
from feature_extractor.cli import main
from numbered_packages import Package
from served import BODY, REQUEST

ARROW = "application/vnd.apache.arrow.stream"


MESSAGES = {
    "Candidate": {"item": "int64", "price": "double"},
    "Request": {
        "user": "string",
        "seen": "repeated int64",
        "now": "int64",
        "candidates": "repeated Candidate",
    },
}


def test_what_the_server_logs_is_computed_again(
    started: Any, package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    served, folder = tmp_path / "served.fxp", tmp_path / "log"
    served.write_bytes(package(1))
    (tmp_path / "m.desc").write_bytes(descriptors(MESSAGES).SerializeToString())
    options = ["--protobuf", tmp_path / "m.desc", "--message", "Request"]
    columns = {**REQUEST, "candidates": {"item": [1, 2], "price": [None, 1.5]}}
    message = b"\x0a\x03Ann\x12\x02\x01\x02\x22\x02\x08\x01\x22\x02\x08\x02"
    with started(served, *options, "--log", folder, "--log-share", "1") as server:
        with httpx.Client(base_url=server.address) as client:
            for content, headers in [
                (BODY, {}),
                (BODY, {"Accept": ARROW}),
                (json.dumps(columns).encode(), {}),
                (json.dumps([REQUEST, columns]).encode(), {}),
                (message, {"Content-Type": "application/x-protobuf"}),
            ]:
                assert client.post("/extract", content=content, headers=headers).status_code == 200
            until = time.monotonic() + 30
            while 'log_total{outcome="written"} 6.0' not in client.get("/metrics").text:
                assert time.monotonic() < until
                time.sleep(0.02)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
    assert main(["verify", str(folder), str(served)]) == 0
    said = capsys.readouterr().out
    assert "8 features compared, all the same: 6 requests with 30 rows." in said


def test_options_of_the_log_are_checked(
    package: Package, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    served = tmp_path / "served.fxp"
    served.write_bytes(package(1))
    for options, text in [
        (["--log-share", "0.5"], "--log-share needs --log"),
        (["--log", str(served)], "cannot be written to"),
        (["--log", str(tmp_path), "--log-share", "0"], "--log-share"),
    ]:
        assert main(["serve", str(served), *options]) == 2
        assert text in capfd.readouterr().err
