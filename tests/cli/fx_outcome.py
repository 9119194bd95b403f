"""What tests of commands share: a program, its rows, and what a run of ``fx`` gave.

Not in conftest.py, whose name other folders have too: who imports it may get another one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
