"""Runs ``fx`` in this process, in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from feature_extractor.cli import main

RANKING = '''"""A small ranking model."""

input request {
    user:    string
    age:     int?
    now:     timestamp
    taste:   map<string, float>
    history: list<{movie: int, at: timestamp}>
}

input candidate {
    movie:  int
    tags:   list<string>
    vector: vector<2>
    length: duration?
}

"The reader's age, halved."
feature half_age : dense          = (age ?? 0) / 2
feature seen     : dense          = history.count(e -> e.movie == movie)
feature name     : text           = user.lower()
feature bucket   : id(10)         = movie % 10
feature tag_ids  : ids(1000)      = tags.hash_bucket(1000)
feature where    : dense          = vector
feature hours    : dense          = (length ?? 0s) / 1h
feature ratio    : label          = 1 / (movie - 12)
feature liked    : weighted(1000) = tags.map(g -> {id: hash_bucket(g, 1000), weight: taste[g] ?? 0.5})
'''

ROWS: list[dict[str, Any]] = [
    {
        "user": "Ann",
        "age": None,
        "now": "2026-01-31T12:00:00Z",
        "taste": {"drama": 2.5},
        "history": [{"movie": 1, "at": "2026-01-01T00:00:00Z"}],
        "movie": movie,
        "tags": tags,
        "vector": vector,
        "length": length,
    }
    for movie, tags, vector, length in [
        (1, ["drama", "war"], [0.5, 0.25], "1h30m"),
        (12, [], [0.1, 1.0], None),
    ]
] + [
    {
        "user": 'Zoë "Z", Ltd.\n',
        "age": 4,
        "now": 1_769_860_800_000_000,
        "taste": {},
        "history": [],
        "movie": 13,
        "tags": ["", "läuft"],
        "vector": [1.0],
        "length": 3_600_000_000,
    }
]
"""Three rows of two requests; the last has a vector of a wrong size."""


@dataclass(frozen=True)
class Outcome:
    """What a run of ``fx`` gave."""

    code: int
    out: str
    err: str

    def rows(self) -> list[dict[str, Any]]:
        """Return the JSON lines of the output."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Outcome]


@pytest.fixture
def fx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run ``fx`` with some arguments; the current folder is the test's own."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Outcome:
        capfd.readouterr()
        code = main(list(arguments))
        captured = capfd.readouterr()
        assert "Traceback" not in captured.err
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], str]:
    """Write a text file into the test's folder and return its name."""

    def write_file(name: str, text: str) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write_file


@pytest.fixture
def ranking(write: Callable[[str, str], str]) -> str:
    """A program with each kind of input and of feature."""
    return write("ranking.fx", RANKING)


@pytest.fixture
def log(write: Callable[[str, str], str]) -> str:
    """ROWS as JSON lines."""
    return write("log.jsonl", "".join(json.dumps(row) + "\n" for row in ROWS))


@pytest.fixture(autouse=True)
def cache_elsewhere(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep the cache of the linter out of the folders that tests look into."""
    monkeypatch.setenv("FX_CACHE_DIR", str(tmp_path_factory.mktemp("cache") / "fx"))
