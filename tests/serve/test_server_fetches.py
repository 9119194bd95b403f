"""Fetches behind the server: requests in JSON that lack something, and what the metrics tell of it."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from feature_extractor.cli import main
from feature_extractor.serve.application import Server
from feature_extractor.serve.limits import Limits
from feature_extractor.serving import Fetch, Service
from numbered_packages import Package
from prometheus_client.parser import text_string_to_metric_families
from served import BODY, REQUEST

pytest.importorskip("google.protobuf")
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

LACKING = json.dumps({"user": "Ann of Ulm", "candidates": REQUEST["candidates"]}).encode()


def known(keys: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {"seen": [[3, 3, 5]] * len(keys["user"]), "now": [0] * len(keys["user"])}


def lost(keys: dict[str, list[Any]]) -> dict[str, list[Any]]:
    raise LookupError("the store is gone")


def asked(server: Server, content: bytes) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=server.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            return await client.post("/extract", content=content)

    return asyncio.run(ask())


def serving(content: bytes, function: Any, **options: Any) -> Server:
    fetch = Fetch("history", function, ["user"], ["seen", "now"], **{"timeout": 30, **options})
    return Server(Service(content, fetches=[fetch]), limits=Limits(threads=2))


def samples(server: Server) -> dict[str, float]:
    return {
        "/".join([sample.name.removeprefix("feature_extractor_"), *sorted(sample.labels.values())]): sample.value
        for family in text_string_to_metric_families(server.metrics.text().decode())
        for sample in family.samples
        if "fetch" in sample.name
    }  # fmt: skip


def test_a_request_gets_what_it_lacks(package: Package) -> None:
    server = serving(package(1), known)
    try:
        found, whole = asked(server, LACKING), asked(server, BODY)
        assert found.json()["features"] == whole.json()["features"]
        counted = samples(server)
        assert counted["fetches_total/fetched/history"] == 1
        assert counted["fetches_total/history/late"] == 0
        assert 0 < counted["fetch_seconds_total/history"] < 30
    finally:
        server.close()
        server.service.close()


def test_what_is_late_or_lost_is_null_and_counted(package: Package) -> None:
    go_on = threading.Event()
    for function, timeout, outcome in (
        (lambda keys: go_on.wait(30), 0.01, "late"),
        (lost, 30, "failed"),
    ):
        server = serving(package(1), function, timeout=timeout)
        try:
            answer = asked(server, LACKING)
            assert answer.status_code == 200
            assert answer.json()["features"]["seen_before"] == [0.0] * 8
            assert answer.headers["x-feature-extractor-missing"] == f"history={outcome}"
            (key,) = [
                k for k, n in samples(server).items() if k.startswith("fetches_total") and n == 1
            ]
            assert sorted(key.split("/")[1:]) == sorted(["history", outcome])
        finally:
            go_on.set()
            server.close()
            server.service.close()


def test_what_is_required_is_refused(package: Package) -> None:
    server = serving(package(1), lost, required=True)
    try:
        answer = asked(server, LACKING)
        assert answer.status_code == 503
        assert answer.json()["code"] == "fetch_failed"
        assert "LookupError: the store is gone" in answer.json()["detail"]
        assert answer.headers["retry-after"] == "1"
        assert asked(server, BODY).status_code == 200
    finally:
        server.close()
        server.service.close()


def test_a_request_without_the_keys_of_what_is_required_need_not_come_again(
    package: Package,
) -> None:
    server = serving(package(1), known, required=True)
    try:
        answer = asked(server, json.dumps({"candidates": REQUEST["candidates"]}).encode())
        assert answer.status_code == 400
        assert answer.json()["code"] == "request_does_not_fit"
        assert (
            answer.json()["detail"] == "the fetch 'history' is required: the request has no 'user'"
        )
        assert "retry-after" not in answer.headers
        assert samples(server)["fetches_total/failed/history"] == 1
        assert asked(server, LACKING).status_code == 200
    finally:
        server.close()
        server.service.close()


def test_no_thread_waits_for_a_store(package: Package) -> None:
    """Eight requests meet in the store, behind a server with one thread."""
    there = 0

    async def meeting(keys: dict[str, list[Any]]) -> dict[str, list[Any]]:
        nonlocal there
        there += 1
        while there < 8:
            await asyncio.sleep(0.001)
        return known(keys)

    fetch = Fetch("history", meeting, ["user"], ["seen", "now"], timeout=30)
    server = Server(Service(package(1), fetches=[fetch]), limits=Limits(threads=1))

    async def ask_all() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=server.application)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            calls = [client.post("/extract", content=LACKING, timeout=60) for _ in range(8)]
            return list(await asyncio.gather(*calls))

    try:
        for answer in asyncio.run(ask_all()):
            assert answer.json()["features"]["version"] == [1.0] * 8
            assert "x-feature-extractor-missing" not in answer.headers
        assert samples(server)["fetches_total/fetched/history"] == 8
        assert 'stage_seconds_count{stage="fetch"} 8.0' in server.metrics.text().decode()
    finally:
        server.close()
        server.service.close()


MODULE = """
from feature_extractor import Fetch

def known(keys):
    return {"seen": [[3, 3, 5]] * len(keys["user"]), "now": [0] * len(keys["user"])}

FETCHES = [Fetch("history", known, ["user"], ["seen", "now"], timeout=30)]
WRONG = [Fetch("history", known, ["user"], ["sen"])]
OTHER = "not a list"
"""


def test_fx_serve_takes_fetches_of_a_module(
    package: Package,
    started: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    served = tmp_path / "served.fxp"
    served.write_bytes(package(1))
    (tmp_path / "stores_of_a_test.py").write_text(MODULE)
    with started(served, "--fetches", "stores_of_a_test:FETCHES") as server:
        answers = [
            httpx.post(f"{server.address}/extract", content=content) for content in (LACKING, BODY)
        ]
        assert answers[0].json()["features"] == answers[1].json()["features"]
        assert (
            'feature_extractor_fetches_total{fetch="history",outcome="fetched"} 1.0'
            in httpx.get(f"{server.address}/metrics").text
        )
    for named, text in [
        ("stores_of_a_test", "not of the form MODULE:NAME"),
        ("stores_of_a_test:NOTHING", "cannot be imported: AttributeError"),
        ("no_such_module:FETCHES", "cannot be imported: ModuleNotFoundError"),
        ("stores_of_a_test:OTHER", "not a list of feature_extractor.Fetch"),
        ("stores_of_a_test:WRONG", "the input 'sen', which the package does not declare"),
    ]:
        assert main(["serve", str(served), "--fetches", named]) == 2
        told = capfd.readouterr().err
        assert text in told
        assert "Traceback" not in told


def asked_message(*request_fields: str) -> tuple[bytes, bytes]:
    """Return the descriptors of a message that lacks the history, and the usual request in it."""
    kinds = descriptor_pb2.FieldDescriptorProto
    files = descriptor_pb2.FileDescriptorSet()
    file = files.file.add(name="asked.proto", package="shop", syntax="proto3")
    item = file.message_type.add(name="Item")
    item.field.add(name="item", number=1, type=kinds.TYPE_INT64, label=1)
    item.field.add(name="price", number=2, type=kinds.TYPE_DOUBLE, label=1, proto3_optional=True)
    item.field[1].oneof_index = 0
    item.oneof_decl.add(name="_price")
    asked = file.message_type.add(name="Asked")
    for number, name in enumerate(request_fields, start=1):
        asked.field.add(name=name, number=number, type=kinds.TYPE_STRING, label=1)
    asked.field.add(
        name="candidates", number=9, type=kinds.TYPE_MESSAGE, type_name=".shop.Item", label=3
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    message = message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.Asked"))()
    for name in request_fields:
        setattr(message, name, REQUEST[name])
    for row in REQUEST["candidates"]:
        message.candidates.add(**{name: value for name, value in row.items() if value is not None})
    return files.SerializeToString(), message.SerializeToString()


def test_messages_get_what_they_have_no_field_for(
    package: Package, started: Any, tmp_path: Path
) -> None:
    (tmp_path / "served.fxp").write_bytes(package(1))
    (tmp_path / "stores_of_messages.py").write_text(MODULE)
    descriptors, message = asked_message("user")
    (tmp_path / "asked.desc").write_bytes(descriptors)
    options = ["--fetches", "stores_of_messages:FETCHES", "--protobuf", "asked.desc"]
    options += ["--message", "shop.Asked"]
    with started("served.fxp", *options, folder=tmp_path) as server:
        url = f"{server.address}/extract"
        headers = {"Content-Type": "application/x-protobuf"}
        answer = httpx.post(url, content=message, headers=headers)
        assert answer.json() == httpx.post(url, content=BODY).json()
        assert httpx.post(url, content=message[:-1], headers=headers).status_code == 400
        assert (
            'feature_extractor_fetches_total{fetch="history",outcome="fetched"} 1.0'
            in httpx.get(f"{server.address}/metrics").text
        )


def test_messages_without_a_key_are_told_when_the_server_starts(
    package: Package,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    module = MODULE.replace('["user"], ["seen", "now"]', '["user_id"], ["seen", "now"]')
    (tmp_path / "stores_by_id.py").write_text(module)
    (tmp_path / "served.fxp").write_bytes(package(1))
    (tmp_path / "asked.desc").write_bytes(asked_message("user")[0])
    options = ["--fetches", "stores_by_id:FETCHES", "--protobuf", "asked.desc", "--port", "0"]
    assert main(["serve", "served.fxp", *options, "--message", "shop.Asked"]) == 2
    told = capfd.readouterr().err
    assert "asked.desc: The fetch 'history' needs the key `user_id`" in told
    assert "Traceback" not in told
