"""What fetches are tested with: a program, a request that lacks most of it, and functions that have it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import feature_extractor as fx
from feature_extractor.serving import Fetch, Service

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


@cache
def fetched_package() -> bytes:
    """Return the package that all tests of fetches serve."""
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


def missing(result: Any) -> None:
    assert result["age"].tolist() == [-1.0] * 3
    assert result["hour"].tolist() == [-1.0] * 3
    assert result.statistics().defaulted["hour"] == 3
