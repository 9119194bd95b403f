"""Write the vocabularies and tables that ``grocery.fx`` reads, from January and February only.

Requests begin in March, so nothing in these files can have seen a label. The files are small and
are kept beside the program; run this again only to change what they hold.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent))

from journey import Journey, local_midnight
from prepare import FIRST_REQUEST

MANUFACTURERS = 256
WORDS = 320
CATEGORY_ROWS = 150
STORE_BASKETS = 50


def write_lines(path: Path, lines: Iterable[object]) -> None:
    """Write one value per line."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def write_table(path: Path, header: list[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Write a CSV file with Unix line ends."""
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def by_frequency(values: Iterable[Any]) -> list[Any]:
    """Return the distinct values, most frequent first, ties in their own order."""
    counts = Counter(value for value in values if value is not None)
    return sorted(counts, key=lambda value: (-counts[value], value))


def fit(folder: Path) -> None:
    """Write all resource files to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    journey = Journey.load(until=local_midnight(FIRST_REQUEST))
    cents = pl.DataFrame(
        {
            "household": journey.household,
            "store": journey.store,
            "basket": journey.basket,
            "cents": journey.sales_cents,
            "quantity": journey.quantity,
        }
    )
    lines = pl.concat([cents, journey.products[journey.product]], how="horizontal")
    lines = lines.filter(pl.Series(journey.ranked[journey.product]))
    write_lines(folder / "departments.txt", by_frequency(lines["department"]))
    write_lines(folder / "categories.txt", by_frequency(lines["product_category"]))
    write_lines(
        folder / "manufacturers.txt", by_frequency(lines["manufacturer_id"])[:MANUFACTURERS]
    )
    words = (
        word
        for text in lines["product_type"].drop_nulls()
        for word in re.findall("[a-z]{3,}", text.lower())
    )
    write_lines(folder / "words.txt", by_frequency(words)[:WORDS])

    households = journey.household
    total = len(np.unique(households))
    visits = lines.group_by("product_category", "household").agg(pl.col("basket").n_unique())
    rates = visits.group_by("product_category").agg(
        pl.len().alias("buyers"), (pl.col("basket") > 1).sum().alias("repeated")
    )
    prices = (
        lines.filter((pl.col("quantity") > 0) & (pl.col("cents") > 0))
        .group_by("product_category")
        .agg((pl.col("cents") / pl.col("quantity")).median().alias("price"))
    )
    rows = rates.join(prices, on="product_category").sort(
        ["buyers", "product_category"], descending=[True, False]
    )
    write_table(
        folder / "category_rates.csv",
        ["category", "buyer_rate", "repeat_rate", "median_price"],
        (
            (category, round(buyers / total, 3), round(repeated / buyers, 3), round(price / 100, 2))
            for category, buyers, repeated, price in rows.head(CATEGORY_ROWS).iter_rows()
        ),
    )
    stores = (
        cents.group_by("store")
        .agg(pl.col("basket").n_unique(), pl.col("cents").sum())
        .filter(pl.col("basket") >= STORE_BASKETS)
        .sort("store")
    )
    write_table(
        folder / "stores.csv",
        ["store", "baskets", "mean_basket"],
        (
            (store, baskets, round(spend / baskets / 100, 2))
            for store, baskets, spend in stores.iter_rows()
        ),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description="Write the resources of dsl_grammar/examples/grocery.fx."
    )
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER")
    fit(parser.parse_args().output)
