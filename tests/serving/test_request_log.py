"""The log of requests: a sample, never in the way of a request, and readable whatever happens to the disk."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from feature_extractor.cli import main
from feature_extractor.digest import numbered_digests
from feature_extractor.serving import RequestLog, Service, log
from pyarrow import ipc

Package = Callable[..., bytes]
CANDIDATES = {"item": list(range(4)), "price": [None, 0.5, 1.0, None]}


def request(number: int) -> dict[str, Any]:
    return {"user": f"user {number}", "seen": [number, number % 4]}


def rows_of(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.glob("requests-*.arrow")):
        rows += ipc.open_stream(path.read_bytes()).read_all().to_pylist()
    return rows


def serve(package: bytes, folder: Path, count: int, **options: Any) -> RequestLog:
    options = {"share": 1.0, "per_second": 1e9, "waiting": 10_000} | options
    written = RequestLog(folder, **options)
    with Service(package, log=written) as service:
        for number in range(count):
            service.extract_request(request(number), CANDIDATES)
    return written


def test_a_row_has_inputs_and_results(package: Package, tmp_path: Path) -> None:
    content = package(1)
    written = RequestLog(tmp_path / "log", share=1.0, values=True)
    with Service(content, log=written) as service:
        first = service.extract_request(request(1), CANDIDATES)
        table = {
            "user": ["a", "a", "b"],
            "seen": [[1], [1], [2]],
            "item": [1, 2, 3],
            "price": [None] * 3,
        }
        second = service.extract(table)
        written.drain()
        rows = rows_of(tmp_path / "log")
    assert written.counts.written == 3
    assert [row["user"] for row in rows] == ["user 1", "a", "b"]
    assert [len(row["candidates"]) for row in rows] == [4, 2, 1]
    assert {row["fx_package"] for row in rows} == {first.package_digest}
    assert json.loads(rows[0]["fx_digest"]) == numbered_digests(first.to_arrow())
    features = [value for row in rows[1:] for value in row["fx_features"]]
    assert features == second.to_arrow().to_pylist()


@pytest.mark.parametrize("form", ["dicts", "columns", "arrow", "offsets"])
def test_all_that_a_service_takes_is_logged_alike(
    package: Package, tmp_path: Path, form: str
) -> None:
    candidates: Any = CANDIDATES
    given: Any = request(2)
    options: dict[str, Any] = {}
    if form == "dicts":
        candidates = [
            dict(zip(CANDIDATES, values, strict=True))
            for values in zip(*CANDIDATES.values(), strict=True)
        ]
    elif form == "arrow":
        candidates = pa.table(
            {"item": pa.array(range(4), pa.int32()), "price": CANDIDATES["price"]}
        )
    elif form == "offsets":
        given, options = [request(2)], {"offsets": [0, 4]}
    written = RequestLog(tmp_path, share=1.0)
    with Service(package(1), log=written) as service:
        service.extract_request(given, candidates, **options)
    assert written.counts == log.LogCounts(written=1)
    (row,) = rows_of(tmp_path)
    assert (row["user"], row["seen"]) == ("user 2", [2, 2])
    assert row["candidates"] == [
        {"item": i, "price": p} for i, p in zip(*CANDIDATES.values(), strict=True)
    ]


def test_a_share_is_taken_and_a_second_has_a_limit(package: Package, tmp_path: Path) -> None:
    counts = serve(package(1), tmp_path / "a", 400, share=0.25, seed=3).counts
    assert 60 < counts.written < 140
    counts = serve(package(1), tmp_path / "b", 50, per_second=1e-9).counts
    assert (counts.written, counts.limited) == (1, 49)
    counts = serve(package(1), tmp_path / "c", 5, most_rows=3).counts
    assert (counts.written, counts.large) == (0, 5)


def test_a_full_queue_drops_and_never_waits(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    rows = log.log_rows

    def slow(*arguments: Any) -> Any:
        go_on.wait(60)
        return rows(*arguments)

    monkeypatch.setattr(log, "log_rows", slow)
    written = RequestLog(tmp_path, share=1.0, per_second=1e9, waiting=2)
    with Service(package(1), log=written) as service:
        for number in range(20):
            service.extract_request(request(number), CANDIDATES)
        assert written.counts.dropped >= 17
        go_on.set()
    assert written.counts.written + written.counts.dropped == 20
    assert len(rows_of(tmp_path)) == written.counts.written


def test_files_are_rotated_and_the_oldest_go(package: Package, tmp_path: Path) -> None:
    written = serve(package(1), tmp_path, 40, file_bytes=4_000, files=3)
    paths = sorted(tmp_path.glob("requests-*.arrow"))
    assert len(paths) == 3
    assert all(path.stat().st_size < 10_000 for path in paths)
    assert written.counts.written == 40
    assert rows_of(tmp_path)[-1]["user"] == "user 39"


def test_another_package_begins_another_file(package: Package, tmp_path: Path) -> None:
    written = RequestLog(tmp_path, share=1.0, values=True)
    more = "feature more : dense = 1.0 * item"
    with Service(package(1), same_outputs=False, log=written) as service:
        service.extract_request(request(1), CANDIDATES)
        service.push(package(2, more))
        service.extract_request(request(2), CANDIDATES)
    assert len(list(tmp_path.glob("requests-*.arrow"))) == 2
    assert len({row["fx_package"] for row in rows_of(tmp_path)}) == 2


def test_a_full_disk_costs_requests_of_the_log_only(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that takes half a batch and then no more: what is in the file stays whole, and later it goes on."""
    room = [6_000]
    write = os.write

    def limited(handle: int, data: Any) -> int:
        if threading.current_thread().name != "feature_extractor log":
            return write(handle, data)
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = write(handle, data[: min(len(data), room[0], 700)])
        room[0] -= done
        return done

    monkeypatch.setattr(os, "write", limited)
    monkeypatch.setattr(log, "_PAUSE", 0.0)
    written = RequestLog(tmp_path, share=1.0, per_second=1e9, waiting=1000)
    with Service(package(1), log=written) as service:
        for number in range(30):
            service.extract_request(request(number), CANDIDATES)
        written.drain()
        counts = written.counts
        assert 0 < counts.written < 30
        assert counts.written + counts.failed == 30
        assert "No space left" in counts.trouble
        assert len(rows_of(tmp_path)) == counts.written
        room[0] = 1_000_000
        service.extract_request(request(99), CANDIDATES)
    assert written.counts.written == counts.written + 1
    assert rows_of(tmp_path)[-1]["user"] == "user 99"


def test_after_a_failure_the_log_pauses(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "log"
    written = RequestLog(folder, share=1.0, per_second=1e9, waiting=1000)
    folder.rmdir()
    with Service(package(1), log=written) as service:
        for number in range(5):
            service.extract_request(request(number), CANDIDATES)
    assert (written.counts.failed, written.counts.dropped) == (1, 4)


def test_a_disk_that_hangs_does_not_hold_up_the_end(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs, go_on = threading.Event(), threading.Event()
    write = os.write

    def hanging(handle: int, data: Any) -> int:
        if threading.current_thread().name == "feature_extractor log":
            hangs.set()
            assert go_on.wait(60)
        return write(handle, data)

    monkeypatch.setattr(os, "write", hanging)
    monkeypatch.setattr(log, "_END_SECONDS", 0.05)
    written = RequestLog(tmp_path, share=1.0, per_second=1e9, waiting=2)
    with Service(package(1), log=written) as service:
        for number in range(10):
            service.extract_request(request(number), CANDIDATES)
        assert hangs.wait(30)
    assert written._thread.is_alive()
    go_on.set()
    written._thread.join(30)
    assert not written._thread.is_alive()
    assert written.counts.written == len(rows_of(tmp_path)) > 0


def test_what_cannot_be_kept_is_counted(package: Package, tmp_path: Path) -> None:
    """The core takes an integer of 64 bits without a sign, and makes it null where it is too large."""
    written = RequestLog(tmp_path, share=1.0)
    with Service(package(1), log=written) as service:
        large = pa.table({"item": pa.array([2**63], pa.uint64()), "price": [0.5]})
        assert service.extract_request(request(1), large).rows == 1
    assert (written.counts.written, written.counts.failed) == (0, 1)
    assert "the column `item` cannot be kept as int64" in written.counts.trouble


def test_an_unfinished_file_can_be_read(package: Package, tmp_path: Path) -> None:
    written = RequestLog(tmp_path, share=1.0)
    with Service(package(1), log=written) as service:
        service.extract_request(request(1), CANDIDATES)
        written.drain()
        assert len(rows_of(tmp_path)) == 1
        (path,) = tmp_path.glob("requests-*.arrow")
        (tmp_path / "p.fxp").write_bytes(package(1))
        assert main(["verify", "-q", str(path), str(tmp_path / "p.fxp")]) == 0
        assert (
            main(
                [
                    "run",
                    "-q",
                    str(tmp_path / "p.fxp"),
                    "-i",
                    str(path),
                    "-o",
                    str(tmp_path / "x.parquet"),
                ]
            )
            == 0
        )


@pytest.mark.parametrize(
    "options",
    [{"share": 0.0}, {"share": 1.5}, {"per_second": 0}, {"files": 0}, {"waiting": 0}],
)
def test_options_are_checked(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be above 0"):
        RequestLog(tmp_path, **options)
