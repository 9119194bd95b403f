"""Requests that come as bytes are logged as all others, and computed again to the same bits."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pyarrow as pa
import pytest
from described_messages import descriptors, message_class
from feature_extractor.cli import main
from feature_extractor.serving import Fetch, RequestLog, Service
from feature_extractor.serving import log as log_module

PROGRAM = """
input request {
  user: string, at: timestamp, taste: map<string, float>?, profile: vector<3>?,
  seen: list<{item: int, for: duration?}>, unread: list<string>
}
input candidate { item: int, price: float?, tags: list<string>, raw: bytes? }
feature user : text = user
feature hour : dense = hour(at, "UTC") * 1.0
feature war : dense = taste["war"] ?? -1.0
feature length : dense(default = -1.0) = dot(profile, profile) ?? -2.0
feature again : dense = seen.count(s -> s.item == item)
feature total : dense = seen.sum(s -> s.for ?? 1h) / 1h
feature price : dense = price ?? -1.0
feature tags : ids(1000, max = 3) = tags.hash_bucket(1000)
feature raw : id(1000) = raw.hash_bucket(1000) ?? 0
"""
REQUEST = {
    "user": "Änn",
    "at": "2026-01-31T10:00:00+01:00",
    "taste": {"war": 0.25, "art": None},
    "profile": [1.0, -2.0, 0.5],
    "seen": [{"item": 1, "for": "90m"}, {"item": 1}, {"item": 2, "for": None}],
    "unread": [],
    "candidates": [
        {"item": 1, "price": 2.5, "tags": ["a", "b"], "raw": "AAEC"},
        {"item": 2, "price": float("nan"), "tags": [None, "c"]},
    ],
}
SPARSE = {"user": "Bob", "at": 0, "seen": [], "candidates": []}
COLUMNS = {
    "request": {**SPARSE, "profile": [1.0], "user": "C"},
    "candidates": {"item": [3, 2**40], "tags": [[], ["x"]]},
}


def text(*requests: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(one) for one in requests).encode()


DAMAGED = text(REQUEST).replace(b'"a", "b"', b'"\xff\xfe", "\\ud800"')
CALLS: dict[str, list[Any]] = {
    "one": [text(REQUEST)],
    "str": [text(REQUEST).decode()],
    "none": [text(SPARSE)],
    "columns": [text(COLUMNS)],
    "lines": [text(REQUEST, SPARSE, COLUMNS)],
    "list": [json.dumps([SPARSE, REQUEST]).encode()],
    "batch": [text(REQUEST), text(SPARSE), text(COLUMNS, REQUEST)],
    "damaged": [DAMAGED],
}


@pytest.fixture(scope="module")
def package() -> bytes:
    return fx.compile_text(PROGRAM, path="logged.fx").package.to_bytes()


def verified(package: bytes, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    (folder / "p.fxp").write_bytes(package)
    assert main(["verify", str(folder / "log"), str(folder / "p.fxp")]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("call", CALLS)
def test_messages_in_json_are_logged(
    package: bytes, tmp_path: Path, call: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log = RequestLog(tmp_path / "log", share=1.0, values=True)
    with Service(package, log=log) as service:
        result = service.json_decoder().extract_batch(CALLS[call])
    assert log.counts == log_module.LogCounts(written=result.requests)
    said = verified(package, tmp_path, capsys)
    count = "1 request with" if result.requests == 1 else f"{result.requests} requests with"
    assert f"9 features compared, all the same: {count}" in said
    rows: list[dict[str, Any]] = []
    for path in (tmp_path / "log").iterdir():
        batch = pa.ipc.open_stream(path.read_bytes()).read_all()
        batch.validate(full=True)
        rows += batch.to_pylist()
    assert [v for row in rows for v in row["fx_features"]] == result.to_arrow().to_pylist()
    if call == "one":
        assert rows[0]["taste"] == [("war", 0.25), ("art", None)]
        assert [one["item"] for one in rows[0]["candidates"]] == [1, 2]


def test_messages_of_protocol_buffers_are_logged(
    package: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = descriptors(
        {
            "Candidate": {
                "item": "int64",
                "price": "double",
                "tags": "repeated string",
                "raw": "bytes",
            },
            "Seen": {"item": "int64", "for": "int64"},
            "Request": {
                "user": "string",
                "at": "int64",
                "taste": "map<string, double>",
                "profile": "repeated float",
                "seen": "repeated Seen",
                "candidates": "repeated Candidate",
            },
        }
    )
    made = message_class(files, "Request")
    first = made(
        user="Ann",
        at=3_600_000_000,
        taste={"war": 0.5},
        profile=[1, 2, 3],
        seen=[{"item": 1, "for": 3_600_000_000}],
        candidates=[{"item": 1, "price": 0.5, "tags": ["a", "b", "c", "d"], "raw": b"\x00"}, {}],
    )
    messages = [first.SerializeToString(), made(user="Bob").SerializeToString()]
    log = RequestLog(tmp_path / "log", share=1.0)
    with Service(package, log=log) as service:
        decoder = service.protobuf_decoder(files, "Request")
        assert decoder.extract(messages[0])["war"].tolist() == [0.5, 0.5]
        # The caller's memory may be used again once the call has returned.
        buffers = [bytearray(message) for message in messages]
        decoder.extract_batch(buffers)
        for buffer in buffers:
            buffer[:] = bytes(len(buffer))
    assert log.counts == log_module.LogCounts(written=3)
    assert "all the same: 3 requests with 4 rows" in verified(package, tmp_path, capsys)


def test_messages_are_copied_only_where_they_are_taken(
    package: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And decoded in the thread of the log, not in that of the request."""
    threads: list[str] = []
    decoded = fx.Extractor.decoded_messages

    def told(*arguments: Any) -> Any:
        threads.append(threading.current_thread().name)
        return decoded(*arguments)

    monkeypatch.setattr(fx.Extractor, "decoded_messages", told)
    log = RequestLog(tmp_path, share=0.5, per_second=1e9, seed=1, waiting=1000)
    with Service(package, log=log) as service:
        decoder = service.json_decoder()
        for _ in range(50):
            decoder.extract(text(REQUEST))
    assert 10 < len(threads) < 40
    assert set(threads) == {"feature_extractor log"}
    assert log.counts.written == len(threads)


def test_what_was_fetched_for_a_message_is_logged(
    package: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def user(keys: dict[str, list[Any]]) -> Any:
        return {"taste": [{"war": 9.5}], "at": [7_200_000_000], "seen": [[]]}

    fetch = Fetch("user", user, ["user"], ["taste", "at", "seen"], timeout=30)
    log = RequestLog(tmp_path / "log", share=1.0)
    with Service(package, log=log, fetches=[fetch]) as service:
        message = b'{"user": "Ann", "candidates": [{"item": 1, "tags": []}]}'
        result = service.json_decoder().extract(message)
        assert (result["war"].tolist(), result["hour"].tolist()) == ([9.5], [2.0])
    assert "all the same: 1 request with 1 row" in verified(package, tmp_path, capsys)


def test_tables_of_arrow_are_logged_by_request(
    package: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = RequestLog(tmp_path / "log", share=1.0)
    extractor = fx.load(package)
    decoded = extractor.decoded_messages(extractor.json_decoder()._format, [CALLS["lines"][0]])
    requests, candidates, offsets = decoded
    with Service(package, log=log) as service:
        whole = service.extract_request(requests, candidates, offsets=offsets)
        nested = log_module.GivenRequest(*decoded).tables(extractor).nested()
        assert service.extract(nested).to_arrow().equals(whole.to_arrow())
    assert "all the same: 6 requests with 8 rows" in verified(package, tmp_path, capsys)
