"""Values of many candidates met with one list of the request: blocks give what a comparison one by one gives.

The sizes stand on both sides of those at which tables and blocks change their form.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import feature_extractor as fx
import pytest

pytest.importorskip("pyarrow")

PROGRAM = """
input request {{ seen: list<{type}?>, weights: map<{key}, float>, events: list<{{key: {type}?, amount: int}}> }}
input candidate {{ value: {type}?, name: {key}?, others: list<{type}?> }}
feature counted : dense = seen.count(x -> x == value)
feature found : dense = seen.any(x -> x == value).to_float()
feature held : dense = seen.contains(value).to_float() ?? -1.0
feature spent : dense = events.filter(e -> e.key == value).sum(e -> e.amount)
feature weight : dense = weights[name] ?? -1.0
feature keyed : dense = weights.contains(name).to_float() ?? -1.0
feature shared : dense = seen.overlap_count(others)
feature turned : dense = others.overlap_count(seen)
feature alike : dense = seen.jaccard(others) ?? -1.0
feature within : dense = others.overlap_ratio(seen) ?? -1.0
feature touched : dense = seen.intersects(others).to_float()
feature ids : ids(1000, max = 9) = others.map(x -> x.hash_bucket(1000))
"""
SIZES = (0, 1, 3, 4, 63, 64, 65, 300, 2_048, 2_500)
ROWS = (1, 3, 4, 63, 64, 65, 130)


def _values(kind: str, source: random.Random, count: int, spread: int) -> list[Any]:
    numbers = [source.randrange(spread) for _ in range(count)]
    if kind == "int":
        values: list[Any] = [number * 7_919 - 50 for number in numbers]
    elif kind == "float":
        values = [(number - 5) / 2 if number != 5 else -0.0 for number in numbers]
    else:
        # Texts of all forms that hashing and comparing have: empty, and of up to 3, 7, 16 and more bytes.
        values = [f"{number}" * (number % 9) for number in numbers]
    return [None if source.random() < 0.1 else value for value in values]


@pytest.mark.parametrize("kind", ["int", "float", "string"])
def test_blocks_give_what_rows_give(kind: str, tmp_path: Path) -> None:
    source = random.Random(20_261_122)
    key = "string" if kind == "float" else kind
    package = tmp_path / "lists.fxp"
    fx.compile_text(PROGRAM.format(type=kind, key=key), path="lists.fx").save(package)
    requests, candidates, offsets = [], [], [0]
    for size in SIZES:
        for rows in ROWS:
            spread = max(4, 2 * size)
            keys = [v for v in _values(key, source, size, spread) if v is not None]
            events = _values(kind, source, size, spread)
            requests.append(
                {
                    "seen": _values(kind, source, size, spread),
                    "weights": {name: place / 4 for place, name in enumerate(keys)},
                    "events": [{"key": v, "amount": i + 1} for i, v in enumerate(events)],
                }
            )
            for _ in range(rows):
                [value], [name] = _values(kind, source, 1, spread), _values(key, source, 1, spread)
                others = _values(kind, source, source.choice((0, 1, 5, 20, 70)), spread)
                candidates.append({"value": value, "name": name, "others": others})
            offsets.append(len(candidates))
    expected, result = (
        fx.load(package, use_reference=plain).extract_request(requests, candidates, offsets=offsets)
        for plain in (True, False)
    )
    for feature in expected:
        if feature == "ids":
            assert result["ids"].to_list() == expected["ids"].to_list()
        else:
            assert result[feature].tolist() == expected[feature].tolist(), feature
    # By hand, so that both cannot be wrong together.
    for request, start, end in zip(requests, offsets, offsets[1:], strict=False):
        for row in range(start, end):
            value = candidates[row]["value"]
            count = 0 if value is None else sum(x == value for x in request["seen"])
            assert result["counted"][row] == count
            both = {x for x in request["seen"] if x is not None} & set(candidates[row]["others"])
            assert result["shared"][row] == len(both)
