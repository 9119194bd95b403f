"""Fitting in Spark gives the files that fitting in one process gives, whatever the partitions."""

from __future__ import annotations

from pathlib import Path

import feature_extractor as fx
import pyarrow.parquet as pq
import pytest

from .conftest import Samples
from .session import SparkProcess

PROGRAM = """
input request {
    household: int
    now: timestamp
    history: list<{product: int, category: string?, sales_value: float}>
}
input candidate {
    product: int
    description: string?
    category: string
    price: float?
    bought: bool
}
resource prices = fit.moments(log1p(price))
resource spent = fit.moments(history.map(e -> e.sales_value))
resource shelf = fit.quantiles((price ?? 0.0).z_score(prices.mean, prices.standard_deviation), buckets = 20)
resource words = fit.vocabulary((description ?? "").lower().tokenize(), minimum_count = 3, oov = 16)
resource seen = fit.vocabulary(history.map(e -> e.category))
resource products = fit.counts(product)
resource appeal = fit.target_mean(category, target = bought, fold_key = household, folds = 3)
resource paid = fit.target_mean(category, target = price)
feature one : dense = appeal.out_of_fold(category)
feature two : id(20) = (price ?? 0.0).z_score(prices.mean, prices.standard_deviation).bucketize(shelf.boundaries)
"""


@pytest.mark.parametrize("partitions", [1, 3])
def test_partitions_change_nothing(
    spark: SparkProcess, grocery: Samples, tmp_path: Path, partitions: int
) -> None:
    program = tmp_path / "shop.fx"
    program.write_text(PROGRAM)
    here = fx.fit(program, grocery.nested, time="now")
    assert here.passes == 2
    for source in (grocery.nested, grocery.flat):
        names = spark.run(
            "fit_parquet",
            source=source,
            program=program,
            output=tmp_path / "there",
            partitions=partitions,
        )
        assert names == list(here.files)
        for name in names:
            found = (tmp_path / "there" / f"{name}.json").read_text()
            assert found == (tmp_path / "shop.fitted" / f"{name}.json").read_text()
    extracted = fx.compile(program).extractor().extract(pq.read_table(grocery.flat))
    assert 0.0 < extracted["one"].min() < extracted["one"].max() < 1.0
    assert set(extracted["two"]) <= set(range(20))
