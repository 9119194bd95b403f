"""Features of a grocery ranking model: will this household put this product into its next basket?

The samples come from `examples/grocery/prepare.py`. Every input is known strictly before `now`. The
vocabularies and tables were fitted on January and February; requests begin in March.
"""

use "grocery_modules/recency.fx" as recency
use "grocery_modules/rates.fx" as rates
use "grocery_modules/product_text.fx"

input request {
    household: int
    store: int
    "The moment just before the basket."
    now: timestamp
    age, income, home_ownership, marital_status: string?
    household_size, household_comp, kids_count: string?
    "Up to 200 purchases before now, oldest first."
    history: list<{  # fx: ignore[FX302] the samples end before now
        product: int,
        department: string?,
        category: string?,
        brand: string?,
        manufacturer: int?,
        quantity: int,
        sales_value: float,
        retail_discount: float,
        coupon_discount: float,
        coupon_match_discount: float,
        basket: int,
        at: timestamp,
    }>
    "The share of all spending so far by department."
    taste: map<string, float>
    "The mean embedding of what was bought so far, weighted by spending."
    profile: vector<16>?
    "Campaigns that the household takes part in and that run at the moment."
    campaigns: list<{campaign: int, type: string, starts: timestamp, ends: timestamp}>  # fx: ignore[FX302] the samples end before now
    redemptions: list<{campaign: int, at: timestamp}>  # fx: ignore[FX302] the samples end before now
    store_visits_28d: int
}

input candidate {
    product: int
    description: string?
    department: string
    category: string
    brand: string
    manufacturer: int
    package_size: string?
    "Last price paid anywhere and in this store, and the price on the shelf before discounts."
    price, store_price, shelf_price: float?
    "Places of promotion in this store and week; `0` is none, null is not in the promotion table."
    display, mailer: string?
    baskets_7d, baskets_28d, baskets_total, households_28d, units_28d, store_baskets_28d: int
    last_sold: timestamp?
    "Products most often bought in one basket with this one, in the two months before this month."
    bought_with: list<{product: int, baskets: int}>
    coupon_campaigns: list<int>
    embedding: vector<16>
    bought: bool
}

resource departments = vocabulary("grocery/departments.txt")
resource categories = vocabulary("grocery/categories.txt")
resource manufacturers = vocabulary("grocery/manufacturers.txt")
resource words = vocabulary("grocery/words.txt", oov = 64)
resource category_rates = table<string, {
    buyer_rate: float,
    repeat_rate: float,
    median_price: float,
}>("grocery/category_rates.csv")
resource stores = table<int, {baskets: int, mean_basket: float}>("grocery/stores.csv")

# ---- shared values -------------------------------------------------------------------------------

let zone = "America/New_York"
let day_angle = (now.hour(zone) * 60 + now.minute(zone)) / 1440.0 * 6.283185307179586
let product_ids = 2 ** 18
let age_groups = ["19-24", "25-34", "35-44", "45-54", "55-64", "65+"]
let staples = ["FLUID MILK PRODUCTS", "BAKED BREAD/BUNS/ROLLS", "EGGS", "TROPICAL FRUIT"]
let recent = recency.within(history, now)
let quarter = recency.within(history, now, 90d)
let visits = history.map(e -> e.at).distinct()
let last_basket = history.filter(e -> e.basket == history.last().basket)
let known(answer) = if answer.is_null() then 0.0 else 1.0
let paid(events) = events.sum(e -> e.sales_value)
let saved(events) = events.sum(e -> e.retail_discount + e.coupon_discount + e.coupon_match_discount)

let unit_prices(events) = events.filter(e -> e.quantity > 0).map(e -> e.sales_value / e.quantity)

let same_product = history.filter(e -> e.product == product)
let same_category = history.filter(e -> e.category == category)
let product_moments = same_product.map(e -> e.at)
let known_price = store_price ?? price ?? category_rates.lookup(category).median_price
let tokens = words_of(description ?? "")

# ---- the label -----------------------------------------------------------------------------------

"Whether the product is in the basket that follows the request."
@owner("ranking")
feature bought_next : label = bought

# ---- who and where -------------------------------------------------------------------------------

"The household, hashed."
@owner("identity")
feature household_id : id(4096) = household.hash_bucket(4096)

"The store, hashed."
@owner("identity")
feature store_id : id(512) = store.hash_bucket(512, seed = 7)

"A fixed tenth of the households, kept out of training by whoever reads this column."
@owner("experiments")
feature holdout : dense = sample(household, 0.1, "grocery-holdout-1").to_float()

"Position of the age group of the head of the household; 0 where it is unknown."
@owner("household")
feature age_group : id(7) = (age_groups.index_of(age) ?? -1) + 1

"Lower end of the income range in thousands of dollars, on a log scale; -1 where it is unknown."
@owner("household")
feature income_thousands : dense(default = -1.0) =
    log1p(income.regex_extract("[0-9]+").parse_float()) ?? -1.0

"Members of the household; `5+` counts as 5, an unknown number as 2."
@owner("household")
feature household_members : dense = household_size.replace("+", "").parse_int() ?? 2

"1 with children, 0 without, 0.5 where it is unknown."
@owner("household")
feature has_children : dense =
    if kids_count.is_null() then 0.5 else if kids_count == "0" then 0.0 else 1.0

"Certain and probable home owners."
@owner("household")
feature owns_home : dense = if home_ownership.lower().contains("homeowner") then 1.0 else 0.0

"How many of the seven demographic fields are known."
@owner("household")
feature demographics_known : dense =
    known(age)
        + known(income)
        + known(home_ownership)
        + known(marital_status)
        + known(household_size)
        + known(household_comp)
        + known(kids_count)

"How much a basket of this store was worth in the training period, against the mean of all stores."
@owner("stores")
feature store_basket_value : dense = (stores.lookup(store).mean_basket ?? 30.0) / 30.0

"How many baskets this store sold lately, on a log scale."
@owner("stores")
feature store_traffic : dense = log1p(store_visits_28d)

# ---- when ----------------------------------------------------------------------------------------

"The hour in the store's zone."
@owner("context")
feature hour : id(24) = now.hour(zone)

"The day of the week in the store's zone."
@owner("context")
feature weekday : id(8) = now.day_of_week(zone)

"Saturday or Sunday in the store's zone."
@owner("context")
feature weekend : dense = now.is_weekend(zone).to_float()

"Sine and cosine of the time of day, so that midnight is next to itself."
@owner("context")
feature day_cycle_sine : dense = sin(day_angle)

"The other half of the time of day; see day_cycle_sine."
@owner("context")
feature day_cycle_cosine : dense = cos(day_angle)

"The weeks from Thanksgiving to New Year, when baskets differ."
@owner("context")
feature holiday_season : dense =
    between(now, t"2017-11-20T05:00:00Z", t"2018-01-01T05:00:00Z").to_float()

"How far the month has gone; benefits and wages are paid at its start."
@owner("context")
feature month_progress : dense = clip((now.day(zone) - 1) / 30.0, 0.0, 1.0)

# ---- the household's habits (request work, done once for all candidates) -------------------------

"Days since the last visit to any store."
@owner("habits")
feature days_since_visit : dense = recency.days_since(history.last().at, now).log1p()

"Visits of the last four weeks."
@owner("habits")
feature visits_28d : dense = recent.map(e -> e.basket).distinct().length()

"How late the household is, measured in its own mean gap between visits."
@owner("habits")
feature visit_overdue : dense = clip(
    recency.days_since(history.last().at, now, never = 0.0)
        / (recency.mean_gap_days(visits) ?? 7.0),
    0.0,
    8.0,
)

"Spending of the last four weeks in dollars, on a log scale."
@owner("habits")
feature spend_28d : dense = log1p(paid(recent))

"The part of the shelf price that cards and coupons saved in the last 90 days."
@owner("habits")
feature discount_share : dense = rates.share(saved(quarter), saved(quarter) + paid(quarter))

"The share of the stores' own brand among purchases."
@owner("habits")
feature private_share : dense =
    rates.share(history.count(e -> e.brand == "Private"), history.length())

"How widely spending is spread over departments: the entropy in nats."
@owner("habits")
feature taste_entropy : dense = taste.values().filter(p -> p > 0.0).sum(p -> -p * log(p))

"Mean and spread of unit prices paid."
@owner("habits")
feature usual_price : dense = unit_prices(history).median() ?? 0.0

"How much unit prices paid differ, on a log scale."
@owner("habits")
feature price_spread : dense = log1p(unit_prices(history).stddev() ?? 0.0)

"The share of visits that fell on this day of the week."
@owner("habits")
feature weekday_habit : dense = rates.share(
    visits.count(visit -> visit.day_of_week(zone) == now.day_of_week(zone)),
    visits.length(),
    otherwise = 0.14,
)

"The five departments with most spending, with their shares."
@owner("habits")
feature top_departments : weighted(departments, max = 5) =
    taste
        .entries()
        .sort_by(entry -> entry.value, descending = true)
        .take_first(5)
        .map(entry -> {id: departments.lookup(entry.key), weight: entry.value})

"The last 50 products, newest first."
@owner("sequences")
feature last_products : ids(2 ** 18, max = 50) =
    history.take_last(50).reverse().map(e -> e.product.hash_bucket(product_ids))

"The categories of the last purchases without repetition, newest first."
@owner("sequences")
feature last_categories : ids(categories, max = 20) =
    history
        .reverse()
        .map(e -> e.category ?? "")
        .filter(c -> c != "")
        .distinct()
        .take_first(20)
        .map(c -> categories.lookup(c))

"Which products, at which distance in days, went with the last 20 purchases."
@owner("sequences")
feature aged_products : weighted(2 ** 18, max = 20) =
    history
        .take_last(20)
        .map(e -> {id: e.product.hash_bucket(product_ids), weight: decay(now - e.at, 14d)})

"Coupons redeemed in the last 90 days."
@owner("campaigns")
feature redemptions_90d : dense = recency.within(redemptions, now, 90d).length()

# ---- what the product is -------------------------------------------------------------------------

"The product, hashed."
@owner("catalogue")
feature product_id : id(2 ** 18) = product.hash_bucket(product_ids)

"The category; 0 for one that was not sold in training."
@owner("catalogue")
feature category_id : id(categories) = categories.lookup(category)

"The department; 0 for one that was not sold in training."
@owner("catalogue")
feature department_id : id(departments) = departments.lookup(department)

"Milk, bread, eggs and bananas, which are bought whatever the promotion."
@owner("catalogue")
feature staple : dense = (category in staples).to_float()

"The 256 largest manufacturers; all others share id 0."
@owner("catalogue")
feature manufacturer_id : id(manufacturers) = manufacturers.lookup(manufacturer)

"Whether the largest manufacturers include this one."
@owner("catalogue")
feature large_manufacturer : dense = manufacturers.contains(manufacturer).to_float()

"Whether it is the stores' own brand."
@owner("catalogue")
feature is_private : dense = (brand == "Private").to_float()

"The cleaned text, for a model with its own tokenizer."
@owner("text")
feature description_text : text = clean(description ?? "")

"Words of the description; 64 hash buckets for words that were rare in training."
@owner("text")
feature description_words : ids(words, max = 8) = tokens.map(word -> words.lookup(word))

"Pairs of neighbouring words, hashed."
@owner("text")
feature description_bigrams : ids(2 ** 16, max = 12) =
    tokens.ngrams(1, 2, separator = "_").hash_bucket(2 ** 16)

"Triples of characters, hashed: a cut-off word still shares most of them."
@owner("text")
feature description_trigrams : ids(2 ** 14, max = 32) =
    clean(description ?? "").replace(" ", "_").character_ngrams(3).distinct().hash_bucket(2 ** 14)

"The catalogue cuts descriptions at 30 characters."
@owner("text")
feature description_cut_off : dense = ((description ?? "").length() >= 30).to_float()

"Weight or volume of the package in ounces, on a log scale; -1 where the size does not say."
@owner("catalogue")
feature package_ounces : dense(default = -1.0) =
    log1p(ounces(package_size) * pieces(package_size)) ?? -1.0

"What the package size counts in: 0 unknown, 1 weight or volume, 2 pieces, 3 anything else."
@owner("catalogue")
feature package_unit : id(4) =
    if package_size.is_null() then 0
    else if ounces(package_size).is_not_null() then 1
    else if package_size.ends_with("CT") or package_size.ends_with("PK") then 2
    else 3

"The product's embedding as it is."
@owner("embeddings")
feature product_embedding : dense = embedding

# ---- what it costs -------------------------------------------------------------------------------

"The price here, or else anywhere, or else the usual price of the category."
@owner("pricing")
feature price_log : dense = log1p(known_price ?? 0.0)

"The same price in twelve buckets, for a model that learns an embedding of each."
@owner("pricing")
feature price_bucket : id(12) =
    known_price.bucketize([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 20.0]) ?? 0

"The price against the median of its category in the training period."
@owner("pricing")
feature price_to_category : dense =
    rates.log_ratio(known_price ?? 0.0, category_rates.lookup(category).median_price ?? 2.0)

"The price here against the last price anywhere."
@owner("pricing")
feature price_to_elsewhere : dense = (ratio(store_price, price) ?? 1.0).clip(0.25, 4.0)

"The part of the shelf price that the card takes off."
@owner("pricing")
feature discount_depth : dense = clip(1.0 - (ratio(price, shelf_price) ?? 1.0), 0.0, 1.0)

"Dollars per ounce on a log scale; the feature's default where the size does not say."
@owner("pricing")
feature price_per_ounce : dense(default = -1.0) =
    log1p(ratio(known_price, ounces(package_size) * pieces(package_size)) * 100.0) ?? -1.0

"The price against the household's median price in this category over all of its history."
@owner("pricing")
feature price_to_habit : dense = rates.log_ratio(
    known_price ?? 0.0,
    unit_prices(same_category).median() ?? known_price ?? 0.0,
    limit = 2.0,
)

# ---- how it is promoted --------------------------------------------------------------------------

"Whether the product stands on a display in this store and week."
@owner("promotions")
feature on_display : dense = if null_if(display, "0").is_not_null() then 1.0 else 0.0

"Whether the product is in this week's mailer."
@owner("promotions")
feature in_mailer : dense = if display.is_not_null() and mailer != "0" then 1.0 else 0.0

"Display and mailer place together, hashed."
@owner("promotions")
feature promotion_place : id(256) = cross(display ?? "none", mailer ?? "none").hash_bucket(256)

"Whether one of the household's campaigns has a coupon for this product."
@owner("campaigns")
feature has_coupon : dense =
    (campaigns.map(c -> c.campaign).overlap_count(coupon_campaigns) > 0).to_float()

"Days until the first such campaign ends; -1 where there is none."
@owner("campaigns")
feature coupon_days_left : dense(default = -1.0) =
    campaigns.filter(c -> c.campaign in coupon_campaigns).map(c -> (c.ends - now) / 1d).min()
        ?? -1.0

"Campaigns of the household's past redemptions that also cover this product."
@owner("campaigns")
feature redeemed_here : dense = redemptions.any(r -> r.campaign in coupon_campaigns).to_float()

# ---- how it sells --------------------------------------------------------------------------------

"Baskets of the last four weeks, on a log scale."
@owner("popularity")
feature popularity : dense = log1p(baskets_28d)

"Buckets by powers of two of all baskets so far."
@owner("popularity")
feature popularity_bucket : id(16) = (baskets_total + 1).bucketize_log(2.0, 16)

"Last week's baskets against the mean week of the last four."
@owner("popularity")
feature trend : dense = rates.log_ratio(baskets_7d * 4, baskets_28d, limit = 3.0)

"The share of this store's baskets with this product, drawn towards the share in all stores."
@owner("popularity")
feature store_rate : dense =
    rates.shrunk_rate(store_baskets_28d, store_visits_28d, prior = 0.008, weight = 200.0)

"The lower end of a 95 % interval of that share."
@owner("popularity")
feature store_rate_at_least : dense = wilson_lower(store_baskets_28d, store_visits_28d) ?? 0.0

"Baskets per household: above 1 where people come back for it."
@owner("popularity")
feature loyalty : dense = ratio(baskets_28d, households_28d) ?? 1.0

"Units per basket of the last four weeks."
@owner("popularity")
feature units_per_basket : dense = clip(ratio(units_28d, baskets_28d) ?? 1.0, 0.0, 12.0)

"1 right after a sale anywhere, half of it a week later."
@owner("popularity")
feature freshness : dense = decay(now - last_sold, 7d) ?? 0.0

"How often buyers of the category came back in the training period."
@owner("popularity")
feature category_repeat_rate : dense = category_rates.lookup(category).repeat_rate ?? 0.0

# ---- the household and the product ---------------------------------------------------------------

"Purchases of this very product."
@owner("affinity")
feature product_count : dense = log1p(history.count(e -> e.product == product))

"Purchases of this very product in the last four weeks."
@owner("affinity")
feature product_count_28d : dense = recent.count(e -> e.product == product)

"Days since the last purchase of the product, on a log scale; a year where there is none."
@owner("affinity")
feature days_since_product : dense = recency.days_since(product_moments.max(), now).log1p()

"How due the next purchase is: the age of the last one over the mean gap between them."
@owner("affinity")
feature product_due : dense = clip(
    recency.days_since(product_moments.last(), now, never = 0.0)
        / (recency.mean_gap_days(product_moments) ?? 30.0),
    0.0,
    8.0,
)

"Whether it was in the last basket: what one has just bought one seldom needs."
@owner("affinity")
feature in_last_basket : dense = last_basket.any(e -> e.product == product).to_float()

"Purchases of the category in the last four weeks."
@owner("affinity")
feature category_count_28d : dense = recent.count(e -> e.category == category)

"Days since the last purchase of the category, on a log scale."
@owner("affinity")
feature days_since_category : dense =
    recency.days_since(same_category.map(e -> e.at).max(), now).log1p()

"Purchases of the category, each half as much for every two weeks that passed."
@owner("affinity")
feature category_faded : dense = recency.faded_count(same_category, now)

"Log odds that a basket of the last 90 days holds the category, from counts drawn to one in ten."
@owner("affinity")
feature category_log_odds : dense = log_odds(
    rates.shrunk_rate(
        quarter.filter(e -> e.category == category).map(e -> e.basket).distinct().length(),
        quarter.map(e -> e.basket).distinct().length(),
        prior = 0.1,
        weight = 5.0,
    ),
)

"Different products of the category: high where the household likes to vary."
@owner("affinity")
feature category_variety : dense = same_category.map(e -> e.product).distinct().length()

"The category's share of recent spending."
@owner("affinity")
feature category_spend_share : dense =
    rates.share(paid(quarter.filter(e -> e.category == category)), paid(quarter))

"The manufacturer's share of the household's recent purchases."
@owner("affinity")
feature manufacturer_share : dense =
    rates.share(quarter.count(e -> e.manufacturer == manufacturer), quarter.length())

"How often the household takes this kind of brand within the category, drawn towards one half."
@owner("affinity")
feature brand_in_category : dense = rates.shrunk_rate(
    same_category.count(e -> e.brand == brand),
    same_category.length(),
    prior = 0.5,
    weight = 4.0,
)

"The department's share of all spending so far."
@owner("affinity")
feature department_taste : dense = taste[department] ?? 0.0

"Where the department stands among the household's departments, from 1 down; 0 for a new one."
@owner("affinity")
feature department_rank : dense =
    ratio(taste.values().count(p -> p <= (taste[department] ?? 0.0)), taste.length()) ?? 0.0

"Whether the household spends more on this department than on any other."
@owner("affinity")
feature favourite_department : dense =
    if taste.entries().max_by(entry -> entry.value).key == department then 1.0 else 0.0

"Cosine of the household's profile and the product's embedding."
@owner("embeddings")
feature similarity : dense = cosine(profile, embedding) ?? 0.0

"Euclidean distance of the same two; 2, the largest, for a household without a profile."
@owner("embeddings")
feature profile_distance : dense(default = 2.0) = euclidean_distance(profile, embedding) ?? 2.0

"Partners of the product that are in the last basket."
@owner("copurchase")
feature partners_in_last_basket : dense =
    bought_with.map(b -> b.product).overlap_count(last_basket.map(e -> e.product))

"Baskets shared with each partner times the household's recent purchases of it."
@owner("copurchase")
feature partner_strength : dense =
    log1p(bought_with.sum(b -> b.baskets * recent.count(e -> e.product == b.product)))

"The partners themselves, weighted by their share of the strongest."
@owner("copurchase")
feature partners : weighted(2 ** 18, max = 8) = bought_with.map(
    b -> {
        id: b.product.hash_bucket(product_ids),
        weight: ratio(b.baskets, bought_with.map(other -> other.baskets).max()) ?? 0.0,
    },
)

"Words of the product's category that also name categories of the last basket."
@owner("text")
feature word_overlap : dense =
    jaccard(words_of(category), words_of(last_basket.map(e -> e.category ?? "").join(" "))) ?? 0.0

# ---- crosses -------------------------------------------------------------------------------------

"Household and category together: a habit that the model may memorise."
@owner("crosses")
feature household_x_category : id(2 ** 18) = cross(household, category).hash_bucket(2 ** 18)

"Age group and category together."
@owner("crosses")
feature age_x_category : id(2 ** 14) = cross(age ?? "unknown", category).hash_bucket(2 ** 14)

"The four-hour part of the day and the department."
@owner("crosses")
feature hour_x_department : id(2 ** 10) =
    cross(now.hour(zone) // 4, department).hash_bucket(2 ** 10)

"The last three categories, each with the candidate's."
@owner("crosses")
feature category_transitions : ids(2 ** 16, max = 3) =
    cross(
        last_basket.map(e -> e.category ?? "").filter(c -> c != "").take_last(3),
        category,
    ).hash_bucket(2 ** 16)
