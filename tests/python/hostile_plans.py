"""Loads damaged plans and runs those that the loader accepts. A process of its own: a crash is the finding.

Usage: hostile_plans.py COUNT SEED. Prints how many were refused and how many ran.
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
from typing import Any

from feature_extractor import _native, compile_text
from feature_extractor.errors import EngineError

PROGRAM = """
input request {
    now: timestamp
    history: list<{item: int, tags: list<string>, at: timestamp, price: float?}>
    taste: map<string, float>
    profile: vector<4>
}
input candidate { item: int, genres: list<string>, price: float?, vec: vector<4>, title: string }
let recent = history.filter(e -> e.at >= now - 30d).take_last(5)
feature a : dense = recent.count(e -> e.item == item)
feature b : dense = recent.sum(e -> e.price ?? price ?? 0.0) ?? 0.0
feature c : dense = genres.map(g -> taste[g] ?? 0.0).max() ?? 0.0
feature d : dense = cosine(profile, vec) ?? 0.0
feature e : ids(1000, max = 4) = recent.map(x -> x.item.hash_bucket(1000))
feature f : text = title.lower().split(" ").first() ?? ""
feature g : dense = recent.last().tags.length() ?? 0
feature h : id(64) = cross(title, item).hash_bucket(64)
feature i : dense = price.bucketize([1.0, 2.0, 3.0]) ?? 0
feature j : dense = history.map(x -> history.count(y -> y.at < x.at)).max() ?? 0
feature k : weighted(100, max = 3) = taste.entries().map(t -> {id: t.key.hash_bucket(100), weight: t.value})
feature m : dense = collect(price).filter(p -> p > 1.0).count(p -> p < price)
feature n : dense = collect(genres).count(g -> g.contains(title))
feature l : dense = jaccard(genres, history.map(x -> x.tags.first() ?? "")) ?? 0.0
"""

REQUEST = {
    "now": 100 * 86_400_000_000,
    "history": [
        {
            "item": i,
            "tags": ["a", "b"][: i % 3],
            "at": (70 + i) * 86_400_000_000,
            "price": None if i % 4 == 0 else 1.5 * i,
        }
        for i in range(12)
    ],
    "taste": {"x": 0.5, "y": -1.0},
    "profile": [1.0, 2.0, 3.0, 4.0],
}
CANDIDATES = [
    {
        "item": i,
        "genres": ["x", "y", "z"][: i % 4],
        "price": None if i % 5 == 0 else i / 2,
        "vec": [0.0, 1.0, i, 2.0],
        "title": f"Title {i} ä",
    }
    for i in range(9)
]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all values in a JSON document."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += places(item, (*path, index))
    return found


def damage(plan: Any, paths: list[tuple[Any, ...]], rng: random.Random) -> None:
    """Change one value of a plan in place."""
    path = rng.choice(paths)
    holder = plan
    for part in path[:-1]:
        holder = holder[part]
    old = holder[path[-1]]
    choice = rng.random()
    if isinstance(old, bool):
        holder[path[-1]] = not old
    elif isinstance(old, int) and choice < 0.8:
        holder[path[-1]] = rng.choice(
            [old - 1, old + 1, rng.randrange(80), -1, 2**31, 2**63 - 1, 0]
        )
    elif isinstance(old, str) and choice < 0.6:
        holder[path[-1]] = rng.choice(
            ["int", "float", "text", "list", "bool", "vector", "*", "", "lift", "call", old + "x"]
        )
    elif choice < 0.8 and isinstance(holder, dict):
        del holder[path[-1]]
    else:
        holder[path[-1]] = rng.choice([None, [], {}, 3, "x", [0], True, -5, 1e300])


def main(count: int, seed: int) -> None:
    """Load and run damaged plans."""
    package = compile_text(PROGRAM).package
    text = package.members["plan.json"].decode()
    resources = {
        name: data for name, data in package.members.items() if name.startswith("resources/")
    }
    paths = places(json.loads(text))
    rng = random.Random(seed)
    refused = ran = 0
    for _ in range(count):
        plan = json.loads(text)
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            try:
                damage(plan, paths, rng)
            except (KeyError, IndexError, TypeError):
                continue
        try:
            extractor = _native.load_plan(json.dumps(plan), resources)
        except EngineError:
            refused += 1
            continue
        with contextlib.suppress(EngineError, ValueError, TypeError):
            extractor.extract_request([REQUEST], CANDIDATES, [], 1, 4)
        ran += 1
    print(f"{refused} refused, {ran} ran")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
