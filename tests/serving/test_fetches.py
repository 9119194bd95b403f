"""Fetches: what a request lacks is there, or is null and told; nobody waits longer than the deadline."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import feature_extractor as fx
import numpy as np
import pyarrow as pa
import pytest
from feature_extractor.cli import main
from feature_extractor.serving import Fetch, FetchError, RequestLog, Service
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PROGRAM = """
input request { user: string, age: int?, taste: map<string, float>, profile: vector<3>, at: timestamp }
input candidate { item: int, price: float?, tags: list<string>, seen: duration? }
feature user : text = user
feature age : dense(default = -1.0) = (age * 1.0) ?? -1.0
feature liked : dense(default = -1.0) = taste["war"] ?? -1.0
feature match : dense(default = -1.0) = dot(profile, profile) + (price ?? -15.0)
feature hour : dense(default = -1.0) = (at - t"2026-01-01T00:00:00Z") / 1h
feature tags : ids(1000) = tags.hash_bucket(1000)
feature ago : dense(default = -1.0) = (seen / 1h) ?? -1.0
feature item : dense = item * 1.0
"""
AT = datetime.datetime(2026, 1, 1, 6, tzinfo=datetime.UTC)
USER = {"age": 31, "taste": {"war": 0.5}, "profile": [1.0, 2.0, 3.0], "at": AT}
PRICES: list[float | None] = [0.5, None, 2.5]
TAGS = [["a"], [], ["b", "c"]]
SEEN = [datetime.timedelta(hours=1), None, datetime.timedelta(hours=3)]
CANDIDATES = {"item": [7, 8, 9], "price": PRICES, "tags": TAGS, "seen": SEEN}


@pytest.fixture(scope="module")
def package() -> bytes:
    return fx.compile_text(PROGRAM, path="fetched.fx").package.to_bytes()


def expected(package: bytes) -> Any:
    return fx.load(package).extract_request({"user": "Ann", **USER}, CANDIDATES).to_arrow()


def user_of(keys: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: [value] * len(keys["user"]) for name, value in USER.items()}


def items_of(keys: dict[str, list[Any]]) -> dict[str, Any]:
    places = [item - 7 for item in keys["item"]]
    return {
        "price": [PRICES[n] for n in places],
        "tags": [TAGS[n] for n in places],
        "seen": [SEEN[n] for n in places],
    }


def user_fetch(function: Callable[..., Any] = user_of, **options: Any) -> Fetch:
    return Fetch("user", function, ["user"], list(USER), **{"timeout": 30, **options})


def item_fetch(function: Callable[..., Any] = items_of, **options: Any) -> Fetch:
    inputs = ["price", "tags", "seen"]
    return Fetch("items", function, ["item"], inputs, **{"timeout": 30, **options})


@contextmanager
def serving(package: bytes, *fetches: Fetch, **options: Any) -> Iterator[Service]:
    with Service(package, fetches=fetches, **options) as service:
        yield service


def outcomes(result: Any) -> dict[str, str]:
    return {report.name: report.outcome for report in result.fetches}


# ---- values --------------------------------------------------------------------------------------

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


# ---- time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_async", [False, True])
def test_async_functions_are_awaited_together(package: bytes, is_async: bool) -> None:
    """Each waits until the other has begun, so one after the other they would be late."""
    begun = {"user": threading.Event(), "items": threading.Event()}

    def meeting(own: str, other: str, then: Callable[[Any], Any]) -> Any:
        async def function(keys: Any) -> Any:
            begun[own].set()
            while not begun[other].is_set():
                await asyncio.sleep(0.001)
            return then(keys)

        return function

    fetches = [
        user_fetch(meeting("user", "items", user_of)),
        item_fetch(meeting("items", "user", items_of)),
    ]
    with serving(package, *fetches) as service:
        if is_async:
            result = asyncio.run(
                service.extract_request_async({"user": "Ann"}, {"item": [7, 8, 9]})
            )
        else:
            result = service.extract_request({"user": "Ann"}, {"item": [7, 8, 9]})
        assert result.to_arrow().equals(expected(package))


def test_plain_functions_run_side_by_side_too(package: bytes) -> None:
    meeting = threading.Barrier(2, timeout=30)

    def user(keys: Any) -> Any:
        meeting.wait()
        return user_of(keys)

    def items(keys: Any) -> Any:
        meeting.wait()
        return items_of(keys)

    with serving(package, user_fetch(user), item_fetch(items)) as service:
        result = service.extract_request({"user": "Ann"}, {"item": [7, 8, 9]})
        assert result.to_arrow().equals(expected(package))


def test_without_a_deadline_a_plain_function_runs_in_line(package: bytes) -> None:
    threads: list[str] = []

    def user(keys: Any) -> Any:
        threads.append(threading.current_thread().name)
        return user_of(keys)

    with serving(package, user_fetch(user, timeout=None), item_fetch(timeout=None)) as service:
        service.extract_request({"user": "Ann"}, {"item": [7, 8, 9]})
        service.extract_request({"user": "Ann"}, {"item": [7, 8, 9]}, fetch_timeout=30)
        asyncio.run(service.extract_request_async({"user": "Ann"}, {"item": [7, 8, 9]}))
        assert [name == threading.current_thread().name for name in threads] == [True, False, False]


def missing(result: Any) -> None:
    assert result["age"].tolist() == [-1.0] * 3
    assert result["hour"].tolist() == [-1.0] * 3
    assert result.statistics().defaulted["hour"] == 3


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("is_async_function", [False, True])
@pytest.mark.parametrize("per_call", [False, True])
def test_what_is_late_is_null_and_dropped(
    package: bytes,
    caplog: pytest.LogCaptureFixture,
    is_async: bool,
    is_async_function: bool,
    per_call: bool,
) -> None:
    go_on, ended = threading.Event(), threading.Semaphore(0)

    def slow(keys: Any) -> Any:
        assert go_on.wait(30)
        ended.release()
        return user_of(keys)

    async def stubborn(keys: Any) -> Any:
        while not go_on.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)
        ended.release()
        return user_of(keys)

    late = user_fetch(stubborn if is_async_function else slow, timeout=None if per_call else 0.02)
    options = {"fetch_timeout": 0.02} if per_call else {}
    caplog.set_level(logging.WARNING, "feature_extractor.serving")

    async def calls(service: Service) -> list[Any]:
        found = [
            await service.extract_request_async({"user": "Ann"}, CANDIDATES, **options)
            for _ in range(3)
        ]
        go_on.set()
        return found

    with serving(package, late, item_fetch()) as service:
        if is_async:
            results = asyncio.run(calls(service))
        else:
            results = [
                service.extract_request({"user": "Ann"}, CANDIDATES, **options) for _ in range(3)
            ]
        for result in results:
            missing(result)
            assert outcomes(result) == {"user": "late"}
            assert result.fetches[0].seconds >= 0.02
        go_on.set()
        assert service.fetches["user"].outcomes["late"] == 3
        assert [record.getMessage() for record in caplog.records] == [
            "the fetch user is late, and its inputs are null: it was not there in time (told once)"
        ]
        if not (is_async and is_async_function):  # Its loop has ended.
            for _ in range(3):
                assert ended.acquire(timeout=30)
        missing(results[0])
        assert service.fetches["user"].outcomes["fetched"] == 0


def test_functions_that_never_return_take_a_bounded_number_of_threads(package: bytes) -> None:
    go_on = threading.Event()
    asked: list[Any] = []

    def stuck(keys: Any) -> Any:
        asked.append(keys)
        go_on.wait(60)

    before = threading.active_count()
    with serving(package, user_fetch(stuck, timeout=0.002), fetch_threads=2) as service:
        for _ in range(40):
            missing(service.extract_request({"user": "Ann"}, CANDIDATES))
        found = service.fetches["user"].outcomes
        assert found["late"] == 10
        assert found["busy"] == 30
        assert threading.active_count() - before == 2
        assert len(asked) == 2
        go_on.set()
        # What waited was late before it began, so it never began.
        until = time.monotonic() + 30
        while service.extract_request({"user": "Ann"}, CANDIDATES).fetches[0].outcome == "busy":
            assert time.monotonic() < until
        assert len(asked) <= 4
    while threading.active_count() > before:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_closing_does_not_wait_for_a_function(package: bytes) -> None:
    go_on = threading.Event()
    with serving(
        package, user_fetch(lambda keys: go_on.wait(60), timeout=0.01), item_fetch()
    ) as service:
        service.extract_request({"user": "Ann"}, CANDIDATES)
    result = service.extract_request({"user": "Ann"}, CANDIDATES)
    missing(result)
    assert "closed" in result.fetches[0].reason
    go_on.set()


def test_a_cancelled_call_cancels_its_fetches(package: bytes) -> None:
    told: list[str] = []

    async def slow(keys: Any) -> Any:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            told.append("cancelled")
            raise

    async def call(service: Service) -> None:
        task = asyncio.create_task(service.extract_request_async({"user": "Ann"}, CANDIDATES))
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0)

    with serving(package, user_fetch(slow)) as service:
        asyncio.run(call(service))
    assert told == ["cancelled"]


def test_the_event_loop_is_free_meanwhile(package: bytes) -> None:
    turns = 0

    async def user(keys: Any) -> Any:
        while turns < 5:
            await asyncio.sleep(0)
        return user_of(keys)

    async def both(service: Service) -> Any:
        nonlocal turns
        call = asyncio.create_task(service.extract_request_async({"user": "Ann"}, CANDIDATES))
        while not call.done():
            turns += 1
            await asyncio.sleep(0)
        return await call

    with serving(package, user_fetch(user)) as service:
        assert outcomes(asyncio.run(both(service))) == {"user": "fetched"}


# ---- what goes wrong -----------------------------------------------------------------------------


def raises(keys: Any) -> Any:
    raise LookupError("no such user")


def times_out(keys: Any) -> Any:
    raise TimeoutError("the store is slow")


WRONG: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "raises": (raises, "failed", "LookupError: no such user"),
    "timeout": (times_out, "failed", "TimeoutError: the store is slow"),
    "nothing": (lambda keys: None, "unfit", "no column `age` in what it returned: a NoneType"),
    "number": (lambda keys: 3, "unfit", "no column `age` in what it returned: a int"),
    "other": (lambda keys: {"agee": [1]}, "unfit", "no column `age` in what it returned: a dict with agee"),
    "scalar": (lambda keys: {**user_of(keys), "age": 31}, "unfit", "`age` must be a list or an array, not int"),
    "text": (lambda keys: {**user_of(keys), "age": "31"}, "unfit", "`age` must be a list or an array, not str"),
    "type": (lambda keys: {**user_of(keys), "age": ["31"]}, "unfit", "`age` cannot be kept as int64"),
    "arrow type": (
        lambda keys: {**user_of(keys), "age": pa.array(["31"])},
        "unfit",
        "`age` cannot be kept as int64: it is string",
    ),
    "numpy type": (
        lambda keys: {**user_of(keys), "age": np.array(["31"])},
        "unfit",
        "`age` cannot be kept as int64: it is string",
    ),
    "fraction": (
        lambda keys: {**user_of(keys), "age": np.array([31.5])},
        "unfit",
        "`age` cannot be kept as int64",
    ),
    "rows": (
        lambda keys: {**user_of(keys), "age": [31, 32]},
        "unfit",
        "`age` has 2 values instead of 1, one for each request",
    ),
    "vector": (
        lambda keys: {**user_of(keys), "profile": [[1.0, 2.0]]},
        "unfit",
        "`profile` has a vector of 2 numbers instead of 3",
    ),
    "map": (
        lambda keys: {**user_of(keys), "taste": [3]},
        "unfit",
        "`taste` cannot be kept as map<",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRONG)
@pytest.mark.parametrize("is_async", [False, True])
def test_what_goes_wrong_is_null_and_told(
    package: bytes, kind: str, is_async: bool, caplog: pytest.LogCaptureFixture
) -> None:
    function, outcome, reason = WRONG[kind]

    async def awaited(keys: Any) -> Any:
        return function(keys)

    caplog.set_level(logging.WARNING, "feature_extractor.serving")
    with serving(package, user_fetch(awaited if is_async else function), item_fetch()) as service:
        for _ in range(2):
            result = service.extract_request({"user": "Ann"}, CANDIDATES)
            missing(result)
            (report,) = result.fetches
            assert report.outcome == outcome
            assert reason in report.reason
        assert len(caplog.records) == 1
        assert "the fetch user" in caplog.records[0].getMessage()
        assert reason in caplog.records[0].getMessage()
        assert service.fetches["user"].outcomes[outcome] == 2
    with (
        serving(package, user_fetch(awaited if is_async else function, required=True)) as service,
        pytest.raises(FetchError, match="the fetch 'user' is required"),
    ):
        service.extract_request({"user": "Ann"}, CANDIDATES)


def test_a_function_that_does_not_take_keys_fails(package: bytes) -> None:
    async def nothing() -> Any:
        return {}

    functions: list[Callable[..., Any]] = [nothing, lambda: {}]
    for function in functions:
        with serving(package, user_fetch(function)) as service:
            result = service.extract_request({"user": "Ann"}, CANDIDATES)
            assert "TypeError" in result.fetches[0].reason


def test_an_object_with_an_async_call_is_awaited(package: bytes) -> None:
    class Store:
        async def __call__(self, keys: Any) -> Any:
            return user_of(keys)

    with serving(package, user_fetch(Store())) as service:
        assert outcomes(service.extract_request({"user": "Ann"}, CANDIDATES)) == {"user": "fetched"}


def test_fetches_are_checked(package: bytes) -> None:
    with pytest.raises(ValueError, match="a list of names"):
        Fetch("x", user_of, "user", ["age"])
    with pytest.raises(ValueError, match="above 0"):
        user_fetch(timeout=0)
    with pytest.raises(ValueError, match="needs a name"):
        Fetch("x", user_of, ["user"], [])
    for fetches, text in [
        ([Fetch("x", user_of, ["user"], ["agee"])], "does not declare; it has: user, age"),
        ([Fetch("x", user_of, ["user"], ["age", "price"])], "make it two fetches"),
        ([user_fetch(), user_fetch()], "the fetch 'user' comes twice"),
        ([user_fetch(), Fetch("x", user_of, ["user"], ["age"])], "the input 'age' comes twice"),
    ]:
        with pytest.raises(ValueError, match=text):
            Service(package, fetches=fetches)
    with pytest.raises(ValueError, match="fetch_threads"):
        Service(package, fetches=[user_fetch()], fetch_threads=0)
    with (
        serving(package, user_fetch()) as service,
        pytest.raises(fx.FeatureExtractorError, match="decoders of JSON only"),
    ):
        service.protobuf_decoder(b"", "Request")


class Trap:
    """Fails when it is looked at."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("do not look")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.binary(max_size=3)
    | st.datetimes()
    | st.builds(Trap)
    | st.sampled_from(
        [np.array(3), np.array([[1]]), np.array([object()]), np.zeros(1, "i4,f4"), pa.array([{}])]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.sampled_from(list(USER)), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=st.fixed_dictionaries(dict.fromkeys(USER, values)) | values)
def test_whatever_a_function_returns_a_request_is_answered(package: bytes, value: Any) -> None:
    with serving(package, user_fetch(lambda keys: value, timeout=None)) as service:
        result = service.extract_request({"user": "Ann"}, CANDIDATES)
        assert result.rows == 3
        assert outcomes(result)["user"] in ("fetched", "unfit")


def test_the_core_says_what_is_wrong_with_a_request(package: bytes) -> None:
    with serving(package, user_fetch(timeout=None), item_fetch(timeout=None)) as service:
        for request, candidates, offsets, text in [
            ({"user": 3}, {"item": [1]}, None, "column 'user'"),
            ({"user": "Ann"}, {"item": 3}, None, "Column 'item' must be an array or a list"),
            ({"user": "Ann"}, {"item": ["x"]}, None, "column 'item': expected int"),
            ({"user": "Ann"}, 3, None, "int"),
            ({"user": "Ann"}, [3], None, "Row 0 must be a dict"),
            (3, {"item": [7]}, None, "int"),
            ({"user": ["a", "b"]}, {"item": [7, 8]}, [0, 1], "offsets of the candidates"),
            ({"user": ["a"]}, {"item": [7, 8]}, [0, 9], "offsets of the candidates"),
        ]:
            with pytest.raises((fx.EngineError, TypeError, ValueError)) as told:
                service.extract_request(request, candidates, offsets=offsets)
            assert text in str(told.value)


# ---- beside it -----------------------------------------------------------------------------------


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
