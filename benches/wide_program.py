"""A ranking program of 200 features, written for each side: ours, Polars, DuckDB, NumPy, Python.

A feature is one expression for each side; wide_sides.py makes the sides of these texts: our program,
one lazy query, one SQL query, and functions that are compiled once, as if somebody had written them
by hand. What several features share, such as the history grouped by a key, every side computes
once. A program of fewer features takes them evenly out of all families.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DAY = 86_400_000_000
WINDOWS = (1, 7, 28, 90)
KEYS = ("item", "category", "brand", "shop")

INPUTS = """
input request {
    account: int
    city, device, segment: string
    now: timestamp
    latitude, longitude: float
    interests, favourites: list<string>
    wishlist, followed: list<int>
    taste, prices_paid: map<string, float>
    profile: vector<16>
    history: list<{
        item: int, category: string, brand: string, shop: int, price: float, at: timestamp,
    }>
}

input candidate {
    item, shop, views, clicks, orders, stock: int
    price, cost, discount, weight: float
    rating: float?
    category, brand, color, title: string
    shop_latitude, shop_longitude: float
    released, sold: timestamp
    tags: list<string>
    related: list<int>
    embedding: vector<16>
}

let within(days) = history.filter(e -> e.at >= now - days * 1d)
let of_item = history.filter(e -> e.item == item)
let of_category = history.filter(e -> e.category == category)
let of_brand = history.filter(e -> e.brand == brand)
let of_shop = history.filter(e -> e.shop == shop)
let kilometers = haversine_distance(latitude, longitude, shop_latitude, shop_longitude) ?? 0.0
"""
NUMBERS = (
    ("price", "1.0", "200.0"),
    ("cost", "1.0", "100.0"),
    ("discount", "0.1", "0.4"),
    ("weight", "0.5", "3.0"),
    ("views", "10", "50000"),
    ("clicks", "1", "500"),
    ("orders", "1", "50"),
    ("stock", "1", "100"),
)
HASHED_COLUMNS = ("item", "category", "brand", "shop", "color", "title")


@dataclass(frozen=True)
class Feature:
    """One feature: its kind and, for each side, its expression.

    Values of ``hashed`` features are not compared: every side has its own hash.
    """

    name: str
    kind: str
    ours: str
    polars: str
    sql: str
    numpy: str
    python: str
    hashed: bool = False


def features(count: int = 200) -> list[Feature]:
    """Return ``count`` of the 200 features, spread evenly over the families."""
    every = [
        *_numbers(),
        *_buckets(),
        *_times(),
        *_texts(),
        *_hashes(),
        *_events(),
        *_sets(),
        *_maps_vectors_places(),
        *_of_the_request(),
    ]
    if len(every) != 200:
        raise AssertionError(f"{len(every)} features")
    return [every[i * len(every) // count] for i in range(count)]


def program(chosen: Sequence[Feature]) -> str:
    """Return the program in our language."""
    lines = [f"feature {feature.name} : {feature.kind} = {feature.ours}" for feature in chosen]
    return INPUTS + "\n".join(lines) + "\n"


def _numbers() -> Iterator[Feature]:
    for x, low, high in NUMBERS:
        yield Feature(
            f"{x}_log", "dense", f"log1p({x})", f"c.{x}.log1p()", f"ln(1 + {x})",
            f"np.log1p({x})", f"log1p({x})",
        )  # fmt: skip
        yield Feature(
            f"{x}_root", "dense", f"sqrt({x})", f"c.{x}.sqrt()", f"sqrt({x})",
            f"np.sqrt({x})", f"sqrt({x})",
        )  # fmt: skip
        yield Feature(
            f"{x}_clipped", "dense", f"clip({x}, {low}, {high})", f"c.{x}.clip({low}, {high})",
            f"least(greatest({x}, {low}), {high})", f"np.clip({x}, {low}, {high})",
            f"min(max({x}, {low}), {high})",
        )  # fmt: skip
    for a, b in (
        ("clicks", "views"), ("orders", "clicks"), ("orders", "views"), ("price", "cost"),
        ("discount", "price"), ("stock", "orders"), ("cost", "weight"), ("price", "weight"),
    ):  # fmt: skip
        plain = f"({a} + 1.0) / ({b} + 20.0)"
        yield Feature(
            f"{a}_per_{b}", "dense", plain, f"(c.{a} + 1.0) / (c.{b} + 20.0)",
            f"({a} + 1::double) / ({b} + 20::double)", plain, plain,
        )  # fmt: skip
    for a, b in (("price", "cost"), ("views", "clicks"), ("price", "weight"), ("stock", "orders")):
        plain = f"{a} - {b}"
        yield Feature(f"{a}_less_{b}", "dense", plain, f"c.{a} - c.{b}", plain, plain, plain)
    filled = "(3.5 if rating is None else rating)"
    yield Feature(
        "rating_filled", "dense", "rating ?? 3.5", "c.rating.fill_null(3.5)",
        "coalesce(rating, 3.5::double)", "rating_filled", filled,
    )  # fmt: skip
    yield Feature(
        "rating_missing", "dense", "rating.is_null().to_float()",
        "c.rating.is_null().cast(pl.Float64)", "(rating is null)::double",
        "np.isnan(rating).astype(np.float64)", "float(rating is None)",
    )  # fmt: skip
    yield Feature(
        "rating_centred", "dense", "(rating ?? 3.5) - 3.5", "c.rating.fill_null(3.5) - 3.5",
        "coalesce(rating, 3.5::double) - 3.5::double", "rating_filled - 3.5", f"{filled} - 3.5",
    )  # fmt: skip
    yield Feature(
        "rating_squared", "dense", "(rating ?? 3.5) * (rating ?? 3.5)",
        "c.rating.fill_null(3.5) * c.rating.fill_null(3.5)",
        "coalesce(rating, 3.5::double) * coalesce(rating, 3.5::double)",
        "rating_filled * rating_filled", f"{filled} * {filled}",
    )  # fmt: skip


def _buckets() -> Iterator[Feature]:
    ranges = (("price", 2.0, 1.4), ("discount", 0.01, 1.25), ("views", 10, 1.6),
              ("orders", 1, 1.5), ("stock", 2, 1.3))  # fmt: skip
    for x, start, growth in ranges:
        for size in (4, 8, 12, 16):
            floats = [start * growth**i * (17 - size) ** 0.2 for i in range(size)]
            whole = isinstance(start, int)
            bounds = (
                sorted({int(bound) + i for i, bound in enumerate(floats)})
                if whole
                else [round(bound, 3) for bound in floats]
            )
            cast = "bigint" if whole else "double"
            yield Feature(
                f"{x}_bucket_{size}", f"id({size + 1})", f"{x}.bucketize({bounds})",
                f"pl.sum_horizontal([(c.{x} >= bound).cast(pl.UInt8) for bound in {bounds}])",
                " + ".join(f"({x} >= {bound}::{cast})::utinyint" for bound in bounds),
                f"np.searchsorted({bounds}, {x}, 'right')", f"bisect_right({bounds}, {x})",
            )  # fmt: skip


def _times() -> Iterator[Feature]:
    for x in ("released", "sold"):
        polars = f"(c.now - c.{x}).dt.total_microseconds() / {DAY}"
        sql = f"(epoch_us(now) - epoch_us({x})) / {DAY}"
        yield Feature(
            f"{x}_days", "dense", f"(now - {x}) / 1d", polars, sql, f"{x}_age",
            f"(now - {x}) / one_day",
        )  # fmt: skip
        yield Feature(
            f"{x}_days_log", "dense", f"log1p((now - {x}) / 1d)", f"({polars}).log1p()",
            f"ln(1 + {sql})", f"np.log1p({x}_age)", f"log1p((now - {x}) / one_day)",
        )  # fmt: skip
        for days in (7, 30):
            yield Feature(
                f"{x}_{days}d", "dense", f"(now - {x} < {days}d).to_float()",
                f"(c.now - c.{x} < timedelta({days})).cast(pl.Float64)",
                f"(now - {x} < interval {days} day)::double",
                f"({x}_age < {days}).astype(np.float64)", f"float(now - {x} < days_{days})",
            )  # fmt: skip
        yield Feature(
            f"{x}_month", "dense", f'{x}.month("UTC")', f"c.{x}.dt.month()", f"month({x})",
            f"{x}.astype('datetime64[M]').astype(np.int64) % 12 + 1", f"{x}.month",
        )  # fmt: skip
        yield Feature(
            f"{x}_weekday", "dense", f'{x}.day_of_week("UTC")', f"c.{x}.dt.weekday()",
            f"isodow({x})", f"({x}.astype('datetime64[D]').astype(np.int64) + 3) % 7 + 1",
            f"{x}.isoweekday()",
        )  # fmt: skip


def _texts() -> Iterator[Feature]:
    yield Feature(
        "title_length", "dense", "title.length()", "c.title.str.len_chars()", "length(title)",
        "np.array([len(x) for x in title])", "len(title)",
    )  # fmt: skip
    yield Feature(
        "title_spaces", "dense", 'title.count_substring(" ")',
        'c.title.str.count_matches(" ", literal=True)', "length(title) - length(replace(title, ' ', ''))",
        "np.array([x.count(' ') for x in title])", "title.count(' ')",
    )  # fmt: skip
    for part in ("A", "So", "The"):
        yield Feature(
            f"title_begins_{part.lower()}", "dense", f'title.starts_with("{part}").to_float()',
            f"c.title.str.starts_with('{part}').cast(pl.Float64)",
            f"starts_with(title, '{part}')::double",
            f"np.array([x.startswith('{part}') for x in title], np.float64)",
            f"float(title.startswith('{part}'))",
        )  # fmt: skip
    for part in ("wireless", "pro", "mini", "set", "blue", "kids"):
        yield Feature(
            f"title_has_{part}", "dense", f'title.lower().contains("{part}").to_float()',
            f"c.title.str.to_lowercase().str.contains('{part}', literal=True).cast(pl.Float64)",
            f"contains(lower(title), '{part}')::double",
            f"np.array(['{part}' in x for x in lowered], np.float64)", f"float('{part}' in lowered)",
        )  # fmt: skip
    for x, value in (("category", "category 3"), ("brand", "brand 5"), ("color", "red")):
        yield Feature(
            f"{x}_is_known", "dense", f'({x} == "{value}").to_float()',
            f"(c.{x} == '{value}').cast(pl.Float64)", f"({x} = '{value}')::double",
            f"np.array([x == '{value}' for x in {x}], np.float64)", f"float({x} == '{value}')",
        )  # fmt: skip
    some = '"category 1", "category 4", "category 9", "category 16"'
    yield Feature(
        "category_in_season", "dense", f"(category in [{some}]).to_float()",
        f"c.category.is_in([{some}]).cast(pl.Float64)",
        "(category in ({}))::double".format(some.replace('"', "'")),
        f"np.array([x in {{{some}}} for x in category], np.float64)", f"float(category in {{{some}}})",
    )  # fmt: skip
    yield Feature(
        "category_length", "dense", "category.length()", "c.category.str.len_chars()",
        "length(category)", "np.array([len(x) for x in category])", "len(category)",
    )  # fmt: skip


def _hashes() -> Iterator[Feature]:
    for size in (1_000, 2**18):
        for x in HASHED_COLUMNS:
            yield Feature(
                f"{x}_hash_{size}", f"id({size})", f"{x}.hash_bucket({size})",
                f"c.{x}.hash() % {size}", f"hash({x}) % {size}", f"hash_{x} % {size}",
                f"hash({x}) % {size}", hashed=True,
            )  # fmt: skip
        for x in ("tags", "related"):
            plain = f"[[hash(v) % {size} for v in x] for x in {x}]"
            yield Feature(
                f"{x}_hash_{size}", f"ids({size})", f"{x}.hash_bucket({size})",
                f"c.{x}.list.eval(pl.element().hash() % {size})",
                f"list_transform({x}, lambda v: hash(v) % {size})", plain,
                f"[hash(v) % {size} for v in {x}]", hashed=True,
            )  # fmt: skip
    size = 2**18
    for u in ("account", "city", "device", "segment"):
        for x in KEYS:
            yield Feature(
                f"{u}_x_{x}", f"id({size})", f"cross({u}, {x}).hash_bucket({size})",
                f"pl.struct('{u}', '{x}').hash() % {size}", f"hash({u}, {x}) % {size}",
                f"(hash({u}) ^ hash_{x}) % {size}", f"hash(({u}, {x})) % {size}", hashed=True,
            )  # fmt: skip


def _events() -> Iterator[Feature]:
    for x in KEYS:
        of = f"of_{x}"
        same = f"e -> e.{x} == {x}"
        yield Feature(
            f"{x}_events", "dense", f"log1p(history.count({same}))",
            f"c.{x}_n.fill_null(0).log1p()", f"ln(1 + coalesce({x}_n, 0))",
            f"np.log1p({of}[0])", f"log1p({of}[0])",
        )  # fmt: skip
        for place, days in enumerate(WINDOWS, 1):
            yield Feature(
                f"{x}_events_{days}d", "dense", f"within({days}).count({same})",
                f"c.{x}_n{days}.fill_null(0)", f"coalesce({x}_n{days}, 0)", f"{of}[{place}]",
                f"{of}[{place}]",
            )  # fmt: skip
        for place, days in ((5, 28), (6, 90)):
            yield Feature(
                f"{x}_spent_{days}d", "dense",
                f"log1p(within({days}).filter({same}).sum(e -> e.price))",
                f"c.{x}_s{days}.fill_null(0.0).log1p()", f"ln(1 + coalesce({x}_s{days}, 0))",
                f"np.log1p({of}[{place}])", f"log1p({of}[{place}])",
            )  # fmt: skip
        yield Feature(
            f"{x}_share", "dense", f"ratio(history.count({same}), history.length()) ?? 0.0",
            f"c.{x}_n.fill_null(0) / c.events", f"coalesce({x}_n, 0) / events",
            f"{of}[0] / events", f"{of}[0] / events",
        )  # fmt: skip
        yield Feature(
            f"{x}_days_since", "dense",
            f"log1p((now - {of}.map(e -> e.at).max()) / 1d) ?? 5.9",
            f"((c.now - c.{x}_last).dt.total_microseconds() / {DAY}).log1p().fill_null(5.9)",
            f"coalesce(ln(1 + (epoch_us(now) - epoch_us({x}_last)) / {DAY}), 5.9::double)",
            f"np.nan_to_num(np.log1p((now_at - {of}[8]) / {DAY}), nan=5.9)",
            f"(log1p((now_at - {of}[8]) / {DAY}) if {of}[0] else 5.9)",
        )  # fmt: skip
        yield Feature(
            f"{x}_mean_paid", "dense", f"{of}.map(e -> e.price).mean() ?? 0.0",
            f"c.{x}_mean.fill_null(0.0)", f"coalesce({x}_mean, 0.0::double)",
            f"{of}[7] / np.maximum({of}[0], 1)", f"({of}[7] / {of}[0] if {of}[0] else 0.0)",
        )  # fmt: skip
        yield Feature(
            f"{x}_price_to_paid", "dense", f"price / {of}.map(e -> e.price).mean() ?? 1.0",
            f"(c.price / c.{x}_mean).fill_null(1.0)", f"coalesce(price / {x}_mean, 1.0::double)",
            f"np.where({of}[0] > 0, price * {of}[0] / np.where({of}[0] > 0, {of}[7], 1.0), 1.0)",
            f"(price * {of}[0] / {of}[7] if {of}[0] else 1.0)",
        )  # fmt: skip
        yield Feature(
            f"{x}_seen", "dense", f"(history.count({same}) > 0).to_float()",
            f"c.{x}_n.is_not_null().cast(pl.Float64)", f"({x}_n is not null)::double",
            f"({of}[0] > 0).astype(np.float64)", f"float({of}[0] > 0)",
        )  # fmt: skip


def _sets() -> Iterator[Feature]:
    for name, few, of_user, of_item, u in (
        ("interest", "interests", "interests", "tags", "interest_set"),
        ("wish", "wishlist", "wishlist", "related", "wish_set"),
    ):
        shared = f"c.{few}.list.set_intersection(c.{of_item}).list.len()"
        sql = f"len(list_intersect({of_user}, {of_item}))"
        rows = f"len({u}.intersection(x))"
        yield Feature(
            f"{name}_overlap", "dense", f"{of_user}.overlap_count({of_item})", shared, sql,
            f"np.array([{rows} for x in {of_item}])", f"len({u}.intersection({of_item}))",
        )  # fmt: skip
        yield Feature(
            f"{name}_jaccard", "dense", f"{of_user}.jaccard({of_item}) ?? 0.0",
            f"{shared} / (c.{few}.list.len() + c.{of_item}.list.len() - {shared})",
            f"{sql} / (len({of_user}) + len({of_item}) - {sql})",
            f"np.array([{rows} / len({u}.union(x)) for x in {of_item}])",
            f"len({u}.intersection({of_item})) / len({u}.union({of_item}))",
        )  # fmt: skip
    yield Feature(
        "interest_any", "dense", "interests.intersects(tags).to_float()",
        "(c.interests.list.set_intersection(c.tags).list.len() > 0).cast(pl.Float64)",
        "list_has_any(interests, tags)::double",
        "np.array([not interest_set.isdisjoint(x) for x in tags], np.float64)",
        "float(not interest_set.isdisjoint(tags))",
    )  # fmt: skip
    yield Feature(
        "related_bought", "dense", "history.map(e -> e.item).overlap_count(related)",
        "c.bought.list.set_intersection(c.related).list.len()",
        "len(list_intersect(bought, related))",
        "np.array([len(bought.intersection(x)) for x in related])",
        "len(bought.intersection(related))",
    )  # fmt: skip
    for x in ("tags", "related"):
        yield Feature(
            f"{x}_count", "dense", f"{x}.length()", f"c.{x}.list.len()", f"len({x})",
            f"np.array([len(x) for x in {x}])", f"len({x})",
        )  # fmt: skip
    for x, many in (
        ("item", "wishlist"), ("shop", "followed"), ("brand", "favourites"), ("category", "interests")
    ):  # fmt: skip
        yield Feature(
            f"{x}_in_{many}", "dense", f"{many}.contains({x}).to_float()",
            f"c.{many}.list.contains(c.{x}).cast(pl.Float64)", f"list_contains({many}, {x})::double",
            f"np.array([x in {many}_set for x in {x}], np.float64)", f"float({x} in {many}_set)",
        )  # fmt: skip


def _maps_vectors_places() -> Iterator[Feature]:
    yield Feature(
        "category_taste", "dense", "taste[category] ?? 0.0", "c.taste.fill_null(0.0)",
        "coalesce(category_taste, 0::double)", "category_taste", "taste.get(category, 0.0)",
    )  # fmt: skip
    yield Feature(
        "category_taste_log", "dense", "log1p(taste[category] ?? 0.0)",
        "c.taste.fill_null(0.0).log1p()", "ln(1 + coalesce(category_taste, 0::double))",
        "np.log1p(category_taste)", "log1p(taste.get(category, 0.0))",
    )  # fmt: skip
    yield Feature(
        "brand_paid", "dense", "prices_paid[brand] ?? 20.0", "c.paid.fill_null(20.0)",
        "coalesce(paid_for_brand, 20::double)", "brand_paid", "prices_paid.get(brand, 20.0)",
    )  # fmt: skip
    yield Feature(
        "price_to_brand_paid", "dense", "price / (prices_paid[brand] ?? 20.0)",
        "c.price / c.paid.fill_null(20.0)", "price / coalesce(paid_for_brand, 20::double)",
        "price / brand_paid", "price / prices_paid.get(brand, 20.0)",
    )  # fmt: skip
    yield Feature(
        "profile_dot", "dense", "dot(profile, embedding)", "c.profile.arr.dot(c.embedding)",
        "array_inner_product(profile, embedding)", "embedding @ profile", "dot",
    )  # fmt: skip
    yield Feature(
        "profile_cosine", "dense", "cosine(profile, embedding) ?? 0.0",
        "c.profile.arr.dot(c.embedding) / "
        "(c.profile.arr.dot(c.profile) * c.embedding.arr.dot(c.embedding)).sqrt()",
        "array_cosine_similarity(profile, embedding)",
        "embedding @ profile / (norm * np.sqrt(squares))", "dot / (norm * sqrt(square))",
    )  # fmt: skip
    yield Feature(
        "profile_distance", "dense", "euclidean_distance(profile, embedding)",
        "(c.profile.arr.dot(c.profile) + c.embedding.arr.dot(c.embedding) "
        "- 2.0 * c.profile.arr.dot(c.embedding)).sqrt()",
        "array_distance(profile, embedding)",
        "np.sqrt(norm * norm + squares - 2.0 * (embedding @ profile))",
        "sqrt(norm * norm + square - 2.0 * dot)",
    )  # fmt: skip
    yield Feature(
        "embedding_norm", "dense", "l2_norm(embedding)",
        "c.embedding.arr.dot(c.embedding).sqrt()",
        "sqrt(array_inner_product(embedding, embedding))", "np.sqrt(squares)", "sqrt(square)",
    )  # fmt: skip
    # Every side computes the distance once: Polars and DuckDB as a column of an inner query.
    yield Feature(
        "kilometers", "dense", "kilometers", "c.kilometers", "kilometers", "kilometers",
        "kilometers",
    )  # fmt: skip
    yield Feature(
        "kilometers_log", "dense", "log1p(kilometers)", "c.kilometers.log1p()",
        "ln(1 + kilometers)", "np.log1p(kilometers)", "log1p(kilometers)",
    )  # fmt: skip
    yield Feature(
        "is_near", "dense", "(kilometers < 5.0).to_float()",
        "(c.kilometers < 5.0).cast(pl.Float64)", "(kilometers < 5::double)::double",
        "(kilometers < 5.0).astype(np.float64)", "float(kilometers < 5.0)",
    )  # fmt: skip
    yield Feature(
        "kilometers_cut", "dense", "minimum(kilometers, 100.0)",
        "c.kilometers.clip(upper_bound=100.0)", "least(kilometers, 100::double)",
        "np.minimum(kilometers, 100.0)", "min(kilometers, 100.0)",
    )  # fmt: skip


def _of_the_request() -> Iterator[Feature]:
    def same(name: str, ours: str, polars: str, sql: str, python: str) -> Feature:
        return Feature(name, "dense", ours, polars, sql, f"np.full(rows, {python})", python)

    yield same("hour", 'now.hour("UTC")', "c.now.dt.hour()", "hour(now)", "now.hour")
    yield same(
        "weekend", 'now.is_weekend("UTC").to_float()',
        "(c.now.dt.weekday() >= 6).cast(pl.Float64)", "(isodow(now) >= 6)::double",
        "float(now.isoweekday() >= 6)",
    )  # fmt: skip
    yield same("events", "history.length()", "c.events", "events", "events")
    yield same(
        "categories", "history.map(e -> e.category).distinct_count()", "c.categories",
        "categories", "len(category_events)",
    )  # fmt: skip
    yield same(
        "brands", "history.map(e -> e.brand).distinct_count()", "c.brands", "brands",
        "len(brand_events)",
    )  # fmt: skip
    yield same(
        "spent_28d", "log1p(within(28).sum(e -> e.price))", "c.spent.log1p()", "ln(1 + spent)",
        "log1p(spent)",
    )  # fmt: skip
    yield same(
        "mean_paid", "history.map(e -> e.price).mean() ?? 0.0", "c.mean_paid", "mean_paid",
        "mean_paid",
    )  # fmt: skip
    yield same(
        "wishes", "log1p(wishlist.length())", "c.wishlist.list.len().log1p()",
        "ln(1 + len(wishlist))", "log1p(len(wishlist))",
    )  # fmt: skip
