"""The standard library: its examples, each function beside plain Python, and how programs use it."""

from __future__ import annotations

import math
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feature_extractor as fx
import pytest
from feature_extractor.check.program import check_text
from feature_extractor.diagnostics import render
from feature_extractor.plan.package import read_package
from feature_extractor.registry import load_registry
from feature_extractor.standard import StandardFunction, modules_with, standard_modules
from feature_extractor.testing import check_cases, parse_case
from feature_extractor.testing.evaluation import evaluate

MODULES = {module.name: module for module in standard_modules()}
FUNCTIONS = [function for module in MODULES.values() for function in module.functions]
DAY = timedelta(days=1)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ROWS = 400


# ---- descriptions ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    cases = [
        replace(
            parse_case(f"{expression} => {value}", f"{name}: {function.name}"),
            declarations=f'use "{name}"\n',
        )
        for function in MODULES[name].functions
        for expression, value in function.examples
    ]
    assert not check_cases(cases)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_functions_are_described(function: StandardFunction) -> None:
    assert function.summary.endswith((".", "`.")), "the first paragraph is a sentence"
    assert function.examples
    assert all(function.name in expression for expression, _ in function.examples)


def test_no_function_hides_an_operator_or_another() -> None:
    names = [function.name for function in FUNCTIONS]
    assert len(set(names)) == len(names)
    assert not set(names) & set(load_registry().names)


# ---- beside plain Python ---------------------------------------------------------------------------


def smooth(hits: float, trials: float, prior: float = 0.02, weight: float = 50.0) -> float:
    return (hits + prior * weight) / (trials + weight)


def decay(age: timedelta, half_life: timedelta) -> float:
    return float(0.5 ** (age / half_life))


def wilson(hits: float, trials: float, z: float = 1.96) -> float:
    if trials == 0:
        return 0.0
    p, z2 = hits / trials, z * z
    root = math.sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials))
    return (p + z2 / (2 * trials) - z * root) / (1 + z2 / trials)


def decayed(times: Sequence[datetime], now: datetime, half_life: timedelta) -> float:
    return sum(decay(now - t, half_life) for t in times if t < now)


def within(times: Sequence[datetime], now: datetime, span: timedelta) -> list[datetime]:
    return [t for t in times if now - span <= t < now]


def gaps(times: Sequence[datetime], now: datetime) -> list[timedelta]:
    past = [t for t in times if t < now]
    return [b - a for a, b in pairwise(past)]


def trend(times: Sequence[datetime], now: datetime, short: timedelta, long: timedelta) -> float:
    part = short / long
    return (len(within(times, now, short)) + part) / ((len(within(times, now, long)) + 1) * part)


def local(t: datetime, zone: str) -> datetime:
    return t.astimezone(ZoneInfo(zone))


def part_of_day(t: datetime, zone: str) -> int:
    return sum(local(t, zone).hour >= start for start in (6, 11, 14, 18, 22)) % 5


def words(s: str) -> list[str]:
    return s.lower().split()


def coverage(query: str, title: str) -> float:
    wanted = set(words(query))
    return len(wanted & set(words(title))) / len(wanted) if wanted else 0.0


def jaccard(query: str, title: str) -> float:
    a, b = set(words(query)), set(words(title))
    return len(a & b) / len(a | b) if a | b else 0.0


def price_position(price: float, prices: Sequence[float]) -> float:
    if not prices or min(prices) == max(prices):
        return 0.5
    return min(max((price - min(prices)) / (max(prices) - min(prices)), 0.0), 1.0)


def bought_price(price: float, usual: float) -> float:
    if price <= 0 or usual <= 0:
        return 0.0
    return min(max(math.log(price / usual), -3.0), 3.0)


def mean_gap(times: Sequence[datetime], now: datetime) -> float | None:
    found = gaps(times, now)
    return statistics.fmean(gap / DAY for gap in found) if found else None


def last_session(found: Sequence[timedelta]) -> int:
    """Return the number of events after the last pause of more than a day."""
    return 1 + next((i for i, gap in enumerate(reversed(found)) if gap > DAY), len(found))


def share(values: Sequence[int], value: int) -> float:
    return values.count(value) / len(values) if values else 0.0


def deviation(x: float, xs: Sequence[float]) -> float:
    spread = statistics.pstdev(xs) if xs else 0.0
    return (x - statistics.fmean(xs)) / spread if spread else 0.0


def tversky(a: set[int], b: set[int], alpha: float, beta: float) -> float | None:
    size = len(a & b) + alpha * len(a - b) + beta * len(b - a)
    return len(a & b) / size if size else None


def pairs(mapping: dict[str, float]) -> list[tuple[str, float]]:
    return list(mapping.items())


RATES = [0.5, 0.25, 0.125]
EXPECTED: dict[str, tuple[str, Callable[..., Any]]] = {
    "smoothed": ("smoothed(a, b)", lambda r: smooth(r.a, r.b)),
    "smoothed_in_group": (
        "smoothed_in_group(a, b, c, d, weight = 9.0)",
        lambda r: smooth(r.a, r.b, smooth(r.c, r.d, 0.02, 9.0), 9.0),
    ),
    "relative_rate": (
        "relative_rate(a, b, c, d)",
        lambda r: math.log(smooth(r.a, r.b) / smooth(r.c, r.d)),
    ),
    "at_least": ("at_least(a, b)", lambda r: wilson(r.a, r.b)),
    "decayed_rate": (
        "decayed_rate(hits, times, now, 3d)",
        lambda r: smooth(decayed(r.hits, r.now, 3 * DAY), decayed(r.times, r.now, 3 * DAY)),
    ),
    "expected_clicks": (
        "expected_clicks(places, [0.5, 0.25, 0.125])",
        lambda r: sum(RATES[p] for p in r.places if p < 3),
    ),
    "clicks_over_expected": (
        "clicks_over_expected(a, places, [0.5, 0.25, 0.125])",
        lambda r: (r.a + 1) / (sum(RATES[p] for p in r.places if p < 3) + 1),
    ),
    "position_discount": ("position_discount(a)", lambda r: 1 / math.log2(r.a + 2)),
    "inverse_propensity": ("inverse_propensity(a, 0.7)", lambda r: min((r.a + 1) ** 0.7, 10.0)),
    "in_last": (
        "in_last(events, now, 2d).map(e -> e.at)",
        lambda r: within(r.times, r.now, 2 * DAY),
    ),
    "before": ("before(events, now).length()", lambda r: sum(t < r.now for t in r.times)),
    "count_in_last": (
        "count_in_last(events, now, 2d)",
        lambda r: len(within(r.times, r.now, 2 * DAY)),
    ),
    "days_since_last": (
        "days_since_last(events, now)",
        lambda r: min(((r.now - t) / DAY for t in r.times if t < r.now), default=None),
    ),
    "decayed_count": ("decayed_count(events, now, 2d)", lambda r: decayed(r.times, r.now, 2 * DAY)),
    "trend": ("trend(events, now, 2d, 8d)", lambda r: trend(r.times, r.now, 2 * DAY, 8 * DAY)),
    "mean_gap_days": ("mean_gap_days(events, now)", lambda r: mean_gap(r.times, r.now)),
    "session_count": (
        "session_count(events, now, 1d)",
        lambda r: sum(gap > DAY for gap in gaps(r.times, r.now)) + any(t < r.now for t in r.times),
    ),
    "last_session": (
        "last_session(events, now, 1d).length()",
        lambda r: last_session(gaps(r.times, r.now)) if any(t < r.now for t in r.times) else 0,
    ),
    "streak": (
        "streak(places, 1)",
        lambda r: next((i for i, p in enumerate(r.places[::-1]) if p != 1), len(r.places)),
    ),
    "transition_share": (
        "transition_share(places, 1, 2)",
        lambda r: share([y for x, y in pairwise(r.places) if x == 1], 2),
    ),
    "share_of": (
        "share_of(places, 1)",
        lambda r: r.places.count(1) / len(r.places) if r.places else 0.0,
    ),
    "variety": (
        "variety(places)",
        lambda r: len(set(r.places)) / len(r.places) if r.places else 0.0,
    ),
    "part_of_day": ('part_of_day(now, "Asia/Tokyo")', lambda r: part_of_day(r.now, "Asia/Tokyo")),
    "is_night": ('is_night(now, "UTC")', lambda r: r.now.hour < 6 or r.now.hour >= 22),
    "is_working_time": (
        'is_working_time(now, "Asia/Tokyo")',
        lambda r: (
            local(r.now, "Asia/Tokyo").weekday() < 5 and 9 <= local(r.now, "Asia/Tokyo").hour < 17
        ),
    ),
    "season": ('season(now, "UTC")', lambda r: r.now.month % 12 // 3),
    "age_in_days": ("age_in_days(released, now)", lambda r: max((r.now - r.released) / DAY, 0.0)),
    "age_in_years": (
        'age_in_years(long_ago, now, "UTC")',
        lambda r: (
            r.now.year
            - r.long_ago.year
            - (
                (r.now.month, r.now.day, r.now.time())
                < (r.long_ago.month, r.long_ago.day, r.long_ago.time())
            )
        ),
    ),
    "freshness": (
        "freshness(released, now)",
        lambda r: decay(max(r.now - r.released, 0 * DAY), 7 * DAY),
    ),
    "words": ("words(query)", lambda r: words(r.query)),
    "coverage": ("coverage(query, title)", lambda r: coverage(r.query, r.title)),
    "similarity": ("similarity(query, title)", lambda r: jaccard(r.query, r.title)),
    "same_words": ("same_words(query, title)", lambda r: words(r.query) == words(r.title)),
    "begins_with": (
        "begins_with(query, title)",
        lambda r: words(r.title)[: len(words(r.query))] == words(r.query),
    ),
    "query_match": (
        "query_match(query, title).length_difference",
        lambda r: len(words(r.title)) - len(words(r.query)),
    ),
    "discount_rate": (
        "discount_rate(price, usual)",
        lambda r: max(1 - r.price / r.usual, 0.0) if r.usual else 0.0,
    ),
    "relative_price": ("relative_price(price, usual)", lambda r: bought_price(r.price, r.usual)),
    "price_bucket": (
        "price_bucket(price)",
        lambda r: 0 if r.price <= 0 else sum(r.price >= 2.0**k for k in range(23)),
    ),
    "price_position": (
        "price_position(price, prices)",
        lambda r: price_position(r.price, r.prices),
    ),
    "argsort": (
        "argsort(places)",
        lambda r: sorted(range(len(r.places)), key=r.places.__getitem__),
    ),
    "every_nth": ("every_nth(places, 3)", lambda r: r.places[::3]),
    "padding_mask": (
        "padding_mask(places, 4)",
        lambda r: ([1] * len(r.places) + [0] * 4)[:4],
    ),
    "contains_all": (
        "contains_all(places, others)",
        lambda r: set(r.others) <= set(r.places),
    ),
    "same_values": ("same_values(places, others)", lambda r: set(r.others) == set(r.places)),
    "symmetric_difference": (
        "symmetric_difference(places, others)",
        lambda r: [
            *dict.fromkeys(p for p in r.places if p not in r.others),
            *dict.fromkeys(p for p in r.others if p not in r.places),
        ],
    ),
    "tversky": (
        "tversky(places, others, 0.5, 2.0)",
        lambda r: tversky(set(r.places), set(r.others), 0.5, 2.0),
    ),
    "merge_maps": ("merge_maps(taste, habits).entries()", lambda r: pairs(r.taste | r.habits)),
    "add_maps": (
        "add_maps(taste, habits).entries()",
        lambda r: pairs({k: r.taste.get(k, 0) + r.habits.get(k, 0) for k in r.taste | r.habits}),
    ),
    "scale_map": (
        "scale_map(taste, 3.0).entries()",
        lambda r: pairs({k: v * 3.0 for k, v in r.taste.items()}),
    ),
    "values_between": (
        "values_between(taste, 0.25, 0.5).entries()",
        lambda r: pairs({k: v for k, v in r.taste.items() if 0.25 <= v <= 0.5}),
    ),
    "values_of": (
        'values_of(taste, ["x", "b", "a"])',
        lambda r: [r.taste[k] for k in ("x", "b", "a") if k in r.taste],
    ),
    "best_key": (
        "best_key(taste)",
        lambda r: max(r.taste, key=r.taste.__getitem__) if r.taste else None,
    ),
    "libsvm": (
        "libsvm(count_values(places))",
        lambda r: " ".join(f"{x}:{r.places.count(x)}" for x in sorted(set(r.places))),
    ),
    "share_of_sum": (
        "share_of_sum(price, prices)",
        lambda r: r.price / sum(r.prices) if sum(r.prices) else 0.0,
    ),
    "share_of_best": (
        "share_of_best(price, prices)",
        lambda r: r.price / max(r.prices) if r.prices else 0.0,
    ),
    "deviation": ("deviation(price, prices)", lambda r: deviation(r.price, r.prices)),
    "over_median": (
        "over_median(price, prices)",
        lambda r: r.price - statistics.median(r.prices) if r.prices else 0.0,
    ),
    "frequency": ("frequency(a, places)", lambda r: share(r.places, r.a)),
    "tag_share": (
        "tag_share(others, places)",
        lambda r: sum(share(r.places, p) for p in r.others),
    ),
    "cents": ("cents(price)", lambda r: math.floor(abs(r.price) * 100 + 0.5) % 100),
}


class Row:
    """One row of random arguments, with edges often."""

    def __init__(self, source: random.Random) -> None:
        def moment() -> datetime:
            return (
                NOW
                - source.choice([0, 1, 2, 3, 7, 30, 150]) * DAY
                - source.choice(
                    [
                        timedelta(),
                        timedelta(microseconds=1),
                        timedelta(minutes=source.randrange(1440)),
                    ]
                )
            )

        self.b = source.choice([0, 1, 10, 1000])
        self.a = source.randint(0, self.b)
        self.d = source.choice([0, 5, 500])
        self.c = source.randint(0, self.d)
        self.now = moment()
        self.released = source.choice([moment(), self.now, self.now + DAY])
        self.long_ago = moment() - source.randrange(3, 9000) * DAY
        self.times = sorted(moment() for _ in range(source.choice([0, 1, 2, 9])))
        self.hits = [t for t in self.times if source.random() < 0.5]
        self.places = [source.randrange(5) for _ in range(source.choice([0, 1, 4, 9]))]
        self.others = source.sample(self.places, len(self.places) // 2)
        self.others += [source.randrange(5) for _ in range(source.choice([0, 0, 2]))]
        self.taste = self.weights(source)
        self.habits = self.weights(source)
        vocabulary = ["red", "Red", "SHOES", "blue", "x"]
        self.query = " ".join(source.choices(vocabulary, k=source.randrange(4)))
        self.title = " ".join(source.choices(vocabulary, k=source.randrange(6)))
        self.price = source.choice([0.0, 1.0, 2.0, 5.25, 19.75, 4e9])
        self.usual = source.choice([0.0, 1.0, 10.0])
        self.prices = source.choice([[], [3.0], [1.0, 5.0], [2.0, 2.0]])

    @staticmethod
    def weights(source: random.Random) -> dict[str, float]:
        keys = source.sample("abcd", source.randrange(5))
        return {key: source.choice([0.0, 0.25, 0.5, 2.0]) for key in keys}


TYPES = {
    **dict.fromkeys("abcd", "int"),
    "now": "timestamp",
    "released": "timestamp",
    "long_ago": "timestamp",
    "times": "list<timestamp>",
    "hits": "list<timestamp>",
    "places": "list<int>",
    "others": "list<int>",
    "taste": "map<string, float>",
    "habits": "map<string, float>",
    "query": "string",
    "title": "string",
    "price": "float",
    "usual": "float",
    "prices": "list<float>",
}


def microseconds(value: Any) -> Any:
    """Return instants as the core gives them."""
    if isinstance(value, datetime):
        return (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return [microseconds(item) for item in value] if isinstance(value, list) else value


def test_each_function_has_an_expected_value() -> None:
    assert sorted(EXPECTED) == sorted(function.name for function in FUNCTIONS)


@pytest.mark.parametrize("module", MODULES)
def test_values_beside_plain_python(module: str) -> None:
    source = random.Random(module)
    rows = [Row(source) for _ in range(ROWS)]
    names = [function.name for function in MODULES[module].functions]
    expressions = [EXPECTED[name][0].replace("events", "times.map(t -> {at: t})") for name in names]
    columns = {name: [getattr(row, name) for row in rows] for name in TYPES}
    found = evaluate(expressions, TYPES, columns, declarations=f'use "{module}"\n')
    for name, values in zip(names, found, strict=True):
        expected = [microseconds(EXPECTED[name][1](row)) for row in rows]
        assert len({str(value) for value in expected}) > 1, f"{name}: one value on all rows"
        for row, (got, wanted) in enumerate(zip(values, expected, strict=True)):
            if isinstance(wanted, float):
                wanted = pytest.approx(wanted, rel=1e-12, abs=1e-12)
            assert got == wanted, f"{name}, {vars(rows[row])}"


# ---- in programs -----------------------------------------------------------------------------------

PROGRAM = """\
use "std/ctr.fx" as ctr
use "std/sequence.fx"
input request { now: timestamp, history: list<{genre: string, at: timestamp}> }
input candidate { genre: string, clicks, views: int }
let same = history.filter(e -> e.genre == genre)
feature rate : dense = ctr.smoothed(clicks, views)
feature seen : dense = same.count_in_last(now, 7d)
feature all  : dense = history.in_last(now, 7d).count(e -> e.genre == genre)
"""


def test_programs_in_any_folder_use_it(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "main.fx").write_text(PROGRAM)
    program = fx.compile(tmp_path / "deep" / "er" / "main.fx")
    program.save(tmp_path / "main.fxp")
    members = read_package(tmp_path / "main.fxp").members
    sources = sorted(name for name in members if name.startswith("source/"))
    assert sources == ["source/main.fx", "source/std/ctr.fx", "source/std/sequence.fx"]
    assert b"let smoothed(" in members["source/std/ctr.fx"]
    # Wherever it was compiled, the package is the same.
    assert fx.compile_text(PROGRAM, path="main.fx").digest == program.digest
    events = [{"genre": "drama", "at": NOW - DAY}, {"genre": "news", "at": NOW - 9 * DAY}]
    found = program.extractor().extract_request(
        {"now": NOW, "history": events},
        [{"genre": "drama", "clicks": 3, "views": 100}, {"genre": "news", "clicks": 0, "views": 0}],
    )
    assert found["rate"].tolist() == pytest.approx([4 / 150, 0.02])
    assert found["seen"].tolist() == found["all"].tolist() == [1.0, 0.0]


def test_a_condition_on_the_candidate_stays_a_join() -> None:
    """What a function is expanded to is planned like what is written out."""
    plan = fx.compile_text(PROGRAM, path="main.fx").package.plan
    called = {step["operator"] for step in plan["steps"] if step["do"] == "call"}
    assert "count_equal" in called


def findings(text: str) -> str:
    """Return the messages about a program."""
    _, diagnostics = check_text(text, load_registry(), "main.fx")
    return render(diagnostics)


def test_mistakes_inside_are_told_with_the_call_that_led_there() -> None:
    said = findings(
        'use "std/sequence.fx"\ninput request { xs: list<int>, now: timestamp }\n'
        "feature f : dense = xs.count_in_last(now, 1d)\n"
    )
    assert "--> <std>/sequence.fx:" in said
    assert "has no field `at`" in said
    assert "main.fx:3:" in said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('use "std/crt.fx"', "did you mean `std/ctr.fx`?"),
        ('use "std/nothing_like_it.fx"', "it has `std/ctr.fx`, `std/list.fx`"),
        ('use "std/../main.fx"', "a path cannot lead out of the standard library"),
        ('use "./std/ctr.fx"', "a folder of modules cannot be called `std/`"),
        ("feature f : dense = smoothed(1, 2)", 'write `use "std/ctr.fx"` at the top of the file'),
        ("feature f : dense = x.smothed(2)", "did you mean `smoothed` of the standard library?"),
    ],
)
def test_mistakes_in_using_it(line: str, message: str) -> None:
    said = findings(f"{line}\ninput request {{ x: int }}\n")
    assert message in said


def test_functions_are_found_by_name() -> None:
    assert modules_with("smoothed") == ("std/ctr.fx",)
    assert modules_with("nothing") == ()


def ops(*arguments: str) -> str:
    """Run ``fx ops``."""
    command = [sys.executable, "-m", "feature_extractor", "ops", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_command_line_lists_and_shows_functions() -> None:
    listed = ops("std")
    assert f"{len(FUNCTIONS)} functions" in listed
    assert 'use "std/price.fx"' in listed
    assert "age_in_days(t, now)" in ops("std/time.fx")
    shown = ops("trend")
    assert 'trend  (use "std/sequence.fx")' in shown
    assert "trend(history, now, short, long)" in shown
    assert "In the standard library: discount_rate (std/price.fx)" in ops(
        "ratio"
    ) or "discount" in ops("discount_rate")
