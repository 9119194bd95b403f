"""Features of a small shop, for the examples in C and C++."""

input request {
    user: string
    budget: float?
}

input candidate {
    item: int
    price: float?
}

feature affordable : dense = price / budget ?? 0.5
feature price : dense = log1p(price) ?? -1.0
feature shelf : id(10) = item % 10
feature pair : ids(1000) = cross([user], [item]).hash_bucket(1000)
feature greeting : text = concat("Hello ", user)
