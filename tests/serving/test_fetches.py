"""Fetches: a request gets what it lacks, in all its forms, and so do the log and the shadow."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import feature_extractor as fx
import numpy as np
import pyarrow as pa
import pytest
from feature_extractor.cli import main
from feature_extractor.serving import Fetch, RequestLog
from fetched import (
    AT,
    CANDIDATES,
    PRICES,
    PROGRAM,
    USER,
    expected,
    fetched_package,
    item_fetch,
    items_of,
    outcomes,
    serving,
    user_fetch,
    user_of,
)


@pytest.fixture(scope="module")
def package() -> bytes:
    return fetched_package()


REQUEST_FORMS: dict[str, Any] = {
    "dict": ({"user": "Ann"}, None),
    "rows": ([{"user": "Ann"}], [0, 3]),
    "columns": ({"user": ["Ann"]}, [0, 3]),
    "arrow": (pa.table({"user": ["Ann"]}), [0, 3]),
}
CANDIDATE_FORMS: dict[str, Any] = {
    "rows": [{"item": 7}, {"item": 8}, {"item": 9}],
    "columns": {"item": [7, 8, 9]},
    "numpy": {"item": np.array([7, 8, 9])},
    "arrow": pa.table({"item": pa.array([7, 8, 9], pa.int32())}),
}


@pytest.mark.parametrize("candidates", CANDIDATE_FORMS)
@pytest.mark.parametrize("request_", REQUEST_FORMS)
@pytest.mark.parametrize("is_async", [False, True])
def test_all_forms_of_a_request_get_what_they_lack(
    package: bytes, request_: str, candidates: str, is_async: bool
) -> None:
    given, offsets = REQUEST_FORMS[request_]
    with serving(package, user_fetch(), item_fetch()) as service:
        if is_async:
            call = service.extract_request_async(
                given, CANDIDATE_FORMS[candidates], offsets=offsets
            )
            result = asyncio.run(call)
        else:
            result = service.extract_request(given, CANDIDATE_FORMS[candidates], offsets=offsets)
        assert outcomes(result) == {"user": "fetched", "items": "fetched"}
        assert result.to_arrow().equals(expected(package))
        assert service.fetches["user"].outcomes["fetched"] == 1
    if request_ == "dict":
        assert given == {"user": "Ann"}


JSON_FORMS = {
    "objects": '{"user": "Ann", "candidates": [{"item": 7}, {"item": 8}, {"item": 9}]}',
    "arrays": '{"user": "Ann", "candidates": {"item": [7, 8, 9]}}',
    "nested": '{"request": {"user": "Ann"}, "candidates": [{"item": 7}, {"item": 8}, {"item": 9}]}',
    "list": '[{"user": "Ann", "candidates": [{"item": 7}]}, '
    '{"user": "Ann", "candidates": {"item": [8, 9]}}]',
    "lines": '{"user": "Ann", "candidates": [{"item": 7}]}\n'
    '{"user": "Bob", "candidates": null}\n{"user": "Ann", "candidates": {"item": [8, 9]}}\n',
}


@pytest.mark.parametrize("form", JSON_FORMS)
def test_messages_in_json_get_what_they_lack(package: bytes, form: str) -> None:
    with serving(package, user_fetch(), item_fetch()) as service:
        decoder = service.json_decoder()
        for message in (JSON_FORMS[form], JSON_FORMS[form].encode()):
            result = decoder.extract(message)
            assert outcomes(result) == {"user": "fetched", "items": "fetched"}
            assert result.to_arrow().equals(expected(package))
        # The message is the core's to refuse, in its words.
        with pytest.raises(fx.EngineError, match="not JSON"):
            decoder.extract(b'{"user": ')
        with pytest.raises(fx.EngineError, match="expected string"):
            decoder.extract('{"user": 3, "candidates": []}')


def test_a_text_that_is_no_text_stays_one_null(package: bytes) -> None:
    with serving(package, user_fetch(), item_fetch()) as service:
        for user in (b"A\xffn", b"\\ud800"):
            message = b'{"user": "' + user + b'", "candidates": [{"item": 7}]}'
            result = service.json_decoder().extract(message)
            assert result["user"] == [""]
            assert result["age"].tolist() == [31.0]
            assert result.statistics().inputs["request.user"].not_utf8 == 1


RETURNED: dict[str, Callable[[], Any]] = {
    "numpy": lambda: {
        "age": np.array([31], np.int16),
        "taste": [[("war", 0.5)]],
        "profile": np.array([[1, 2, 3]], np.float64),
        "at": np.array(["2026-01-01T06:00:00"], "datetime64[ns]"),
    },
    "arrow": lambda: pa.table(
        {
            "age": pa.array([31], pa.int8()),
            "taste": pa.array([[("war", 0.5)]], pa.map_(pa.string(), pa.float32())),
            "profile": pa.array([[1, 2, 3]], pa.list_(pa.float32(), 3)),
            "at": pa.array([AT], pa.timestamp("ms", "UTC")),
        }
    ),
    "rows": lambda: [USER],
    "more": lambda: {**user_of({"user": ["x"]}), "other": ["not asked for"]},
}


@pytest.mark.parametrize("form", RETURNED)
def test_a_function_may_return_columns_in_many_forms(package: bytes, form: str) -> None:
    with serving(package, user_fetch(lambda keys: RETURNED[form]()), item_fetch()) as service:
        result = service.extract_request({"user": "Ann"}, {"item": [7, 8, 9]})
        assert outcomes(result) == {"user": "fetched", "items": "fetched"}, result.fetches
        assert result.to_arrow().equals(expected(package))


def test_keys_may_be_of_both_and_need_not_be_declared(package: bytes) -> None:
    asked: list[Any] = []

    def items(keys: dict[str, list[Any]]) -> Any:
        asked.append(keys)
        return items_of(keys)

    fetch = Fetch(
        "items", items, ["item", "user", "shop", "shelf"], ["price", "tags", "seen"], timeout=30
    )
    with serving(package, user_fetch(), fetch) as service:
        requests = [{"user": "Ann", "shop": 1}, {"user": "Bob", "shop": 2}]
        candidates = [{"item": n, "shelf": n * 10} for n in (7, 8, 9)]
        service.extract_request(requests, candidates, offsets=[0, 1, 3])
        assert asked == [
            {
                "item": [7, 8, 9],
                "user": ["Ann", "Bob", "Bob"],
                "shop": [1, 2, 2],
                "shelf": [70, 80, 90],
            }
        ]
        result = service.extract_request({"user": "Ann"}, candidates)
        assert outcomes(result) == {"user": "fetched", "items": "failed"}
        assert (
            "the request has no 'shop'" in result.fetches[-2:][0].reason + result.fetches[0].reason
        )


def test_what_is_there_is_not_fetched(package: bytes) -> None:
    def never(keys: Any) -> Any:
        raise AssertionError("nothing is lacking")

    with serving(package, user_fetch(never), item_fetch(never)) as service:
        result = service.extract_request({"user": "Ann", **USER}, CANDIDATES)
        assert result.fetches == ()
        assert result.to_arrow().equals(expected(package))
        message: dict[str, Any] = {
            "user": "Ann",
            "age": None,
            "taste": {},
            "profile": [0, 0, 0],
            "at": 0,
            "candidates": [],
        }
        assert service.json_decoder().extract(json.dumps(message)).fetches == ()


def test_what_only_some_rows_lack_is_added_to_those(package: bytes) -> None:
    with serving(package, user_fetch(), item_fetch()) as service:
        rows = [{"item": 7, "price": 9.0}, {"item": 8}, {"item": 9}]
        result = service.extract_request({"user": "Ann", "age": None}, rows)
        assert result["match"].tolist() == [23.0, -1.0, 16.5]
        assert result["age"].tolist() == [-1.0] * 3
        assert result["liked"].tolist() == [0.5] * 3


def test_a_package_that_needs_less_asks_for_less(package: bytes) -> None:
    less = fx.compile_text(
        PROGRAM.replace(", seen: duration?", "").replace("seen / 1h", "price"), path="fetched.fx"
    ).extractor()
    with serving(package, user_fetch(), item_fetch()) as service:
        service.push(less)
        result = service.extract_request({"user": "Ann"}, {"item": [7, 8, 9]})
        assert outcomes(result) == {"user": "fetched", "items": "fetched"}
        assert result["ago"].tolist() == [0.5, -1.0, 2.5]


def test_the_log_has_what_was_fetched(package: bytes, tmp_path: Path) -> None:
    log = RequestLog(tmp_path / "log", share=1.0, per_second=1e9)
    rows = iter([None, LookupError("gone"), None])

    def user(keys: Any) -> Any:
        error = next(rows)
        if error is not None:
            raise error
        return user_of(keys)

    with serving(package, user_fetch(user), item_fetch(), log=log) as service:
        for _ in range(3):
            service.extract_request({"user": "Ann"}, {"item": [7, 8, 9]})
    assert log.counts.written == 3
    (tmp_path / "p.fxp").write_bytes(package)
    assert main(["verify", str(tmp_path / "log"), str(tmp_path / "p.fxp")]) == 0
    (path,) = (tmp_path / "log").glob("*.arrow")
    logged = pa.ipc.open_stream(path.read_bytes()).read_all().to_pylist()
    assert [row["age"] for row in logged] == [31, None, 31]
    assert [one["price"] for one in logged[0]["candidates"]] == PRICES


def test_a_shadow_gets_what_was_fetched_once(package: bytes) -> None:
    asked: list[Any] = []

    def user(keys: Any) -> Any:
        asked.append(keys)
        return user_of(keys)

    with serving(package, user_fetch(user), item_fetch()) as service:
        shadow = service.shadow(package, share=1.0)
        service.extract_request({"user": "Ann"}, {"item": [7, 8, 9]})
        shadow.drain()
        assert shadow.compared == 1
        assert all(one.differing == 0 for one in shadow.differences())
    assert len(asked) == 1


def test_many_threads_share_a_service(package: bytes) -> None:
    wanted = expected(package)
    wrong: list[Any] = []

    async def user(keys: Any) -> Any:
        await asyncio.sleep(0.001)
        return user_of(keys)

    with serving(package, user_fetch(user), item_fetch()) as service:

        def work() -> None:
            for _ in range(50):
                try:
                    result = service.extract_request({"user": "Ann"}, {"item": [7, 8, 9]})
                    if not result.to_arrow().equals(wanted):
                        wrong.append(result.fetches)
                except Exception as error:
                    wrong.append(error)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert service.fetches["user"].outcomes["fetched"] == 300
