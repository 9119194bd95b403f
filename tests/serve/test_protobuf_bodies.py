"""Requests in Protocol Buffers: the same features as of JSON, and other media types told apart."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from feature_extractor.errors import EngineError
from feature_extractor.serve.application import Server
from feature_extractor.serve.bodies import ProtobufRequests
from feature_extractor.serve.limits import Limits
from feature_extractor.serving import Service
from numbered_packages import Package
from served import BODY, REQUEST

pytest.importorskip("google.protobuf")
from described_messages import descriptors, message_class

PROTOBUF = "application/x-protobuf"
MESSAGES = {
    "Item": {"item": "int64", "price": "optional double"},
    "Request": {
        "user": "string",
        "seen": "repeated int64",
        "now": "google.protobuf.Timestamp",
        "items": "repeated Item",
    },
}
FILES = descriptors(MESSAGES, package="shop")


def message() -> bytes:
    """Return the request of the other tests."""
    made = message_class(FILES, "shop.Request")()
    made.user = REQUEST["user"]
    made.seen.extend(REQUEST["seen"])
    made.now.FromJsonString(REQUEST["now"])
    for row in REQUEST["candidates"]:
        made.items.add(**{name: value for name, value in row.items() if value is not None})
    content: bytes = made.SerializeToString()
    return content


@pytest.fixture
def server(package: Package) -> Iterator[Server]:
    with Service(package(1)) as service:
        files = FILES.SerializeToString()
        served = Server(
            service,
            limits=Limits(body_bytes=20_000, candidates=100, threads=1),
            protobuf=ProtobufRequests(files, "shop.Request", "items"),
        )
        yield served
        served.close()


def post(server: Server, content: bytes, media: str | None) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=server.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            headers = {} if media is None else {"Content-Type": media}
            return await client.post("/extract", content=content, headers=headers)

    return asyncio.run(ask())


@pytest.mark.parametrize("media", [PROTOBUF, "application/protobuf", "Application/X-Protobuf; v=1"])
def test_a_message_has_the_features_of_the_same_request_in_json(server: Server, media: str) -> None:
    answer = post(server, message(), media)
    assert answer.status_code == 200, answer.text
    assert answer.json() == post(server, BODY, "application/json").json()


@pytest.mark.parametrize(
    "media", [None, "application/x-www-form-urlencoded", "text/plain", "application/a+json"]
)
def test_what_says_nothing_else_is_json(server: Server, media: str | None) -> None:
    assert post(server, BODY, media).status_code == 200


@pytest.mark.parametrize("media", ["image/png", "application/vnd.apache.arrow.stream", "x"])
def test_other_media_types_are_refused(server: Server, media: str) -> None:
    answer = post(server, BODY, media)
    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_media_type"
    assert media in answer.json()["detail"]


def test_a_damaged_message_is_told_with_its_place(server: Server) -> None:
    whole = message()
    for end in range(len(whole)):
        assert post(server, whole[:end], PROTOBUF).status_code in (200, 400)
    answer = post(server, whole[:-1], PROTOBUF)
    assert answer.status_code == 400
    assert "byte" in answer.json()["detail"]


def test_limits_hold_for_messages(server: Server) -> None:
    item = b"\x22\x02\x08\x01"
    assert post(server, item * 100, PROTOBUF).status_code == 200
    assert post(server, item * 101, PROTOBUF).json()["code"] == "too_many_candidates"
    assert post(server, item * 6000, PROTOBUF).json()["code"] == "body_too_large"


def test_without_descriptors_messages_are_refused(package: Package) -> None:
    with Service(package(1)) as service:
        served = Server(service)
        answer = post(served, message(), PROTOBUF)
        served.close()
    assert answer.status_code == 415
    assert "--protobuf" in answer.json()["detail"]


def test_a_message_that_does_not_fit_the_package_ends_the_server(package: Package) -> None:
    files = FILES.SerializeToString()
    with Service(package(1)) as service, pytest.raises(EngineError, match=r"shop\.Item"):
        Server(service, protobuf=ProtobufRequests(files, "shop.Item", "items"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--protobuf", "set.desc"], "--protobuf needs --message"),
        (["--message", "shop.Request"], "need --protobuf"),
        (["--protobuf", "none.desc", "--message", "shop.Request"], "there is no such file"),
        (["--protobuf", "words.desc", "--message", "shop.Request"], "error: "),
        (["--protobuf", "set.desc", "--message", "shop.None"], "shop.None"),
        (["--protobuf", "set.desc", "--message", "shop.Request"], "candidates"),
    ],
)
def test_wrong_options_are_told(
    package: Package, tmp_path: Path, options: list[str], told: str
) -> None:
    (tmp_path / "served.fxp").write_bytes(package(1))
    (tmp_path / "set.desc").write_bytes(FILES.SerializeToString())
    (tmp_path / "words.desc").write_text("no descriptors")
    ran = subprocess.run(
        [sys.executable, "-m", "feature_extractor", "serve", "served.fxp", "--port", "0", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2, ran.stderr
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "mistake in fx" not in ran.stderr
