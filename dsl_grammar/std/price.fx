"""Prices: discounts, and comparisons by quotient rather than by difference."""

"""
Tell which share of the list price is saved; 0 where nothing is, or where there is no list price above 0.

discount_rate(75.0, 100.0) => 0.25
discount_rate(110.0, 100.0) => 0.0
discount_rate(1.0, 0.0) => 0.0
"""
let discount_rate(price, list_price) = maximum(1.0 - (ratio(price, list_price) ?? 1.0), 0.0)

"""
Compare a price with a usual one by the logarithm of their quotient, from -`limit` to `limit`; 0 where one is not above 0.

relative_price(20.0, 10.0) => 0.6931471805599453
relative_price(0.0, 10.0) => 0.0
relative_price(1e9, 1.0) => 3.0
"""
let relative_price(price, usual, limit = 3.0) =
    if price > 0.0 and usual > 0.0 then clip(log(price / usual), -limit, limit) else 0.0

"""
Number a price among buckets that grow by the factor `base`: 0 for 0 and less.

price_bucket(0.0) => 0
price_bucket(5.0) => 3
"""
let price_bucket(price, base = 2.0, buckets = 24) =
    if price > 0.0 then bucketize_log(price, base, buckets) else 0

"""
Tell where a price lies between the cheapest and the dearest, from 0 to 1; 0.5 where all are alike or there are none.

price_position(15.0, [10.0, 20.0]) => 0.5
price_position(12.5, [10.0, 20.0]) => 0.25
price_position(9.0, [10.0, 10.0]) => 0.5
"""
let price_position(price, prices) =
    clip(ratio(price - prices.min(), prices.max() - prices.min()) ?? 0.5, 0.0, 1.0)

"""
Tell what part of a cent-precise price follows the point, in cents: 99 for 4.99.

cents(4.99) => 99
cents(5.0) => 0
"""
let cents(price) = round(price * 100.0).to_int() % 100
