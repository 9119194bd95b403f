"""The numbers of a profile against those of NumPy and SciPy, and what holds for parts that are merged."""

from __future__ import annotations

import itertools
import math
from typing import Any

import feature_extractor as fx
import numpy as np
import pytest
from feature_extractor.fitting.quantiles import QuantileSummary
from feature_extractor.profile.collisions import expected_collisions, values_behind
from feature_extractor.profile.distinct import Distinct
from feature_extractor.profile.drift import (
    boundaries,
    by_chance,
    counted,
    drift,
    number_drift,
    shares,
)
from feature_extractor.profile.report import FeatureProfile, Profile
from feature_extractor.profile.run import Pass, finish, open_program, profile
from feature_extractor.profile.states import IdCounts, Numbers
from feature_extractor.profile.summaries import QUANTILES, histogram, number_summary
from hypothesis import given
from hypothesis import strategies as st

pa = pytest.importorskip("pyarrow")
scipy_distance = pytest.importorskip("scipy.spatial.distance")
from scipy.stats import chi2, entropy

PROGRAM = """input request {
    user: string?
}
input candidate {
    price: float?
    kind: int
    title: string
    place: vector<3>
}
feature price : dense = price ?? 0.5
feature ratio : dense = 1.0 / (price ?? 0.0)
feature kind : id(50) = kind
feature word_ids : ids(64, max = 3) = title.tokenize().hash_bucket(64)
feature user_id : id(1_000_000) = (user ?? "").hash_bucket(1_000_000)
feature weights : weighted(100) = title.tokenize().map(w -> {id: w.length(), weight: price ?? 2.0})
feature title : text = title
feature place : dense = place
feature constant : label = 1.0
"""


def table(rows: int, seed: int = 1, shift: float = 0.0) -> Any:
    random = np.random.default_rng(seed)
    price = random.lognormal(1.0 + shift, 1.0, rows)
    words = [f"w{n}" for n in range(300)]
    titles = [" ".join(random.choice(words, random.integers(0, 6))) for _ in range(rows)]
    return pa.table(
        {
            "user": pa.array([f"u{n // 10}" if n % 7 else None for n in range(rows)]),
            "price": pa.array(price, mask=random.random(rows) < 0.1),
            "kind": pa.array(random.zipf(1.5, rows) % 60),
            "title": titles,
            "place": pa.FixedSizeListArray.from_arrays(
                pa.array(random.random(3 * rows), pa.float32()), 3
            ),
        }
    )


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("profile") / "shop.fx"
    path.write_text(PROGRAM)
    return str(path)


@pytest.fixture(scope="module")
def data() -> Any:
    return table(5_000)


@pytest.fixture(scope="module")
def found(program: str, data: Any) -> Profile:
    return profile(program, data)


@pytest.fixture(scope="module")
def values(program: str, data: Any) -> Any:
    return fx.compile(program).extractor().extract(data)


# ---- numbers -------------------------------------------------------------------------------------


def check_numbers(summary: Any, given_: Any) -> None:
    numbers = np.asarray(given_, np.float64).reshape(-1)
    assert summary.count == len(numbers)
    assert summary.mean == pytest.approx(numbers.mean(), rel=1e-12)
    assert summary.standard_deviation == pytest.approx(numbers.std(), rel=1e-9)
    assert (summary.minimum, summary.maximum) == (numbers.min(), numbers.max())
    assert summary.zeros == np.count_nonzero(numbers == 0)
    assert summary.distinct == len(np.unique(numbers)) and summary.distinct_error == 0
    for q in QUANTILES:
        assert summary.quantiles[q] == np.quantile(numbers, float(q), method="inverted_cdf"), q
    shown = summary.histogram
    assert sum(shown.counts) + shown.below + shown.above == len(numbers)
    if shown.values:
        found_values, counts = np.unique(numbers, return_counts=True)
        assert shown.values == tuple(found_values) and shown.counts == tuple(counts)
    else:
        counts, _ = np.histogram(numbers, np.array(shown.edges))
        assert shown.counts == tuple(counts)
        assert shown.below == np.count_nonzero(numbers < shown.edges[0])
    top_values, top_counts = np.unique(numbers, return_counts=True)
    assert summary.top[0][1] == top_counts.max()
    assert dict(zip(top_values, top_counts, strict=True))[summary.top[0][0]] == summary.top[0][1]


@pytest.mark.parametrize("name", ["price", "ratio", "place", "constant"])
def test_dense_features_agree_with_numpy(found: Profile, values: Any, name: str) -> None:
    check_numbers(found.feature(name).distribution.numbers, values[name])


def test_lengths_and_weights_agree_with_numpy(found: Profile, values: Any) -> None:
    check_numbers(found.feature("word_ids").distribution.lengths, values["word_ids"].lengths())
    check_numbers(found.feature("weights").distribution.weights, values["weights"].weights)
    lengths = [len(text) for text in values["title"]]
    check_numbers(found.feature("title").distribution.lengths, lengths)


@pytest.mark.parametrize("name", ["kind", "word_ids", "user_id", "weights"])
def test_ids_agree_with_numpy(found: Profile, values: Any, name: str) -> None:
    ids = values[name] if isinstance(values[name], np.ndarray) else values[name].values
    summary = found.feature(name).distribution.values
    assert summary is not None
    known, counts = np.unique(ids, return_counts=True)
    assert (summary.count, summary.distinct, summary.count_error) == (len(ids), len(known), 0)
    expected = sorted(zip(-counts, known, strict=True))[:20]
    assert list(summary.top) == [(int(i), int(-n)) for n, i in expected]


def test_defaults_and_nulls_are_counted(found: Profile, values: Any, data: Any) -> None:
    nulls = data.column("price").null_count
    ratio, kind = found.feature("ratio"), found.feature("kind")
    assert ratio.distribution.defaulted == nulls and ratio.no_result == nulls
    assert ratio.nulls == {"candidate.price": nulls / 5_000}
    assert found.feature("price").distribution.defaulted == 0
    assert kind.distribution.defaulted == np.count_nonzero(data.column("kind").to_numpy() >= 50)
    # Neighbours with one user are one request, and the inputs of a request are counted once.
    requests = [user for user, _ in itertools.groupby(data.column("user").to_pylist())]
    assert found.data.requests == len(requests)
    share = requests.count(None) / len(requests)
    assert found.feature("user_id").nulls["request.user"] == pytest.approx(share)
    full = np.count_nonzero(values["word_ids"].lengths() == 3)
    assert found.feature("word_ids").distribution.full == full


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=60))
def test_any_finite_numbers_have_a_summary(numbers: list[float]) -> None:
    state = Numbers()
    state.add(np.array(numbers))
    summary = number_summary(state)
    assert summary is not None
    array = np.array(numbers) + 0.0
    for q in QUANTILES:
        assert summary.quantiles[q] == np.quantile(array, float(q), method="inverted_cdf")
    shown = summary.histogram
    assert sum(shown.counts) + shown.below + shown.above == len(numbers)


def test_far_values_do_not_flatten_the_histogram() -> None:
    summary = QuantileSummary()
    summary.add(np.concatenate((np.linspace(0, 1, 5_000), [1e9, -1e9])))
    shown = histogram(summary)
    assert shown.edges[-1] < 2 and (shown.below, shown.above) != (0, 0)
    assert max(shown.counts) < 1_000


def test_quantiles_of_very_many_values_say_how_exact_they_are() -> None:
    state = Numbers()
    random = np.random.default_rng(3)
    everything = random.random(600_000)
    for part in np.split(everything, 10):
        state.add(part)
    summary = number_summary(state)
    assert summary is not None and 0 < summary.rank_error < 1e-3
    ranks = np.searchsorted(np.sort(everything), summary.quantiles["0.5"]) / len(everything)
    assert abs(ranks - 0.5) <= summary.rank_error + 1e-5
    assert summary.distinct == pytest.approx(600_000, rel=5 * summary.distinct_error)
    assert summary.mean == pytest.approx(everything.mean(), rel=1e-12)


# ---- different values ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 500, 1_000, 1_001, 50_000])
def test_different_values_are_counted(number: int) -> None:
    whole, parts = Distinct(1_000), [Distinct(1_000) for _ in range(3)]
    values = np.arange(number) * 7 - 3
    whole.add_numbers(np.concatenate((values, values)))
    for position, part in enumerate(parts):
        part.add_numbers(values[position::2])
    for part in parts[1:]:
        parts[0].merge(part)
    assert whole.exact == parts[0].exact == (number <= 1_000)
    assert whole.number() == parts[0].number()
    assert whole.number() == number or abs(whole.number() / number - 1) < 5 * whole.error()


def test_texts_and_zeros_are_told_apart_by_value() -> None:
    texts = Distinct()
    texts.add_texts(["a", "b", "a", "ä", ""])
    assert texts.number() == 4
    zeros = Distinct()
    zeros.add_numbers(np.array([0.0, -0.0, 1.0]))
    assert zeros.number() == 2


def test_ids_are_counted_alike_with_and_without_an_array() -> None:
    ids = np.random.default_rng(5).integers(0, 1_000, 20_000)
    small, large = IdCounts(1_000), IdCounts(1 << 40)
    for counts in (small, large):
        counts.add(ids[:7_000])
        other = IdCounts(counts.size)
        other.add(ids[7_000:])
        counts.merge(other)
    assert small.top(50) == large.top(50)
    assert small.distinct() == large.distinct() == (len(np.unique(ids)), 0.0)
    assert small.count(7) == large.count(7) == np.count_nonzero(ids == 7)
    assert small.total == large.total == 20_000


# ---- drift ---------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.integers(0, 1_000), st.integers(0, 1_000)), min_size=1, max_size=12
    ).filter(lambda pairs: sum(a for a, _ in pairs) and sum(b for _, b in pairs))
)
def test_divergences_agree_with_scipy(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    found = drift([str(i) for i in range(len(pairs))], first, second)
    p, q = shares(first), shares(second)
    assert p.sum() == pytest.approx(1.0)
    assert found.kl == pytest.approx(entropy(q, p), abs=1e-12)
    assert found.psi == pytest.approx(entropy(q, p) + entropy(p, q), abs=1e-12)
    distance = scipy_distance.jensenshannon(p, q, base=2)
    assert found.js == pytest.approx(0.0 if math.isnan(distance) else distance**2, abs=1e-9)
    assert found.psi >= 0 and 0 <= found.js <= 1


def test_bins_come_from_the_first_data_set() -> None:
    random = np.random.default_rng(7)
    first, second = QuantileSummary(), QuantileSummary()
    one, two = random.normal(0, 1, 10_000), random.normal(0.5, 1, 4_000)
    first.add(one)
    second.add(two)
    edges = boundaries(first)
    assert len(edges) == 9
    found = number_drift(first, second)
    assert found is not None
    bounds = [-np.inf, *edges, np.inf]
    assert found.first == tuple(np.histogram(one, bounds)[0])
    assert found.second == tuple(np.histogram(two, bounds)[0])
    assert all(abs(count - 1_000) <= 1 for count in found.first)
    assert 0.15 < found.psi < 0.35


def test_few_values_have_a_bin_each() -> None:
    first, second = QuantileSummary(), QuantileSummary()
    first.add(np.array([0.0] * 90 + [1.0] * 10))
    second.add(np.array([0.0] * 5 + [1.0] * 5 + [2.0]))
    assert counted(second, [1.0]) == [5, 6]
    found = number_drift(first, second)
    assert found is not None
    assert (found.bins, found.first) == (("0", "1", "all others"), (90, 10, 0))
    assert found.second == (5, 5, 1)
    assert number_drift(QuantileSummary(), second) is None


def test_a_constant_that_is_none_any_more_has_drifted() -> None:
    constant, same, other = QuantileSummary(), QuantileSummary(), QuantileSummary()
    constant.add(np.zeros(500))
    same.add(np.zeros(300))
    other.add(np.concatenate((np.zeros(100), np.random.default_rng(1).random(200))))
    found = [number_drift(constant, one) for one in (same, other)]
    assert found[0] is not None and found[0].psi == 0
    assert found[1] is not None and found[1].psi > 1 and found[1].second == (100, 200)


def test_what_comes_by_chance_is_no_drift() -> None:
    random = np.random.default_rng(2)
    for bins, rows in ((2, 50), (11, 200), (21, 1_000)):
        limit = by_chance(bins, rows, 2 * rows)
        expected = chi2.ppf(0.99, bins - 1) * (1 / rows + 1 / (2 * rows))
        assert limit == pytest.approx(expected, rel=0.05)
        names = [str(i) for i in range(bins)]
        psi = []
        for _ in range(400):
            first, second = (
                np.bincount(random.integers(0, bins, n), minlength=bins) for n in (rows, 2 * rows)
            )
            psi.append(drift(names, first, second).psi)
        assert np.mean(np.array(psi) > limit) < 0.03
    assert by_chance(1, 10, 10) == by_chance(5, 0, 10) == 0.0


def test_a_shift_is_found_where_there_is_one(program: str) -> None:
    found = profile(program, table(3_000), table(3_000, seed=2, shift=0.8))
    by_name = {one.name: one for one in found.features}
    assert by_name["price"].drift is not None and by_name["price"].drift.psi > 0.25
    for name in ("kind", "place", "constant"):
        drifted = by_name[name].drift
        assert drifted is not None and drifted.psi < 0.1, name
    assert found.features[0].name in ("price", "weights", "ratio")
    assert any("have shifted" in remark.text for remark in by_name["price"].remarks)
    assert found.against is not None and found.against.rows == 3_000


# ---- collisions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "buckets"), [(0, 10), (1, 10), (10, 10), (300, 64), (1_000, 10**6)]
)
def test_expected_collisions(values: int, buckets: int) -> None:
    expected = values - buckets * (1 - (1 - 1 / buckets) ** values)
    assert expected_collisions(values, buckets) == pytest.approx(expected, abs=1e-6)
    occupied = round(values - expected)
    if occupied < buckets // 2:
        assert values_behind(occupied, buckets) == pytest.approx(values, rel=0.1, abs=1)


def test_expected_collisions_are_those_of_a_random_hash() -> None:
    random = np.random.default_rng(11)
    found = [300 - len(np.unique(random.integers(0, 64, 300))) for _ in range(400)]
    assert expected_collisions(300, 64) == pytest.approx(np.mean(found), abs=4 * np.std(found) / 20)


def test_collisions_are_measured_where_the_value_is_known(found: Profile, data: Any) -> None:
    words = {word for title in data.column("title").to_pylist() for word in title.split()}
    extractor = fx.compile_text(
        "input request { w: string }\nfeature b : id(64) = w.hash_bucket(64)\n"
    ).extractor()
    buckets = set(extractor.extract([{"w": word} for word in words])["b"].tolist())
    collisions = found.feature("word_ids").collisions
    assert collisions is not None and not collisions.estimated
    assert (collisions.values, collisions.buckets) == (len(words), 64)
    assert collisions.measured == len(words) - len(buckets)
    users = found.feature("user_id").collisions
    assert users is not None and users.measured == 0 and users.expected < 1
    assert found.feature("kind").collisions is None


# ---- parts ---------------------------------------------------------------------------------------


def test_parts_give_what_the_whole_gives(program: str, data: Any, found: Profile) -> None:
    opened = open_program(program)
    passes = [Pass(opened) for _ in range(3)]
    for position, batch in enumerate(data.to_batches(max_chunksize=700)):
        passes[position % 3].add(opened.extractor.extract(batch))
    passes[0].merge(passes[1])
    passes[0].merge(passes[2])
    merged = finish(opened, passes[0])

    def comparable(one: FeatureProfile) -> Any:
        return one.name, one.distribution, one.collisions, one.remarks

    # How many requests there are depends on how the rows are cut, and with that the share of nulls of the request.
    assert [comparable(o) for o in merged.features] == [comparable(o) for o in found.features]


def test_an_empty_table_has_a_profile(program: str) -> None:
    found = profile(program, table(1).slice(0, 0), table(5))
    assert found.data.rows == 0
    assert all(one.distribution.numbers is None and one.drift is None for one in found.features)
