"""Damaged pushes over HTTP, and a process that is killed while it takes a package."""

from __future__ import annotations

import asyncio
import io
import random
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feature_extractor as fx
import httpx
import pytest
from feature_extractor.serve.application import Server
from feature_extractor.serve.limits import Limits
from feature_extractor.serving import Service
from numbered_packages import Package
from served import BODY

FLIPS = 200


def damaged(good: bytes) -> Iterator[bytes]:
    yield from (good[:size] for size in (0, 1, 64, len(good) // 2, len(good) - 1))
    yield good + b"\0"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"{}")
        archive.writestr("plan.json", bytes(1 << 26))
    yield out.getvalue()
    chance = random.Random(11)
    for _ in range(FLIPS):
        flipped = bytearray(good)
        flipped[chance.randrange(len(good))] ^= 1 << chance.randrange(8)
        yield bytes(flipped)


def test_damaged_pushes_are_refused_and_answers_go_on(package: Package) -> None:
    server = Server(Service(package(1)), limits=Limits(threads=2), allow_push=True)
    live = server.service.version

    async def attack() -> int:
        transport = httpx.ASGITransport(app=server.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            count = 0
            for content in damaged(package(2)):
                refused = await client.post("/package", content=content)
                assert refused.status_code == 422, refused.text
                assert refused.json()["code"] == "package_refused"
                count += 1
                if count % 10 == 0:
                    answer = await client.post("/extract", content=BODY)
                    assert answer.json()["package"] == live.digest
            fresh = await client.post("/package", content=package(2))
            assert fresh.status_code == 200
            answer = await client.post("/extract", content=BODY)
            assert answer.json()["features"]["version"] == [2.0] * 8
            return count

    try:
        assert asyncio.run(attack()) == server.service.refused == FLIPS + 7
    finally:
        server.close()
        server.service.close()


def test_a_server_that_is_killed_while_it_takes_a_package_serves_again(
    started: Any, package: Package, tmp_path: Path
) -> None:
    """Nothing is left behind that a new process would stumble over: it serves the newest whole package."""
    folder = tmp_path / "packages"
    folder.mkdir()
    (folder / "first.fxp").write_bytes(package(1))
    versions = {fx.load(package(number)).digest: float(number) for number in (1, 2)}
    words = "\n".join(f"word {number}" for number in range(50_000))
    (tmp_path / "words.txt").write_text(words)
    large = fx.compile_text(
        'input candidate { w: string }\nresource words = vocabulary("words.txt")\n'
        "feature w : id(words) = words.lookup(w)\n",
        path=str(tmp_path / "large.fx"),
        root=tmp_path,
    ).package.to_bytes()
    for number in range(3):
        options = ["--watch", folder, "--every", "0.02", "--allow-push"]
        with started(folder / "first.fxp", *options) as server:
            ended = threading.Event()

            def push(address: str, ended: threading.Event) -> None:
                while not ended.is_set():
                    try:
                        httpx.post(f"{address}/package", content=large, timeout=10)
                    except httpx.HTTPError:
                        return

            pushing = threading.Thread(target=push, args=(server.address, ended))
            pushing.start()
            answer = httpx.post(f"{server.address}/extract", content=BODY, timeout=30).json()
            assert answer["features"]["version"] == [versions[answer["package"]]] * 8
            # Somebody copies into the folder without renaming, and is cut off with the server.
            (folder / "cut.fxp").write_bytes(package(2)[: 500 + 700 * number])
            time.sleep(0.01 * number)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(30)
            ended.set()
            pushing.join(30)
    (folder / "second.fxp").write_bytes(package(2))
    with started(folder / "first.fxp", "--watch", folder, "--every", "0.02") as server:
        until = time.monotonic() + 30
        while True:
            answer = httpx.post(f"{server.address}/extract", content=BODY, timeout=30).json()
            assert answer["features"]["version"] == [versions[answer["package"]]] * 8
            if answer["features"]["version"][0] == 2.0:
                break
            assert time.monotonic() < until
        refused = [
            one["reason"] for one in httpx.get(f"{server.address}/package").json()["refusals"]
        ]
        assert all("cut.fxp" in reason for reason in refused)


@pytest.mark.parametrize("size", [10, 2000])
def test_a_push_that_is_cut_off_changes_nothing(
    started: Any, package: Package, tmp_path: Path, size: int
) -> None:
    import http.client

    (tmp_path / "served.fxp").write_bytes(package(1))
    with started(tmp_path / "served.fxp", "--allow-push") as server:
        client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        client.putrequest("POST", "/package")
        client.putheader("Content-Length", str(len(package(2))))
        client.endheaders()
        client.send(package(2)[:size])
        client.close()
        answer = httpx.post(f"{server.address}/extract", content=BODY, timeout=30).json()
        assert answer["features"]["version"] == [1.0] * 8
        assert httpx.get(f"{server.address}/package").json()["refusals"] == []
