"""The example programs: linted, formatted, and run on made-up requests in which something happens."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.check import analyse_file
from feature_extractor.format import format_text
from feature_extractor.lint.discovery import all_rules
from feature_extractor.lint.rule import Status
from feature_extractor.lint.run import lint_paths
from feature_extractor.registry import load_registry
from feature_extractor.types import ListType, MapType, ScalarType, StructType, Type, VectorType

fx = pytest.importorskip("feature_extractor")
if not hasattr(fx, "compile"):
    pytest.skip("the compiled core is needed", allow_module_level=True)
pytest.importorskip("pyarrow")
from same_extractions import same

EXAMPLES = Path(__file__).resolve().parents[2] / "dsl_grammar/examples"
PROGRAMS = sorted(EXAMPLES.glob("*.fx"))
REQUESTS, CANDIDATES = 60, 8
DAY = 86_400_000_000
NOW = 1_790_000_000_000_000
WORDS = ["red", "blue", "old", "new", "house", "car", "music", "the", "of", "on", "3", "mobile"]
WORDS += ["https://shop.example/red/car?x=1", "en", "de"]
CHOICES = {
    "kind": ["like", "hide", "bundle"],
    "media": ["picture", "video", "audio"],
    "education": ["school", "master"],
    "education_wanted": ["bachelor", "doctor"],
    "headline": ["why so new?", "3 old cars on the red road"],
}
"""Words that programs ask for, by the name of the input."""


class Domain:
    """Makes values of a type that meet each other: few ids and words, times of the last two months."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def value(self, name: str, type_: Type, now: int) -> Any:
        if type_.nullable and self.random.random() < 0.1:
            return None
        match type_:
            case ScalarType():
                return self.scalar(name, type_.name, now)
            case VectorType():
                return [self.random.gauss(0, 1) for _ in range(type_.size)]
            case ListType():
                length = self.random.choice([0, 2, 6, 12])
                return [self.value(name, type_.element, now) for _ in range(length)]
            case MapType():
                keys = {self.value(name, type_.key, now) for _ in range(6)}
                return [(key, self.value(name, type_.value, now)) for key in sorted(keys)]
            case StructType():
                return {field: self.value(field, of, now) for field, of in type_.fields}
        raise AssertionError(type_)

    def scalar(self, name: str, kind: str, now: int) -> Any:
        draw = self.random
        match kind:
            case "bool":
                return draw.random() < 0.5
            case "int":
                return draw.choice([0, 1, 2, 3, 4, 5, 20, 60, 300])
            case "float":
                if name in ("latitude", "longitude"):
                    return draw.uniform(50.0, 52.0)
                return draw.choice([0.0, 0.2, 0.7, 1.0, 2.5, 30.0, 170.0])
            case "string" if name in CHOICES:
                return draw.choice(CHOICES[name])
            case "string":
                return " ".join(draw.choice(WORDS) for _ in range(draw.choice([1, 1, 1, 5])))
            case "timestamp" if name.startswith("born"):
                return now - int(draw.uniform(18, 60) * 365 * DAY)
            case "timestamp":
                days = draw.choice([draw.uniform(-60, 10), draw.uniform(-2, 0)])
                return now if name == "now" else now + int(days * DAY)
            case "duration":
                return draw.choice([-3_600_000_000, 0, 200_000_000, 7_200_000_000])
        raise AssertionError(kind)


def requests_of(program: Any) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    domain = Domain(7)
    made = []
    for number in range(REQUESTS):
        now = NOW + number * 7 * 3_600_000_000

        def row(kind: str, now: int = now) -> dict[str, Any]:
            return {
                declared.name: domain.value(declared.name, declared.type, now)
                for declared in program.inputs
                if str(declared.domain) == kind
            }

        made.append((row("request"), [row("candidate") for _ in range(CANDIDATES)]))
    return made


def test_there_is_a_program_for_each_trade() -> None:
    assert len(PROGRAMS) >= 12


def test_the_programs_are_without_findings() -> None:
    rules = [rule for rule in all_rules().values() if rule.status is Status.STABLE]
    assert [str(d) for d in lint_paths(PROGRAMS, load_registry(), rules)] == []


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_is_in_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_text(text, str(path)) == text


@pytest.mark.parametrize(
    # The grocery program knows real departments and brands, and has tests on real groceries.
    "path",
    [path for path in PROGRAMS if path.stem != "grocery"],
    ids=lambda path: path.stem,
)
def test_every_feature_tells_candidates_apart(path: Path) -> None:
    analysis = analyse_file(path, load_registry())
    assert analysis.program is not None
    extractor = fx.compile(path).extractor()
    made = requests_of(analysis.program)
    seen: dict[str, set[str]] = {feature.name: set() for feature in analysis.program.features}
    for request, candidates in made:
        result = extractor.extract_request(request, candidates)
        for name, values in seen.items():
            column = result[name]
            rows = column.to_list() if hasattr(column, "to_list") else list(column)
            values.update(str(value) for value in rows)
    assert {name for name, values in seen.items() if len(values) < 2} == set()


def in_columns(rows: list[dict[str, Any]], names: list[str]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in names}


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_a_catalogue_and_a_cache_change_no_bit_and_no_count(path: Path) -> None:
    analysis = analyse_file(path, load_registry())
    assert analysis.program is not None
    extractor = fx.compile(path).extractor()
    made = requests_of(analysis.program)[:12]
    rows = [row for _, candidates in made for row in candidates]
    names = list(rows[0])
    starts = range(0, len(rows), CANDIDATES)
    wanted = [extractor.extract_request(request, candidates) for request, candidates in made]

    # What the catalogue does not hold comes with the request.
    for held in (names, names[::2], names[1::2]):
        table = {"named": list(range(len(rows))), **in_columns(rows, held)}
        chosen = extractor.with_catalogue(table, key="named")
        given = [name for name in names if name not in held]
        for start, (request, candidates), result in zip(starts, made, wanted, strict=True):
            keys = {"named": list(range(start, start + CANDIDATES))}
            same(chosen.extract_request(request, keys | in_columns(candidates, given)), result)
    # One that holds all candidates, cold and warm, and one in which they take each other's place.
    for size in (1 << 24, 1 << 14):
        caching = extractor.with_cache(size)
        for _ in range(2):
            for (request, candidates), result in zip(made, wanted, strict=True):
                same(caching.extract_request(request, candidates), result)
        if size == 1 << 24 and caching.cache is not None:
            assert caching.cache.counts().hits >= len(rows)
