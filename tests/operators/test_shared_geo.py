"""Geohashes against the published cases; see test_shared_cases.py."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest
from feature_extractor.testing.evaluation import evaluate

from .test_shared_cases import CASES, _records, _report

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(),
    reason="the published cases are not here; set FEATURE_EXTRACTOR_SHARED to their folder",
)


def test_geohash() -> None:
    skipped: Counter[str] = Counter()
    encoded: dict[int, list[tuple[float, float, str]]] = defaultdict(list)
    boxes: list[tuple[str, list[float]]] = []
    neighbors: list[tuple[str, list[Any]]] = []
    for record in _records("hash"):
        values = [argument["value"] for argument in record["args"] if "value" in argument]
        match record["function"]:
            case "geohash_encode":
                latitude, longitude, precision = values
                encoded[precision].append((latitude, longitude, record["expected"]["value"]))
            case "geohash_bbox":
                south, north, west, east = record["expected"]["value"]
                boxes.append((values[0], [south, west, north, east]))
            case "geohash_neighbors":
                neighbors.append((values[0], record["expected"]["value"]))
            case _:
                skipped["no geohash"] += 1
    used, wrong = 0, []
    for precision, places in encoded.items():
        rows = {"a": [a for a, _, _ in places], "b": [b for _, b, _ in places]}
        types = {"a": "float", "b": "float"}
        (found,) = evaluate([f"geohash_encode(a, b, {precision})"], types, rows)
        wrong += [(p, f) for p, f in zip(places, found, strict=True) if p[2] != f]
        used += len(places)
    (found,) = evaluate(["geohash_bounds(s)"], {"s": "string"}, {"s": [text for text, _ in boxes]})
    # The cases give twelve digits.
    wrong += [
        (box, edges)
        for box, edges in zip(boxes, found, strict=True)
        if any(abs(x - y) > 1e-9 for x, y in zip(box[1], edges, strict=True))
    ]
    texts = {"s": [text for text, _ in neighbors]}
    (found,) = evaluate(["geohash_neighbors(s)"], {"s": "string"}, texts)
    wrong += [(c, f) for c, f in zip(neighbors, found, strict=True) if list(c[1]) != list(f)]
    used += len(boxes) + len(neighbors)
    _report("geohash", used, skipped)
    assert not wrong, f"{len(wrong)} differ, first {wrong[:3]}"
    assert used > 9_000
