"""Some features of ``grocery.fx`` in plain Python, one request and one candidate at a time.

They are written from the descriptions of the features, not from the program, and share no code with
the project. A value of None means that the feature's own default is expected.
"""

from __future__ import annotations

import csv
import math
import re
import statistics
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

RESOURCES = Path(__file__).resolve().parents[2] / "dsl_grammar" / "examples" / "grocery"
ZONE = ZoneInfo("America/New_York")
DAY = timedelta(days=1)

Row: TypeAlias = dict[str, Any]


@cache
def vocabulary(name: str) -> dict[str, int]:
    """Return the ids of the words of a file: 1, 2, ... in the order of its lines."""
    lines = (RESOURCES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {line: number for number, line in enumerate(lines, start=1)}


@cache
def table(name: str) -> dict[str, dict[str, float]]:
    """Return the rows of a table file by their key, as it is written."""
    with (RESOURCES / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    key = next(iter(rows[0]))
    return {row.pop(key): {field: float(value) for field, value in row.items()} for row in rows}


def clip(value: float, low: float, high: float) -> float:
    """Keep a value between two others."""
    return min(max(value, low), high)


def share(part: float, whole: float, otherwise: float = 0.0) -> float:
    """Return part of whole, or something else where there is no whole."""
    return clip(part / whole, 0.0, 1.0) if whole else otherwise


def log_ratio(numerator: float, denominator: float, limit: float) -> float:
    """Return the logarithm of a ratio of which each side was raised by one."""
    return clip(math.log((numerator + 1.0) / (denominator + 1.0)), -limit, limit)


def last_days(row: Row, days: int) -> list[Row]:
    """Return the purchases of the days before the moment."""
    begin = row["now"] - days * DAY
    return [event for event in row["history"] if begin <= event["at"] < row["now"]]


def days_ago(row: Row, moments: list[datetime]) -> float:
    """Return the age of the latest moment in days; 365 where there is none."""
    return (row["now"] - max(moments)) / DAY if moments else 365.0


def mean_gap(moments: list[datetime]) -> float | None:
    """Return the mean days between moments in order, where there are two or more."""
    if len(moments) < 2:
        return None
    return (moments[-1] - moments[0]) / DAY / (len(moments) - 1)


def overdue(row: Row, moments: list[datetime], gap: float | None, usual: float) -> float | None:
    """Return the age of the last moment over a gap; None where the gap is zero."""
    age = (row["now"] - moments[-1]) / DAY if moments else 0.0
    gap = usual if gap is None else gap
    return clip(age / gap, 0.0, 8.0) if gap else None


def unit_prices(events: list[Row]) -> list[float]:
    """Return what was paid per unit, where units were counted."""
    return [event["sales_value"] / event["quantity"] for event in events if event["quantity"] > 0]


def saved(events: list[Row]) -> float:
    """Return the sum of all discounts."""
    names = ("retail_discount", "coupon_discount", "coupon_match_discount")
    return math.fsum(event[name] for event in events for name in names)


def paid(events: list[Row]) -> float:
    """Return the sum of what was paid."""
    return math.fsum(event["sales_value"] for event in events)


def request_features(row: Row) -> dict[str, Any]:
    """Compute features that read the request only."""
    history, now = row["history"], row["now"]
    local = now.astimezone(ZONE)
    month, quarter = last_days(row, 28), last_days(row, 90)
    taste = dict(row["taste"])
    moments = list(dict.fromkeys(event["at"] for event in history))
    digits = re.search("[0-9]+", row["income"] or "")
    size = (row["household_size"] or "2").replace("+", "")
    known = [name for name in ("age", "income", "home_ownership", "marital_status") if row[name]]
    known += [name for name in ("household_size", "household_comp", "kids_count") if row[name]]
    angle = (local.hour * 60 + local.minute) / 1440.0 * 2.0 * math.pi
    groups = ["19-24", "25-34", "35-44", "45-54", "55-64", "65+"]
    top = sorted(row["taste"], key=lambda entry: -entry[1])[:5]
    newest = list(
        dict.fromkeys(event["category"] for event in reversed(history) if event["category"])
    )
    weekdays = [moment.astimezone(ZONE).weekday() for moment in moments]
    prices = unit_prices(history)
    return {
        "age_group": groups.index(row["age"]) + 1 if row["age"] else 0,
        "income_thousands": math.log1p(float(digits[0])) if digits else -1.0,
        "household_members": float(size),
        "has_children": 0.5 if row["kids_count"] is None else float(row["kids_count"] != "0"),
        "owns_home": float("Homeowner" in (row["home_ownership"] or "")),
        "demographics_known": float(len(known)),
        "store_basket_value": table("stores").get(str(row["store"]), {}).get("mean_basket", 30.0)
        / 30.0,
        "store_traffic": math.log1p(row["store_visits_28d"]),
        "hour": local.hour,
        "weekend": float(local.weekday() >= 5),
        "day_cycle_sine": math.sin(angle),
        "day_cycle_cosine": math.cos(angle),
        "month_progress": clip((local.day - 1) / 30.0, 0.0, 1.0),
        "days_since_visit": math.log1p(days_ago(row, moments)),
        "visits_28d": float(len({event["basket"] for event in month})),
        "visit_overdue": overdue(row, moments, mean_gap(moments), 7.0),
        "spend_28d": math.log1p(paid(month)),
        "discount_share": share(saved(quarter), saved(quarter) + paid(quarter)),
        "private_share": share(sum(event["brand"] == "Private" for event in history), len(history)),
        "taste_entropy": -math.fsum(value * math.log(value) for value in taste.values()),
        "usual_price": statistics.median(prices) if prices else 0.0,
        "weekday_habit": share(weekdays.count(local.weekday()), len(moments), 0.14),
        "top_departments": [(vocabulary("departments").get(name, 0), value) for name, value in top],
        "last_categories": [vocabulary("categories").get(name, 0) for name in newest[:20]],
        "redemptions_90d": float(
            sum(now - 90 * DAY <= redeemed["at"] < now for redeemed in row["redemptions"])
        ),
    }


def candidate_features(row: Row, candidate: Row) -> dict[str, Any]:
    """Compute features that read the candidate, alone or with the request."""
    history, now = row["history"], row["now"]
    month, quarter = last_days(row, 28), last_days(row, 90)
    product, category = candidate["product"], candidate["category"]
    rates = table("category_rates").get(category, {})
    taste = dict(row["taste"])
    same = [event for event in history if event["product"] == product]
    alike = [event for event in history if event["category"] == category]
    bought_at = [event["at"] for event in same]
    basket = [event for event in history if event["basket"] == history[-1]["basket"]]
    prices = (candidate["store_price"], candidate["price"], rates.get("median_price"))
    price = next((value for value in prices if value is not None), None)
    usual = unit_prices(alike)
    bounds = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 20.0]
    coupons = set(candidate["coupon_campaigns"])
    mine = [each for each in row["campaigns"] if each["campaign"] in coupons]
    partners = {partner["product"]: partner["baskets"] for partner in candidate["bought_with"]}
    recent = Counter(event["product"] for event in month)
    words = re.sub("[^a-z0-9]+", " ", (candidate["description"] or "").lower()).split()
    paid_here, paid_anywhere = candidate["store_price"], candidate["price"]
    spent = math.fsum(e["sales_value"] for e in quarter if e["category"] == category)
    brand_hits = sum(event["brand"] == candidate["brand"] for event in alike)
    favourite = max(taste.values(), default=-1.0)
    profile, embedding = row["profile"], candidate["embedding"]
    return {
        "bought_next": float(candidate["bought"]),
        "category_id": vocabulary("categories").get(category, 0),
        "department_id": vocabulary("departments").get(candidate["department"], 0),
        "manufacturer_id": vocabulary("manufacturers").get(str(candidate["manufacturer"]), 0),
        "is_private": float(candidate["brand"] == "Private"),
        "description_text": " ".join(words),
        "product_embedding": embedding,
        "price_log": math.log1p(price or 0.0),
        "price_bucket": sum(price >= bound for bound in bounds) if price is not None else 0,
        "price_to_category": log_ratio(price or 0.0, rates.get("median_price", 2.0), 4.0),
        "price_to_elsewhere": clip(paid_here / paid_anywhere, 0.25, 4.0)
        if paid_here is not None and paid_anywhere
        else 1.0,
        "price_to_habit": log_ratio(
            price or 0.0, statistics.median(usual) if usual else price or 0.0, 2.0
        ),
        "on_display": float(candidate["display"] not in (None, "0")),
        "in_mailer": float(candidate["mailer"] not in (None, "0")),
        "has_coupon": float(bool(mine)),
        "coupon_days_left": min((each["ends"] - now) / DAY for each in mine) if mine else -1.0,
        "redeemed_here": float(any(each["campaign"] in coupons for each in row["redemptions"])),
        "popularity": math.log1p(candidate["baskets_28d"]),
        "trend": log_ratio(candidate["baskets_7d"] * 4, candidate["baskets_28d"], 3.0),
        "store_rate": (candidate["store_baskets_28d"] + 0.008 * 200.0)
        / (row["store_visits_28d"] + 200.0),
        "loyalty": candidate["baskets_28d"] / candidate["households_28d"]
        if candidate["households_28d"]
        else 1.0,
        "freshness": 0.5 ** ((now - candidate["last_sold"]) / (7 * DAY))
        if candidate["last_sold"]
        else 0.0,
        "category_repeat_rate": rates.get("repeat_rate", 0.0),
        "product_count": math.log1p(len(same)),
        "product_count_28d": float(recent[product]),
        "days_since_product": math.log1p(days_ago(row, bought_at)),
        "product_due": overdue(row, bought_at, mean_gap(bought_at), 30.0),
        "in_last_basket": float(any(event["product"] == product for event in basket)),
        "category_count_28d": float(sum(event["category"] == category for event in month)),
        "days_since_category": math.log1p(days_ago(row, [event["at"] for event in alike])),
        "category_faded": math.fsum(0.5 ** ((now - event["at"]) / (14 * DAY)) for event in alike),
        "category_variety": float(len({event["product"] for event in alike})),
        "category_spend_share": share(spent, paid(quarter)),
        "brand_in_category": (brand_hits + 0.5 * 4.0) / (len(alike) + 4.0),
        "department_taste": taste.get(candidate["department"], 0.0),
        "favourite_department": float(taste.get(candidate["department"]) == favourite),
        "similarity": math.fsum(x * y for x, y in zip(profile, embedding, strict=True))
        / math.hypot(*profile)
        / math.hypot(*embedding)
        if profile
        else 0.0,
        "profile_distance": math.dist(profile, embedding) if profile else 2.0,
        "partners_in_last_basket": float(len(partners.keys() & {e["product"] for e in basket})),
        "partner_strength": math.log1p(
            sum(baskets * recent[partner] for partner, baskets in partners.items())
        ),
    }
