"""Features of orders, as they come."""

input candidate {
    customer: string
    product: string
    price: float?
    bought: list<{product: string, price: float}>  # what the customer bought before, oldest first
}

let same = bought.filter(b -> b.product == product)

feature customer_id : id(2 ** 20) = customer.hash_bucket(2 ** 20)
feature words : ids(4096, max = 8) = product.lower().tokenize().hash_bucket(4096)
feature price_log : dense = log1p(price) ?? 0.0
feature bought_same : dense = bought.count(b -> b.product == product)
feature price_change : dense = price / same.map(b -> b.price).last() ?? 1.0
