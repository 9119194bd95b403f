"""Fetches that fail or give what does not fit: null and told, whatever a function does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import feature_extractor as fx
import numpy as np
import pyarrow as pa
import pytest
from feature_extractor.serving import Fetch, FetchError, Service
from fetched import (
    CANDIDATES,
    USER,
    fetched_package,
    item_fetch,
    missing,
    outcomes,
    serving,
    user_fetch,
    user_of,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def package() -> bytes:
    return fetched_package()


def raises(keys: Any) -> Any:
    raise LookupError("no such user")


def times_out(keys: Any) -> Any:
    raise TimeoutError("the store is slow")


WRONG: dict[str, tuple[Callable[[Any], Any], str, str]] = {
    "raises": (raises, "failed", "LookupError: no such user"),
    "timeout": (times_out, "failed", "TimeoutError: the store is slow"),
    "nothing": (lambda keys: None, "unfit", "no column `age` in what it returned: None"),
    "number": (lambda keys: 3, "unfit", "no column `age` in what it returned: a value of type int"),
    "other": (lambda keys: {"agee": [1]}, "unfit", "what it returned: a value of type dict with agee"),
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
    "fraction": (lambda keys: {**user_of(keys), "age": [31.5]}, "unfit", "expected int, found float"),
    "number for an instant": (lambda keys: {**user_of(keys), "at": [1.5]}, "unfit", "expected timestamp, found float"),
    "bytes": (lambda keys: {**user_of(keys), "taste": [{b"war": 0.5}]}, "unfit", "expected string, found bytes"),
    "condition": (lambda keys: {**user_of(keys), "taste": [{"war": True}]}, "unfit", "expected float, found bool"),
    "array in a list": (
        lambda keys: {**user_of(keys), "profile": [np.array([True, False, True])]},
        "unfit",
        "expected float, found bool",
    ),
    "fraction in an array": (
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
