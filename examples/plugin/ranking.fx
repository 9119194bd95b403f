"""A program that calls the operators of the plug-in."""

input request {
    bought: list<float>  # prices of what the user bought
}

input candidate {
    code: string
    title: string
    price: float
}

feature usual_price : dense = 1.0 / (1.0 + (shop.nearest_distance(bought, price) ?? 1000.0))
feature bargain : dense = shop.word_score(title.lower().tokenize(), ["sale", "new"], [2.0, 0.5])
feature has_code : dense = if shop.is_valid_gtin(code) then 1.0 else 0.0
