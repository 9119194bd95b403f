"""Features of the grocery samples whose numbers are fitted to samples: see docs/fit.md.

    python examples/grocery/prepare.py --output samples.parquet
    fx fit examples/grocery/fitted.fx --input samples.parquet --time now
    fx run examples/grocery/fitted.fx --input samples.parquet --output features.parquet
"""

input request {
    household: int
    now: timestamp
    history: list<{product: int, category: string?, sales_value: float, at: timestamp}>
}

input candidate {
    product: int
    description: string?
    category: string
    price: float?
    baskets_28d: int
    bought: bool
}

let tokens = (description ?? "").lower().tokenize()
let consumed = history.map(e -> e.category)

resource prices = fit.moments(log1p(price))
resource shelf = fit.quantiles(price, buckets = 20)
resource demand = fit.quantiles(baskets_28d, at = [0.01, 0.99])
resource words = fit.vocabulary(tokens, minimum_count = 5, oov = 16)
resource aisles = fit.vocabulary(consumed, minimum_count = 10)
resource products = fit.counts(product)
resource appeal = fit.target_mean(category, target = bought, fold_key = household, folds = 5)

feature price : dense =
    (log1p(price) ?? prices.mean).z_score(prices.mean, prices.standard_deviation)
feature price_bucket : id(20) = (price ?? shelf.minimum).bucketize(shelf.boundaries)
feature demand : dense = baskets_28d.clip(demand.values[0], demand.values[1])
feature title_words : ids(words, max = 8) = words.lookup(tokens)
feature last_aisles : ids(aisles) = aisles.lookup(consumed.take_last(5))
feature popularity : dense = products.lookup(product).share ?? 0.0
"For serving, and for samples of later days than those that were fitted."
feature appeal : dense = appeal.value(category)
"For samples of the days that were fitted: without the household's own fold."
feature appeal_sample : dense = appeal.out_of_fold(category)
feature bought : label = bought
