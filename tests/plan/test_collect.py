"""Values over the candidates of one request, against plain Python, in all shapes in which requests come."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Callable
from typing import Any

import feature_extractor as fx
import numpy as np
import pyarrow as pa
import pytest
from feature_extractor.errors import CompileError, EngineError

_INPUTS = """
input request { user: string, budget: float?, history: list<{brand: string, spent: float?}> }
input candidate { price: float?, brand: string, tags: list<string>, weights: map<string, float>, vec: vector<2> }
let mean_price = collect(price).mean()
let spent = history.filter(e -> e.brand == brand).sum(e -> e.spent)
"""

Candidate = dict[str, Any]
Oracle = Callable[[dict[str, Any], list[Candidate], Candidate], float]


def _kept(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _mean(candidates: list[Candidate]) -> float | None:
    prices = _kept([c["price"] for c in candidates])
    return sum(prices) / len(prices) if prices else None


def _spent(request: dict[str, Any], candidate: Candidate) -> float:
    rows = [e["spent"] for e in request["history"] if e["brand"] == candidate["brand"]]
    return float(sum(_kept(rows)))


def _over_mean(_r: dict[str, Any], cs: list[Candidate], c: Candidate) -> float:
    mean = _mean(cs)
    return -1.0 if c["price"] is None or mean is None else c["price"] - mean


def _farthest(_r: dict[str, Any], cs: list[Candidate], _c: Candidate) -> float:
    mean = _mean(cs)
    gaps = [abs(c["price"] - mean) for c in cs if c["price"] is not None and mean is not None]
    return max(gaps, default=-1.0)


def _sorted_brands(cs: list[Candidate]) -> list[str]:
    return [c["brand"] for c in sorted(cs, key=lambda c: (c["price"] is None, c["price"] or 0.0))]


_FEATURES: dict[str, tuple[str, Oracle]] = {
    "count": ("collect(1).length()", lambda _r, cs, _c: len(cs)),
    "mean": (
        "mean_price ?? -1.0",
        lambda _r, cs, _c: -1.0 if _mean(cs) is None else _mean(cs) or 0.0,
    ),
    "over_mean": ("(price - mean_price) ?? -1.0", _over_mean),
    "farthest": ("collect(abs(price - mean_price)).max() ?? -1.0", _farthest),
    "median": (
        "collect(price).median() ?? -1.0",
        lambda _r, cs, _c: statistics.median(_kept([c["price"] for c in cs]) or [-1.0]),
    ),
    "cheaper": (
        "collect(price).count(p -> p < price)",
        lambda _r, cs, c: sum(
            1 for o in cs if None not in (o["price"], c["price"]) and o["price"] < c["price"]
        ),
    ),
    "same_brand": (
        "collect(brand).count_value(brand)",
        lambda _r, cs, c: sum(1 for o in cs if o["brand"] == c["brand"]),
    ),
    "same_brand_join": (
        "collect(brand).count(b -> b == brand)",
        lambda _r, cs, c: sum(1 for o in cs if o["brand"] == c["brand"]),
    ),
    "affordable_of_brand": (
        "collect({p: price ?? 0.0, b: brand}).count(c -> c.p <= (budget ?? 0.0) and c.b == brand)",
        lambda r, cs, c: sum(
            1
            for o in cs
            if (o["price"] or 0.0) <= (r["budget"] or 0.0) and o["brand"] == c["brand"]
        ),
    ),
    "budget_alone": (
        "collect(budget ?? 0.0).sum()",
        lambda r, cs, _c: (r["budget"] or 0.0) * len(cs),
    ),
    "tagged_with_my_brand": (
        "collect(tags).count(t -> t.contains(brand))",
        lambda _r, cs, c: sum(1 for o in cs if c["brand"] in o["tags"]),
    ),
    "tags_in_all": (
        "collect(tags).map(t -> t.length()).sum()",
        lambda _r, cs, _c: sum(len(o["tags"]) for o in cs),
    ),
    "first_tag_of_the_cheapest": (
        'if (collect({p: price, t: tags}).filter(c -> c.p.is_not_null()).min_by(c -> c.p).t.first() ?? "")'
        ' == "a" then 1.0 else 0.0',
        lambda _r, cs, _c: (
            float(
                (
                    min((o for o in cs if o["price"] is not None), key=lambda o: o["price"])["tags"]
                    or [""]
                )[0]
                == "a"
            )
            if any(o["price"] is not None for o in cs)
            else 0.0
        ),
    ),
    "cheapest_has_my_brand": (
        'if (collect({p: price, b: brand}).sort_by(c -> c.p).map(c -> c.b).first() ?? "") == brand then 1.0 else 0.0',
        lambda _r, cs, c: float(_sorted_brands(cs)[0] == c["brand"]),
    ),
    "weight_of_my_brand": (
        "collect(weights).map(w -> w[brand] ?? 0.0).sum()",
        lambda _r, cs, c: sum(o["weights"].get(c["brand"], 0.0) for o in cs),
    ),
    "spent_share": (
        "(spent / collect(spent).sum()) ?? 0.0",
        lambda r, cs, c: (
            _spent(r, c) / sum(_spent(r, o) for o in cs) if sum(_spent(r, o) for o in cs) else 0.0
        ),
    ),
    "dearer_than_some": (
        "collect(price).filter(p -> p > mean_price).count(p -> p < price)",
        lambda _r, cs, c: sum(
            1
            for o in cs
            if None not in (o["price"], c["price"])
            and o["price"] > (_mean(cs) or 0.0)
            and o["price"] < c["price"]
        ),
    ),
    "beyond_pairs": (
        "collect(price).count(p -> collect(price).filter(q -> q > 2.0).count(q -> q < p + price) > 2)",
        lambda _r, cs, c: sum(
            1
            for a in cs
            if None not in (a["price"], c["price"])
            and sum(
                1 for b in cs if (b["price"] or 0.0) > 2.0 and b["price"] < a["price"] + c["price"]
            )
            > 2
        ),
    ),
    "history_by_candidate": (
        "collect(brand).map(b -> history.count(e -> e.brand == b and e.brand != brand)).sum()",
        lambda r, cs, c: sum(
            1
            for o in cs
            for e in r["history"]
            if e["brand"] == o["brand"] and e["brand"] != c["brand"]
        ),
    ),
    "same_as_me": (
        "collect(brand).map(b -> brand).count_value(brand)",
        lambda _r, cs, _c: len(cs),
    ),
    "pairs": (
        "collect(price).map(p -> collect(price).count(q -> q < p)).sum()",
        lambda _r, cs, _c: sum(
            1
            for a in cs
            for b in cs
            if None not in (a["price"], b["price"]) and b["price"] < a["price"]
        ),
    ),
    "of_history": (
        "history.count(e -> e.brand in collect(brand))",
        lambda r, cs, _c: sum(1 for e in r["history"] if e["brand"] in {c["brand"] for c in cs}),
    ),
    "last_two": (
        "collect(price ?? 0.0).take_last(2).sum()",
        lambda _r, cs, _c: sum(c["price"] or 0.0 for c in cs[-2:]),
    ),
    "closest": (
        "collect(vec).map(v -> dot(v, vec) ?? 0.0).max() ?? 0.0",
        lambda _r, cs, c: max(
            float(np.float32(o["vec"][0])) * float(np.float32(c["vec"][0]))
            + float(np.float32(o["vec"][1])) * float(np.float32(c["vec"][1]))
            for o in cs
        ),
    ),
}

_PROGRAM = _INPUTS + "\n".join(
    f"feature {name} : dense = {expression}" for name, (expression, _) in _FEATURES.items()
)


def _candidate(source: random.Random) -> Candidate:
    brands = "abcde"
    return {
        "price": None if source.random() < 0.2 else source.randint(1, 40) / 4,
        "brand": source.choice(brands),
        "tags": [source.choice(brands) for _ in range(source.randint(0, 3))],
        "weights": {
            b: source.randint(1, 8) / 2 for b in source.sample(brands, source.randint(0, 3))
        },
        "vec": [source.randint(-8, 8) / 4, source.randint(-8, 8) / 4],
    }


def _request(source: random.Random) -> dict[str, Any]:
    return {
        "user": "u",
        "budget": None if source.random() < 0.2 else source.randint(0, 40) / 4,
        "history": [
            {"brand": source.choice("abcde"), "spent": source.choice([None, 1.0, 2.5])}
            for _ in range(source.randint(0, 5))
        ],
    }


def _requests(seed: int, sizes: list[int]) -> list[tuple[dict[str, Any], list[Candidate]]]:
    source = random.Random(seed)
    return [(_request(source), [_candidate(source) for _ in range(size)]) for size in sizes]


@pytest.fixture(scope="module")
def extractor() -> fx.Extractor:
    return fx.compile_text(_PROGRAM).extractor()


_CANDIDATE_TYPE = pa.struct(
    [
        ("price", pa.float64()),
        ("brand", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("weights", pa.map_(pa.string(), pa.float64())),
        ("vec", pa.list_(pa.float32(), 2)),
    ]
)


def _nested(requests: list[tuple[dict[str, Any], list[Candidate]]]) -> pa.Table:
    history = pa.list_(pa.struct([("brand", pa.string()), ("spent", pa.float64())]))
    rows = [[{**c, "weights": list(c["weights"].items())} for c in cs] for _, cs in requests]
    return pa.table(
        {
            "user": pa.array([r["user"] for r, _ in requests], pa.string()),
            "budget": pa.array([r["budget"] for r, _ in requests], pa.float64()),
            "history": pa.array([r["history"] for r, _ in requests], history),
            "candidates": pa.array(rows, pa.list_(_CANDIDATE_TYPE)),
        }
    )


def test_values_are_those_of_plain_python(extractor: fx.Extractor) -> None:
    """Each feature has the value that a loop over the request's candidates gives."""
    requests = _requests(1, [1, 2, 3, 7, 20, 60])
    for request, candidates in requests:
        result = extractor.extract_request(request, candidates)
        for name, (_, oracle) in _FEATURES.items():
            wanted = [oracle(request, candidates, candidate) for candidate in candidates]
            assert np.allclose(result[name], wanted, rtol=1e-6), name


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("chunk_rows", [1, 16, 1024])
def test_a_batch_gives_what_each_request_gives(
    extractor: fx.Extractor, threads: int, chunk_rows: int
) -> None:
    """However requests are cut into chunks, none of them is cut in two."""
    requests = _requests(2, [3, 0, 1, 40, 0, 5, 90, 2, 30, 0])
    result = extractor.extract(_nested(requests), threads=threads, chunk_rows=chunk_rows)
    row = 0
    for request, candidates in requests:
        alone = extractor.extract_request(request, candidates) if candidates else None
        for name in _FEATURES:
            part = result[name][row : row + len(candidates)]
            assert alone is None or np.array_equal(part, alone[name], equal_nan=True), name
        row += len(candidates)
    assert result.rows == row


def test_candidates_with_gaps_between_the_requests(extractor: fx.Extractor) -> None:
    """A sliced or filtered table has candidates that belong to no row; they are not collected."""
    requests = _requests(3, [4, 6, 2, 9, 1])
    table = _nested(requests)
    kept = [0, 2, 3]
    by_mask = table.filter(pa.array([i in kept for i in range(len(requests))]))
    result = extractor.extract(by_mask)
    wanted = extractor.extract(_nested([requests[i] for i in kept]))
    assert result.digest() == wanted.digest()
    assert (
        extractor.extract(table.slice(1, 3)).digest()
        == extractor.extract(_nested(requests[1:4])).digest()
    )


def test_a_list_of_requests_may_null_its_candidates(extractor: fx.Extractor) -> None:
    """A hidden request with candidates behind its null has none."""
    requests = _requests(4, [3, 4, 2])
    table = _nested(requests)
    candidates = table["candidates"].combine_chunks()
    hidden = pa.ListArray.from_arrays(
        candidates.offsets, candidates.values, mask=pa.array([False, True, False])
    )
    table = table.set_column(3, "candidates", hidden)
    result = extractor.extract(table)
    wanted = extractor.extract(_nested([requests[0], requests[2]]))
    assert [list(result[name]) for name in _FEATURES] == [list(wanted[name]) for name in _FEATURES]


def test_plain_and_optimised_plans_agree() -> None:
    """Sharing, folding and joins change no value."""
    requests = _requests(5, [1, 5, 33])
    plain = fx.compile_text(_PROGRAM, optimise=False).extractor()
    optimised = fx.compile_text(_PROGRAM).extractor()
    table = _nested(requests)
    assert plain.extract(table).digest() == optimised.extract(table).digest()


def test_what_is_collected_is_computed_once_per_request() -> None:
    """The mean over the candidates is a value of the request; only the difference is one of each candidate."""
    program = fx.compile_text(_INPUTS + "feature x : dense = (price - mean_price) ?? 0.0")
    plan = program.package.plan
    domains = {
        step["operator"]: plan["slots"][step["results"][0]]["domain"]
        for step in plan["steps"]
        if step["do"] == "call"
    }
    assert domains["mean"] == 1
    assert domains["subtract"] == 2


def test_a_flat_table_is_refused(extractor: fx.Extractor) -> None:
    """Nothing says where a request ends in a flat table, so no answer could be trusted."""
    flat = pa.table(
        {
            "user": ["u", "u"],
            "budget": [1.0, 1.0],
            "history": pa.array(
                [[], []], pa.list_(pa.struct([("brand", pa.string()), ("spent", pa.float64())]))
            ),
            "price": [1.0, 2.0],
            "brand": ["a", "b"],
            "tags": [["a"], ["b"]],
            "weights": pa.array([[], []], pa.map_(pa.string(), pa.float64())),
            "vec": pa.array([[0.0, 1.0]] * 2, pa.list_(pa.float32(), 2)),
        }
    )
    with pytest.raises(EngineError, match="nothing says where a request ends"):
        extractor.extract(flat)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("feature f : dense = collect(1).length()", "no candidates to collect from"),
        (_INPUTS + "feature f : dense = collect()", "takes one value"),
        (_INPUTS + "feature f : dense = collect(price, brand).length()", "takes one value"),
        (_INPUTS + "feature f : dense = collect(null).length()", "which type"),
        (_INPUTS + "feature f : dense = collect([]).length()", "which type"),
        (
            _INPUTS + "feature f : dense = history.count(e -> collect(e.brand).length() > 1)",
            "cannot take the value of a lambda's variable",
        ),
        (_INPUTS + "feature f : dense = brand.pad_end(collect(3).length())", ""),
    ],
)
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(CompileError) as caught:
        fx.compile_text(text if "input" in text else "input request { user: string }\n" + text)
    assert message in str(caught.value)


def test_too_many_pairs_of_candidates_are_refused() -> None:
    """A lambda that reads the candidate goes through all pairs; what helps against too many is said."""
    extractor = fx.compile_text(
        "input candidate { x: float }\nfeature f : dense = collect(x).count(y -> y < x)"
    ).extractor()
    with pytest.raises(EngineError, match="without a lambda that reads the candidate"):
        extractor.extract_request({}, {"x": np.zeros(17_000)})


def test_a_large_request_is_one_list() -> None:
    """A request may have many more candidates than a chunk has rows."""
    program = fx.compile_text(
        "input candidate { x: float }\nfeature s : dense = collect(x).sum()"
    ).extractor()
    values = np.arange(30_000, dtype=np.float64)
    result = program.extract_request({}, {"x": values})
    assert math.isclose(float(result["s"][17]), float(values.sum()), rel_tol=1e-6)
