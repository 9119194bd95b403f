"""A generated table such as a ranking model reads: the same rows for every side, from a seed.

Strings of products, lists of 0 to 50, maps of about 10 entries and vectors of 16. Values follow the
skew of real logs where it matters for speed: words and products come from a Zipf-like distribution,
so that some are in every cache and most are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

WORDS = 10_000
GENRES = [
    "action", "adventure", "animation", "biography", "comedy", "crime", "documentary", "drama",
    "family", "fantasy", "history", "horror", "music", "musical", "mystery", "romance",
    "science", "sport", "thriller", "western",
]  # fmt: skip
DEVICES = ["phone", "tablet", "desktop", "television"]
VECTOR_SIZE = 16
TIMESTAMP = pa.timestamp("us", tz="UTC")
SECOND = 1_000_000
DAY = 86_400 * SECOND
NOW = 1_775_000_000 * SECOND

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RankingTable:
    """The generated rows, and the 10,000 words that a vocabulary of them holds.

    ``batch`` has all columns; ``tags`` holds structs, and ``tag_ids`` and ``tag_weights`` the same
    values as two lists, for those who compute with lists of scalars only.
    """

    batch: pa.RecordBatch
    words: list[str]


def ranking_table(rows: int, seed: int = 20_261_121) -> RankingTable:
    """Return ``rows`` rows; the same seed gives the same rows."""
    random = np.random.default_rng(seed)
    words = _words(random)
    columns: dict[str, pa.Array] = {
        "user_id": pa.array(random.integers(0, 2_000_000, rows)),
        "item": pa.array(_skewed(random, rows, 200_000)),
        "price": pa.array(np.round(np.exp(random.normal(3.0, 1.0, rows)), 2) + 0.01),
        "cost": pa.array(np.round(np.exp(random.normal(2.5, 1.0, rows)), 2)),
        "discount": pa.array(random.random(rows) * 0.5),
        "weight": pa.array(random.random(rows) * 4.0),
        "score": pa.array(random.normal(0.0, 2.0, rows)),
        "views": pa.array(random.integers(0, 100_000, rows)),
        "clicks": pa.array(random.integers(0, 1_000, rows)),
        "rating": pa.array(random.integers(0, 60, rows) / 10.0, mask=random.random(rows) < 0.05),
        "age": pa.array(random.integers(12, 95, rows), mask=random.random(rows) < 0.05),
        "now": pa.array(NOW + random.integers(0, 365 * DAY, rows)).cast(TIMESTAMP),
        "released": pa.array(NOW - random.integers(0, 3_000 * DAY, rows)).cast(TIMESTAMP),
        "category": _texts(random, [f"category {i} of goods" for i in range(200)], rows),
        "device": _texts(random, DEVICES, rows),
        "genre": _texts(random, GENRES, rows),
        "title": _titles(random, words, rows),
        "word": _vocabulary_words(random, words, rows),
        "brand": _vocabulary_words(random, words, rows),
    }
    lengths = random.integers(0, 51, rows)
    offsets = _offsets(lengths)
    columns["prices"] = _list(offsets, pa.array(np.exp(random.normal(3.0, 1.0, offsets[-1]))))
    columns["items"] = _list(offsets, pa.array(_skewed(random, int(offsets[-1]), 200_000)))
    columns |= _sets(random, rows)
    columns |= _history(random, rows, columns["item"].to_numpy())
    columns["taste"] = _taste(random, rows)
    columns |= _tags(random, rows)
    for name in ("profile", "embedding"):
        values = random.normal(0.0, 1.0, rows * VECTOR_SIZE).astype(np.float32)
        columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(values), VECTOR_SIZE)
    return RankingTable(pa.RecordBatch.from_pydict(columns), words)


def _words(random: np.random.Generator) -> list[str]:
    letters = np.array(list("etaoinshrdlucmfwypvbgk"))
    found: dict[str, None] = {"wireless": None}
    while len(found) < WORDS:
        found["".join(random.choice(letters, random.integers(3, 11)))] = None
    return list(found)


def _skewed(random: np.random.Generator, count: int, values: int) -> Integers:
    """Return numbers below ``values``; small ones are far more frequent."""
    return np.minimum((values ** random.random(count)).astype(np.int64), values - 1)


def _texts(random: np.random.Generator, values: list[str], rows: int) -> pa.Array:
    return pa.array(values).take(pa.array(random.integers(0, len(values), rows)))


def _vocabulary_words(random: np.random.Generator, words: list[str], rows: int) -> pa.Array:
    """Return words of which one in ten is in no vocabulary."""
    known = pa.array(words).take(pa.array(random.permutation(WORDS)[_skewed(random, rows, WORDS)]))
    unknown = pa.array([f"unknown{i}" for i in range(1_000)])
    other = unknown.take(pa.array(random.integers(0, 1_000, rows)))
    import pyarrow.compute as pc

    return pc.if_else(pa.array(random.random(rows) < 0.9), known, other)


def _titles(random: np.random.Generator, words: list[str], rows: int) -> pa.Array:
    """Return titles of 4 to 8 capitalised words, separated by one space; 42 bytes on average."""
    counts = random.integers(4, 9, rows)
    chosen = _skewed(random, int(counts.sum()), WORDS).tolist()
    capitalised = [word.capitalize() for word in words]
    titles, start = [], 0
    for count in counts.tolist():
        titles.append(" ".join([capitalised[i] for i in chosen[start : start + count]]))
        start += count
    return pa.array(titles)


def _offsets(lengths: Integers) -> npt.NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def _list(offsets: npt.NDArray[np.int32], values: pa.Array) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def _sets(random: np.random.Generator, rows: int) -> dict[str, pa.Array]:
    """Return two lists of 25 different numbers per row, which share about four."""
    columns = {}
    offsets = np.arange(0, 25 * rows + 1, 25, dtype=np.int32)
    base = random.integers(0, 1_000_000, (rows, 1))
    for name in ("left_set", "right_set"):
        chosen = random.permuted(np.tile(np.arange(150), (rows, 1)), axis=1)[:, :25]
        columns[name] = _list(offsets, pa.array((chosen * 7_919 + base).ravel()))
    return columns


def _history(random: np.random.Generator, rows: int, items: Integers) -> dict[str, pa.Array]:
    """Return for each row its past events, oldest first; one row in four met its item before."""
    lengths = random.integers(0, 51, rows)
    offsets = _offsets(lengths)
    owner = np.repeat(np.arange(rows), lengths)
    ages = random.integers(0, 60 * DAY, offsets[-1])
    order = np.lexsort((-ages, owner))
    at = NOW + 365 * DAY - ages[order]
    item = _skewed(random, int(offsets[-1]), 200_000)
    repeated = random.random(offsets[-1]) < 0.01
    item[repeated] = items[owner[repeated]]
    return {
        "history_at": _list(offsets, pa.array(at).cast(TIMESTAMP)),
        "history_item": _list(offsets, pa.array(item)),
        "request_now": pa.array(np.full(rows, NOW + 365 * DAY)).cast(TIMESTAMP),
    }


def _taste(random: np.random.Generator, rows: int) -> pa.Array:
    lengths = random.integers(5, 16, rows)
    shuffled = random.permuted(np.tile(np.arange(len(GENRES)), (rows, 1)), axis=1)
    kept = shuffled[np.arange(len(GENRES)) < lengths[:, None]]
    keys = pa.array(GENRES).take(pa.array(kept))
    values = pa.array(random.random(len(kept)))
    return pa.MapArray.from_arrays(pa.array(_offsets(lengths)), keys, values)


def _tags(random: np.random.Generator, rows: int) -> dict[str, pa.Array]:
    offsets = _offsets(random.integers(0, 31, rows))
    ids = pa.array(random.integers(0, 100_000, offsets[-1]))
    weights = pa.array(random.random(offsets[-1]))
    fields = [pa.field("id", pa.int64()), pa.field("weight", pa.float64())]
    return {
        "tags": _list(offsets, pa.StructArray.from_arrays([ids, weights], fields=fields)),
        "tag_ids": _list(offsets, ids),
        "tag_weights": _list(offsets, weights),
    }
