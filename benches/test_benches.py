"""Small benchmarks for ``make bench``: some families and one request, each side a benchmark.

The full tables come from families.py, example_program.py and request.py; see README.md. Each case first
compares the results of the sides, so that what is timed is known to be right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from benches.families import Sides
from benches.family_definitions import Family, families, together
from benches.latency import (
    answer,
    opened,
    schedule,
    vocabulary_package,
    waits_and_services,
)
from benches.ranking_table import ranking_table
from benches.request import sides as request_sides

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

ROWS = 20_000
SIDES = ["limit", "ours", "Polars", "DuckDB"]
FAMILIES = [
    "arithmetic",
    "hash to bucket",
    "tokenise and hash",
    "set intersection, Jaccard (25 x 25)",
    "window counts over a history",
    "all together",
]
REQUEST_SIDES = ["ours, columns", "ours, request in Arrow", "Polars", "DuckDB", "NumPy by hand"]


@pytest.fixture(scope="session")
def made_sides() -> Iterator[tuple[Sides, dict[str, Family]]]:
    """The sides over one table, and the families by name."""
    data = ranking_table(ROWS)
    parts = families(data.words)
    with Sides(data, threads=1) as sides:
        yield sides, {family.name: family for family in [*parts, together(parts)]}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", FAMILIES)
def test_family(
    benchmark: BenchmarkFixture,
    made_sides: tuple[Sides, dict[str, Family]],
    name: str,
    side: str,
) -> None:
    """Time one side of one family."""
    sides, by_name = made_sides
    benchmark.group = name
    run = _runs(sides, by_name[name])[side]
    benchmark.pedantic(run, rounds=7, warmup_rounds=1)


_made: dict[str, dict[str, Callable[[], Any]]] = {}


def _runs(sides: Sides, family: Family) -> dict[str, Callable[[], Any]]:
    if family.name not in _made:
        sides.check(family, SIDES)
        _made[family.name] = sides.runs(family, SIDES)
    return _made[family.name]


@lru_cache
def _request(size: int, program: str) -> dict[str, Callable[[], Any]]:
    return request_sides(size, program)


@pytest.mark.parametrize("side", REQUEST_SIDES)
@pytest.mark.parametrize("program", ["grocery", "wide-60"])
@pytest.mark.parametrize("size", [1, 300])
def test_request(benchmark: BenchmarkFixture, size: int, program: str, side: str) -> None:
    """Time one side of one request."""
    benchmark.group = f"one request, {program}, {size} candidates"
    benchmark.pedantic(_request(size, program)[side], rounds=20, warmup_rounds=2)


def test_latency_under_load(benchmark: BenchmarkFixture) -> None:
    """Time a short schedule of requests, each of which waits for those before it."""
    benchmark.group = "latency"
    ask = _request(300, "wide-60")["ours, columns"]
    due = schedule(0.3, 0.002, at_random=True)
    _, services = benchmark.pedantic(answer, (ask, due), rounds=3)
    assert len(waits_and_services(services, due, 0.7)) == len(due)


@pytest.mark.parametrize("verified", [False, True])
def test_open_vocabulary(
    benchmark: BenchmarkFixture, tmp_path_factory: pytest.TempPathFactory, verified: bool
) -> None:
    """Time opening a package with a vocabulary, and 2,000 look-ups."""
    benchmark.group = "open a vocabulary of 100,000 words"
    package = vocabulary_package(tmp_path_factory.mktemp("words"), 100_000)
    benchmark.pedantic(opened, (package, 100_000, verified, True), rounds=5)
