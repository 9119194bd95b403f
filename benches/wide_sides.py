"""The sides of wide_program.py: a request and its candidates, and a function for each side.

What a side is given lies in the form that it likes best: frames for Polars, tables in memory and a
prepared statement for DuckDB, arrays and lists for NumPy, dicts for Python.
"""

from __future__ import annotations

import math
import warnings
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import mul
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa

from benches.side_by_side import require_close
from benches.wide_program import DAY, KEYS, WINDOWS, Feature

SECOND = 1_000_000
NOW = 1_775_000_000 * SECOND
EVENTS = 200
EARTH_RADIUS = 6371.0088
TIMESTAMP = pa.timestamp("us", tz="UTC")
# Of a key without events: how many in all and in each window, what was paid in 28 and 90 days and in
# all, and the last instant.
NO_EVENTS = (0, 0, 0, 0, 0, 0.0, 0.0, 0.0, math.nan)
WORDS = (
    "Wireless", "Pro", "Mini", "Set", "Blue", "Kids", "Steel", "Cotton", "Lamp", "Chair", "Bottle",
    "Socks", "Soap", "The", "And", "Alpha", "Garden", "Travel", "Large", "Soft",
)  # fmt: skip


def request_and_candidates(
    rows: int, seed: int = 20_261_122
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Return a request with 200 events, as a batch of one row, and ``rows`` candidates."""
    random = np.random.default_rng(seed)
    columns = _candidates(random, rows)
    candidates = pa.RecordBatch.from_pydict(columns)
    ages = np.sort(random.integers(0, 120 * DAY, EVENTS))[::-1]
    # Half of the events are of candidates, the others of anything.
    place = random.integers(0, rows, EVENTS)
    known = random.random(EVENTS) < 0.5
    history = [
        {
            "item": int(columns["item"][at].as_py() if near else random.integers(0, 2**40)),
            "category": columns["category"][at].as_py() if near else _name("category", random, 60),
            "brand": columns["brand"][at].as_py() if near else _name("brand", random, 120),
            "shop": int(columns["shop"][at].as_py() if near else random.integers(0, 5_000)),
            "price": round(float(np.exp(random.normal(3.0, 1.0))), 2),
            "at": NOW - int(age),
        }
        for at, near, age in zip(place.tolist(), known.tolist(), ages, strict=True)
    ]
    items = columns["item"].to_pylist()
    request = {
        "account": pa.array([4_711]),
        "city": pa.array(["Springfield"]),
        "device": pa.array(["phone"]),
        "segment": pa.array(["returning"]),
        "now": pa.array([NOW]).cast(TIMESTAMP),
        "latitude": pa.array([48.14]),
        "longitude": pa.array([11.58]),
        "interests": pa.array([[f"tag {i}" for i in range(0, 60, 3)] + ["category 2"]]),
        "favourites": pa.array([[f"brand {i}" for i in range(0, 30, 2)]]),
        "wishlist": pa.array([sorted({items[i % rows] for i in range(0, 300, 10)})]),
        "followed": pa.array([sorted({columns["shop"][i % rows].as_py() for i in range(15)})]),
        "taste": _map({f"category {i}": 1.0 / (i + 1) for i in range(25)}),
        "prices_paid": _map({f"brand {i}": 5.0 + i for i in range(40)}),
        "profile": _vectors(random, 1),
        "history": pa.array(
            [history],
            pa.list_(
                pa.struct(
                    [
                        ("item", pa.int64()), ("category", pa.string()), ("brand", pa.string()),
                        ("shop", pa.int64()), ("price", pa.float64()), ("at", TIMESTAMP),
                    ]
                )
            ),
        ),
    }  # fmt: skip
    return pa.RecordBatch.from_pydict(request), candidates


def _candidates(random: np.random.Generator, rows: int) -> dict[str, pa.Array]:
    items = random.choice(2**40, rows, replace=False)

    def lists(most: int, values: Callable[[int], Any]) -> pa.Array:
        sizes = random.integers(1, most + 1, rows)
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        # No list holds a value twice: every second value of those that follow a random one.
        starts = np.repeat(random.integers(0, 150, rows), sizes)
        steps = np.arange(offsets[-1]) - np.repeat(offsets[:-1], sizes)
        return pa.ListArray.from_arrays(pa.array(offsets), values(starts + 2 * steps))

    titles = [" ".join(random.choice(WORDS, random.integers(3, 8)).tolist()) for _ in range(rows)]
    money = np.exp(random.normal(3.0, 1.0, (2, rows))).round(2) + 0.01
    views = random.integers(0, 100_000, rows)
    instants = NOW - random.integers(0, 400 * DAY, (2, rows))
    return {
        "item": pa.array(items),
        "shop": pa.array(random.integers(0, 300, rows)),
        "views": pa.array(views),
        "clicks": pa.array(views // 40),
        "orders": pa.array(views // 900),
        "stock": pa.array(random.integers(0, 150, rows)),
        "price": pa.array(money[0]),
        "cost": pa.array(money[1]),
        "discount": pa.array(random.random(rows) * 0.5),
        "weight": pa.array(random.random(rows) * 4.0),
        "rating": pa.array(random.integers(10, 50, rows) / 10.0, mask=random.random(rows) < 0.05),
        "category": pa.array([_name("category", random, 40) for _ in range(rows)]),
        "brand": pa.array([_name("brand", random, 120) for _ in range(rows)]),
        "color": pa.array(random.choice(["red", "green", "blue", "black", "white"], rows)),
        "title": pa.array(titles),
        "shop_latitude": pa.array(random.normal(48.14, 0.3, rows)),
        "shop_longitude": pa.array(random.normal(11.58, 0.3, rows)),
        "released": pa.array(instants[0]).cast(TIMESTAMP),
        "sold": pa.array(instants[1]).cast(TIMESTAMP),
        "tags": lists(8, lambda x: pa.array([f"tag {i}" for i in x])),
        "related": lists(20, lambda x: pa.array(items[x % rows]) if rows > 400 else pa.array(x)),
        "embedding": _vectors(random, rows),
    }


def _name(kind: str, random: np.random.Generator, count: int) -> str:
    return f"{kind} {int(count * random.random() ** 2)}"


def _map(values: Mapping[str, float]) -> pa.Array:
    return pa.array([list(values.items())], pa.map_(pa.string(), pa.float64()))


def _vectors(random: np.random.Generator, rows: int) -> pa.Array:
    values = random.normal(0.0, 1.0, rows * 16).astype(np.float32)
    return pa.FixedSizeListArray.from_arrays(pa.array(values), 16)


def as_dict(request: pa.RecordBatch) -> dict[str, Any]:
    """Return the request as a server has it: a dict, with its maps as dicts."""
    row = request.to_pylist()[0]
    return row | {name: dict(row[name]) for name in ("taste", "prices_paid")}


def numpy_columns(candidates: pa.RecordBatch) -> dict[str, Any]:
    """Return numbers and instants as arrays, vectors as a matrix, and everything else as lists."""
    columns: dict[str, Any] = {}
    for field in candidates.schema:
        column = candidates[field.name]
        if pa.types.is_fixed_size_list(field.type):
            columns[field.name] = column.flatten().to_numpy().reshape(-1, 16)
        elif pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            columns[field.name] = column.to_numpy(zero_copy_only=False)
        elif pa.types.is_timestamp(field.type):
            columns[field.name] = column.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
        else:
            columns[field.name] = column.to_pylist()
    return columns


def polars_side(
    chosen: Sequence[Feature],
) -> Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]:
    """Return a function of the request, a frame of one row, and the candidates."""
    names = {"c": pl.col, "pl": pl, "timedelta": timedelta}
    expressions = [eval(f.polars, names).alias(f.name) for f in chosen]
    c = pl.col
    within = {days: c("at") >= c("now") - timedelta(days) for days in WINDOWS}
    habits = [
        pl.len().alias("events"),
        c("category").n_unique().alias("categories"),
        c("brand").n_unique().alias("brands"),
        c("price").filter(within[28]).sum().alias("spent"),
        c("price").mean().alias("mean_paid"),
        c("item").implode().alias("bought"),
    ]

    def by_key(key: str) -> list[pl.Expr]:
        return [
            pl.len().alias(f"{key}_n"),
            *(within[days].sum().alias(f"{key}_n{days}") for days in WINDOWS),
            *(c("price").filter(within[d]).sum().alias(f"{key}_s{d}") for d in (28, 90)),
            c("price").mean().alias(f"{key}_mean"),
            c("at").max().alias(f"{key}_last"),
        ]

    grouped = {key: by_key(key) for key in KEYS}
    a, b = c("latitude").radians(), c("shop_latitude").radians()
    turn = (c("shop_longitude") - c("longitude")).radians()
    chord = ((b - a) / 2.0).sin() ** 2 + a.cos() * b.cos() * (turn / 2.0).sin() ** 2
    kilometers = (2.0 * EARTH_RADIUS * chord.sqrt().arcsin()).alias("kilometers")

    def entries(user: pl.LazyFrame, column: str, key: str, value: str) -> pl.LazyFrame:
        pairs = user.select(c(column).map.entries()).explode(column).unnest(column)
        return pairs.rename({"key": key, "value": value})

    def run(request: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
        user = request.lazy()
        events = user.select("now", "history").explode("history").unnest("history")
        # A join with a frame of one row; literals would have to be made anew for each request.
        facts = pl.concat(
            [user.drop("history", "taste", "prices_paid"), events.select(habits)], how="horizontal"
        )
        joined = candidates.lazy().join(facts, how="cross", maintain_order="left")
        others = [(events.group_by(key).agg(values), key) for key, values in grouped.items()]
        others.append((entries(user, "taste", "category", "taste"), "category"))
        others.append((entries(user, "prices_paid", "brand", "paid"), "brand"))
        for other, key in others:
            joined = joined.join(other, key, "left", maintain_order="left")
        return joined.with_columns(kilometers).select(expressions).collect()

    return run


def duckdb_side(
    chosen: Sequence[Feature], request: pa.RecordBatch, candidates: pa.RecordBatch
) -> Callable[[], pa.Table]:
    """Return a function that writes the request to its table and runs the prepared query."""
    connection = duckdb.connect()
    connection.execute("set threads=1")
    connection.execute("set timezone='UTC'")
    for name, batch in (("incoming", request), ("source", candidates)):
        connection.register(name, pa.Table.from_batches([batch]))
    connection.execute("create table request as select * from incoming")
    connection.execute("create table candidates as select * from source")

    def by_key(key: str) -> str:
        counts = [f"count(*) filter (age <= {days * DAY}) as {key}_n{days}" for days in WINDOWS]
        sums = [
            f"coalesce(sum(price) filter (age <= {d * DAY}), 0) as {key}_s{d}" for d in (28, 90)
        ]
        rest = [f"avg(price) as {key}_mean", f'max("at") as {key}_last']
        columns = ", ".join([key, f"count(*) as {key}_n", *counts, *sums, *rest])
        return f"by_{key} as (select {columns} from events group by {key})"

    selected = ",\n".join(f"{f.sql} as {f.name}" for f in chosen)
    turn = "radians(shop_longitude - longitude)"
    latitudes = ["radians(latitude)", "radians(shop_latitude)"]
    chord = (
        f"pow(sin(({latitudes[1]} - {latitudes[0]}) / 2), 2) + cos({latitudes[0]})"
        f" * cos({latitudes[1]}) * pow(sin({turn} / 2), 2)"
    )
    query = f"""
        with unnested as (select now, unnest(history, max_depth := 2) from request),
        events as (select *, epoch_us(now) - epoch_us("at") as age from unnested),
        {", ".join(by_key(key) for key in KEYS)},
        habits as (
            select count(*) as events, count(distinct category) as categories,
                count(distinct brand) as brands, avg(price) as mean_paid,
                coalesce(sum(price) filter (age <= {28 * DAY}), 0) as spent
            from events
        ),
        users as (
            select * exclude (history), list_transform(history, lambda e: e.item) as bought
            from request cross join habits
        ),
        tastes as (select unnest(map_entries(taste), max_depth := 2) from request),
        paid as (select unnest(map_entries(prices_paid), max_depth := 2) from request),
        joined as (
            select candidates.*, users.*, by_item.* exclude (item),
                by_category.* exclude (category), by_brand.* exclude (brand),
                by_shop.* exclude (shop), tastes.value as category_taste,
                paid.value as paid_for_brand, {2 * EARTH_RADIUS} * asin(sqrt({chord})) as kilometers
            from candidates cross join users
                left join by_item using (item)
                left join by_category using (category)
                left join by_brand using (brand)
                left join by_shop using (shop)
                left join tastes on tastes.key = candidates.category
                left join paid on paid.key = candidates.brand
        )
        select {selected} from joined
    """
    connection.execute(f"prepare features as {query}")

    def run() -> pa.Table:
        connection.execute("delete from request")
        connection.execute("insert into request select * from incoming")
        # A prepared statement is a result of the connection, which its warning is about.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return connection.execute("execute features").to_arrow_table()

    return run


def _habits(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what NumPy and Python both compute of a request, in one pass over its events."""
    now = request["now"]
    moment = _microseconds(now)
    steps = [timedelta(days) for days in WINDOWS]
    tables: list[dict[Any, list[Any]]] = [{} for _ in KEYS]
    spent = paid = 0.0
    for event in request["history"]:
        age, price = now - event["at"], event["price"]
        inside = [age <= step for step in steps]
        at = _microseconds(event["at"])
        in_28, in_90 = price * inside[2], price * inside[3]
        spent += in_28
        paid += price
        for table, key in zip(tables, KEYS, strict=True):
            found = table.get(event[key])
            if found is None:
                table[event[key]] = [1, *inside, in_28, in_90, price, at]
                continue
            found[0] += 1
            found[1] += inside[0]
            found[2] += inside[1]
            found[3] += inside[2]
            found[4] += inside[3]
            found[5] += in_28
            found[6] += in_90
            found[7] += price
            found[8] = at  # The events are in the order of time.
    events = len(request["history"])
    return {
        **{name: request[name] for name in ("account", "city", "device", "segment", "now")},
        **{name: request[name] for name in ("latitude", "longitude", "taste", "prices_paid")},
        **{f"{key}_events": table for key, table in zip(KEYS, tables, strict=True)},
        "wishlist": request["wishlist"],
        "now_at": moment,
        "events": events,
        "spent": spent,
        "mean_paid": paid / events,
        "bought": {event["item"] for event in request["history"]},
        "interest_set": set(request["interests"]),
        "wish_set": set(request["wishlist"]),
        "wishlist_set": set(request["wishlist"]),
        "interests_set": set(request["interests"]),
        "favourites_set": set(request["favourites"]),
        "followed_set": set(request["followed"]),
        "norm": math.sqrt(sum(x * x for x in request["profile"])),
    }


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _function(name: str, names: Mapping[str, Any], lines: Sequence[str]) -> Callable[..., Any]:
    made: dict[str, Any] = dict(names)
    exec("\n".join(lines), made)
    function: Callable[..., Any] = made[name]
    return function


def _used(chosen: Sequence[str], lines: Mapping[str, str]) -> list[str]:
    """Return the lines whose names an expression or a later line needs, as a person would write."""
    kept: list[str] = []
    texts = list(chosen)
    for name, line in reversed(lines.items()):
        if any(name in text for text in texts):
            kept.insert(0, line)
            texts.append(line)
    return kept


def numpy_side(
    chosen: Sequence[Feature], columns: Sequence[str]
) -> Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]:
    """Return a function of the request, a dict, and the candidates' arrays and lists."""
    lines = {name: f"{name} = columns['{name}']" for name in columns}
    lines |= {"rows": "rows = len(columns['item'])"}
    lines |= {
        f"hash_{x}": f"hash_{x} = np.array([hash(v) for v in {x}])"
        for x in ("category", "brand", "color", "title")
    }
    lines |= {f"hash_{x}": f"hash_{x} = {x} * 0x9E3779B97F4A7C1" for x in ("item", "shop")}
    lines |= {
        f"of_{x}": f"of_{x} = np.array([{x}_events.get(v, NO_EVENTS) for v in {x}{tail}]).T"
        for x, tail in (
            ("item", ".tolist()"),
            ("category", ""),
            ("brand", ""),
            ("shop", ".tolist()"),
        )
    }
    lines |= {
        "lowered": "lowered = [x.lower() for x in title]",
        "rating_filled": "rating_filled = np.where(np.isnan(rating), 3.5, rating)",
        "released_age": f"released_age = (now_at - released.astype(np.int64)) / {DAY}",
        "sold_age": f"sold_age = (now_at - sold.astype(np.int64)) / {DAY}",
        "category_taste": "category_taste = np.array([taste.get(x, 0.0) for x in category])",
        "brand_paid": "brand_paid = np.array([prices_paid.get(x, 20.0) for x in brand])",
        "squares": "squares = np.einsum('ij,ij->i', embedding, embedding)",
        "kilometers": "kilometers = distance(latitude, longitude, shop_latitude, shop_longitude)",
    }
    texts = [feature.numpy for feature in chosen]
    body = [*_used(texts, lines), "return {", *(f"'{f.name}': {f.numpy}," for f in chosen), "}"]
    names = {"np": np, "NO_EVENTS": NO_EVENTS, "distance": _distance, "log1p": math.log1p}
    return _with_habits(body, names)


def _with_habits(body: Sequence[str], names: Mapping[str, Any]) -> Callable[..., Any]:
    """Return a function of a request and candidates in which the request's values are names."""
    user = list(_habits(_SMALL_REQUEST))
    lines = ["def run(request, columns):", "    user = habits(request)"]
    text = " ".join(body)
    lines += [f"    {name} = user['{name}']" for name in user if name in text]
    lines += ["    profile = np.asarray(request['profile'], np.float32)"] if "np" in names else []
    lines += [f"    {line}" for line in body]
    return _function("run", {**names, "habits": _habits}, lines)


_SMALL_REQUEST: dict[str, Any] = {
    **dict.fromkeys(("account", "city", "device", "segment", "latitude", "longitude")),
    **{name: [] for name in ("wishlist", "interests", "favourites", "followed", "profile")},
    "taste": {},
    "prices_paid": {},
    "now": datetime(1970, 1, 1, tzinfo=UTC),
    "history": [{"at": datetime(1970, 1, 1, tzinfo=UTC), "price": 1.0} | dict.fromkeys(KEYS, 0)],
}  # Names of the values are known without a real request.


def _distance(latitude: float, longitude: float, latitudes: Any, longitudes: Any) -> Any:
    a, b = math.radians(latitude), np.radians(latitudes)
    chord = (
        np.sin((b - a) / 2.0) ** 2
        + math.cos(a) * np.cos(b) * np.sin(np.radians(longitudes - longitude) / 2.0) ** 2
    )
    return 2.0 * EARTH_RADIUS * np.arcsin(np.sqrt(chord))


def _distance_of_one(latitude: float, longitude: float, other: float, along: float) -> float:
    a, b = math.radians(latitude), math.radians(other)
    chord = (
        math.sin((b - a) / 2.0) ** 2
        + math.cos(a) * math.cos(b) * math.sin(math.radians(along - longitude) / 2.0) ** 2
    )
    return 2.0 * EARTH_RADIUS * math.asin(math.sqrt(chord))


def python_side(
    chosen: Sequence[Feature], columns: Sequence[str]
) -> Callable[[Mapping[str, Any], Sequence[Mapping[str, Any]]], dict[str, list[Any]]]:
    """Return a function of the request and its candidates, both dicts."""
    lines = {name: f"{name} = row['{name}']" for name in columns}
    lines |= {f"of_{x}": f"of_{x} = {x}_events.get({x}, NO_EVENTS)" for x in KEYS}
    lines |= {
        "lowered": "lowered = title.lower()",
        "dot": "dot = sum(map(mul, profile, embedding))",
        "square": "square = sum(map(mul, embedding, embedding))",
        "kilometers": "kilometers = distance(latitude, longitude, shop_latitude, shop_longitude)",
    }
    fixed = [f for f in chosen if f.numpy.startswith("np.full(rows")]
    moving = [f for f in chosen if f not in fixed]
    texts = [feature.python for feature in moving]
    body = ["profile = request['profile']", "found = []", "for row in columns:"]
    body += [f"    {line}" for line in _used(texts, lines)]
    body += ["    found.append((", *(f"    {text}," for text in texts), "    ))"]
    body += [f"names = {[f.name for f in moving]}"]
    body += ["result = {name: list(v) for name, v in zip(names, zip(*found))}"]
    body += [f"result['{f.name}'] = [{f.python}] * len(columns)" for f in fixed]
    body += ["return result"]
    names = {
        "NO_EVENTS": NO_EVENTS, "distance": _distance_of_one, "log1p": math.log1p, "mul": mul,
        "sqrt": math.sqrt, "bisect_right": bisect_right, "one_day": timedelta(1),
        "days_7": timedelta(7), "days_30": timedelta(30),
    }  # fmt: skip
    return _with_habits(body, names)


def check(
    chosen: Sequence[Feature],
    expected: Mapping[str, Any],
    result: Mapping[str, Any],
    side: str,
    ordered: bool = True,
) -> None:
    """Compare a side's features with ours. Raises AssertionError where they differ.

    Without ``ordered`` each feature's values are sorted first: SQL gives rows in any order. Values of
    hashed features differ from side to side.
    """
    for feature in chosen:
        theirs = result[feature.name]
        if feature.hashed:
            if len(theirs) != len(expected[feature.name]):
                raise AssertionError(f"{side}: {feature.name}")
            continue
        ours = expected[feature.name]
        require_close(f"{side}: {feature.name}", theirs, ours, 2e-4, ordered)
