"""A program with every kind of feature, and data that has something of everything."""

from __future__ import annotations

import pyarrow as pa

PROGRAM = """
input request {
    user: string
    age:  int?
    seen: list<int>
    taste: map<string, float?>
    profile: vector<3>
}
input candidate {
    movie: int
    title: string?
    price: float?
    tags:  list<string?>
    at:    timestamp?
    spare: bool
}
let small = title.lower()
feature old      : dense          = (age ?? 0) / 2.0
feature price    : dense          = price ?? -1.0
feature profile  : dense          = profile
feature bucket   : id(10)         = movie - 2
feature words    : ids(1000)      = small.tokenize().hash_bucket(1000) ?? []
feature tags     : ids(50, max = 2) = tags.map(t -> (t ?? "").hash_bucket(50))
feature likes    : weighted(50)   = tags.map(t -> {id: (t ?? "").hash_bucket(50), weight: taste[t ?? ""] ?? 0.5})
feature again    : dense          = seen.count(m -> m == movie)
feature name     : text           = small ?? "none"
feature who      : text           = user
feature good     : label          = if price > 2.0 then 1.0 else 0.0
"""

OFFSETS = [0, 9, 9, 23]
"""Of three requests with twenty-three candidates."""

REQUEST_TYPE = pa.struct(
    [
        ("user", pa.string()),
        ("age", pa.int32()),
        ("seen", pa.list_(pa.int64())),
        ("taste", pa.map_(pa.string(), pa.float64())),
        ("profile", pa.list_(pa.float32(), 3)),
    ]
)
CANDIDATE_TYPE = pa.struct(
    [
        ("movie", pa.int64()),
        ("title", pa.large_string()),
        ("price", pa.float64()),
        ("tags", pa.large_list(pa.string())),
        ("at", pa.timestamp("ns")),
    ]
)


def request_rows(count: int) -> list[dict[str, object] | None]:
    """Return the requests, with nulls where the program allows them."""
    return [
        {
            "user": f"user {r}",
            "age": None if r % 3 == 2 else 20 + r,
            "seen": list(range(r % 7)),
            "taste": [("drama", 0.25 * r), ("comedy", None)][: r % 3],
            "profile": [1.0, float(r), -0.5],
        }
        for r in range(count)
    ]


def candidate_rows(count: int) -> list[dict[str, object] | None]:
    """Return candidates; prices that do not exist inside become null and are counted."""
    return [
        {
            "movie": c,
            "title": None if c % 5 == 4 else f"The Film {c} and more",
            "price": float("nan") if c % 11 == 3 else c * 0.5,
            "tags": ["drama", None, "comedy", "war"][: c % 5],
            "at": None if c % 2 else 1_000_000_007 * c,
        }
        for c in range(count)
    ]
