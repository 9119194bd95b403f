"""Programs beside those of the pages, for the rules about values, time and hashing."""

from __future__ import annotations

from pathlib import Path

import pytest
from feature_extractor.lint import all_rules, lint_paths, moments, ranges, texts
from feature_extractor.lint.rules.correctness.fx203_unused_default import TOTAL
from feature_extractor.lint.rules.hashing.fx402_crowded_hash import expected_buckets
from feature_extractor.lint.run import lint_programs
from feature_extractor.registry import load_registry
from rule_pages import lint_text, linted

INPUTS = """
input request {
    now: timestamp
    user: string
    locale: string?
    history: list<{movie: int, brand: string, at: timestamp}>
    visits: list<timestamp>
    trips: list<{city: string, departs: timestamp}>
    concerts: list<{city: string, at: timestamp}>
    zip_code: string
    last_login: timestamp
    spans: list<{city: string, at: timestamp, ends: timestamp}>
    taste: map<string, float>
    scores: map<int, float>
    kids: string?
    lat, lng: float
}
input candidate {
    movie: int
    sku: int?
    views, clicks: int
    price: float
    fee_usd: float?
    brand, title: string
    tags: list<string>
    created_ms, updated_s: int
    watch_minutes, age_days, trial_days, clicks_last_24_hours: int
    last_sold: timestamp?
    released: timestamp
    shop_lat, shop_lng: float
    clicked: bool
}
"""

NOTHING: list[str] = []
WITHIN = "visits.count(t -> t < now and t >= "
KEEPS = "visits.filter(t -> t < now and t >= "
POSTS = """
input request { user_id: int, posts: list<{topic_id: int, author_id: int, root_id: int, sku_id: int}> }
input candidate { topic_id, shop_id: int, author_id: int }
"""
MONEY = "input candidate { a_usd, b_eur, c_km, d_miles: float }\n"
LATER = "input candidate { opened: timestamp? }\n"
ASKS = "feature y : label = if opened.is_not_null() then 1 else 0\n"
DELAY = "feature y : label = (opened - released) / 1h ?? 0.0\n"
FOLDS = """
input request { online: bool }
input candidate { category: string }
resource click_means = fit.target_mean(category, target = clicked, fold_key = user, folds = 5)
"""
FULL, OUT = "click_means.value(category)", "click_means.out_of_fold(category)"
DAY = 'let day = now.day_of_week("UTC")\n'
HASHED = "feature a : id(9) = brand.hash_bucket(9)\n"
BRANDS = "feature b : ids(9) = history.map(e -> e.brand.hash_bucket(9))"
MOVIES = "feature b : ids(9) = history.map(e -> e.movie.hash_bucket(9))"
LABEL = "feature y : label = clicked\n"
CASES = [
    # FX223 compares names with windows.
    ("FX223", f"feature a_7d : dense = {WITHIN}now - 7d)", NOTHING),
    ("FX223", f"feature a_7d : dense = {WITHIN}now - 168h)", NOTHING),
    ("FX223", f"feature a_7d : dense = {WITHIN}now - 30d)", ["a_7d"]),
    ("FX223", f"feature a_1w : dense = {WITHIN}now - 30d)", ["a_1w"]),
    ("FX223", f"feature a_24_hours : dense = {WITHIN}now - 2d)", ["a_24_hours"]),
    ("FX223", f"feature a_3m : dense = {WITHIN}now - 90d)", NOTHING),
    ("FX223", f"feature a_1d_per_7d : dense = {WITHIN}now - 30d)", NOTHING),
    ("FX223", "feature a_7d : dense = visits.length()", NOTHING),
    ("FX223", "feature a_7d : dense = visits.count(t -> t < now)", NOTHING),
    ("FX223", f"feature a_24_hours : dense = clicks_last_24_hours / ({WITHIN}now - 2d) + 1)", NOTHING),
    ("FX223", f"let past_day = {KEEPS}now - 1d)\nfeature a : dense = past_day.length()", NOTHING),
    ("FX223", f"let past_day = {KEEPS}now - 1h)\nfeature a : dense = past_day.length()", ["past_day"]),
    (
        "FX223",
        f"let all_30d = {KEEPS}now - 30d)\nfeature a_7d : dense = all_30d.count(t -> t >= now - 7d)",
        NOTHING,
    ),
    (
        "FX223",
        f"let all_30d = {KEEPS}now - 30d)\nfeature a_7d : dense = all_30d.length()",
        ["a_7d"],
    ),
    # FX224 and FX225 compare names with each other.
    ("FX224", f"{POSTS}feature a : dense = posts.count(e -> e.topic_id == shop_id)", ["topic_id"]),
    ("FX224", f"{POSTS}feature a : dense = posts.count(e -> shop_id == e.topic_id)", ["topic_id"]),
    ("FX224", f"{POSTS}feature a : dense = posts.count(e -> e.topic_id == topic_id)", NOTHING),
    ("FX224", f"{POSTS}feature a : dense = posts.count(e -> e.author_id == user_id)", NOTHING),
    ("FX224", f"{POSTS}feature a : dense = posts.count(e -> e.root_id == topic_id)", NOTHING),
    ("FX224", f"{POSTS}feature a : dense = posts.count(e -> e.sku_id == topic_id)", ["`topic_id`"]),
    ("FX224", f"{POSTS}feature a : dense = posts.count(e -> e.sku_id == shop_id)", NOTHING),
    ("FX225", f"{MONEY}feature a : dense = a_usd + b_eur", ["a_usd + b_eur"]),
    ("FX225", f"{MONEY}feature a : dense = a_usd + b_eur * 1.1", NOTHING),
    ("FX225", f"{MONEY}feature a : dense = a_usd / b_eur", NOTHING),
    ("FX225", f"{MONEY}feature a : dense = a_usd + fee_usd ?? 0.0", NOTHING),
    ("FX225", f"{MONEY}feature a : dense = (fee_usd ?? 0.0) - b_eur.round()", ["fee_usd ?? 0.0"]),
    ("FX225", f"{MONEY}feature a : dense = a_usd + c_km", NOTHING),
    ("FX225", f"{MONEY}feature a : dense = minimum(c_km, d_miles)", ["minimum"]),
    # FX301 takes a moment for an outcome where the label asks whether there is one.
    ("FX301", f"{LATER}{ASKS}feature a : dense = (opened - released) / 1h ?? 0.0", ["opened"]),
    ("FX301", f"{LATER}{DELAY}feature a : dense = (opened - released) / 1h ?? 0.0", NOTHING),
    # FX705 takes a window from a name.
    ("FX705", "feature visits_7d : dense = trips.length()", ["visits_7d"]),
    ("FX705", "feature visits_7d : dense = visits.length()", NOTHING),
    ("FX705", "feature visits_7d : dense = price", NOTHING),
    ("FX705", "feature views_7d : dense = trips.length()", NOTHING),
    # FX226 looks at counts as they are.
    ("FX226", "feature a : dense = clicks / views ?? 0.0", ["clicks / views"]),
    ("FX226", "feature a : dense = ratio(clicks, views) ?? 0.0", ["ratio(clicks, views)"]),
    ("FX226", "feature a : dense = views / clicks ?? 0.0", NOTHING),
    ("FX226", "feature a : dense = clicks / (views + 1)", NOTHING),
    ("FX226", "feature a : dense = price / views", NOTHING),
    # FX313 and FX314 read how folds are asked for.
    ("FX313", f"{FOLDS}feature a : dense = {FULL}\nfeature b : dense = {OUT}", NOTHING),
    ("FX313", f"{FOLDS}feature a : dense = {FULL} + {FULL}", ["click_means.value"]),
    ("FX313", f"{FOLDS}feature a : dense = price", NOTHING),
    ("FX313", f"{FOLDS}let old = {FULL}\nfeature a : dense = old", ["click_means.value"]),
    ("FX313", f"{FOLDS}feature a : dense = if online then {FULL} else {OUT}", NOTHING),
    ("FX313", f"{FOLDS}feature a : dense = if online then {OUT} else {FULL}", ["if online"]),
    ("FX313", f"{FOLDS}feature a : dense = if not online then {FULL} else {OUT}", ["if not"]),
    ("FX313", f"{FOLDS}feature a : dense = if price > 1 then {FULL} else {OUT}", NOTHING),
    ("FX314", f"{FOLDS}feature a : dense = {FULL}", NOTHING),
    # FX222 works out on which days a condition holds.
    ("FX222", f"{DAY}feature a : dense = if day == 1 or day == 7 then 1 else 0", ["day == 1 or"]),
    ("FX222", f"{DAY}feature a : dense = if not (day in [1, 7]) then 1 else 0", ["not (day"]),
    ("FX222", f"{DAY}feature a : dense = if day >= 2 and day <= 6 then 1 else 0", ["day >= 2"]),
    ("FX222", f"{DAY}feature a : dense = if day == 1 then 1 else 0", NOTHING),
    ("FX222", f"{DAY}feature a : dense = if day >= 5 then 1 else 0", NOTHING),
    ("FX222", f"{DAY}feature weekend : dense = if day > 4 then 1 else 0", ["day > 4"]),
    ("FX222", f"{DAY}feature weekend : dense = if day > 5 then 1 else 0", NOTHING),
    ("FX222", f"{DAY}feature weekend : dense = if day > movie then 1 else 0", NOTHING),
    ("FX222", f"{DAY}feature weekend : dense = if day - 1 in [5, 6] then 1 else 0", NOTHING),
    (
        "FX222",
        f"{DAY}let is_weekend = day in [5, 6, 7]\nfeature a : dense = if is_weekend then price else 0",
        ["day in [5, 6, 7]"],
    ),
    (
        "FX222",
        f"{DAY}feature a : dense = if day in [1, 7] then 1 else 0\nfeature b : dense = if day in [1, 7] then 2 else 0",
        ["day in [1, 7]"],
    ),
    (
        "FX222",
        f"{DAY}feature a : dense = if day == 2 then 1 else 0\nfeature b : dense = if day in [7, 1] then 2 else 0",
        ["day in [7, 1]"],
    ),
    # FX203 looks for what cannot be null even where an input is.
    ("FX203", "feature a : dense = views ?? 0", NOTHING),
    ("FX203", "feature a : dense = (sku ?? 0) + 1 ?? 0", NOTHING),
    ("FX203", "feature a : dense = sku ?? 0 ?? 1", ["sku ?? 0 ?? 1"]),
    ("FX203", "feature a : dense = views.is_null().to_float()", NOTHING),
    ("FX203", "feature a : dense = history.filter(e -> (e.movie ?? 0) > 1).length()", NOTHING),
    ("FX203", "feature a : dense = tags.count(t -> ((t ?? \"\") ?? \"x\") > \"a\")", ['(t ?? "") ?? "x"']),
    # What stands in a function may be needed by another call of it.
    ("FX203", "let f(x) = x ?? 0\nfeature a : dense = f(sku ?? 1) + f(sku)", NOTHING),
    ("FX203", "feature a : dense = tags.or_empty().or_empty().length()", ["or_empty().or_empty()"]),
    ("FX203", "feature a : dense = (if clicked then 1 else 2) ?? 3", ["if clicked"]),
    ("FX203", "feature a : dense = (if clicked then sku else 2) ?? 3", NOTHING),
    ("FX203", "feature a : dense = maximum(sku, 3) ?? 3", ["maximum(sku, 3) ?? 3"]),
    ("FX204", "feature a : dense(default = -1.0) = sku ?? -1", NOTHING),
    ("FX204", "feature a : dense(default = -1.0) = sku ?? 0", ["a"]),
    ("FX204", "feature a : dense(default = -1.0) = (sku ?? 0) + 1", NOTHING),
    ("FX204", 'feature a : text(default = "x") = locale ?? "y"', ["a"]),
    ("FX204", "feature a : id(9, default = 8) = sku ?? 0", ["a"]),
    ("FX205", "feature a : dense = sku ?? 24 * 60", NOTHING),
    ("FX205", "feature a : dense = sku ?? 2 ** 20 - 1", NOTHING),
    ("FX205", "feature a : dense = fee_usd ?? 1.0 / price", NOTHING),
    ("FX205", "feature a : dense = fee_usd ?? price * 2.0", NOTHING),
    ("FX205", "feature a : dense = fee_usd ?? (0.0 + 1.0)", NOTHING),
    ("FX205", "feature a : dense = fee_usd ?? 0.0 + 1.0", ["0.0 + 1.0"]),
    ("FX205", "feature a : dense = sku ?? 1 - 1", ["1 - 1"]),
    ("FX205", "feature a : dense = sku ?? 0 // views", ["0 // views"]),
    ("FX206", "feature a : dense = log(views + 1)", NOTHING),
    ("FX206", "feature a : dense = log(maximum(views, 1))", NOTHING),
    ("FX206", "feature a : dense = if views > 0 then log(views) else -1.0", NOTHING),
    ("FX206", "feature a : dense(default = -1.0) = log(views)", NOTHING),
    ("FX206", "feature a : dense = log(price)", NOTHING),
    ("FX206", "feature a : dense = (log2(views) + 1.0) / 2.0", ["a"]),
    ("FX206", "feature a : dense = tags.map(t -> log(t.length())).sum()", NOTHING),
    ("FX206", "let f(n) = log10(n) * 2.0\nfeature a : dense = f(tags.length())", ["a"]),
    ("FX206", "feature a : dense = log(history.count(e -> e.movie == movie))", ["a"]),
    ("FX207", "feature a : dense = (fee_usd * 100).floor() ?? 0", ["floor"]),
    ("FX207", "feature a : dense = (100.0 * price).trunc()", ["trunc"]),
    ("FX207", "feature a : dense = (price * 10.0).floor()", NOTHING),
    ("FX207", "feature a : dense = (lat * 100.0).floor()", NOTHING),
    ("FX207", "feature a : dense = (price * 100.0).round()", NOTHING),
    ("FX207", "let cents(x) = (x * 100).to_int()\nfeature a : dense = cents(price)", ["to_int"]),
    ("FX208", 'feature a : dense = (kids >= "2010") .to_float() ?? 0.0', NOTHING),
    ("FX208", 'feature a : dense = if kids > "a" then 1 else 0', NOTHING),
    ("FX208", 'feature a : dense = if "5" < kids then 1 else 0', ['"5" < kids']),
    ("FX208", 'feature a : dense = if kids.between("1", "12") then 1 else 0', ["between"]),
    ("FX208", 'feature a : dense = if kids == "3" then 1 else 0', NOTHING),
    (
        "FX208",
        "feature a : dense = if views.to_string() > clicks.to_string() then 1 else 0",
        ["views.to_string() > clicks.to_string()"],
    ),
    ("FX209", "feature a : dense = created_ms / 1000 - updated_s", NOTHING),
    ("FX209", "feature a : dense = created_ms - updated_s", NOTHING),
    ("FX209", "feature a : dense = created_ms - now.to_unix_seconds()", ["milliseconds"]),
    ("FX209", "feature a : dense = created_ms // 1000 - now.to_unix_seconds()", NOTHING),
    ("FX209", "feature a : dense = watch_minutes * 60 + (now - released).total_seconds()", NOTHING),
    ("FX209", "feature a : dense = watch_minutes + (now - released).total_seconds()", ["minutes"]),
    ("FX209", "feature a : dense = trial_days - watch_minutes", NOTHING),
    ("FX209", "feature a : dense = clicks_last_24_hours - age_days", NOTHING),
    ("FX209", "feature a : dense = age_days * 24 - (now - released).total_hours()", NOTHING),
    ("FX209", "feature a : dense = (now - from_unix_milliseconds(created_ms)) / 1d", NOTHING),
    ("FX209", "feature a : dense = (now - from_unix_milliseconds(created_ms // 1000)) / 1d", ["seconds"]),
    ("FX209", "feature a : dense = if created_ms < 1700000000 then 1 else 0", ["milliseconds"]),
    ("FX209", "feature a : dense = if created_ms < 1700000000000 then 1 else 0", NOTHING),
    ("FX209", "feature a : dense = if views < 1700000000 then 1 else 0", NOTHING),
    ("FX210", "feature a : dense = if views > 5 and views < 5 then 1 else 0", ["no value"]),
    ("FX210", "feature a : dense = if views >= 5 and views <= 5 then 1 else 0", NOTHING),
    ("FX210", "feature a : dense = if 5 < views and views < clicks then 1 else 0", NOTHING),
    ("FX210", "feature a : dense = if views + 2 < clicks and clicks < views then 1 else 0", ["no value"]),
    ("FX210", "feature a : dense = if views < 3 and clicked and views > 9 then 1 else 0", ["no value"]),
    ("FX210", "feature a : dense = if price > 9 and views < 3 then 1 else 0", NOTHING),
    ("FX210", "feature a : dense = if now.between(now, now - 1d) then 1 else 0", ["between"]),
    ("FX210", "feature a : dense = views.clip(0, clicks)", NOTHING),
    ("FX210", "feature a : dense = price.valid_range(1.0, 0.0) ?? 0.0", ["valid_range"]),
    ("FX210", "let f(x, a, b) = x > a and x < b\nfeature a : dense = f(views, 9, 3).to_float()", ["no value"]),
    ("FX211", "feature a : dense = haversine_distance(lat, lng, shop_lat, shop_lng)", NOTHING),
    ("FX211", "feature a : dense = haversine_distance(lat, shop_lat, lng, shop_lng)", ["haversine_distance"]),
    ("FX211", "feature a : dense = haversine_distance(lat, lng, 116.4, 39.9)", ["haversine_distance"]),
    ("FX211", "feature a : dense = geohash_encode(longitude = lng, latitude = lat, precision = 5).length()", NOTHING),
    ("FX211", "feature a : text = geohash_encode(lng ?? 0.0, lat ?? 0.0, 5)", ["geohash_encode"]),
    ("FX212", 'feature a : dense = now.hour("UTC").cyclic_sin(12.0)', NOTHING),
    ("FX212", 'feature a : dense = now.hour("UTC").cyclic_cos(23.0)', ["hour"]),
    ("FX212", 'feature a : dense = (now.month("UTC") - 1).cyclic_sin(11.0)', ["month"]),
    ("FX212", 'feature a : dense = now.day_of_week("UTC").cyclic_sin(6.0)', ["day_of_week"]),
    ("FX212", 'feature a : dense = sin(now.hour("UTC") / 23.0 * 6.283185)', ["hour"]),
    ("FX212", 'feature a : dense = sin(now.hour("UTC") / 24.0 * 6.283185)', NOTHING),
    ("FX212", 'feature a : dense = sin(now.hour("UTC") * 3.1416 / 12.0)', NOTHING),
    ("FX212", 'feature a : dense = now.day_of_year("UTC").cyclic_sin(365.25)', NOTHING),
    ("FX213", 'feature a : id(24) = now.hour("UTC")', NOTHING),
    ("FX213", 'feature a : id(12) = now.month("UTC")', ["a"]),
    ("FX213", 'feature a : id(12) = now.month("UTC") - 1', NOTHING),
    ("FX213", 'feature a : id(31) = now.day("UTC") % 31', NOTHING),
    ("FX213", "feature a : id(10) = views.clip(0, 10)", ["a"]),
    ("FX213", "feature a : id(11) = views.clip(0, 10)", NOTHING),
    ("FX213", "feature a : id(10) = sku ?? 10", ["a"]),
    ("FX213", "feature a : id(10) = sku ?? views", NOTHING),
    ("FX213", "feature a : id(10) = movie.hash()", ["a"]),
    ("FX213", "feature a : id(10) = movie.hash_bucket(20)", NOTHING),
    ("FX213", "feature a : id(10) = movie.hash_bucket(5) * 3", ["a"]),
    ("FX213", 'let i = ["x", "y"].index_of(brand) ?? -1\nfeature a : id(3) = if i < 0 then 2 else i', NOTHING),
    ("FX213", 'feature a : ids(9) = tags.map(t -> ["x", "y"].index_of(t) ?? -1)', ["a"]),
    ("FX213", 'feature a : ids(9) = tags.map(t -> ["x", "y"].index_of(t) ?? -1).filter(i -> i >= 0)', NOTHING),
    ("FX213", "feature a : id(4) = views // 10 - views // 20", NOTHING),
    ("FX213", "feature a : id(9) = [7, 8].max() ?? 0", NOTHING),
    ("FX213", "feature a : id(9) = sku ?? -1", ["a"]),
    ("FX213", "feature a : ids(9) = history.map(e -> if e.movie > 5 then 9 else e.movie)", ["a"]),
    ("FX214", 'feature a : dense = (brand.lower() != "apple").to_float()', NOTHING),
    ("FX214", 'feature a : dense = ("Apple" == brand.lower()).to_float()', ["lower"]),
    ("FX214", 'feature a : dense = if brand.lower() in ["apple", "Pear"] then 1 else 0', ["Pear"]),
    ("FX214", 'feature a : dense = title.upper().contains("sale").to_float()', ["upper"]),
    ("FX214", 'feature a : dense = if (locale.lower() ?? "None") == "None" then 1 else 0', NOTHING),
    ("FX214", 'feature a : dense = if (locale.lower() ?? "none") == "None" then 1 else 0', ["lower"]),
    ("FX214", 'feature a : dense = tags.map(t -> t.lower()).distinct().count(t -> t == "New")', ["lower"]),
    ("FX214", 'feature a : dense = title.lower().tokenize().contains("New").to_float()', ["lower"]),
    ("FX214", 'feature a : dense = title.characters().count_value("ab")', ["characters"]),
    ("FX214", 'feature a : dense = title.character_ngrams(3).count_value("abc")', NOTHING),
    ("FX214", 'feature a : dense = (brand.trim() == " x").to_float()', ["trim"]),
    ("FX214", 'feature a : dense = brand.trim().contains(" x").to_float()', NOTHING),
    ("FX214", 'feature a : dense = (brand.lower().upper() == "X").to_float()', NOTHING),
    ("FX214", 'feature a : dense = brand.one_hot(["A", "b"])', NOTHING),
    ("FX214", 'feature a : dense = brand.lower().one_hot(["A", "b"])', ["lower"]),
    ("FX214", 'feature a : dense = (brand.lower().replace("x", "X") == "X").to_float()', NOTHING),
    ("FX215", 'feature a : dense = now.hour("Etc/GMT")', NOTHING),
    ("FX215", 'feature a : dense = now.hour("Etc/GMT-1")', ["UTC+1"]),
    ("FX215", 'let zone = "MST"\nfeature a : text = now.format_time("%H", zone)', ["MST"]),
    ("FX216", "feature a : dense = (price / 2.0 == 0.5).to_float()", NOTHING),
    ("FX216", "feature a : dense = (price == fee_usd).to_float() ?? 0.0", NOTHING),
    ("FX216", "feature a : dense = (price * 1.1 == fee_usd).to_float() ?? 0.0", ["floats"]),
    ("FX216", "feature a : dense = if price in [0.5, 0.7] then 1 else 0", ["floats"]),
    ("FX216", "feature a : dense = if views == 3 then 1 else 0", NOTHING),
    # FX303 and FX305: the future, and the very time of the request.
    ("FX303", "feature a : dense = history.count(e -> e.at < now)", NOTHING),
    ("FX303", "feature a : dense = history.count(e -> not (e.at > now))", NOTHING),
    ("FX303", "feature a : dense = history.none(e -> e.at > now).to_float()", NOTHING),
    ("FX303", "feature a : dense = history.count(e -> e.at + 1h > now)", NOTHING),
    ("FX303", "feature a : dense = history.count(e -> e.at - 1h > now)", ["a"]),
    ("FX303", "feature a : dense = history.count(e -> e.at > now - 1h and e.at <= now + 1h)", ["a"]),
    ("FX303", "feature a : dense = history.count(e -> e.at <= now + 1h and e.at <= now)", NOTHING),
    ("FX303", "feature a : dense = history.count(e -> total_days(now - e.at) < 0.0)", ["a"]),
    ("FX303", "feature a : dense = history.count(e -> total_days(now - e.at) < 7.0)", NOTHING),
    ("FX303", "feature a : dense = history.count(e -> e.at - now > 0s)", ["a"]),
    ("FX303", "feature a : dense = trips.count(t -> t.departs > now)", NOTHING),
    ("FX303", "feature a : dense = spans.count(t -> t.at > now)", NOTHING),
    ("FX303", "feature a : dense = visits.filter(t -> t > now).length()", ["a"]),
    ("FX303", "feature a : dense = history.map(e -> e.at).sort().filter(t -> t > now).length()", ["a"]),
    ("FX303", "feature a : dense = history.count(e -> e.at > released)", NOTHING),
    ("FX303", "feature a : label = history.count(e -> e.at > now)", NOTHING),
    ("FX303", "let f(xs, t) = xs.filter(x -> x.at > t)\nfeature a : dense = f(history, now).length()", ["a"]),
    ("FX304", "feature a : dense = history.sum(e -> decay(now - e.at, 7d))", NOTHING),
    ("FX304", "feature a : dense = decay(last_sold - now, 7d) ?? 0.0", ["decay"]),
    ("FX304", "feature a : dense = decay(released - now, 7d)", NOTHING),
    ("FX304", "feature a : dense = trips.map(t -> decay(t.departs - now, 7d)).max() ?? 0.0", NOTHING),
    ("FX304", "feature a : dense = maximum((last_sold - now) / 1d, 0.0)", ["maximum"]),
    ("FX304", "feature a : dense = ((last_sold - now) / 1d) ?? 0.0", NOTHING),
    ("FX304", 'feature a : dense = date_diff(now, last_sold, "UTC") ?? 0', ["date_diff"]),
    ("FX304", 'feature a : dense = date_diff(last_sold, now, "UTC") ?? 0', NOTHING),
    ("FX304", "feature a : dense = (history.last().at - now).total_days().log1p() ?? 0.0", ["log1p"]),
    ("FX304", "feature a : id(5) = total_hours(visits.max() - now).bucketize([1.0, 9.0]) ?? 0", ["bucketize"]),
    ("FX305", "feature a : dense = history.count(e -> e.at <= now)", NOTHING),
    ("FX305", LABEL + "feature a : dense = history.count(e -> e.at <= now)", ["a"]),
    ("FX305", LABEL + "feature a : dense = history.count(e -> e.at <= now and e.at < now)", NOTHING),
    ("FX305", LABEL + "feature a : dense = history.count(e -> now - e.at >= 0s)", ["a"]),
    ("FX305", LABEL + "feature a : dense = history.count(e -> e.at <= now - 1h)", NOTHING),
    ("FX306", 'feature a : text = taste.entries().sort_by(e -> e.value).first().key ?? ""', NOTHING),
    ("FX306", 'feature a : text = taste.top_n(1).keys().first() ?? ""', NOTHING),
    ("FX306", "feature a : dense = tags.count_values().values().first() ?? 0", NOTHING),
    ("FX306", "feature a : dense = taste.values().filter(v -> v > 0.5).take_first(3).sum()", ["taste"]),
    ("FX306", 'feature a : text = taste.keys().sort().join(" ")', NOTHING),
    ("FX306", 'feature a : text = taste.keys().join(" ")', ["taste"]),
    ("FX306", "feature a : weighted(9) = scores", NOTHING),
    ("FX306", "feature a : ids(9, max = 3) = taste.keys().hash_bucket(9)", ["taste"]),
    ("FX306", "feature a : dense = taste.values().max() ?? 0.0", NOTHING),
    ("FX307", 'feature a : dense = (now > t"2026-01-01").to_float()', NOTHING),
    ("FX307", 'feature a : dense = log1p((now - t"2026-01-01") / 1d)', ["a"]),
    ("FX307", 'feature a : dense = history.count(e -> e.at - t"2026-01-01" > 1d)', NOTHING),
    ("FX307", 'feature a : dense = decay(t"2026-01-01" - released, 7d)', ["a"]),
    ("FX208", 'feature a : dense = if zip_code >= "90000" then 1 else 0', NOTHING),
    ("FX303", "feature a : dense = concerts.count(c -> c.at > now)", NOTHING),
    ("FX303", "let soon(xs) = xs.filter(x -> x.at > now - 1d)\nfeature a : dense = soon(concerts).length()", NOTHING),
    ("FX404", 'resource w = vocabulary("w.txt")\nfeature a : id(200) = w.lookup(locale) ?? 199', NOTHING),
    ("FX404", 'resource w = vocabulary("w.txt")\nfeature a : id(200) = w.lookup(locale) ?? 1', ["first word"]),
    ("FX202", "feature a : weighted(9) = tags.map(t -> {id: t.hash_bucket(10), weight: 1.0})", ["a"]),
    ("FX202", "feature a : ids(9) = tags.distinct().hash_bucket(10).take_first(3)", ["a"]),
    ("FX202", "feature a : ids(9) = tags.hash_bucket(10).filter(i -> i < 9)", NOTHING),
    ("FX213", "feature a : weighted(9) = tags.map(t -> {id: t.length().clip(0, 9), weight: 1.0}).take_first(3)", ["a"]),
    ("FX213", "feature a : weighted(9) = tags.map(t -> {id: t.length().clip(0, 8), weight: 9.0})", NOTHING),
    ("FX213", "feature a : weighted(9) = scores", NOTHING),
    ("FX409", "feature a : weighted(5000) = tags.map(t -> {id: t.hash_bucket(50), weight: 1.0})", ["a"]),
    ("FX409", "feature a : weighted(5000) = scores", NOTHING),
    ("FX303", "feature a : dense = history.count(e -> e.at > last_login)", NOTHING),
    ("FX307", 'feature a : dense = released.year("UTC")', NOTHING),
    ("FX307", "feature a : dense = now.to_unix_seconds() / 3600", ["a"]),
    ("FX307", "feature a : dense = now.to_unix_seconds() % 3600", NOTHING),
    ("FX307", "feature a : dense = now.to_unix_seconds() - updated_s", NOTHING),
    ("FX307", "feature a : dense = log1p(now.to_unix_milliseconds() - 1000)", ["a"]),
    ("FX210", "feature a : dense = minimum(maximum(views, 100), 0)", ["minimum"]),
    ("FX210", "feature a : dense = maximum(0, minimum(views, 100))", NOTHING),
    ("FX210", "feature a : dense = maximum(minimum(views, 0), 5)", ["maximum"]),
    ("FX402", "feature a : id(9) = movie.hash_bucket(9)", NOTHING),
    ("FX402", "feature a : id(9) = clicked.hash_bucket(2)", NOTHING),
    ("FX402", 'feature a : id(64) = now.hour("UTC").hash_bucket(64)', NOTHING),
    ("FX402", 'feature a : id(24) = now.hour("UTC").hash_bucket(24)', ["24 different values"]),
    ("FX402", 'feature a : id(24) = now.hour("UTC").hash() % 24', ["24 different values"]),
    ("FX402", 'feature a : id(24) = now.hour("UTC") % 24', NOTHING),
    ("FX402", "feature a : id(64) = cross(clicked, brand).hash_bucket(64)", NOTHING),
    ("FX402", "feature a : id(64) = cross(movie.hash_bucket(20), clicked).hash_bucket(64)", ["40 different"]),
    ("FX402", 'feature a : ids(9) = visits.map(t -> t.hour("UTC").hash_bucket(9))', ["24 different"]),
    ("FX403", HASHED + BRANDS, NOTHING),
    ("FX403", HASHED + "feature b : ids(99) = history.map(e -> e.brand.hash_bucket(99))", NOTHING),
    ("FX403", HASHED + "feature b : ids(8) = history.map(e -> e.brand.hash_bucket(8))", ["brand"]),
    ("FX403", "feature a : id(9) = brand.hash_bucket(9)\nfeature b : id(9) = brand.hash_bucket(9, seed = 1)", NOTHING),
    ("FX403", "feature a : id(9) = brand.trim().hash_bucket(9)\n" + BRANDS, ["brand"]),
    ("FX403", "feature a : id(9) = movie.to_string().hash_bucket(9)\n" + MOVIES, ["movie"]),
    ("FX404", 'resource w = vocabulary("w.txt")\nfeature a : id(w) = w.lookup(locale) ?? 0', NOTHING),
    ("FX404", 'resource w = vocabulary("w.txt", oov = 4)\nfeature a : id(w) = w.lookup(locale) ?? 3', NOTHING),
    ("FX404", 'resource w = vocabulary("w.txt", oov = 4)\nfeature a : id(w) = w.lookup(locale) ?? 5', ["word 2"]),
    ("FX404", 'resource w = vocabulary("w.txt")\nfeature a : id(99, default = 7) = w.lookup(brand)', NOTHING),
    ("FX405", "feature a : id(5) = views.bucketize([0, 1, 9])", NOTHING),
    ("FX405", "feature a : id(5) = tags.length().bucketize([0, 1, 9])", ["bucket 0"]),
    ("FX405", "feature a : id(5) = tags.length().bucketize([1, 9])", NOTHING),
    ("FX405", 'feature a : id(5) = now.hour("UTC").bucketize([6, 24])', ["bucket 2"]),
    ("FX405", 'feature a : id(5) = now.hour("UTC").bucketize([6, 23])', NOTHING),
    ("FX405", 'feature a : dense = visits.map(t -> t.hour("UTC")).histogram([0, 12])[1] ?? 0', ["bucket 0"]),
    ("FX405", "feature a : dense = price.bucketize_intervals([0.0, 5.0], [5.0, 5.0], [1, 2])", ["interval 2"]),
    ("FX406", "feature a : id(5) = movie % 1", ["remainder"]),
    ("FX406", "feature a : dense = price % 1", NOTHING),
    ("FX406", "feature a : id(5) = movie.modulo_bucket(1)", ["modulo_bucket"]),
    ("FX406", 'feature a : dense = user.sample(1.0, "x").to_float()', ["everything"]),
    ("FX407", "feature a : ids(9) = tags.hash_bucket(9).map(i -> i.hash_bucket(9))", ["hash_bucket"]),
    ("FX407", "feature a : id(9) = movie.hash().hash_bucket(9)", NOTHING),
    ("FX407", "feature a : id(9) = (movie.modulo_bucket(100) ?? 0).hash_bucket(9)", ["modulo_bucket"]),
    ("FX407", "feature a : id(9) = (movie.hash_bucket(9) + 1).hash_bucket(9)", NOTHING),
    ("FX409", "feature a : id(5000) = movie.hash_bucket(5000)", NOTHING),
    ("FX409", "feature a : id(5000) = movie.hash_bucket(2600)", NOTHING),
    ("FX409", "feature a : id(5000) = movie.hash_bucket(2000)", ["a"]),
    ("FX409", "feature a : id(5000, default = 4999) = movie.hash_bucket(2000)", NOTHING),
    ("FX409", "feature a : ids(5000) = tags.map(t -> t.hash_bucket(50) + 7)", ["a"]),
    ("FX409", "feature a : id(5000) = movie % 2000", ["a"]),
    ("FX409", "feature a : id(5000) = movie", NOTHING),
    ("FX217", "feature a : dense = visits[7] == now ?? false", NOTHING),
    ("FX217", "feature a : dense = visits.take_last(5)[-5].is_null().to_float()", NOTHING),
    ("FX217", "feature a : dense = visits.take_last(5)[-6].is_null().to_float()", ["-6"]),
    ("FX217", "feature a : dense = visits.take_last(5).filter(v -> v < now)[5].is_null().to_float()", ["5"]),
    ("FX217", "feature a : dense = visits.take_last(views)[5].is_null().to_float()", NOTHING),
    ("FX217", "feature a : dense = history.map(e -> e.movie).histogram([1, 2])[3] ?? 0", ["3"]),
    ("FX217", "feature a : dense = [price, price][2] ?? 0.0", ["2"]),
    ("FX217", 'feature a : dense = taste["x"] ?? 0.0', NOTHING),
    ("FX217", "feature a : dense = visits[visits.length() - 1].is_null().to_float()", NOTHING),
    ("FX218", 'feature a : text = now.format_time("%Y-%m-%dT%H:%M:%S", "UTC")', NOTHING),
    ("FX218", 'feature a : text = now.format_time("%H:%M %d.%m.%Y", "UTC")', NOTHING),
    ("FX218", 'feature a : text = now.format_time("%Y%m%d%H%M", "UTC")', NOTHING),
    ("FX218", 'feature a : text = now.format_time("%d.%M.%Y", "UTC")', ["%d.%M.%Y"]),
    ("FX218", 'feature a : text = now.format_time("%Y%M%d", "UTC")', ["%Y%M%d"]),
    ("FX218", 'feature a : text = now.format_time("%F %H:%m:%S", "UTC")', ["%H:%m:%S"]),
    ("FX219", 'feature a : dense = (now - now.start_of_day("Europe/Paris")) / 1d', NOTHING),
    ("FX219", 'let d(t) = t.start_of_day("CET")\nfeature a : dense = (d(now) - d(released)) / 1d', ["midnight"]),
    ("FX219", 'feature a : dense = (now < now.start_of_day("Europe/Paris") + 36h).to_float()', NOTHING),
    ("FX219", 'feature a : dense = (now < now.start_of_day("Asia/Tokyo") + 1d).to_float()', NOTHING),
    ("FX219", 'feature a : dense = (released < now.start_of_day("Europe/Paris") - 7d).to_float()', ["24 hours"]),
    ("FX308", "feature a : dense = visits.take_first(3).length()", NOTHING),
    ("FX309", "feature a : dense = visits.shuffle(views).length()", NOTHING),
    ("FX309", "let seed = 7\nfeature a : dense = visits.shuffle(seed).length()", ["shuffle"]),
    ("FX310", 'feature a : dense = user.sample(0.1, "a").to_float() + user.sample(0.2, "b").to_float()', NOTHING),
    ("FX310", 'feature a : dense = user.sample(0.1, "a").to_float() + user.sample(0.2, "a").to_float()', ["sample"]),
    ("FX310", "feature a : dense = user.sample(0.1).to_float() + brand.sample(0.2).to_float()", NOTHING),
    ("FX311", "feature a : dense = clicked", NOTHING),
    ("FX311", "feature y : label = views\nfeature a : dense = clicked", ["clicked"]),
    ("FX311", LABEL + "feature a : dense = clicked", NOTHING),
    ("FX220", 'feature a : dense = if kids != "3" then 1 else 0', ['kids != "3"']),
    ("FX220", 'feature a : dense = if kids.is_null() or kids != "3" then 1 else 0', NOTHING),
    ("FX220", 'feature a : dense = if kids not in ["1", "2"] then 1 else 0', ["kids"]),
    ("FX220", 'feature a : dense = if brand != "x" then 1 else 0', NOTHING),
    ("FX220", 'feature a : dense = (kids != "3").to_float() ?? 0.5', NOTHING),
    ("FX221", "feature a : dense = views / tags.length()", ["a"]),
    ("FX221", "feature a : dense = views / maximum(clicks, 1)", NOTHING),
    ("FX221", "feature a : dense = views / (clicks + 1)", NOTHING),
    ("FX221", "feature a : dense = views / clicks ?? 0.5", NOTHING),
    ("FX221", "feature a : dense = if clicks > 0 then views / clicks else 0.5", NOTHING),
    ("FX221", "feature a : dense = (now - released) / 1d", NOTHING),
    ("FX221", "feature a : id(9) = views % clicks", ["a"]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "names"), CASES)
def test_findings(code: str, text: str, names: list[str]) -> None:
    """Each finding says, in its message or where it is, what it is about."""
    findings = lint_text(text + INPUTS, all_rules()[code])
    assert len(findings) == len(names), [finding.message for finding in findings]
    for finding, name in zip(findings, names, strict=True):
        assert finding.span is not None
        assert (
            f"`{name}`" in finding.message or name in finding.message or name in finding.span.text
        )


def test_sums_that_are_used_twice_are_gone_through_once() -> None:
    lets = "".join(f"let a{n + 1} = a{n} + a{n}\n" for n in range(38))
    for name, count in (("wait_ms", 1), ("wait_seconds", 0), ("wait", 0)):
        text = f"input request {{ {name}, other_seconds: float }}\nlet a0 = {name}\n{lets}"
        found = lint_text(text + "feature f : dense = a38 - other_seconds\n", all_rules()["FX209"])
        assert len(found) == count


def test_tables_name_operators_that_exist() -> None:
    known = load_registry().by_name
    named = [
        (module.__name__, name, word)
        for module in (moments, ranges, texts)
        for name, value in vars(module).items()
        if isinstance(value, set | dict) and name.isupper()
        for word in value
    ]
    assert len(named) > 100
    assert [row for row in named if row[2] not in known] == []


def test_what_is_taken_for_total_gives_null_for_null_only() -> None:
    known = load_registry().by_name
    edges = [
        (name, edge.when) for name in TOTAL for edge in known[name].edges if edge.result == "null"
    ]
    assert edges
    assert [edge for edge in edges if "null" not in edge[1]] == []


# ---- modules, candidates, settings, long chains --------------------------------------------------

MODULE = """
let recent(events, now) = events.filter(e -> e.at > now)
let age(t, now) = decay(t - now, 7d)
let bucket(x) = x.hash_bucket(10).hash_bucket(10)
let is_apple(x) = x.lower() == "Apple"
"""
USES = [
    ("FX303", "feature a : dense = m.recent(history, now).length()", "m.recent(history, now).length()"),
    ("FX304", "feature a : dense = history.sum(e -> m.age(e.at, now))", "history.sum(e -> m.age(e.at, now))"),
    ("FX407", "feature a : id(10) = m.bucket(movie)", "m.bucket(movie)"),
    ("FX214", "feature a : dense = m.is_apple(brand).to_float()", "m.is_apple(brand).to_float()"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "place"), USES)
def test_findings_in_modules_are_told_at_the_feature(
    code: str, text: str, place: str, tmp_path: Path
) -> None:
    (tmp_path / "m.fx").write_text(MODULE)
    path = tmp_path / "a.fx"
    path.write_text(f'use "m.fx" as m\n{text}\n{INPUTS}')
    (finding,) = lint_paths([path], load_registry(), [all_rules()[code]])
    assert finding.span is not None
    assert finding.span.text == place
    assert finding.fix is None


def test_candidates_are_seen_through() -> None:
    text = "let ids = collect(movie.hash_bucket(20))\nfeature a : ids(9, max = 9) = ids.map(i -> i.hash_bucket(9))\n"
    assert lint_text(text + INPUTS, all_rules()["FX407"]) == []
    text = 'feature a : dense = collect(brand.lower()).count(b -> b == "Apple")\n'
    assert lint_text(text + INPUTS, all_rules()["FX214"]) == []


def test_the_settings_tell_how_many_values_there_are() -> None:
    rule = all_rules()["FX402"]
    text = "feature a : id(1000) = brand.lower().hash_bucket(1000)\n" + INPUTS
    chosen = {"FX402": {"cardinality": ("brand=1_000", "user = 2000000")}}
    (finding,) = lint_text(text, rule, settings=chosen)
    assert finding.message == "1,000 different values in 1,000 buckets"
    assert finding.caption.startswith("368 of them (37 %)")
    assert finding.help.startswith("take 2,048 buckets")
    chosen["FX402"]["share"] = 0.4  # type: ignore[assignment]
    assert lint_text(text, rule, settings=chosen) == []
    crossed = "feature a : id(2000) = cross(user, clicked).hash_bucket(2000)\n" + INPUTS
    (finding,) = lint_text(crossed, rule, settings=chosen)
    assert finding.message.startswith("4,000,000 different values")


def test_expected_buckets() -> None:
    """The formula, against the sum that it is short for, and at its ends."""
    assert expected_buckets(1, 10) == pytest.approx(1.0)
    assert expected_buckets(2, 10) == pytest.approx(1.9)
    assert expected_buckets(23, 365) == pytest.approx(sum((364 / 365) ** k for k in range(23)))
    assert expected_buckets(10**9, 10) == pytest.approx(10.0)
    assert expected_buckets(5, 1) == 1.0
    assert expected_buckets(10**6, 2**62) == pytest.approx(10**6)


ORDERS = [
    ("    # Oldest first.\n    xs: list<{m: int, at: timestamp}>\n", "xs.take_first(5)", 1),
    ("    # Oldest first.\n    xs: list<{m: int, at: timestamp}>\n", "xs.take_last(5)", 0),
    (
        "    # Oldest first.\n    xs: list<{m: int, at: timestamp}>\n",
        "xs.reverse().take_first(5)",
        0,
    ),
    (
        "    # Oldest first.\n    xs: list<{m: int, at: timestamp}>\n",
        "xs.reverse().take_last(5)",
        1,
    ),
    (
        "    # Oldest first.\n    xs: list<{m: int, at: timestamp}>\n",
        "xs.sort_by(x -> x.m).take_first(5)",
        0,
    ),
    (
        '    "In descending order of time."\n    xs: list<{m: int, at: timestamp}>\n',
        "xs.take_last(5)",
        1,
    ),
    ('    "The latest come first."\n    xs: list<{m: int, at: timestamp}>\n', "xs.take_last(5)", 1),
    ("    o: int # oldest first\n    xs: list<{m: int, at: timestamp}>\n", "xs.take_first(5)", 0),
    ("    # Oldest first.\n    xs: list<{m: int}>\n", "xs.take_first(5)", 0),
]


@pytest.mark.parametrize(("declaration", "value", "count"), ORDERS)
def test_the_order_is_read_where_it_is_told(declaration: str, value: str, count: int) -> None:
    text = f"input request {{\n{declaration}}}\nfeature a : ids(9) = {value}.map(x -> x.m)\n"
    assert len(lint_text(text, all_rules()["FX308"])) == count


def test_a_vocabulary_is_read_if_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.fx"
    path.write_text(
        'resource w = vocabulary("w.txt")\nfeature a : id(w) = w.lookup(brand.lower())\n'
        f"feature b : id(w) = w.lookup(movie)\n{INPUTS}"
    )
    rule = all_rules()["FX408"]

    def found(words: bytes) -> list[str]:
        (tmp_path / "w.txt").write_bytes(words)
        return [finding.message for finding in lint_paths([path], load_registry(), [rule])]

    assert lint_paths([path], load_registry(), [rule]) == []
    assert found(b"") == []
    assert found(b"1\n2\n-3\n") == []
    assert found(b"a\nb\n") == ["an int never gives 2 of 2 words of `w`"]
    assert found(b"A\r\nB\r\n3\r\n4\r\n") == []
    assert found(b"A\r\nB\r\n3\r\n") == [
        "`lower` never gives 2 of 3 words of `w`",
        "an int never gives 2 of 3 words of `w`",
    ]
    assert found(b"\xff\xfe\n" * 3) == ["an int never gives 3 of 3 words of `w`"]
    assert len(found(b"WORD\n" * 10**6)) == 2


def test_the_size_of_a_vocabulary_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.fx"
    rule = all_rules()["FX410"]

    def found(words: bytes, options: str = "", size: str = "4") -> list[str]:
        (tmp_path / "w.txt").write_bytes(words)
        path.write_text(
            f'resource w = vocabulary("w.txt"{options})\nresource v = vocabulary("v.txt")\n'
            f"feature a : ids({size}) = w.lookup(tags).take_first(3)\n{INPUTS}"
        )
        return [finding.message for finding in lint_paths([path], load_registry(), [rule])]

    message = "the ids of `a` come from `w`, which gives {}, and its size is 4"
    assert found(b"a\nb\nc\n") == []
    assert found(b"a\nb\nc\nd\n") == [message.format(5)]
    assert found(b"a\nb\nc\nd") == [message.format(5)]
    assert found(b"a\nb\n", ", oov = 3") == [message.format(5)]
    assert found(b"") == []
    assert found(b"a\nb\nc\nd\n", size="w") == []
    assert found(b"a\n", size="v") == ["the ids of `a` come from `w`, and its size is that of `v`"]


def test_the_keys_of_a_table_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.fx"
    path.write_text(
        'resource t = table<string, {rate: float}>("t.csv")\n'
        f"feature a : dense = t.lookup(brand.lower()).rate ?? 0.0\n{INPUTS}"
    )
    rule = all_rules()["FX408"]

    def found(text: str) -> list[str]:
        (tmp_path / "t.csv").write_text(text)
        return [finding.message for finding in lint_paths([path], load_registry(), [rule])]

    assert found("brand,rate\nApple,1.0\nPear,2.0\n") == ["`lower` never gives 2 of 2 keys of `t`"]
    assert found('brand,rate\n"Apple, red",1.0\n"x\ny",2.0\nz,1\n') == []
    assert found("BRAND,rate\napple,1.0\n") == []


CHAINS = [
    "x{k} + x{k}",
    "x{k} ?? x{k}",
    "if x{k} > 1 then x{k} else x{k}",
    "clip(x{k}, 0, 9) - x{k}",
    "minimum(x{k}, x{k})",
]


@pytest.mark.parametrize("step", CHAINS)
def test_long_chains_take_no_time_and_no_stack(step: str) -> None:
    """Each let doubles the number of ways to the first one."""
    lets = "".join(f"let x{k + 1} = {step.format(k=k)}\n" for k in range(300))
    text = f"let x0 = views\n{lets}feature a : id(9) = x300\nfeature b : dense = log(x300)\n"
    dates = "".join(f"let d{k + 1} = if clicked then d{k} else d{k}\n" for k in range(100))
    text += f'let d0 = t"2026-01-01" - now\n{dates}feature c : dense = decay(d100, 7d)\n'
    words = "".join(f'let w{k + 1} = (w{k} ?? "a").lower() ?? w{k}\n' for k in range(60))
    text += f'let w0 = brand\n{words}feature d : dense = (w60 == "A").to_float()\n' + INPUTS
    rules = [rule for code, rule in all_rules().items() if code[:3] in ("FX2", "FX3", "FX4")]
    # Exponential time would be more than any computer has, and a deep recursion more than Python allows.
    assert {finding.code for finding in lint_text(text, *rules)} >= {"FX203"}


def test_all_rules_look_at_one_program_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ranges of a program are found once for all rules."""
    made: list[int] = []
    real = ranges.Ranges.__init__

    def counted(self: ranges.Ranges, *arguments: object) -> None:
        made.append(1)
        real(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ranges.Ranges, "__init__", counted)
    text = 'feature a : id(24) = now.hour("UTC")\n' + INPUTS
    lint_programs([linted(text)], list(all_rules().values()))
    assert len(made) == 1
