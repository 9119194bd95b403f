"""Fetches and time: side by side, until a deadline, in a bounded number of threads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from feature_extractor.serving import Service
from fetched import (
    CANDIDATES,
    expected,
    fetched_package,
    item_fetch,
    items_of,
    missing,
    outcomes,
    serving,
    user_fetch,
    user_of,
)


@pytest.fixture(scope="module")
def package() -> bytes:
    return fetched_package()


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
            assert result.fetches[0].seconds >= 0.019
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
        # Two run and eight wait; a thread that begins late leaves its call waiting.
        assert 8 <= found["late"] <= 10
        assert found["late"] + found["busy"] == 40
        assert threading.active_count() - before == 2
        assert len(asked) <= 2
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
