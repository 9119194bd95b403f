"""The families of features that are measured, written for each side: ours, Polars, DuckDB, NumPy.

A family lists the same features for every side, by name. Where several ways lead to the result, each
side has the one that measured fastest. Features named in ``hashed`` have other values on each side,
because every system has its own hash; only their range is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

INPUTS = """
input candidate {
    user_id, item, views, clicks: int
    price, cost, discount, weight, score: float
    rating: float?
    age: int?
    now, released, request_now: timestamp
    category, device, genre, title, word, brand: string
    prices: list<float>
    items, left_set, right_set, history_item: list<int>
    history_at: list<timestamp>
    taste: map<string, float>
    tags: list<{id: int, weight: float}>
    profile, embedding: vector<16>
}
resource words = vocabulary("words.txt")
"""
PRICE_BOUNDS = [
    2.0,
    4.0,
    6.0,
    8.0,
    10.0,
    12.5,
    15.0,
    20.0,
    25.0,
    30.0,
    40.0,
    50.0,
    75.0,
    100.0,
    150.0,
    250.0,
]
SCORE_BOUNDS = [round(-3.75 + 0.5 * i, 2) for i in range(16)]
AGE_BOUNDS = [15, 18, 21, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 90]
DAY = 86_400_000_000
Arrays = Mapping[str, Any]


@dataclass(frozen=True)
class Family:
    """One family: for each side the expression of every feature.

    ``ours`` maps a feature to (kind, expression); ``numpy`` is one function from columns to arrays.
    ``sql_from`` replaces the plain ``FROM ranking`` of DuckDB where a join is needed.
    """

    name: str
    ours: Mapping[str, tuple[str, str]]
    polars: Mapping[str, pl.Expr]
    duckdb: Mapping[str, str]
    numpy: Callable[[Arrays], dict[str, Any]] | None = None
    sql_joins: str = ""
    hashed: frozenset[str] = field(default_factory=frozenset)


def families(words: list[str]) -> list[Family]:
    """Return the families in the order of the report; ``words`` is the vocabulary of 10,000."""
    return [
        _arithmetic(),
        _math(),
        _clean(),
        _bucketize(),
        _time(),
        _hash(),
        _cross(),
        _string(),
        _tokens(),
        _dictionary(words),
        _lists(),
        _sets(),
        _window(),
        _map(),
        _top(),
        _vectors(),
    ]


def together(parts: list[Family]) -> Family:
    """Return all features of the families as one."""
    return Family(
        "all together",
        {name: f for part in parts for name, f in part.ours.items()},
        {name: e for part in parts for name, e in part.polars.items()},
        {name: e for part in parts for name, e in part.duckdb.items()},
        None,
        "".join(part.sql_joins for part in parts),
        frozenset().union(*(part.hashed for part in parts)),
    )


def program(family: Family) -> str:
    """Return the family's program in our language."""
    used = [f"feature {name} : {kind} = {text}" for name, (kind, text) in family.ours.items()]
    return INPUTS + "\n".join(used) + "\n"


def _dense(**features: str) -> dict[str, tuple[str, str]]:
    return {name: ("dense", text) for name, text in features.items()}


def _arithmetic() -> Family:
    c = pl.col

    def with_numpy(t: Arrays) -> dict[str, Any]:
        return {
            "margin": t["price"] - t["cost"],
            "margin_rate": (t["price"] - t["cost"]) / t["price"],
            "discounted": t["price"] * (1.0 - t["discount"]),
            "blend": 0.7 * t["score"] + 0.3 * t["weight"],
            "click_rate": t["clicks"] / (t["views"] + 1),
            "actions": t["views"] * 3 + t["clicks"],
        }

    return Family(
        "arithmetic",
        _dense(
            margin="price - cost",
            margin_rate="(price - cost) / price",
            discounted="price * (1.0 - discount)",
            blend="0.7 * score + 0.3 * weight",
            click_rate="clicks / (views + 1)",
            actions="views * 3 + clicks",
        ),
        {
            "margin": c("price") - c("cost"),
            "margin_rate": (c("price") - c("cost")) / c("price"),
            "discounted": c("price") * (1.0 - c("discount")),
            "blend": 0.7 * c("score") + 0.3 * c("weight"),
            "click_rate": c("clicks") / (c("views") + 1),
            "actions": c("views") * 3 + c("clicks"),
        },
        {
            "margin": "price - cost",
            "margin_rate": "(price - cost) / price",
            "discounted": "price * (1.0::double - discount)",
            "blend": "0.7::double * score + 0.3::double * weight",
            "click_rate": "clicks / (views + 1)",
            "actions": "views * 3 + clicks",
        },
        with_numpy,
    )


def _math() -> Family:
    c = pl.col

    def with_numpy(t: Arrays) -> dict[str, Any]:
        return {
            "log_views": np.log1p(t["views"]),
            "root_price": np.sqrt(t["price"]),
            "log_price": np.log(t["price"]),
            "faded": np.exp(-t["weight"]),
            "squashed": np.tanh(t["score"]),
            "probability": 1.0 / (1.0 + np.exp(-t["score"])),
        }

    return Family(
        "math",
        _dense(
            log_views="log1p(views)",
            root_price="sqrt(price)",
            log_price="log(price)",
            faded="exp(-weight)",
            squashed="tanh(score)",
            probability="sigmoid(score)",
        ),
        {
            "log_views": c("views").log1p(),
            "root_price": c("price").sqrt(),
            "log_price": c("price").log(),
            "faded": (-c("weight")).exp(),
            "squashed": c("score").tanh(),
            "probability": 1.0 / (1.0 + (-c("score")).exp()),
        },
        {
            "log_views": "ln(1 + views)",
            "root_price": "sqrt(price)",
            "log_price": "ln(price)",
            "faded": "exp(-weight)",
            "squashed": "tanh(score)",
            "probability": "1.0::double / (1.0::double + exp(-score))",
        },
        with_numpy,
    )


def _clean() -> Family:
    c = pl.col

    def with_numpy(t: Arrays) -> dict[str, Any]:
        rating = np.where(t["rating.null"], 3.5, t["rating"])
        return {
            "rating_filled": rating,
            "price_clipped": np.clip(t["price"], 1.0, 200.0),
            "rating_clipped": np.clip(rating, 1.0, 5.0),
            "rating_missing": t["rating.null"].astype(np.float64),
            "age_filled": np.where(t["age.null"], 30, t["age"]),
        }

    return Family(
        "clean",
        _dense(
            rating_filled="rating ?? 3.5",
            price_clipped="clip(price, 1.0, 200.0)",
            rating_clipped="clip(rating ?? 3.5, 1.0, 5.0)",
            rating_missing="rating.is_null().to_float()",
            age_filled="age ?? 30",
        ),
        {
            "rating_filled": c("rating").fill_null(3.5),
            "price_clipped": c("price").clip(1.0, 200.0),
            "rating_clipped": c("rating").fill_null(3.5).clip(1.0, 5.0),
            "rating_missing": c("rating").is_null().cast(pl.Float64),
            "age_filled": c("age").fill_null(30),
        },
        {
            "rating_filled": "coalesce(rating, 3.5::double)",
            "price_clipped": "least(greatest(price, 1.0::double), 200.0::double)",
            "rating_clipped": "least(greatest(coalesce(rating, 3.5::double), 1.0::double), 5.0::double)",
            "rating_missing": "(rating is null)::double",
            "age_filled": "coalesce(age, 30)",
        },
        with_numpy,
    )


def _bucketize() -> Family:
    c = pl.col

    def with_polars(value: pl.Expr, bounds: list[Any]) -> pl.Expr:
        # Faster than bin_intervals and than search_sorted.
        return pl.sum_horizontal([(value >= bound).cast(pl.UInt8) for bound in bounds])

    def with_sql(value: str, bounds: list[Any], kind: str) -> str:
        return " + ".join(f"({value} >= {bound}::{kind})::utinyint" for bound in bounds)

    def with_numpy(t: Arrays) -> dict[str, Any]:
        age = np.where(t["age.null"], 30, t["age"])
        return {
            "price_bucket": np.searchsorted(PRICE_BOUNDS, t["price"], "right"),
            "score_bucket": np.searchsorted(SCORE_BOUNDS, t["score"], "right"),
            "age_bucket": np.searchsorted(AGE_BOUNDS, age, "right"),
        }

    return Family(
        "bucketize, 16 bounds",
        {
            "price_bucket": ("id(17)", f"price.bucketize({PRICE_BOUNDS})"),
            "score_bucket": ("id(17)", f"score.bucketize({SCORE_BOUNDS})"),
            "age_bucket": ("id(17)", f"(age ?? 30).bucketize({AGE_BOUNDS})"),
        },
        {
            "price_bucket": with_polars(c("price"), PRICE_BOUNDS),
            "score_bucket": with_polars(c("score"), SCORE_BOUNDS),
            "age_bucket": with_polars(c("age").fill_null(30), AGE_BOUNDS),
        },
        {
            "price_bucket": with_sql("price", PRICE_BOUNDS, "double"),
            "score_bucket": with_sql("score", SCORE_BOUNDS, "double"),
            "age_bucket": with_sql("coalesce(age, 30)", AGE_BOUNDS, "bigint"),
        },
        with_numpy,
    )


def _time() -> Family:
    c = pl.col

    def with_numpy(t: Arrays) -> dict[str, Any]:
        now = t["now"].astype("datetime64[us]")
        microseconds = t["now"].astype(np.int64)
        months = now.astype("datetime64[M]")
        day = microseconds // DAY
        weekday = (day + 3) % 7 + 1
        return {
            "hour": microseconds // (DAY // 24) % 24,
            "weekday": weekday,
            "month_day": (now.astype("datetime64[D]") - months).astype(np.int64) + 1,
            "month": months.astype(np.int64) % 12 + 1,
            "weekend": (weekday >= 6).astype(np.float64),
            "age_days": (microseconds - t["released"].astype(np.int64)) / DAY,
        }

    return Family(
        "time parts",
        _dense(
            hour='now.hour("UTC")',
            weekday='now.day_of_week("UTC")',
            month_day='now.day("UTC")',
            month='now.month("UTC")',
            weekend='now.is_weekend("UTC").to_float()',
            age_days="(now - released) / 1d",
        ),
        {
            "hour": c("now").dt.hour(),
            "weekday": c("now").dt.weekday(),
            "month_day": c("now").dt.day(),
            "month": c("now").dt.month(),
            "weekend": (c("now").dt.weekday() >= 6).cast(pl.Float64),
            "age_days": (c("now").cast(pl.Int64) - c("released").cast(pl.Int64)) / DAY,
        },
        {
            "hour": "hour(now)",
            "weekday": "isodow(now)",
            "month_day": "day(now)",
            "month": "month(now)",
            "weekend": "(isodow(now) >= 6)::double",
            "age_days": f"(epoch_us(now) - epoch_us(released)) / {DAY}",
        },
        with_numpy,
    )


def _hash() -> Family:
    c = pl.col
    return Family(
        "hash to bucket",
        {
            "user_bucket": ("id(1000000)", "user_id.hash_bucket(1000000)"),
            "item_bucket": ("id(1000000)", "item.hash_bucket(1000000)"),
            "category_bucket": ("id(1000)", "category.hash_bucket(1000)"),
            "title_bucket": ("id(1000000)", "title.hash_bucket(1000000)"),
        },
        {
            "user_bucket": c("user_id").hash() % 1_000_000,
            "item_bucket": c("item").hash() % 1_000_000,
            "category_bucket": c("category").hash() % 1_000,
            "title_bucket": c("title").hash() % 1_000_000,
        },
        {
            "user_bucket": "hash(user_id) % 1000000",
            "item_bucket": "hash(item) % 1000000",
            "category_bucket": "hash(category) % 1000",
            "title_bucket": "hash(title) % 1000000",
        },
        hashed=frozenset({"user_bucket", "item_bucket", "category_bucket", "title_bucket"}),
    )


def _cross() -> Family:
    c = pl.col
    return Family(
        "cross of 2-3 columns",
        {
            "user_category": ("id(1000000)", "cross(user_id, category).hash_bucket(1000000)"),
            "item_device": ("id(1000000)", "cross(item, device).hash_bucket(1000000)"),
            "category_device_age": (
                "id(1000000)",
                "cross(category, device, age ?? 30).hash_bucket(1000000)",
            ),
        },
        {
            "user_category": pl.struct("user_id", "category").hash() % 1_000_000,
            "item_device": pl.struct("item", "device").hash() % 1_000_000,
            "category_device_age": pl.struct("category", "device", c("age").fill_null(30)).hash()
            % 1_000_000,
        },
        {
            "user_category": "hash(user_id, category) % 1000000",
            "item_device": "hash(item, device) % 1000000",
            "category_device_age": "hash(category, device, coalesce(age, 30)) % 1000000",
        },
        hashed=frozenset({"user_category", "item_device", "category_device_age"}),
    )


def _string() -> Family:
    c = pl.col
    return Family(
        "string",
        {
            "title_length": ("dense", "title.length()"),
            "is_wireless": ("dense", 'title.lower().contains("wireless").to_float()'),
            "starts_so": ("dense", 'title.starts_with("W").to_float()'),
            "title_lower": ("text", "title.lower()"),
        },
        {
            "title_length": c("title").str.len_chars(),
            "is_wireless": c("title")
            .str.to_lowercase()
            .str.contains("wireless", literal=True)
            .cast(pl.Float64),
            "starts_so": c("title").str.starts_with("W").cast(pl.Float64),
            "title_lower": c("title").str.to_lowercase(),
        },
        {
            "title_length": "length(title)",
            "is_wireless": "contains(lower(title), 'wireless')::double",
            "starts_so": "starts_with(title, 'W')::double",
            "title_lower": "lower(title)",
        },
    )


def _tokens() -> Family:
    words = pl.col("title").str.to_lowercase().str.split(" ")
    return Family(
        "tokenise and hash",
        {"tokens": ("ids(1048576)", "title.lower().tokenize().hash_bucket(1048576)")},
        {"tokens": words.list.eval(pl.element().hash() % 1_048_576)},
        {
            "tokens": "list_transform(string_split(lower(title), ' '), "
            "lambda token: hash(token) % 1048576)"
        },
        hashed=frozenset({"tokens"}),
    )


def _dictionary(words: list[str]) -> Family:
    # Measured faster than a join and than replace_strict.
    vocabulary = pl.Enum(words)

    def with_polars(name: str) -> pl.Expr:
        ids = pl.col(name).cast(vocabulary, strict=False).to_physical()
        return ids.cast(pl.Int64).__add__(1).fill_null(0)

    return Family(
        "dictionary of 10,000",
        {
            "word_id": ("id(words)", "words.lookup(word)"),
            "brand_id": ("id(words)", "words.lookup(brand)"),
        },
        {"word_id": with_polars("word"), "brand_id": with_polars("brand")},
        {
            "word_id": "coalesce(word_entry.id, 0)",
            "brand_id": "coalesce(brand_entry.id, 0)",
        },
        sql_joins=" left join words word_entry on ranking.word = word_entry.text"
        " left join words brand_entry on ranking.brand = brand_entry.text",
    )


def _lists() -> Family:
    prices = pl.col("prices").list
    return Family(
        "list length, slice, max, mean, contains",
        _dense(
            price_count="prices.length()",
            price_max="prices.max() ?? 0.0",
            price_mean="prices.mean() ?? 0.0",
            recent_price_mean="prices.take_last(10).mean() ?? 0.0",
            item_listed="items.contains(item).to_float()",
        ),
        {
            "price_count": prices.len(),
            "price_max": prices.max().fill_null(0.0),
            "price_mean": prices.mean().fill_null(0.0),
            "recent_price_mean": prices.tail(10).list.mean().fill_null(0.0),
            "item_listed": pl.col("items").list.contains(pl.col("item")).cast(pl.Float64),
        },
        {
            "price_count": "len(prices)",
            "price_max": "coalesce(list_max(prices), 0.0::double)",
            "price_mean": "coalesce(list_avg(prices), 0.0::double)",
            "recent_price_mean": "coalesce(list_avg(prices[-10:]), 0.0::double)",
            "item_listed": "list_contains(items, item)::double",
        },
        lambda t: {
            "price_count": np.diff(t["prices.offsets"]),
            "price_max": _reduce(np.maximum, t),
            "price_mean": _reduce(np.add, t) / np.maximum(np.diff(t["prices.offsets"]), 1),
            "recent_price_mean": _recent_mean(t),
            "item_listed": _listed(t),
        },
    )


def _reduce(function: Any, t: Arrays) -> Any:
    offsets = t["prices.offsets"]
    starts = offsets[:-1]
    filled = offsets[1:] > starts
    result = np.zeros(len(starts))
    result[filled] = function.reduceat(t["prices"], starts[filled])
    return result


def _recent_mean(t: Arrays) -> Any:
    offsets = t["prices.offsets"]
    sums = np.concatenate([[0.0], np.cumsum(t["prices"])])
    starts = np.maximum(offsets[1:] - 10, offsets[:-1])
    return (sums[offsets[1:]] - sums[starts]) / np.maximum(offsets[1:] - starts, 1)


def _listed(t: Arrays) -> Any:
    offsets = t["items.offsets"]
    equal = t["items"] == np.repeat(t["item"], np.diff(offsets))
    found = np.concatenate([[0], np.cumsum(equal)])
    return (found[offsets[1:]] > found[offsets[:-1]]).astype(np.float64)


def _sets() -> Family:
    left, right = pl.col("left_set"), pl.col("right_set")
    shared = left.list.set_intersection(right).list.len()
    return Family(
        "set intersection, Jaccard (25 x 25)",
        _dense(
            shared="left_set.overlap_count(right_set)",
            jaccard="left_set.jaccard(right_set) ?? 0.0",
        ),
        {
            "shared": shared,
            # The lists hold no value twice, so that the union need not be built.
            "jaccard": shared / (left.list.len() + right.list.len() - shared),
        },
        {
            "shared": "len(list_intersect(left_set, right_set))",
            "jaccard": "len(list_intersect(left_set, right_set)) / (len(left_set) + len(right_set)"
            " - len(list_intersect(left_set, right_set)))",
        },
    )


def _window() -> Family:
    age = pl.col("history_at").cast(pl.List(pl.Int64)) - pl.col("request_now").cast(pl.Int64)
    same = pl.col("history_item") - pl.col("item")
    return Family(
        "window counts over a history",
        _dense(
            events_7d="history_at.count(at -> at >= request_now - 7d)",
            events_30d="history_at.count(at -> at >= request_now - 30d)",
            same_item="history_item.count(past -> past == item)",
        ),
        {
            "events_7d": age.list.agg((pl.element() >= -7 * DAY).sum()),
            "events_30d": age.list.agg((pl.element() >= -30 * DAY).sum()),
            "same_item": same.list.agg((pl.element() == 0).sum()),
        },
        {
            "events_7d": "len(list_filter(history_at, "
            "lambda moment: moment >= request_now - interval 168 hours))",
            "events_30d": "len(list_filter(history_at, "
            "lambda moment: moment >= request_now - interval 720 hours))",
            "same_item": "len(list_filter(history_item, lambda past: past = item))",
        },
        lambda t: {
            "events_7d": _counted(
                t, t["history_at"] >= np.repeat(t["request_now"] - 7 * DAY, _lengths(t))
            ),
            "events_30d": _counted(
                t, t["history_at"] >= np.repeat(t["request_now"] - 30 * DAY, _lengths(t))
            ),
            "same_item": _counted(t, t["history_item"] == np.repeat(t["item"], _lengths(t))),
        },
    )


def _lengths(t: Arrays) -> Any:
    return np.diff(t["history_at.offsets"])


def _counted(t: Arrays, holds: Any) -> Any:
    sums = np.concatenate([[0], np.cumsum(holds)])
    offsets = t["history_at.offsets"]
    return sums[offsets[1:]] - sums[offsets[:-1]]


def _map() -> Family:
    return Family(
        "map lookup",
        _dense(genre_taste="taste[genre] ?? 0.0", drama_taste='taste["drama"] ?? 0.0'),
        {
            "genre_taste": pl.col("taste").map.get(pl.col("genre")).fill_null(0.0),
            "drama_taste": pl.col("taste").map.get("drama").fill_null(0.0),
        },
        {
            "genre_taste": "coalesce(taste[genre], 0.0::double)",
            "drama_taste": "coalesce(taste['drama'], 0.0::double)",
        },
    )


def _top() -> Family:
    best = pl.col("tag_weights").list.eval(pl.element().arg_sort(descending=True).head(3))
    return Family(
        "top 3 by weight",
        {
            "top_tags": (
                "ids(100000, max = 3)",
                "tags.top_by(tag -> tag.weight, 3).map(tag -> tag.id)",
            )
        },
        {"top_tags": pl.col("tag_ids").list.gather(best)},
        {"top_tags": "list_select(tag_ids, list_grade_up(tag_weights, 'desc')[1:3])"},
    )


def _vectors() -> Family:
    profile, embedding = pl.col("profile").arr, pl.col("embedding").arr
    dot = profile.dot(pl.col("embedding"))
    norms = profile.dot(pl.col("profile")) * embedding.dot(pl.col("embedding"))

    def with_numpy(t: Arrays) -> dict[str, Any]:
        x, y = t["profile"], t["embedding"]
        product = np.einsum("ij,ij->i", x, y)
        square = np.einsum("ij,ij->i", x, x) * np.einsum("ij,ij->i", y, y)
        return {"product": product, "similarity": product / np.sqrt(square)}

    return Family(
        "dot, cosine of 16",
        _dense(product="dot(profile, embedding)", similarity="cosine(profile, embedding) ?? 0.0"),
        {"product": dot, "similarity": dot / norms.sqrt()},
        {
            "product": "array_inner_product(profile, embedding)",
            "similarity": "array_cosine_similarity(profile, embedding)",
        },
        with_numpy,
    )
