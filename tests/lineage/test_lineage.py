"""The lineage of a row: the values are those of the core, and each null has its reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

fx = pytest.importorskip("feature_extractor")
if not hasattr(fx, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)

from feature_extractor.lineage import Node, Tracer, lineage, open_traced
from feature_extractor.lineage.trace import Plan
from feature_extractor.lineage.tree import Sources, wanted
from feature_extractor.plan.package import read_package
from feature_extractor.registry import load_registry
from parity.random_packages import TRIALS, trial

PROGRAM = """
input request {
    now:     timestamp
    age:     int?
    history: list<{movie: int, at: timestamp, rating: float}>
    taste:   map<string, float>
}
input candidate {
    movie:  int
    genre:  string
    length: duration?
    raw:    bytes
}
let recent = history.filter(e -> e.at >= now - 1d)
feature half    : dense       = (age ?? 40) / 2
feature seen    : dense       = recent.count(e -> e.movie == movie)
feature latest  : id(8)       = history.last().movie ?? 9
feature liking  : dense       = taste[genre] ?? -1.0
feature inverse : dense       = 1 / (movie - 3)
feature hours   : dense       = (length ?? 90m) / 1h
feature ids     : ids(100)    = recent.map(e -> e.movie % 100)
feature shared  : dense       = collect(movie).sum()
feature size    : id(1)       = raw.hash_bucket(1)
feature upper   : text        = genre.upper()
"""

ROWS = [
    {
        "now": 86_400_000_000,
        "age": None,
        "history": [
            {"movie": 3, "at": 86_000_000_000, "rating": 0.5},
            {"movie": 9, "at": -5, "rating": 1.0},
        ],
        "taste": [("war", float("nan"))],
        "candidates": [
            {"movie": 3, "genre": "war", "length": None, "raw": b"\xff"},
            {"movie": 4, "genre": "art", "length": 5_400_000_000, "raw": b""},
        ],
    }
]


@pytest.fixture(scope="module", params=["source", "package"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("lineage")
    path = folder / "ranking.fx"
    path.write_text(PROGRAM, encoding="utf-8")
    if request.param == "package":
        fx.compile(path).save(folder / "ranking.fxp")
        path = folder / "ranking.fxp"
    return open_traced(path, load_registry())


def root(program: Any, feature: str, row: int = 0) -> Any:
    batch = pa.RecordBatch.from_pylist(
        ROWS,
        pa.schema(
            [
                ("now", pa.timestamp("us", "UTC")),
                ("age", pa.int64()),
                (
                    "history",
                    pa.list_(
                        pa.struct(
                            [
                                ("movie", pa.int64()),
                                ("at", pa.timestamp("us", "UTC")),
                                ("rating", pa.float64()),
                            ]
                        )
                    ),
                ),
                ("taste", pa.map_(pa.string(), pa.float64())),
                (
                    "candidates",
                    pa.list_(
                        pa.struct(
                            [
                                ("movie", pa.int64()),
                                ("genre", pa.string()),
                                ("length", pa.duration("us")),
                                ("raw", pa.binary()),
                            ]
                        )
                    ),
                ),
            ]
        ),
    )
    trace = program.tracer([feature]).trace(batch)
    return lineage(program.plan, program.registry, program.sources, trace, row, feature, None)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from nodes(part)


CASES = [
    # feature, row, value of the root, a source in the tree, its value as shown, its reason
    ("half", 0, 20.0, "age ?? 40", "40", "`??` took the other value, because the first is null"),
    ("half", 0, 20.0, "request.age", "null", "null in the data"),
    ("seen", 0, 1, "e.movie == movie", "[true]", ""),
    ("seen", 0, 1, "history.filter(e -> e.at >= now - 1d)", "[1 element]", ""),
    ("seen", 0, 1, "e.at >= now - 1d", "[true, false]", ""),
    ("seen", 1, 0, "e.movie == movie", "[false]", ""),
    ("latest", 0, 9, "history.last().movie ?? 9", "9", ""),
    ("liking", 0, -1.0, "taste[genre]", "null", "no result for these arguments"),
    ("liking", 0, -1.0, "request.taste", '[("war", null)]', ""),
    ("inverse", 0, None, "1 / (movie - 3)", "null", "null where `y` is zero"),
    ("inverse", 1, 1.0, "movie - 3", "1", ""),
    ("hours", 0, 1.5, "candidate.length", "null", "null in the data"),
    ("hours", 1, 1.5, "candidate.length", "1h30m", ""),
    ("ids", 0, [3], "e.movie % 100", "[3]", ""),
    ("shared", 1, 7, "collect(...)", "[3, 4]", ""),
    ("size", 0, 0, "candidate.raw", 'b"\\xFF"', ""),
    ("upper", 1, "ART", "candidate.genre", '"art"', ""),
]


@pytest.mark.parametrize(("feature", "row", "value", "source", "shown", "reason"), CASES)
def test_values_and_reasons(
    program: Any, feature: str, row: int, value: Any, source: str, shown: str, reason: str
) -> None:
    found = root(program, feature, row)
    assert found.root.value == value
    matching = [node for node in nodes(found.root) if node.source == source]
    assert matching, [node.source for node in nodes(found.root)]
    assert matching[0].shown == shown
    assert reason in matching[0].why + matching[0].fallback
    if not reason:
        assert not matching[0].why
        assert not matching[0].fallback
    json.dumps(found.as_json())


def test_a_default_says_why(program: Any) -> None:
    assert root(program, "inverse").default == "its value is null"
    assert root(program, "latest").default == "9 is outside of [0, 8), which counts as null"
    assert root(program, "half").default == ""


@pytest.mark.parametrize("number", TRIALS[:2])
def test_the_root_is_what_the_core_computes(number: int) -> None:
    """Of random programs, each tree can be made, and its root has the bits of the feature itself."""
    tried = trial(number)
    package = read_package(tried.package)
    plan = Plan(package.plan)
    registry = load_registry()
    names = [feature["name"] for feature in package.plan["features"] if feature["kind"] == "value"]
    resources = {
        name: data for name, data in package.members.items() if name.startswith("resources/")
    }
    tracer = Tracer(plan, resources, wanted(plan, registry, names))
    table = tried.data.flat_table().combine_chunks().to_batches()[0]
    trace = tracer.trace(table)
    truth = tried.truth
    for name in names:
        value = plan.whole(plan.features[name]["value"])
        column = truth.column(truth.schema.get_field_index(name)).to_pylist()
        assert [trace.raw(value, row) for row in range(trace.rows)] == column, tried.texts[name]
    for name in names[::5]:
        found = lineage(plan, registry, Sources(), trace, 0, name, None)
        json.dumps(found.as_json(), allow_nan=False)
