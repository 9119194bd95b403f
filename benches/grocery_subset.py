"""Features of the grocery example, written for each side: ours, Polars, DuckDB, NumPy, Python.

The features are those of ``dsl_grammar/examples/grocery.fx`` with the same names: our program is that
file without its other features. Polars and DuckDB count a history by grouping it once and joining
the counts to the candidates, which is faster there than lists per candidate.
"""

from __future__ import annotations

import csv
import math
import re
import statistics
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from benches.side_by_side import require_close

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "dsl_grammar" / "examples"
ZONE = "America/New_York"
DAY = 86_400_000_000
PRICE_BOUNDS = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 20.0]
HASHED = frozenset({"household_id", "product_id", "household_x_category"})
FEATURES = [
    "hour",
    "weekday",
    "weekend",
    "store_traffic",
    "visits_28d",
    "spend_28d",
    "discount_share",
    "private_share",
    "usual_price",
    "owns_home",
    "household_id",
    "product_id",
    "popularity",
    "price_log",
    "price_bucket",
    "trend",
    "store_rate",
    "loyalty",
    "units_per_basket",
    "discount_depth",
    "on_display",
    "is_private",
    "description_cut_off",
    "product_count",
    "product_count_28d",
    "days_since_product",
    "category_count_28d",
    "manufacturer_share",
    "department_taste",
    "similarity",
    "has_coupon",
    "partners_in_last_basket",
    "household_x_category",
]


def subset_program() -> str:
    """Return grocery.fx without the features that are not measured."""
    text = (EXAMPLES / "grocery.fx").read_text()
    # A statement is a block of lines between empty lines; a feature's block holds its name.
    blocks = re.split(r"\n\n", text)
    kept = []
    for block in blocks:
        feature = re.search(r"^feature (\w+) :", block, re.MULTILINE)
        if feature is None or feature[1] in FEATURES:
            kept.append(block)
    return "\n\n".join(kept) + "\n"


def samples(requests: int, candidates: int) -> pa.Table:
    """Return prepared samples, one row per request; they are kept in ``build/benches``."""
    path = ROOT / "build" / "benches" / f"grocery_{requests}_{candidates}.arrow"
    if not path.exists():
        sys.path.insert(0, str(ROOT / "examples" / "grocery"))
        from prepare import HISTORY_LENGTH, prepare

        prepare(path, requests, candidates, False, lambda _: None, HISTORY_LENGTH)
    return pa.ipc.open_file(pa.OSFile(str(path))).read_all().combine_chunks()


def category_medians() -> dict[str, float]:
    """Return the median price of each category, from the example's resource."""
    with (EXAMPLES / "grocery" / "category_rates.csv").open() as file:
        rows = csv.reader(file)
        header = next(rows)
        price = header.index("median_price")
        return {row[0]: float(row[price]) for row in rows}


def polars_frames(table: pa.Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the requests and their flat candidates; ``row`` numbers the requests."""
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    frame = frame.drop("request").with_row_index("row")
    flat = frame.select("row", "candidates").explode("candidates").unnest("candidates")
    return frame.drop("candidates"), flat


def polars_features(
    requests: pl.LazyFrame, candidates: pl.LazyFrame, medians: pl.LazyFrame
) -> pl.LazyFrame:
    """Return the features of all candidates, in their order."""
    c = pl.col
    events = requests.select("row", "now", "history").explode("history").unnest("history")
    events = events.filter(c("product").is_not_null())
    past = c("at") < c("now")
    recent = past & (c("at") >= c("now") - timedelta(days=28))
    quarter = past & (c("at") >= c("now") - timedelta(days=90))
    saved = c("retail_discount") + c("coupon_discount") + c("coupon_match_discount")
    habits = events.group_by("row").agg(
        visits_28d=c("basket").filter(recent).n_unique(),
        spend=c("sales_value").filter(recent).sum(),
        saved=saved.filter(quarter).sum(),
        paid=c("sales_value").filter(quarter).sum(),
        quarter_events=quarter.sum(),
        private=(c("brand") == "Private").sum(),
        events=pl.len(),
        usual=(c("sales_value") / c("quantity")).filter(c("quantity") > 0).median(),
        last_products=c("product").filter(c("basket") == c("basket").last()).unique(),
    )
    local = c("now").dt.convert_time_zone(ZONE)
    users = (
        requests.select(
            "row",
            "now",
            "household",
            "profile",
            "store_visits_28d",
            hour=local.dt.hour(),
            weekday=local.dt.weekday(),
            weekend=(local.dt.weekday() >= 6).cast(pl.Float64),
            store_traffic=c("store_visits_28d").log1p(),
            owns_home=c("home_ownership")
            .str.to_lowercase()
            .str.contains("homeowner", literal=True)
            .fill_null(False)
            .cast(pl.Float64),
            campaigns=c("campaigns").list.eval(pl.element().struct.field("campaign")),
        )
        .join(habits, "row", "left", maintain_order="left")
        .with_columns(
            c("visits_28d").fill_null(0),
            spend_28d=c("spend").fill_null(0.0).log1p(),
            discount_share=_polars_share(c("saved"), c("saved") + c("paid")),
            private_share=_polars_share(c("private"), c("events")),
            usual_price=c("usual").fill_null(0.0),
            household_id=c("household").hash() % 4_096,
        )
    )
    by_product = events.group_by("row", "product").agg(
        product_events=pl.len(), product_count_28d=recent.sum(), product_at=c("at").max()
    )
    by_category = events.group_by("row", "category").agg(category_count_28d=recent.sum())
    by_maker = events.group_by("row", "manufacturer").agg(maker_events=quarter.sum())
    taste = (
        requests.select("row", c("taste").map.entries())
        .explode("taste")
        .unnest("taste")
        .rename({"key": "department", "value": "department_taste"})
    )
    joined = candidates.join(users, "row", "left", maintain_order="left")
    for other, keys in (
        (by_product, ["row", "product"]),
        (by_category, ["row", "category"]),
        (by_maker, ["row", "manufacturer"]),
        (taste, ["row", "department"]),
        (medians, ["category"]),
    ):
        joined = joined.join(other, keys, "left", maintain_order="left")
    known = c("store_price").fill_null(c("price")).fill_null(c("median_price"))
    bought_with = c("bought_with").list.eval(pl.element().struct.field("product"))
    profile, embedding = c("profile"), c("embedding")
    norms = (profile.arr.dot(profile) * embedding.arr.dot(embedding)).sqrt()
    cosine = pl.when(norms > 0.0).then(profile.arr.dot(embedding) / norms)
    return joined.with_columns(
        product_id=c("product").hash() % 2**18,
        popularity=c("baskets_28d").log1p(),
        price_log=known.fill_null(0.0).log1p(),
        price_bucket=pl.sum_horizontal(
            [(known >= bound).fill_null(False).cast(pl.UInt8) for bound in PRICE_BOUNDS]
        ),
        trend=((c("baskets_7d") * 4 + 1.0) / (c("baskets_28d") + 1.0)).log().clip(-3.0, 3.0),
        store_rate=(c("store_baskets_28d") + 0.008 * 200.0) / (c("store_visits_28d") + 200.0),
        loyalty=_polars_ratio(c("baskets_28d"), c("households_28d")).fill_null(1.0),
        units_per_basket=_polars_ratio(c("units_28d"), c("baskets_28d"))
        .fill_null(1.0)
        .clip(0.0, 12.0),
        discount_depth=(1.0 - _polars_ratio(c("price"), c("shelf_price")).fill_null(1.0)).clip(
            0.0, 1.0
        ),
        on_display=(c("display") != "0").fill_null(False).cast(pl.Float64),
        is_private=(c("brand") == "Private").cast(pl.Float64),
        description_cut_off=(c("description").fill_null("").str.len_chars() >= 30).cast(pl.Float64),
        product_count=c("product_events").fill_null(0).log1p(),
        product_count_28d=c("product_count_28d").fill_null(0),
        days_since_product=((c("now") - c("product_at")).dt.total_microseconds() / DAY)
        .fill_null(365.0)
        .log1p(),
        category_count_28d=c("category_count_28d").fill_null(0),
        manufacturer_share=_polars_share(c("maker_events").fill_null(0), c("quarter_events")),
        department_taste=c("department_taste").fill_null(0.0),
        similarity=cosine.fill_null(0.0),
        has_coupon=(
            c("campaigns").list.set_intersection(c("coupon_campaigns")).list.len() > 0
        ).cast(pl.Float64),
        partners_in_last_basket=bought_with.list.set_intersection(c("last_products"))
        .list.len()
        .fill_null(0),
        household_x_category=pl.struct("household", "category").hash() % 2**18,
    ).select(FEATURES)


def _polars_ratio(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole != 0).then(part / whole)


def _polars_share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return _polars_ratio(part, whole).fill_null(0.0).clip(0.0, 1.0)


DUCKDB_QUERY = f"""
with events as (
    select row, now, unnest(history, max_depth := 2) from requests
), windows as (
    select *, "at" < now and "at" >= now - interval 672 hours as recent,
        "at" < now and "at" >= now - interval 2160 hours as quarter
    from events
), habits as (
    select row,
        count(distinct basket) filter (recent) as visits_28d,
        coalesce(sum(sales_value) filter (recent), 0) as spend,
        coalesce(sum(retail_discount + coupon_discount + coupon_match_discount)
            filter (quarter), 0) as saved,
        coalesce(sum(sales_value) filter (quarter), 0) as paid,
        count(*) filter (quarter) as quarter_events,
        count(*) filter (brand = 'Private') as private,
        count(*) as events,
        median(sales_value / quantity) filter (quantity > 0) as usual
    from windows group by row
), by_product as (
    select row, product, count(*) as events, count(*) filter (recent) as recent_events,
        max("at") as last_at
    from windows group by row, product
), by_category as (
    select row, category, count(*) filter (recent) as recent_events
    from windows group by row, category
), by_maker as (
    select row, manufacturer, count(*) filter (quarter) as events
    from windows group by row, manufacturer
), tastes as (
    select row, unnest(map_entries(taste), max_depth := 2) from requests
), users as (
    select requests.row, now, household, profile, store_visits_28d,
        hour(now at time zone '{ZONE}') as hour,
        isodow(now at time zone '{ZONE}') as weekday,
        ln(1 + store_visits_28d) as store_traffic,
        coalesce(contains(lower(home_ownership), 'homeowner'), false)::double as owns_home,
        list_transform(campaigns, lambda c: c.campaign) as campaigns,
        list_transform(list_filter(history, lambda e: e.basket = history[-1].basket),
            lambda e: e.product) as last_products,
        coalesce(visits_28d, 0) as visits_28d,
        ln(1 + coalesce(spend, 0)) as spend_28d,
        coalesce(saved / nullif(saved + paid, 0), 0) as discount_share,
        coalesce(private / nullif(events, 0), 0) as private_share,
        coalesce(usual, 0) as usual_price,
        quarter_events,
        hash(household) % 4096 as household_id
    from requests left join habits using (row)
), priced as (
    select *, coalesce(store_price, price, median_price) as known
    from candidates left join medians using (category)
)
select
    hour, weekday, (weekday >= 6)::double as weekend, store_traffic, visits_28d, spend_28d,
    least(greatest(discount_share, 0), 1) as discount_share,
    private_share, usual_price, owns_home, household_id,
    hash(product) % 262144 as product_id,
    ln(1 + baskets_28d) as popularity,
    ln(1 + coalesce(known, 0)) as price_log,
    {" + ".join(f"coalesce(known >= {b}::double, false)::utinyint" for b in PRICE_BOUNDS)}
        as price_bucket,
    least(greatest(ln((baskets_7d * 4 + 1.0::double) / (baskets_28d + 1)), -3), 3) as trend,
    (store_baskets_28d + 1.6::double) / (store_visits_28d + 200) as store_rate,
    coalesce(baskets_28d / nullif(households_28d, 0), 1) as loyalty,
    least(greatest(coalesce(units_28d / nullif(baskets_28d, 0), 1), 0), 12) as units_per_basket,
    least(greatest(1 - coalesce(price / nullif(shelf_price, 0), 1), 0), 1) as discount_depth,
    coalesce(display <> '0', false)::double as on_display,
    (brand = 'Private')::double as is_private,
    (length(coalesce(description, '')) >= 30)::double as description_cut_off,
    ln(1 + coalesce(by_product.events, 0)) as product_count,
    coalesce(by_product.recent_events, 0) as product_count_28d,
    ln(1 + coalesce((epoch_us(now) - epoch_us(last_at)) / {DAY}, 365)) as days_since_product,
    coalesce(by_category.recent_events, 0) as category_count_28d,
    coalesce(coalesce(by_maker.events, 0) / nullif(quarter_events, 0), 0) as manufacturer_share,
    coalesce(tastes.value, 0) as department_taste,
    coalesce(array_cosine_similarity(profile, embedding), 0) as similarity,
    list_has_any(campaigns, coupon_campaigns)::double as has_coupon,
    len(list_intersect(list_transform(bought_with, lambda b: b.product), last_products))
        as partners_in_last_basket,
    hash(household, category) % 262144 as household_x_category,
from priced
    left join users using (row)
    left join by_product using (row, product)
    left join by_category using (row, category)
    left join by_maker using (row, manufacturer)
    left join tastes on tastes.row = priced.row and tastes.key = priced.department
"""


def duckdb_request(
    request: pa.RecordBatch, candidates: pl.DataFrame, medians: pl.DataFrame
) -> Callable[[], pa.Table]:
    """Return a function that writes one request to its table and runs the prepared query.

    The candidates are in a table in memory already; all belong to request 0.
    """
    connection = duckdb.connect()
    connection.execute("set threads=1")
    connection.execute("set timezone='UTC'")
    incoming = pa.Table.from_batches([request]).append_column("row", pa.array([0], pa.int64()))
    oldest = pl.CompatLevel.oldest()
    flat = candidates.drop("row", strict=False).with_columns(row=pl.lit(0, pl.Int64))
    for name, table in (
        ("requests", incoming),
        ("candidates", flat.to_arrow(compat_level=oldest)),
        ("medians", medians.to_arrow(compat_level=oldest)),
    ):
        connection.register("source", table)
        connection.execute(f"create table {name} as select * from source")
    connection.register("incoming", incoming)
    connection.execute(f"prepare features as {DUCKDB_QUERY}")

    def run() -> pa.Table:
        connection.execute("delete from requests")
        connection.execute("insert into requests select * from incoming")
        # A prepared statement is a result of the connection, which its warning is about.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return connection.execute("execute features").to_arrow_table()

    return run


def _share(part: float, whole: float) -> float:
    return min(max(part / whole, 0.0), 1.0) if whole else 0.0


def _user(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what depends on the request only, for the sides written in Python."""
    now = request["now"]
    local = now.astimezone(ZoneInfo(ZONE))
    history = request["history"]
    recent = [e for e in history if now - timedelta(days=28) <= e["at"] < now]
    quarter = [e for e in history if now - timedelta(days=90) <= e["at"] < now]
    saved = sum(
        e["retail_discount"] + e["coupon_discount"] + e["coupon_match_discount"] for e in quarter
    )
    paid = sum(e["sales_value"] for e in quarter)
    prices = [e["sales_value"] / e["quantity"] for e in history if e["quantity"] > 0]
    last = history[-1]["basket"] if history else None
    products: dict[int, list[Any]] = {}
    for e in history:
        entry = products.setdefault(e["product"], [0, 0, None])
        entry[0] += 1
        entry[2] = e["at"]
    for e in recent:
        products[e["product"]][1] += 1
    categories: dict[str, int] = {}
    for e in recent:
        categories[e["category"]] = categories.get(e["category"], 0) + 1
    makers: dict[int, int] = {}
    for e in quarter:
        makers[e["manufacturer"]] = makers.get(e["manufacturer"], 0) + 1
    return {
        "hour": local.hour,
        "weekday": local.isoweekday(),
        "weekend": float(local.isoweekday() >= 6),
        "store_traffic": math.log1p(request["store_visits_28d"]),
        "visits_28d": len({e["basket"] for e in recent}),
        "spend_28d": math.log1p(sum(e["sales_value"] for e in recent)),
        "discount_share": _share(saved, saved + paid),
        "private_share": _share(sum(e["brand"] == "Private" for e in history), len(history)),
        "usual_price": statistics.median(prices) if prices else 0.0,
        "owns_home": float("homeowner" in (request["home_ownership"] or "").lower()),
        "household_id": hash(request["household"]) % 4096,
        "products": products,
        "categories": categories,
        "makers": makers,
        "quarter events": len(quarter),
        "last products": {e["product"] for e in history if e["basket"] == last},
        "campaigns": {entry["campaign"] for entry in request["campaigns"]},
        "taste": dict(request["taste"]),
    }


USER_FEATURES = FEATURES[: FEATURES.index("product_id")]


def python_features(
    request: Mapping[str, Any],
    candidates: Sequence[Mapping[str, Any]],
    medians: Mapping[str, float],
) -> dict[str, list[Any]]:
    """Return the features of one request's candidates, row by row in Python."""
    user = _user(request)
    now, household = request["now"], request["household"]
    visits, events = request["store_visits_28d"], user["quarter events"]
    products, categories, makers = user["products"], user["categories"], user["makers"]
    profile = request["profile"]
    norm = math.sqrt(sum(x * x for x in profile)) if profile else 0.0
    never = (0, 0, None)
    result: dict[str, list[Any]] = {name: [user[name]] * len(candidates) for name in USER_FEATURES}
    rows = []
    for row in candidates:
        known = row["store_price"]
        if known is None:
            known = row["price"] if row["price"] is not None else medians.get(row["category"])
        count, count_28d, at = products.get(row["product"], never)
        days = (now - at) / timedelta(days=1) if at is not None else 365.0
        price, shelf = row["price"], row["shelf_price"]
        depth = 1.0 - (price / shelf if price is not None and shelf else 1.0)
        similarity = 0.0
        if norm > 0.0:
            embedding = row["embedding"]
            size = math.sqrt(sum(x * x for x in embedding))
            if size > 0.0:
                dot = sum(x * y for x, y in zip(profile, embedding, strict=True))
                similarity = dot / norm / size
        baskets = row["baskets_28d"]
        trend = math.log((row["baskets_7d"] * 4 + 1.0) / (baskets + 1.0))
        rows.append(
            (
                hash(row["product"]) % 262144,
                math.log1p(baskets),
                math.log1p(known or 0.0),
                sum(known >= bound for bound in PRICE_BOUNDS) if known is not None else 0,
                min(max(trend, -3.0), 3.0),
                (row["store_baskets_28d"] + 1.6) / (visits + 200.0),
                baskets / row["households_28d"] if row["households_28d"] else 1.0,
                min(max(row["units_28d"] / baskets if baskets else 1.0, 0.0), 12.0),
                min(max(depth, 0.0), 1.0),
                float(row["display"] is not None and row["display"] != "0"),
                float(row["brand"] == "Private"),
                float(len(row["description"] or "") >= 30),
                math.log1p(count),
                count_28d,
                math.log1p(days),
                categories.get(row["category"], 0),
                _share(makers.get(row["manufacturer"], 0), events),
                user["taste"].get(row["department"], 0.0),
                similarity,
                float(not user["campaigns"].isdisjoint(row["coupon_campaigns"])),
                sum(b["product"] in user["last products"] for b in row["bought_with"]),
                hash((household, row["category"])) % 262144,
            )
        )
    names = FEATURES[len(USER_FEATURES) :]
    return result | {name: list(v) for name, v in zip(names, zip(*rows, strict=True), strict=True)}


def numpy_features(
    request: Mapping[str, Any], columns: Mapping[str, Any], medians: Mapping[str, float]
) -> dict[str, Any]:
    """Return the features of one request's candidates from columns: NumPy for the numbers.

    Numbers are arrays with NaN for null; strings and lists are Python lists, because NumPy has no
    faster way with them.
    """
    user = _user(request)
    c = columns
    count = len(c["product"])
    found = [user["products"].get(product, (0, 0, None)) for product in c["product"].tolist()]
    now = request["now"]
    day = timedelta(days=1)
    known = np.where(np.isnan(c["store_price"]), c["price"], c["store_price"])
    missing = np.isnan(known)
    if missing.any():
        for i in np.nonzero(missing)[0].tolist():
            known[i] = medians.get(c["category"][i], np.nan)
    depth = 1.0 - c["price"] / c["shelf_price"]
    baskets = c["baskets_28d"]
    events = user["quarter events"]
    similarity = np.zeros(count)
    if request["profile"]:
        profile = np.asarray(request["profile"])
        norms = np.linalg.norm(profile) * np.linalg.norm(c["embedding"], axis=1)
        similarity = c["embedding"] @ profile / np.where(norms > 0.0, norms, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        loyalty = np.where(c["households_28d"] > 0, baskets / c["households_28d"], 1.0)
        units = np.where(baskets > 0, c["units_28d"] / baskets, 1.0)
    last, campaigns, taste = user["last products"], user["campaigns"], user["taste"]
    household = request["household"]
    return {name: np.full(count, user[name]) for name in USER_FEATURES} | {
        "product_id": c["product"] * np.int64(0x9E3779B97F4A7C1) % 262144,
        "popularity": np.log1p(baskets),
        "price_log": np.log1p(np.nan_to_num(known)),
        "price_bucket": np.where(np.isnan(known), 0, np.searchsorted(PRICE_BOUNDS, known, "right")),
        "trend": np.clip(np.log((c["baskets_7d"] * 4 + 1.0) / (baskets + 1.0)), -3.0, 3.0),
        "store_rate": (c["store_baskets_28d"] + 1.6) / (request["store_visits_28d"] + 200.0),
        "loyalty": loyalty,
        "units_per_basket": np.clip(units, 0.0, 12.0),
        "discount_depth": np.clip(np.nan_to_num(depth), 0.0, 1.0),
        "on_display": np.array([d is not None and d != "0" for d in c["display"]], np.float64),
        "is_private": np.array([brand == "Private" for brand in c["brand"]], np.float64),
        "description_cut_off": np.array(
            [d is not None and len(d) >= 30 for d in c["description"]], np.float64
        ),
        "product_count": np.log1p([entry[0] for entry in found]),
        "product_count_28d": np.array([entry[1] for entry in found]),
        "days_since_product": np.log1p(
            [(now - entry[2]) / day if entry[2] is not None else 365.0 for entry in found]
        ),
        "category_count_28d": np.array([user["categories"].get(x, 0) for x in c["category"]]),
        "manufacturer_share": np.clip(
            np.array([user["makers"].get(x, 0) for x in c["manufacturer"].tolist()])
            / max(events, 1),
            0.0,
            1.0,
        ),
        "department_taste": np.array([taste.get(x, 0.0) for x in c["department"]]),
        "similarity": similarity,
        "has_coupon": np.array(
            [not campaigns.isdisjoint(x) for x in c["coupon_campaigns"]], np.float64
        ),
        "partners_in_last_basket": np.array([len(last.intersection(x)) for x in c["bought_with"]]),
        "household_x_category": np.array([hash((household, x)) % 262144 for x in c["category"]]),
    }


def check(
    expected: Mapping[str, Any], result: Mapping[str, Any], side: str, ordered: bool = True
) -> None:
    """Compare a side's features with ours. Raises AssertionError where they differ.

    Without ``ordered`` each feature's values are sorted first: SQL gives rows in any order.
    """
    for name in FEATURES:
        if name in HASHED:
            continue
        require_close(f"{side}: {name}", result[name], expected[name], 1e-4, ordered)
