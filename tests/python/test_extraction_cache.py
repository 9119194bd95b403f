"""The cache of an extractor: the same bits and counts, cold and warm, small and large.

Random programs have their part in tests/operators/test_random_programs.py.
"""

from __future__ import annotations

import json
import threading
from typing import Any

import feature_extractor as fx
import numpy as np
import pytest
from feature_extractor.errors import EngineError

pa = pytest.importorskip("pyarrow")
from same_extractions import same

PROGRAM = """
input request { seen: list<int> }
input candidate {
    movie: int
    title: string?
    genres: list<string?>
    ratings: list<list<float>>
    price: float
    position: int
    embedding: vector<2>
}
feature again  : dense      = seen.count(m -> m == movie)
feature words  : ids(1000)  = (title ?? "").tokenize().hash_bucket(1000)
feature first  : text       = genres.first() ?? "none"
feature rated  : dense      = ratings.map(r -> r.sum()).sum()
feature price_ : dense(default = -1.0) = price * 2
feature near   : dense      = l2_norm(embedding)
feature placed : dense      = 1.0 / (position + 1) ?? 0.0
feature user   : dense      = position * seen.count()
"""
REQUEST = {"seen": [3, 4, 4]}


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    return fx.compile_text(PROGRAM, path="films.fx").extractor()


def candidates(numbers: Any) -> dict[str, Any]:
    """Return candidates whose values are functions of their number; position is that of the row."""
    return {
        "movie": [int(n) % 7 for n in numbers],
        "title": [None if n % 5 == 0 else f"film {n % 11}" for n in numbers],
        "genres": [[None, f"g{n % 3}"][n % 2 :] for n in numbers],
        "ratings": [[[float(n % 4)], [], [1.0, 2.0]][: int(n) % 4] for n in numbers],
        "price": [float("nan") if n % 6 == 0 else float(n % 13) for n in numbers],
        "position": list(range(len(numbers))),
        "embedding": [[float(n % 3), float(n)] for n in numbers],
    }


@pytest.mark.parametrize("size", [1, 10_000, 1 << 24])
def test_same_bits_and_counts(extractor: fx.Extractor, size: int) -> None:
    caching = extractor.with_cache(size, without=["position"])
    source = np.random.default_rng(5)
    seen: set[int] = set()
    for _ in range(10):
        numbers = source.integers(0, 600, 400)
        seen.update(numbers.tolist())
        for chunk in (1024, 64):
            wanted = extractor.extract_request(REQUEST, candidates(numbers))
            same(caching.extract_request(REQUEST, candidates(numbers), chunk_rows=chunk), wanted)
    assert caching.cache is not None
    counts = caching.cache.counts()
    assert counts.bytes <= size
    assert counts.hits + counts.misses == 20 * 400
    if size == 1:
        assert (counts.entries, counts.hits) == (0, 0)
    elif size == 10_000:
        assert counts.entries > 0
        assert counts.evictions > 0
    else:
        assert counts.entries == len(seen)
        assert counts.evictions == 0
        assert counts.hits > counts.misses


def test_what_is_new_with_each_request(extractor: fx.Extractor) -> None:
    """Without a word about it, a position that is computed with makes every candidate another one."""
    with_position = extractor.with_cache(1 << 20)
    without = extractor.with_cache(1 << 20, without=["position"])
    rows = candidates([8, 9])
    moved = rows | {"position": [5, 6]}
    for caching, hits in ((with_position, 0), (without, 2)):
        caching.extract_request(REQUEST, rows)
        same(caching.extract_request(REQUEST, moved), extractor.extract_request(REQUEST, moved))
        assert caching.cache is not None
        assert caching.cache.counts().hits == hits


@pytest.mark.parametrize(
    "change",
    [
        {"movie": [4]},
        {"title": ["film 4"]},
        {"title": [""]},
        {"title": [None]},
        {"genres": [["g1", "g1"]]},
        {"genres": [[None]]},
        {"genres": [[]]},
        {"genres": [[""]]},
        {"ratings": [[[1.0], [], [1.0]]]},
        {"ratings": [[[1.0, 1.0, 2.0]]]},
        {"ratings": [[[1.0], [], [1.0, 2.0], []]]},
        {"ratings": [[[], [1.0], [1.0, 2.0]]]},
        {"price": [-0.0]},
        {"price": [None]},
        {"embedding": [[2.0, 5.5]]},
        {"embedding": [None]},
    ],
)
def test_any_other_value_is_another_candidate(
    extractor: fx.Extractor, change: dict[str, Any]
) -> None:
    caching = extractor.with_cache(1 << 20)
    rows = candidates([7])
    first = {name: pa.array(column) for name, column in rows.items()}
    changed = {
        name: pa.array(change.get(name, column), first[name].type) for name, column in rows.items()
    }
    assert caching.cache is not None
    caching.extract_request(REQUEST, first)
    caching.extract_request(REQUEST, first)
    assert caching.cache.counts().hits == 1
    same(caching.extract_request(REQUEST, changed), extractor.extract_request(REQUEST, changed))
    is_handed_over = "movie" in change  # Nothing is computed from it without the request.
    assert caching.cache.counts().misses == (1 if is_handed_over else 2)


def test_the_form_of_a_value_does_not_matter(extractor: fx.Extractor) -> None:
    caching = extractor.with_cache(1 << 20)
    rows = candidates([7, 8])
    caching.extract_request(REQUEST, rows)
    other = {name: pa.array(column) for name, column in rows.items()}
    other["title"] = other["title"].dictionary_encode()
    other["price"] = other["price"].cast(pa.float32())
    same(caching.extract_request(REQUEST, other), extractor.extract_request(REQUEST, other))
    assert caching.cache is not None
    assert caching.cache.counts().hits == 2


def test_nothing_to_keep() -> None:
    text = "input request { u: int }\ninput candidate { x: int }\nfeature y : dense = u * x\n"
    caching = fx.compile_text(text).extractor().with_cache(1 << 20)
    assert caching.cache is None
    assert caching.extract_request({"u": 2}, {"x": [3, 4]})["y"].tolist() == [6.0, 8.0]


def test_refusals(extractor: fx.Extractor) -> None:
    with pytest.raises(EngineError, match="The program has no candidate input 'seen'"):
        extractor.with_cache(1 << 20, without=["seen"])
    with pytest.raises(ValueError, match="a list of names"):
        extractor.with_cache(1000, without="position")
    for size in (1.5e6, "64MB", None):
        with pytest.raises(TypeError, match="bytes must be an int, not "):
            extractor.with_cache(size)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="without must be a list of names"):
        extractor.with_cache(1, without=[3])  # type: ignore[list-item]
    with pytest.raises(EngineError, match="A cache needs at least one byte"):
        extractor.with_cache(0)


def test_threads_share_it(extractor: fx.Extractor) -> None:
    """A cache that is too small is written and given up by several threads at once."""
    caching = extractor.with_cache(30_000, without=["position"])
    numbers = [np.random.default_rng(seed).integers(0, 500, 300) for seed in range(4)]
    wanted = [pa.record_batch(extractor.extract_request(REQUEST, candidates(n))) for n in numbers]
    failures: list[int] = []

    def work(first: int) -> None:
        for k in range(first, first + 12):
            rows = candidates(numbers[k % 4])
            if not pa.record_batch(caching.extract_request(REQUEST, rows)).equals(wanted[k % 4]):
                failures.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert caching.cache is not None
    assert caching.cache.counts().evictions > 0


def test_a_warm_request_takes_nothing_from_the_heap(extractor: fx.Extractor) -> None:
    caching = extractor.with_cache(1 << 24, without=["position"])
    rows = candidates(range(300))
    for _ in range(3):
        found = caching.extract_request(REQUEST, rows)
    assert found._native.statistics()["heap_allocations"] == 0


def test_decoders_and_tables_have_it(extractor: fx.Extractor) -> None:
    caching = extractor.with_cache(1 << 20, without=["position"])
    rows = candidates(range(40))
    listed = [{name: column[i] for name, column in rows.items()} for i in range(40)]
    body = json.dumps({**REQUEST, "candidates": listed}).encode()
    nested = pa.Table.from_pylist([{**REQUEST, "candidates": listed}] * 3)
    flat = pa.Table.from_pylist([{**REQUEST, **row} for row in listed])
    for _ in range(2):
        decoded = caching.json_decoder().extract(body)
        same(decoded, extractor.json_decoder().extract(body))
        same(caching.extract(nested, threads=2), extractor.extract(nested))
        same(caching.extract(flat), extractor.extract(flat))
    assert caching.cache is not None
    counts = caching.cache.counts()
    assert (counts.misses, counts.entries) == (40, 40)
