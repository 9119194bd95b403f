"""What fits give, against libraries that people know, and against Python where there is none."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import feature_extractor as fx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import TYPES, fit, nested, table, write_program


def samples(rows: int = 3_000, seed: int = 5) -> pa.Table:
    """Return random rows with nulls, ties, long tails and text beyond ASCII."""
    random = np.random.default_rng(seed)
    words = np.array(["red", "blue", "Äpfel", "apple", "日本", "", "x" * 40, "pear"])

    def some(values: list[Any], share: float = 0.1) -> list[Any]:
        return [
            None if gone else v for v, gone in zip(values, random.random(rows) < share, strict=True)
        ]

    def lists(share: float, most: int) -> list[Any]:
        return [
            [None if random.random() < share else str(w) for w in random.choice(words, n)]
            for n in random.integers(0, most, rows)
        ]

    users = random.integers(0, 40, rows)
    return table(
        {
            "user": some([f"user {i}" for i in users], 0.05),
            "age": some(random.integers(18, 70, rows).tolist()),
            "history": lists(0.1, 6),
            "price": some(random.lognormal(2.0, 1.5, rows).round(2).tolist()),
            "count": np.minimum(random.zipf(1.6, rows), 10**9).tolist(),
            "title": some([" ".join(random.choice(words, n)) for n in random.integers(0, 6, rows)]),
            "tags": lists(0.2, 5),
            "scores": [
                [None if v < -1.5 else float(v) for v in random.normal(size=n)]
                for n in random.integers(0, 4, rows)
            ],
            "category": [f"c{i}" for i in random.zipf(1.5, rows) % 12],
            "clicked": (random.random(rows) < 0.3).tolist(),
            "rating": some(random.normal(3.0, 1.0, rows).tolist(), 0.3),
            "at": random.integers(0, 10**15, rows).tolist(),
        }
    )


@pytest.fixture(scope="module")
def data() -> pa.Table:
    return samples()


def test_moments_are_those_of_scikit_learn(tmp_path: Path, data: pa.Table) -> None:
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    found = fit(
        tmp_path, "resource a = fit.moments(price)\nresource b = fit.moments(price, ddof = 1)", data
    )
    price = data.column("price").to_pandas()
    scaler = preprocessing.StandardScaler().fit(price.to_numpy().reshape(-1, 1))
    a, b = found["a"], found["b"]
    assert a["mean"] == pytest.approx(scaler.mean_[0], rel=1e-13)
    assert a["standard_deviation"] == pytest.approx(scaler.scale_[0], rel=1e-13)
    assert b["standard_deviation"] == pytest.approx(price.std(), rel=1e-13)
    assert (a["minimum"], a["maximum"]) == (price.min(), price.max())
    assert (a["count"], a["nulls"]) == (price.count(), price.isna().sum())


def test_each_element_of_a_list_counts(tmp_path: Path, data: pa.Table) -> None:
    found = fit(tmp_path, "resource a = fit.moments(scores)", data)["a"]
    elements = data.column("scores").combine_chunks().flatten()
    values = elements.drop_null().to_numpy()
    assert found["count"] == len(values)
    assert found["nulls"] == elements.null_count
    assert found["mean"] == pytest.approx(values.mean(), rel=1e-13)


def test_ints_and_lets_are_fitted(tmp_path: Path, data: pa.Table) -> None:
    text = "let doubled(x) = x * 2\nlet many = doubled(count)\nresource a = fit.moments(many)"
    found = fit(tmp_path, text, data)["a"]
    assert found["mean"] == 2 * sum(data.column("count").to_pylist()) / data.num_rows


def test_quantiles_are_the_values_at_their_positions(tmp_path: Path, data: pa.Table) -> None:
    text = "resource a = fit.quantiles(price, buckets = 16)\nresource b = fit.quantiles(price, at = [0.0, 0.3, 1.0])"
    found = fit(tmp_path, text, data)
    values = np.sort(data.column("price").drop_null().to_numpy())
    assert found["a"]["boundaries"] == [float(values[i * len(values) // 16]) for i in range(1, 16)]
    assert found["b"]["values"] == [values[0], values[3 * len(values) // 10], values[-1]]


def test_buckets_are_as_full_as_those_of_scikit_learn(tmp_path: Path, data: pa.Table) -> None:
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    found = fit(tmp_path, "resource a = fit.quantiles(rating, buckets = 10)", data)["a"]
    values = data.column("rating").drop_null().to_numpy()
    ours = np.bincount(np.searchsorted(found["boundaries"], values, side="right"), minlength=10)
    theirs = preprocessing.KBinsDiscretizer(
        10, encode="ordinal", strategy="quantile", quantile_method="linear", subsample=None
    ).fit_transform(values.reshape(-1, 1))
    assert np.abs(ours - np.bincount(theirs[:, 0].astype(int), minlength=10)).max() <= 1
    assert ours.max() - ours.min() <= 1


@pytest.mark.parametrize(
    ("values", "buckets", "boundaries"),
    [
        ([1.0, 2.0, 3.0], 10, [2.0, 3.0]),
        ([5.0, 5.0, 5.0], 4, []),
        ([0.0] * 90 + [1.0] * 10, 10, [1.0]),
        ([1.0, 1.0, 2.0, 2.0], 2, [2.0]),
        ([-0.0, 0.0, 1.0, None], 3, [1.0]),
        ([7.0], 2, []),
        ([1.0] * 100 + [2.0] + [3.0] * 200, 4, [2.0, 3.0]),
        ([1.0] * 100 + [2.0] + [3.0] * 200, 2, [3.0]),
    ],
)
def test_ties_and_few_values_make_fewer_buckets(
    tmp_path: Path, values: list[float | None], buckets: int, boundaries: list[float]
) -> None:
    text = f"resource a = fit.quantiles(price, buckets = {buckets})"
    assert fit(tmp_path, text, table({"price": values}))["a"]["boundaries"] == boundaries


def test_vocabularies_are_the_most_frequent_words(tmp_path: Path, data: pa.Table) -> None:
    text = (
        "resource a = fit.vocabulary(tags)\n"
        "resource b = fit.vocabulary(title, minimum_count = 2, maximum_size = 5)\n"
        "resource c = fit.vocabulary(count, minimum_count = 3)"
    )
    found = fit(tmp_path, text, data)

    def wanted(words: list[Any], minimum: int = 1) -> list[list[Any]]:
        counts = Counter(str(w) for w in words if w is not None and w != "")
        listed = [[w, n] for w, n in counts.items() if n >= minimum]
        return sorted(listed, key=lambda row: (-row[1], row[0].encode()))

    tags = data.column("tags").combine_chunks().flatten().to_pylist()
    assert found["a"]["rows"] == wanted(tags)
    assert found["a"]["empty"] == tags.count("")
    assert found["b"]["rows"] == wanted(data.column("title").to_pylist(), 2)[:5]
    assert found["c"]["rows"] == wanted(data.column("count").to_pylist(), 3)
    assert found.files["a"].data == {
        "rows": 3_000,
        "values": len([t for t in tags if t is not None]),
        "nulls": tags.count(None),
    }


def test_counts_are_those_of_pandas(tmp_path: Path, data: pa.Table) -> None:
    found = fit(tmp_path, "resource a = fit.counts(age)\nresource b = fit.counts(at)", data)
    ages = data.column("age").to_pandas().dropna().astype(int)
    counts = ages.value_counts()
    assert {key: count for key, count, _ in found["a"]["rows"]} == counts.to_dict()
    assert all(share == count / len(ages) for _, count, share in found["a"]["rows"])
    assert len(found["b"]["rows"]) == len(set(data.column("at").to_pylist()))


def folds_of(data: pa.Table, key: str, folds: int, tmp_path: Path) -> np.ndarray:
    """Return the fold of each row, computed as a feature."""
    path = tmp_path / "folds.fx"
    path.write_text(
        f"input candidate {{ user: string? }}\n"
        f"feature fold : id({folds}) = {key}.hash_bucket({folds}, 7919) ?? 0\n"
    )
    return fx.compile(path).extractor().extract(data)["fold"]


@pytest.mark.parametrize("target", ["clicked", "rating", "count"])
def test_target_means_are_those_of_scikit_learn(
    tmp_path: Path, data: pa.Table, target: str
) -> None:
    """Also out of fold: there they are those of an encoder that never saw the fold."""
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    data = data.filter(data.column(target).is_valid())
    text = (
        f"resource a = fit.target_mean(category, target = {target}, prior_weight = 7.5, fold_key = user, folds = 3)\n"
        "feature whole : dense = a.value(category)\n"
        "feature apart : dense = a.out_of_fold(category)\n"
        'feature unknown : dense = a.value("never seen")\n'
        'feature unknown_apart : dense = a.out_of_fold("never seen")'
    )
    found = fit(tmp_path, text, data)["a"]
    keys = np.array(data.column("category").to_pylist(), object).reshape(-1, 1)
    targets = np.array(data.column(target).to_pylist(), np.float64)

    def encoder(rows: np.ndarray) -> Any:
        made = preprocessing.TargetEncoder(smooth=7.5, target_type="continuous")
        return made.fit(keys[rows], targets[rows])

    whole = encoder(np.ones(len(keys), bool))
    extracted = fx.compile(tmp_path / "shop.fx").extractor().extract(data)
    assert found["prior"] == pytest.approx(targets.mean(), rel=1e-13)
    assert extracted["whole"] == pytest.approx(whole.transform(keys)[:, 0], rel=1e-6)
    assert extracted["unknown"] == pytest.approx(targets.mean(), rel=1e-6)
    folds = folds_of(data, "user", 3, tmp_path)
    assert set(folds) == {0, 1, 2}
    for fold in range(3):
        apart = encoder(folds != fold)
        inside = folds == fold
        assert extracted["apart"][inside] == pytest.approx(
            apart.transform(keys[inside])[:, 0], rel=1e-6
        )
        assert extracted["unknown_apart"][inside] == pytest.approx(
            targets[folds != fold].mean(), rel=1e-6
        )


def test_no_sample_sees_its_own_label(tmp_path: Path) -> None:
    """A key that occurs in one fold only has the prior of the others, whatever its labels."""
    rows = 200
    for label in (True, False):
        users = ["the one"] * 10 + [f"u{i}" for i in range(rows)]
        data = table(
            {
                "user": users,
                "category": ["rare"] * 10 + ["usual"] * rows,
                "clicked": [label] * 10 + [i % 4 == 0 for i in range(rows)],
            }
        )
        text = (
            "resource a = fit.target_mean(category, target = clicked, fold_key = user)\n"
            "feature apart : dense = a.out_of_fold(category)"
        )
        fit(tmp_path, text, data)
        apart = fx.compile(tmp_path / "shop.fx").extractor().extract(data)["apart"][:10]
        folds = folds_of(data, "user", 5, tmp_path)
        others = np.array(data.column("clicked").to_pylist())[folds != folds[0]]
        assert apart == pytest.approx(np.full(10, others.mean()), rel=1e-6)


def test_rows_without_a_target_are_left_out(tmp_path: Path) -> None:
    data = table({"category": ["a", "a", "b", "a"], "rating": [1.0, None, None, 3.0]})
    found = fit(
        tmp_path,
        "resource a = fit.target_mean(category, target = rating, prior_weight = 1.0)",
        data,
    )
    assert found["a"]["rows"] == [["a", 2, 2.0, 2.0]]
    assert found.files["a"].data == {"rows": 4, "values": 2, "nulls": 2}


def test_a_target_counts_for_each_element(tmp_path: Path) -> None:
    data = table({"tags": [["a", "b"], ["a", None], []], "count": [10, 20, 30]})
    found = fit(
        tmp_path, "resource a = fit.target_mean(tags, target = count, prior_weight = 0.0)", data
    )
    assert found["a"]["rows"] == [["a", 2, 15.0, 15.0], ["b", 1, 10.0, 10.0]]


def test_times_and_int_keys(tmp_path: Path) -> None:
    data = table(
        {"age": [3, 3, 4, None], "clicked": [True, False, True, True], "at": [0, 10**6, 5, 7]}
    )
    text = (
        "resource a = fit.target_mean(age, target = clicked, prior_weight = 0.0)\n"
        "feature x : dense = a.value(age)\n"
        "resource b = fit.counts(at)\n"
        "feature y : dense = b.lookup(at).count ?? 0"
    )
    found = fit(tmp_path, text, data, time="at")
    assert found["a"]["rows"] == [[3, 2, 0.5, 0.5], [4, 1, 1.0, 1.0]]
    assert found.files["a"].data["from"] == "1970-01-01T00:00:00Z"
    assert found.files["a"].data["to"] == "1970-01-01T00:00:01Z"
    extracted = fx.compile(tmp_path / "shop.fx").extractor().extract(data)
    assert extracted["x"].tolist() == pytest.approx([0.5, 0.5, 1.0, 2 / 3])
    assert extracted["y"].tolist() == [1.0] * 4


# ---- rows, batches, order ------------------------------------------------------------------------

ALL = """
resource a = fit.moments(price)
resource b = fit.quantiles(price, buckets = 7)
resource c = fit.vocabulary(history)
resource d = fit.counts(user)
resource e = fit.target_mean(category, target = rating, fold_key = user, folds = 4)
resource f = fit.moments((price ?? 0.0).z_score(a.mean, a.standard_deviation))
"""


def files(found: fx.Fitted) -> dict[str, str]:
    return {name: file.serialise() for name, file in found.files.items()}


def test_neither_batches_nor_threads_nor_order_change_a_byte(
    tmp_path: Path, data: pa.Table
) -> None:
    whole = files(fit(tmp_path, ALL, data))
    pieces = [data.slice(start, 97) for start in range(0, data.num_rows, 97)]
    assert files(fit(tmp_path, ALL, pieces, threads=3)) == whole
    order = np.random.default_rng(1).permutation(data.num_rows)
    assert files(fit(tmp_path, ALL, data.take(order))) == whole
    assert files(fit(tmp_path, ALL, data.to_pandas(types_mapper=pd.ArrowDtype))) == whole


def test_a_nested_table_counts_like_a_flat_one(tmp_path: Path) -> None:
    flat = samples(400)
    sizes = [4, 1, 0, 7, 13, 75] * 4
    owners = np.repeat(np.arange(len(sizes)), sizes)
    flat = flat.select([n for n in TYPES if n not in ("user", "age", "history")])
    request = samples(len(sizes), seed=9).select(["user", "age", "history"])
    request = request.take(pa.array(owners))
    rows = pa.table({n: (request if n in request.column_names else flat).column(n) for n in TYPES})
    # A row per request; one of them has no candidates, and counts nowhere.
    kept = [size for size in sizes if size]
    assert files(fit(tmp_path, ALL, nested(rows, kept))) == files(fit(tmp_path, ALL, rows))


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 300), max_size=4), st.randoms(use_true_random=False))
def test_parts_that_are_merged_give_the_same_bytes(
    tmp_path: Path, cuts: list[int], random: Any
) -> None:
    """Any partition of the rows, in any order, gives the file of the whole."""
    from feature_extractor.fitting.job import Pass
    from feature_extractor.fitting.run import fit_with

    rows = samples(300)
    path = write_program(tmp_path, ALL)
    bounds = [0, *sorted(cuts), 300]
    parts = [rows.slice(a, b - a) for a, b in itertools.pairwise(bounds)]
    random.shuffle(parts)

    def merged(job: Any) -> Any:
        whole = Pass(job).found
        for part in parts:
            one = Pass(job)
            list(one.run([part]))
            whole.merge(one.found)
        return whole

    assert files(fit_with(path, merged)) == files(fx.fit(path, rows))


def test_a_resource_that_needs_another_takes_a_second_pass(tmp_path: Path, data: pa.Table) -> None:
    found = fit(tmp_path, ALL, data)
    assert found.passes == 2
    assert found["f"]["standard_deviation"] > 0
    with pytest.raises(fx.FitError, match="only once"):
        fit(tmp_path, ALL, iter([data]))
    assert fit(tmp_path, "resource a = fit.moments(price)", iter([data])).passes == 1
    assert fit(tmp_path, ALL, lambda: iter([data])).passes == 2


def test_a_fitted_vocabulary_can_be_fitted_to(tmp_path: Path) -> None:
    data = table({"tags": [["a", "b", "a"], ["b", "c", "a"]], "count": [1, 5]})
    text = (
        "resource words = fit.vocabulary(tags, minimum_count = 2)\n"
        "resource ids = fit.counts(tags.map(t -> words.lookup(t)))\n"
        "feature x : ids(words) = tags.map(t -> words.lookup(t))"
    )
    found = fit(tmp_path, text, data)
    assert found["ids"]["rows"] == [[1, 3, 0.5], [2, 2, 2 / 6], [0, 1, 1 / 6]]
    assert found.passes == 2
    extracted = fx.compile(tmp_path / "shop.fx").extractor().extract(data)
    assert extracted["x"].to_list() == [[1, 2, 1], [2, 0, 1]]


# ---- data without a result -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "declaration",
    [
        "fit.moments(price)",
        "fit.quantiles(price, buckets = 3)",
        "fit.vocabulary(title)",
        "fit.counts(user)",
        "fit.target_mean(user, target = clicked)",
        "fit.target_mean(category, target = rating)",
    ],
)
@pytest.mark.parametrize("rows", [0, 3])
def test_without_values_nothing_is_fitted_and_nothing_written(
    tmp_path: Path, declaration: str, rows: int
) -> None:
    data = table({"price": [None] * rows})
    with pytest.raises(fx.FitError, match="`a` cannot be fitted: the data have no value"):
        fit(tmp_path, f"resource a = {declaration}", data)
    assert not (tmp_path / "shop.fitted").exists()


def test_a_constant_column_has_no_deviation(tmp_path: Path) -> None:
    data = table({"price": [2.5] * 10})
    text = (
        "resource a = fit.moments(price)\n"
        "feature z : dense(default = -1.0) = (price ?? 0.0).z_score(a.mean, a.standard_deviation)"
    )
    assert fit(tmp_path, text, data)["a"]["standard_deviation"] == 0.0
    assert fx.compile(tmp_path / "shop.fx").extractor().extract(data)["z"].tolist() == [-1.0] * 10


def test_extreme_values_give_a_result_or_an_error(tmp_path: Path) -> None:
    largest = 1.7976931348623157e308
    data = table({"price": [largest, largest, -largest, 5e-324], "category": ["a"] * 4})
    found = fit(
        tmp_path,
        "resource a = fit.moments(price)\nresource b = fit.quantiles(price, buckets = 2)",
        data,
    )
    assert found["a"]["mean"] == pytest.approx(largest / 4)
    data = table({"rating": [largest] * 40, "category": ["a"] * 40})
    with pytest.raises(fx.FitError, match="larger than any float"):
        fit(tmp_path, "resource a = fit.target_mean(category, target = rating)", data)


def test_strange_words_survive(tmp_path: Path) -> None:
    words = ["a\nb", '"', "\\", "\x00", "\u2028", "e\u0301", "\U0001f600", " ", "a\tb"]
    data = table({"tags": [words]})
    text = "resource a = fit.vocabulary(tags)\nfeature x : ids(a) = tags.map(t -> a.lookup(t))"
    found = fit(tmp_path, text, data)
    assert [row[0] for row in found["a"]["rows"]] == sorted(words)
    extracted = fx.compile(tmp_path / "shop.fx").extractor().extract(data)
    assert extracted["x"].to_list() == [[sorted(words).index(word) + 1 for word in words]]


def test_long_lists_and_long_texts(tmp_path: Path) -> None:
    many = [str(i % 700) if i % 11 else None for i in range(5_000)]
    data = table({"tags": [many, ["y" * 100_000], None, ["1"]]})
    found = fit(tmp_path, "resource a = fit.vocabulary(tags)", data)
    wanted = Counter([w for w in many if w is not None] + ["y" * 100_000, "1"])
    assert dict(found["a"]["rows"]) == dict(wanted)
    assert found.files["a"].data["nulls"] == many.count(None) + 1


def test_too_many_keys_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from feature_extractor.fitting import states

    monkeypatch.setattr(
        states.TargetMean.__init__,
        "__defaults__",
        (3, *states.TargetMean.__init__.__defaults__[1:]),
    )
    data = table({"category": list("abcd"), "clicked": [True] * 4})
    with pytest.raises(fx.FitError, match="`a`: there are more than 3 different keys"):
        fit(tmp_path, "resource a = fit.target_mean(category, target = clicked)", data)


def test_a_program_of_requests_alone_counts_requests(tmp_path: Path) -> None:
    path = tmp_path / "shop.fx"
    path.write_text(
        "input request { x: float }\nresource a = fit.moments(x)\nfeature y : dense = x - a.mean\n"
    )
    data = {"x": [1.0, 1.0, 4.0]}
    assert fx.fit(path, data)["a"]["mean"] == 2.0
    assert fx.compile(path).extractor().extract(data)["y"].tolist() == [-1.0, -1.0, 2.0]


def test_tables_that_do_not_go_together_are_told(tmp_path: Path) -> None:
    one = table({"price": [1.0]})
    other = one.set_column(one.column_names.index("price"), "price", pa.array(["x"]))
    with pytest.raises(fx.FitError, match="the tables do not go together"):
        fit(tmp_path, "resource a = fit.moments(price)", [one, other])
    ints = one.set_column(one.column_names.index("price"), "price", pa.array([3], pa.int32()))
    assert fit(tmp_path, "resource a = fit.moments(price)", [one, ints])["a"]["mean"] == 2.0


def test_an_expression_of_constants_is_fitted_too(tmp_path: Path) -> None:
    found = fit(tmp_path, "resource a = fit.moments(2.0)", table({"count": [1, 2, 3]}))["a"]
    assert (found["count"], found["mean"]) == (3, 2.0)
