"""Prepare ranking samples from the Complete Journey grocery data.

One request is a household at the moment before one of its baskets; its candidates are products, and
the label says which of them are in that basket. The default file is nested: one row per request,
with the candidates as a list of structs. ``--flat`` writes one row per candidate instead.

Run ``python examples/grocery/prepare.py --help``. See README.md beside this file for the columns
and for the rule that nothing at or after the moment may be read.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent))

from journey import (
    DAY,
    EMBEDDING_SIZE,
    Floats,
    Integers,
    Journey,
    Promotions,
    Request,
    local_day,
    local_midnight,
    mix,
    promotion_week,
)

Progress: TypeAlias = Callable[[str], None]

FIRST_REQUEST = date(2017, 3, 1)  # January and February only warm the histories up
HISTORY_LENGTH = 200
POPULAR_POOL = 200
PARTNER_POOL = 1_500
PARTNERS = 8
# What share of a request's candidates comes from where; random products fill the rest.
SHARES = (("own", 0.40), ("popular", 0.24), ("promoted", 0.20))

TIMESTAMP = pa.timestamp("us", tz="UTC")
EVENT = pa.struct(
    [
        pa.field("product", pa.int64(), nullable=False),
        pa.field("department", pa.string()),
        pa.field("category", pa.string()),
        pa.field("brand", pa.string()),
        pa.field("manufacturer", pa.int64()),
        pa.field("quantity", pa.int64(), nullable=False),
        pa.field("sales_value", pa.float64(), nullable=False),
        pa.field("retail_discount", pa.float64(), nullable=False),
        pa.field("coupon_discount", pa.float64(), nullable=False),
        pa.field("coupon_match_discount", pa.float64(), nullable=False),
        pa.field("basket", pa.int64(), nullable=False),
        pa.field("store", pa.int64(), nullable=False),
        pa.field("at", TIMESTAMP, nullable=False),
    ]
)
CAMPAIGN = pa.struct(
    [
        pa.field("campaign", pa.int64(), nullable=False),
        pa.field("type", pa.string(), nullable=False),
        pa.field("starts", TIMESTAMP, nullable=False),
        pa.field("ends", TIMESTAMP, nullable=False),
    ]
)
REDEMPTION = pa.struct(
    [pa.field("campaign", pa.int64(), nullable=False), pa.field("at", TIMESTAMP, nullable=False)]
)
PARTNER = pa.struct(
    [
        pa.field("product", pa.int64(), nullable=False),
        pa.field("baskets", pa.int64(), nullable=False),
    ]
)
VECTOR = pa.list_(pa.field("item", pa.float32(), nullable=False), EMBEDDING_SIZE)


def list_of(element: pa.DataType) -> pa.ListType:
    """Return the type of a list whose elements are never null."""
    return pa.list_(pa.field("item", element, nullable=False))


REQUEST_SCHEMA = pa.schema(
    [
        pa.field("request", pa.int64(), nullable=False),
        pa.field("household", pa.int64(), nullable=False),
        pa.field("store", pa.int64(), nullable=False),
        pa.field("now", TIMESTAMP, nullable=False),
        *(
            pa.field(name, pa.string())
            for name in (
                "age",
                "income",
                "home_ownership",
                "marital_status",
                "household_size",
                "household_comp",
                "kids_count",
            )
        ),
        pa.field("history", list_of(EVENT), nullable=False),
        pa.field(
            "taste",
            pa.map_(pa.string(), pa.field("value", pa.float64(), nullable=False)),
            nullable=False,
        ),
        pa.field("profile", VECTOR),
        pa.field("campaigns", list_of(CAMPAIGN), nullable=False),
        pa.field("redemptions", list_of(REDEMPTION), nullable=False),
        pa.field("store_visits_28d", pa.int64(), nullable=False),
    ]
)
CANDIDATE_SCHEMA = pa.schema(
    [
        pa.field("product", pa.int64(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("description", pa.string()),
        pa.field("department", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("brand", pa.string(), nullable=False),
        pa.field("manufacturer", pa.int64(), nullable=False),
        pa.field("package_size", pa.string()),
        pa.field("price", pa.float64()),
        pa.field("store_price", pa.float64()),
        pa.field("shelf_price", pa.float64()),
        pa.field("display", pa.string()),
        pa.field("mailer", pa.string()),
        pa.field("baskets_7d", pa.int64(), nullable=False),
        pa.field("baskets_28d", pa.int64(), nullable=False),
        pa.field("baskets_total", pa.int64(), nullable=False),
        pa.field("households_28d", pa.int64(), nullable=False),
        pa.field("units_28d", pa.int64(), nullable=False),
        pa.field("store_baskets_28d", pa.int64(), nullable=False),
        pa.field("last_sold", TIMESTAMP),
        pa.field("bought_with", list_of(PARTNER), nullable=False),
        pa.field("coupon_campaigns", list_of(pa.int64()), nullable=False),
        pa.field("embedding", VECTOR, nullable=False),
        pa.field("bought", pa.bool_(), nullable=False),
    ]
)
NESTED_SCHEMA = REQUEST_SCHEMA.append(
    pa.field("candidates", list_of(pa.struct(list(CANDIDATE_SCHEMA))), nullable=False)
)
FLAT_SCHEMA = pa.schema([*REQUEST_SCHEMA, *CANDIDATE_SCHEMA])


def offsets_of(sizes: npt.ArrayLike) -> pa.Array:
    """Return Arrow list offsets for lists of the given sizes."""
    return pa.array(np.concatenate([[0], np.cumsum(sizes)]), type=pa.int32())


def vectors(
    values: npt.NDArray[np.float64], known: npt.NDArray[np.bool_] | None = None
) -> pa.Array:
    """Return rows of a matrix as fixed-size lists of 32-bit floats; unknown rows are null."""
    mask = None if known is None else pa.array(~known)
    flat = pa.array(values.astype(np.float32).ravel())
    return pa.FixedSizeListArray.from_arrays(flat, type=VECTOR, mask=mask)


def normalized(sums: Integers) -> Floats:
    """Divide each row by its Euclidean length; exact sums make the result reproducible."""
    numbers = sums.astype(np.float64)
    length = np.sqrt((numbers * numbers).sum(axis=1, keepdims=True))
    result: Floats = np.divide(numbers, length, out=np.zeros_like(numbers), where=length > 0)
    return result


class Sampler:
    """Builds the rows of requests. Each method reads only what happened before ``request.now``."""

    def __init__(
        self, journey: Journey, promotions: Promotions, candidates: int, history: int
    ) -> None:
        """Keep the tables; indices over them are built when first needed."""
        self.journey = journey
        self.promotions = promotions
        self.candidates = candidates
        self.history = history
        first_rows = np.unique(journey.basket, return_index=True)[1]
        first_rows.sort()
        stores, times = journey.store[first_rows], journey.time[first_rows]
        self.visits = {int(store): times[stores == store] for store in np.unique(stores)}
        self.catalogue = {
            name: pa.array(journey.products[column].to_list(), type=type_)
            for name, column, type_ in (
                ("product", "product_id", pa.int64()),
                ("description", "product_type", pa.string()),
                ("department", "department", pa.string()),
                ("category", "product_category", pa.string()),
                ("brand", "brand", pa.string()),
                ("manufacturer", "manufacturer_id", pa.int64()),
                ("package_size", "package_size", pa.string()),
            )
        }
        self.embeddings = normalized(journey.token_sums)
        self.day_pools = lru_cache(maxsize=4)(self._day_pools)
        self.partners: dict[int, dict[int, list[tuple[int, int]]]] = {}

    def past(self, request: Request) -> Integers:
        """Return the rows of the household's purchases before the moment, oldest first."""
        timeline = self.journey.by_household
        cut = self.journey.cut([0, request.now])
        begin, end = timeline.before([request.household] * 2, cut)
        return timeline.order[begin:end]

    def _day_pools(self, midnight: int) -> tuple[Integers, Integers]:
        """Return the most popular products and all products sold in the 28 days before a day."""
        begin, end = self.journey.cut([midnight - 28 * DAY, midnight])
        counts = np.bincount(
            self.journey.product[begin:end], minlength=len(self.journey.product_ids)
        )
        counts[~self.journey.ranked] = 0
        popular = np.argsort(-counts, kind="stable")[:POPULAR_POOL]
        return popular[counts[popular] > 0], np.flatnonzero(counts)

    def partners_of(self, month: int, products: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
        """Return for popular ones of the products those that are most often in one basket with them.

        Counts the baskets of the 56 days before the month. Partners come in falling order of
        baskets, ties in order of the product. What was counted for a month is kept.
        """
        known = self.partners.setdefault(month, {})
        missing = [product for product in products if product not in known]
        if missing:
            known.update((product, []) for product in missing)
            begin, end = self.journey.cut([month - 56 * DAY, month])
            product, basket = self.journey.product[begin:end], self.journey.basket[begin:end]
            counts = np.bincount(product, minlength=len(self.journey.product_ids))
            counts[~self.journey.ranked] = 0
            popular = np.argsort(-counts, kind="stable")[:PARTNER_POOL]
            keep = np.isin(product, popular)
            lines = pl.DataFrame(
                {"basket": basket[keep], "product": product[keep].astype(np.int32)}
            )
            pairs = (
                lines.filter(pl.col("product").is_in(missing))
                .lazy()
                .join(lines.lazy(), on="basket", suffix="_other")
                .filter(pl.col("product") != pl.col("product_other"))
                .group_by("product", "product_other")
                .len()
                .sort(["product", "len", "product_other"], descending=[False, True, False])
                .group_by("product", maintain_order=True)
                .head(PARTNERS)
                .collect()
            )
            for item, other, together in pairs.iter_rows():
                known[item].append((int(self.journey.product_ids[other]), together))
        return known

    def choose_candidates(self, request: Request, past: Integers) -> list[tuple[int, str]]:
        """Choose products to rank, as (index, source): own, popular, promoted and random ones.

        Chance comes from hashing the request's number. The basket itself is never looked at, so
        being a candidate says nothing about the label.
        """
        journey = self.journey
        salt = int(mix(request.basket))
        popular, sold = self.day_pools(local_midnight(local_day(request.now)))
        products, counts = np.unique(journey.product[past], return_counts=True)
        keep = journey.ranked[products]
        products, counts = products[keep], counts[keep]
        own = products[np.lexsort((mix(products + salt % 2**32), -counts))]
        promoted = self.promotions.products_of(request.store, promotion_week(request.now))
        promoted = promoted[np.isin(promoted, sold, assume_unique=True)]
        pools = {"own": own, "popular": popular, "promoted": promoted}
        chosen: dict[int, str] = {}
        for number, (source, share) in enumerate(SHARES):
            wanted = round(share * self.candidates)
            pool = pools[source]
            if source != "own":
                pool = self._shuffled(pool, salt + number, 2 * wanted + len(chosen))
            fresh = [
                int(index) for index in pool[: 2 * wanted + len(chosen)] if int(index) not in chosen
            ]
            chosen.update((index, source) for index in fresh[:wanted])
        missing = self.candidates - len(chosen)
        fresh = [
            index
            for index in self._shuffled(
                sold, salt + len(SHARES), missing + 2 * self.candidates
            ).tolist()
            if index not in chosen
        ]
        chosen.update((index, "random") for index in fresh[:missing])
        # The order must not tell the source, as models may see it.
        indices = np.array(list(chosen), dtype=np.int64)
        order = np.argsort(mix(indices + salt % 2**32), kind="stable")
        return [(int(index), chosen[int(index)]) for index in indices[order]]

    @staticmethod
    def _shuffled(pool: Integers, salt: int, count: int) -> Integers:
        """Return up to ``count`` distinct members of a pool in an order that hashing decides."""
        if len(pool) <= 4 * count:
            return pool[np.argsort(mix(pool + salt % 2**32), kind="stable")[:count]]
        draws = mix(np.arange(2 * count, dtype=np.int64) + salt % 2**62) % np.uint64(len(pool))
        first = np.sort(np.unique(draws, return_index=True)[1])
        shuffled: Integers = pool[draws[first].astype(np.int64)][:count]
        return shuffled

    def request_columns(self, requests: list[Request], pasts: list[Integers]) -> pa.Table:
        """Build the columns of the ``request`` domain."""
        journey = self.journey
        recent = [past[-self.history :] if self.history else past[:0] for past in pasts]
        rows = np.concatenate(recent) if recent else np.zeros(0, dtype=np.int64)
        products = pa.array(journey.product[rows])
        events = {
            **{name: values.take(products) for name, values in self.catalogue.items()},
            "quantity": pa.array(journey.quantity[rows]),
            "sales_value": pa.array(journey.sales_cents[rows] / 100.0),
            "retail_discount": pa.array(journey.retail_cents[rows] / 100.0),
            "coupon_discount": pa.array(journey.coupon_cents[rows] / 100.0),
            "coupon_match_discount": pa.array(journey.match_cents[rows] / 100.0),
            "basket": pa.array(journey.basket[rows]),
            "store": pa.array(journey.store[rows]),
            "at": pa.array(journey.time[rows]).cast(TIMESTAMP),
        }
        history = pa.ListArray.from_arrays(
            offsets_of([len(past) for past in recent]),
            pa.StructArray.from_arrays([events[field.name] for field in EVENT], fields=list(EVENT)),
            type=list_of(EVENT),
        )
        names, department_of = journey.departments
        tastes: list[list[tuple[str, float]]] = []
        sums = np.zeros((len(requests), EMBEDDING_SIZE), dtype=np.int64)
        for number, past in enumerate(pasts):
            cents, items = journey.sales_cents[past], journey.product[past]
            spend = np.bincount(department_of[items] + 1, weights=cents, minlength=len(names) + 1)[
                1:
            ]
            total = spend.sum()
            tastes.append([(names[i], float(spend[i] / total)) for i in np.flatnonzero(spend)])
            sums[number] = (cents[:, None] * journey.token_sums[items]).sum(axis=0)
        unknown: dict[str, str | None] = {}
        people = [journey.demographics.get(request.household, unknown) for request in requests]
        demographics = {
            name: [person.get(name) for person in people] for name in REQUEST_SCHEMA.names[4:11]
        }
        columns = {
            "request": [request.basket for request in requests],
            "household": [request.household for request in requests],
            "store": [request.store for request in requests],
            "now": pa.array([request.now for request in requests], type=pa.int64()).cast(TIMESTAMP),
            **demographics,
            "history": history,
            "taste": pa.array(tastes, type=REQUEST_SCHEMA.field("taste").type),
            "profile": vectors(normalized(sums), known=(sums != 0).any(axis=1)),
            "campaigns": [self._campaigns(request) for request in requests],
            "redemptions": [
                [
                    {"campaign": campaign, "at": end}
                    for end, campaign in journey.redemptions.get(request.household, [])
                    if end <= request.now
                ]
                for request in requests
            ],
            "store_visits_28d": [self._visits(request) for request in requests],
        }
        return pa.table(columns, schema=REQUEST_SCHEMA)

    def _campaigns(self, request: Request) -> list[dict[str, object]]:
        """Return the campaigns that the household takes part in and that run at the moment."""
        return [
            {"campaign": campaign, "type": kind, "starts": starts, "ends": ends}
            for campaign, kind, starts, ends in self.journey.campaigns.iter_rows()
            if starts <= request.now < ends
            and request.household in self.journey.campaign_households[campaign]
        ]

    def _visits(self, request: Request) -> int:
        """Count the baskets of the store in the 28 days before the moment."""
        times = self.visits.get(request.store, np.zeros(0, dtype=np.int64))
        begin, end = np.searchsorted(times, [request.now - 28 * DAY, request.now])
        return int(end - begin)

    def candidate_columns(
        self, requests: list[Request], chosen: list[list[tuple[int, str]]]
    ) -> pa.Table:
        """Build the columns of the ``candidate`` domain, request after request."""
        journey = self.journey
        sizes = [len(pairs) for pairs in chosen]
        product = np.array([index for pairs in chosen for index, _ in pairs], dtype=np.int64)
        now = np.repeat(np.array([request.now for request in requests], dtype=np.int64), sizes)
        store = np.repeat(np.array([request.store for request in requests], dtype=np.int64), sizes)
        owner = np.repeat(np.arange(len(requests)), sizes)
        cut = journey.cut(now)
        begin_7, begin_28 = journey.cut(now - 7 * DAY), journey.cut(now - 28 * DAY)

        anywhere = journey.by_product
        end = anywhere.before(product, cut)
        start_28 = anywhere.before(product, begin_28)
        total = end - anywhere.before(product, np.zeros_like(cut))
        units = np.concatenate([[0], np.cumsum(journey.quantity[anywhere.order])])
        previous = journey.previous_of_household
        households = [
            int(np.count_nonzero(previous[low:high] < low))
            for low, high in zip(start_28, end, strict=True)
        ]
        here = journey.by_product_and_store
        key = journey.product_and_store_key(product, store)
        here_end = here.before(key, cut)
        here_total = here_end - here.before(key, np.zeros_like(cut))
        last = anywhere.order[np.maximum(end - 1, 0)]
        last_here = here.order[np.maximum(here_end - 1, 0)]
        paid, full = (
            journey.sales_cents,
            journey.sales_cents + journey.retail_cents + journey.match_cents,
        )

        def unit_price(cents: Integers, row: Integers, known: npt.NDArray[np.bool_]) -> pa.Array:
            known = known & (journey.quantity[row] > 0) & (cents[row] > 0)
            dollars = cents[row] / np.maximum(journey.quantity[row], 1) / 100.0
            return pa.array(dollars, mask=~known)

        week = np.repeat(np.array([promotion_week(request.now) for request in requests]), sizes)
        display, mailer = self.promotions.locations(product, store, week)
        months = [local_midnight(local_day(request.now).replace(day=1)) for request in requests]
        chosen_in: dict[int, set[int]] = {}
        for month, pairs in zip(months, chosen, strict=True):
            chosen_in.setdefault(month, set()).update(index for index, _ in pairs)
        partners = {month: self.partners_of(month, items) for month, items in chosen_in.items()}
        basket_of = {request.basket: number for number, request in enumerate(requests)}
        lines = np.flatnonzero(np.isin(journey.basket, list(basket_of)))
        bought = {
            (basket_of[int(basket)], int(item))
            for basket, item in zip(journey.basket[lines], journey.product[lines], strict=True)
        }
        columns = {
            **{name: values.take(pa.array(product)) for name, values in self.catalogue.items()},
            "source": [source for pairs in chosen for _, source in pairs],
            "price": unit_price(paid, last, total > 0),
            "store_price": unit_price(paid, last_here, here_total > 0),
            "shelf_price": unit_price(full, last, total > 0),
            "display": display,
            "mailer": mailer,
            "baskets_7d": end - anywhere.before(product, begin_7),
            "baskets_28d": end - start_28,
            "baskets_total": total,
            "households_28d": households,
            "units_28d": units[end] - units[start_28],
            "store_baskets_28d": here_end - here.before(key, begin_28),
            "last_sold": pa.array(journey.time[last], mask=total == 0).cast(TIMESTAMP),
            "bought_with": [
                [
                    {"product": other, "baskets": together}
                    for other, together in partners[month][index]
                ]
                for month, pairs in zip(months, chosen, strict=True)
                for index, _ in pairs
            ],
            "coupon_campaigns": self._coupon_campaigns(requests, chosen),
            "embedding": vectors(self.embeddings[product]),
            "bought": [
                pair in bought for pair in zip(owner.tolist(), product.tolist(), strict=True)
            ],
        }
        return pa.table(
            {name: columns[name] for name in CANDIDATE_SCHEMA.names}, schema=CANDIDATE_SCHEMA
        )

    def _coupon_campaigns(
        self, requests: list[Request], chosen: list[list[tuple[int, str]]]
    ) -> list[list[int]]:
        """Return for each candidate the campaigns, running at the moment, with a coupon for it."""
        result: list[list[int]] = []
        for request, pairs in zip(requests, chosen, strict=True):
            indices = np.array([index for index, _ in pairs], dtype=np.int64)
            found: list[list[int]] = [[] for _ in pairs]
            for campaign, _, starts, ends in self.journey.campaigns.iter_rows():
                if starts <= request.now < ends and campaign in self.journey.campaign_products:
                    covered = np.isin(indices, self.journey.campaign_products[campaign])
                    for position in np.flatnonzero(covered):
                        found[position].append(campaign)
            result.extend(found)
        return result

    def tables(self, requests: list[Request]) -> tuple[pa.Table, pa.Table, list[int]]:
        """Return the request table, the candidate table, and each request's candidates."""
        pasts = [self.past(request) for request in requests]
        chosen = [
            self.choose_candidates(request, past)
            for request, past in zip(requests, pasts, strict=True)
        ]
        sizes = [len(pairs) for pairs in chosen]
        return (
            self.request_columns(requests, pasts),
            self.candidate_columns(requests, chosen),
            sizes,
        )

    def nested(self, requests: list[Request]) -> pa.Table:
        """Return one row per request, its candidates as a list of structs."""
        request_table, candidate_table, sizes = self.tables(requests)
        structs = pa.StructArray.from_arrays(
            [column.combine_chunks() for column in candidate_table.columns],
            fields=list(CANDIDATE_SCHEMA),
        )
        lists = pa.ListArray.from_arrays(
            offsets_of(sizes), structs, type=NESTED_SCHEMA.field("candidates").type
        )
        return pa.Table.from_arrays([*request_table.columns, lists], schema=NESTED_SCHEMA)

    def flat(self, requests: list[Request]) -> pa.Table:
        """Return one row per candidate; the rows of one request follow each other."""
        request_table, candidate_table, sizes = self.tables(requests)
        repeated = request_table.take(pa.array(np.repeat(np.arange(len(requests)), sizes)))
        return pa.Table.from_arrays(
            [*repeated.columns, *candidate_table.columns], schema=FLAT_SCHEMA
        )


def sample_tables(
    requests: int, candidates: int, flat: bool, progress: Progress, history: int = HISTORY_LENGTH
) -> Iterator[pa.Table]:
    """Yield the samples in order of time, some requests at a time, so that memory stays small."""
    progress("reading purchases")
    journey = Journey.load()
    selected = journey.select_requests(requests, local_midnight(FIRST_REQUEST))
    progress("reading promotions")
    sampler = Sampler(journey, Promotions(journey, selected), candidates, history)
    # A flat block repeats each history once per candidate, so it holds fewer requests.
    block = max(1, (5_000 if flat else 25_000) // max(candidates, 1))
    for begin in range(0, len(selected), block):
        part = selected[begin : begin + block]
        yield sampler.flat(part) if flat else sampler.nested(part)
        progress(f"{begin + len(part):,} of {len(selected):,} requests")


def prepare(
    output: Path,
    requests: int = 2_000,
    candidates: int = 50,
    flat: bool = False,
    progress: Progress | None = None,
    history: int = HISTORY_LENGTH,
) -> None:
    """Write samples to a Parquet or (by the suffix ``.arrow``) an Arrow IPC file.

    ``requests`` is the number of requests (131,246 exist), ``candidates`` the products per
    request, ``history`` the largest number of past purchases per request. ``progress`` is called
    with a short line of text now and then.
    """
    report = progress if progress is not None else lambda _: None
    schema = FLAT_SCHEMA if flat else NESTED_SCHEMA
    output.parent.mkdir(parents=True, exist_ok=True)
    tables = sample_tables(requests, candidates, flat, report, history)
    if output.suffix in {".arrow", ".feather", ".ipc"}:
        with pa.OSFile(str(output), "wb") as sink, pa.ipc.new_file(sink, schema) as arrow_writer:
            for table in tables:
                arrow_writer.write_table(table)
    else:
        with pq.ParquetWriter(output, schema, compression="zstd") as parquet_writer:
            for table in tables:
                parquet_writer.write_table(table)
    report(f"wrote {output} ({output.stat().st_size / 1e6:.1f} MB)")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Prepare ranking samples from grocery purchases.")
    parser.add_argument("--output", type=Path, default=Path("demo_output/grocery.parquet"))
    parser.add_argument("--requests", type=int, default=2_000, metavar="N")
    parser.add_argument(
        "--candidates", type=int, default=50, metavar="N", help="products per request"
    )
    parser.add_argument(
        "--history", type=int, default=HISTORY_LENGTH, metavar="N", help="longest history"
    )
    parser.add_argument(
        "--flat", action="store_true", help="one row per candidate, not per request"
    )
    arguments = parser.parse_args()
    if min(arguments.requests, arguments.candidates) < 1 or arguments.history < 0:
        parser.error(
            "the numbers of requests and candidates must be at least 1, the history at least 0"
        )
    started = time.monotonic()

    def report(message: str) -> None:
        print(f"[{time.monotonic() - started:6.1f} s] {message}", file=sys.stderr)

    prepare(
        arguments.output,
        arguments.requests,
        arguments.candidates,
        arguments.flat,
        report,
        arguments.history,
    )


if __name__ == "__main__":
    main()
