"""Candidates that meet a list by one key several times look it up once, and nothing else changes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import feature_extractor as fx
import pytest

from tests.same_extractions import same

_INPUTS = """
input request {
    now: int
    history: list<{item: int?, brand: string?, paid: float, at: int}>?
    names: list<string>
}
input candidate { item: int?, brand: string?, price: float, words: list<string> }
let within(span) = history.filter(e -> e.at >= now - span)
"""
_WINDOWS = """
feature all_items : dense = history.count(e -> e.item == item) ?? -1.0
feature in_10 : dense = within(10).count(e -> e.item == item) ?? -1.0
feature in_40 : dense = within(40).count(e -> item == e.item) ?? -1.0
feature cheap : dense = history.count(e -> e.item == item and e.paid < 5.0) ?? -1.0
feature dear : dense = history.count(e -> e.item == item and e.paid < price) ?? -1.0
feature last_3 : dense = history.take_last(3).count(e -> e.item == item) ?? -1.0
feature newest : dense = history.sort_by(e -> e.at).reverse().find_first(e -> e.item == item).paid ?? -1.0
feature seen : dense = history.any(e -> e.item == item).to_float() ?? -1.0
feature never : dense = within(10).none(e -> e.item == item).to_float() ?? -1.0
feature mean_paid : dense = within(40).filter(e -> e.item == item).map(e -> e.paid).mean() ?? -1.0
feature both : dense = history.filter(e -> e.item == item).count(e -> e.brand == brand) ?? -1.0
"""
_TEXTS = """
feature brand_paid : dense = history.filter(e -> e.brand == brand).sum(e -> e.paid) ?? -1.0
feature brand_days : dense = (now - history.filter(e -> e.brand == brand).map(e -> e.at).max()) ?? -1.0
feature brand_seen : dense = within(20).any(e -> e.brand == brand).to_float() ?? -1.0
feature lowered : dense = history.count(e -> e.brand.lower() == brand) ?? -1.0
feature named : dense = names.count(n -> n == brand) ?? -1.0
feature named_too : dense = names.filter(n -> n == brand).length() ?? -1.0
feature named_first : dense = names.find_first(n -> n == brand).length() ?? -1.0
feature of_words : dense = words.map(w -> names.count(n -> n == w)).sum() ?? -1.0
"""


def _plan(features: str) -> dict[str, Any]:
    return fx.compile_text(_INPUTS + features).package.plan


def _calls(plan: dict[str, Any], operator: str) -> list[dict[str, Any]]:
    return [step for step in plan["steps"] if step.get("operator") == operator]


def _requests(seed: int, most: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[int]]:
    """Return requests, all their candidates, and where each request's candidates begin."""
    chance = random.Random(seed)

    def some(make: Callable[[], Any]) -> Any:
        return None if chance.random() < 0.1 else make()

    def brand() -> str:
        return chance.choice(["a", "B", "b", "a brand of many letters", ""])

    requests, candidates, offsets = [], [], [0]
    for size in (0, 1, 3, 12, 70, most):
        events = [
            {
                "item": some(lambda: chance.randrange(40) * 10 ** chance.choice([0, 12])),
                "brand": some(brand),
                "paid": chance.randrange(100) / 8,
                "at": chance.randrange(100),
            }
            for _ in range(chance.choice([0, 2, 5, 60]))
        ]
        names = [brand() for _ in range(chance.randrange(9))]
        history = events if chance.random() >= 0.1 else None
        requests.append({"now": 100, "history": history, "names": names})
        for _ in range(size):
            known = chance.choice(events)["item"] if events and chance.random() < 0.5 else None
            candidates.append(
                {
                    "item": known if known is not None else some(lambda: chance.randrange(50)),
                    "brand": some(brand),
                    "price": chance.randrange(100) / 8,
                    "words": [brand() for _ in range(chance.randrange(3))],
                }
            )
        offsets.append(len(candidates))
    return requests, candidates, offsets


def test_one_look_up_serves_all_windows_of_a_key() -> None:
    """The candidate's place in the history is looked up once, the elements' places are of the request."""
    plan = _plan(_WINDOWS)
    domains = [plan["slots"][call["results"][0]]["domain"] for call in _calls(plan, "place_of")]
    assert domains == [2]
    (places,) = _calls(plan, "index_of")
    assert plan["domains"][plan["slots"][places["results"][0]]["domain"]]["parent"] == 1
    # All counts and filters by the key compare places, which are stored as ints.
    joined = _calls(plan, "count_equal") + _calls(plan, "filter_equal") + _calls(plan, "any_equal")
    assert len(joined) > 6


_REDUCED = """
feature total : dense = within(40).filter(e -> e.item == item).sum(e -> e.paid) ?? -1.0
feature mean : dense = history.filter(e -> e.item == item).map(e -> e.paid).mean() ?? -1.0
feature last : dense = (now - history.filter(e -> e.item == item).map(e -> e.at).max()) ?? -1.0
feature first : dense = history.filter(e -> e.item == item).min(e -> e.at) ?? -1.0
feature items : dense = history.map(e -> e.item).filter(i -> i == item).sum() ?? -1.0
feature cheap_total : dense = history.filter(e -> e.item == item and e.paid < 5.0).sum(e -> e.paid) ?? -1.0
feature of_items : dense = history.map(e -> e.item).take_last(9).filter(i -> i == item).max() ?? -1.0
feature again : dense = history.map(e -> e.item).take_last(5).filter(i -> i == item).min() ?? -1.0
"""
_COMPUTED = """
feature doubled : dense = history.filter(e -> e.item == item).sum(e -> e.paid * 2.0) ?? -1.0
feature above : dense = history.filter(e -> e.item == item).mean(e -> e.paid - price) ?? -1.0
feature middle : dense = history.filter(e -> e.item == item).map(e -> e.paid).median() ?? -1.0
feature kept : dense = history.filter(e -> e.item == item).length() ?? -1.0
"""


def test_reductions_of_a_field_are_looked_up() -> None:
    """What is reduced by key is reduced once per list; nothing is kept for a candidate only to be reduced."""
    plan = _plan(_REDUCED)
    for operator, calls in (("sum", 3), ("mean", 1), ("max", 2), ("min", 2)):
        assert len(_calls(plan, f"{operator}_equal")) == calls, operator
        assert _calls(plan, operator) == []
    assert _calls(plan, "filter_equal") == []


def test_reductions_of_what_is_computed_are_not() -> None:
    """What is computed of an element is computed for those that were asked for only."""
    plan = _plan(_COMPUTED)
    assert len(_calls(plan, "filter_equal")) == 1
    for operator in ("sum_equal", "mean_equal"):
        assert _calls(plan, operator) == []


@pytest.mark.parametrize(
    "features",
    [
        "feature x : dense = history.count(e -> e.item == item) ?? 0.0\n"
        "feature y : dense = within(10).count(e -> e.item == item) ?? 0.0\n",
        "feature x : dense = history.count(e -> e.item == item) ?? 0.0\n"
        "feature y : dense = history.count(f -> f.item == item) * 2.0 ?? 0.0\n"
        "feature z : dense = history.count(g -> g.item == item) * 3.0 ?? 0.0\n",
    ],
    ids=["two windows", "one window three times"],
)
def test_few_look_ups_stay_what_they_are(features: str) -> None:
    """Numbering is work of its own; the same look-up written again is one."""
    assert _calls(_plan(features), "place_of") == []


@pytest.mark.parametrize("seed", range(4))
def test_numbered_keys_change_no_value(seed: int) -> None:
    """The plan without any of this, and with catalogues and caches, gives the same bits."""
    text = _INPUTS + _WINDOWS + _TEXTS + _REDUCED + _COMPUTED
    requests, candidates, offsets = _requests(seed, 1_500)
    numbered = fx.compile_text(text).extractor()
    plain = fx.compile_text(text, optimise=False).extractor()
    found = numbered.extract_request(requests, candidates, offsets=offsets)
    wanted = plain.extract_request(requests, candidates, offsets=offsets)
    for name in found:
        assert found[name].tobytes() == wanted[name].tobytes(), name
    # What no element was kept for is counted at the same places.
    assert found.statistics().nulls_at == wanted.statistics().nulls_at
    few = numbered.extract_request(requests, candidates, offsets=offsets, chunk_rows=7, threads=2)
    same(few, found)
    same(numbered.with_cache(1 << 20).extract_request(requests, candidates, offsets=offsets), found)
