"""Sums, to see which package computed a row."""

input request {
    user: string
    base: int
}
input candidate {
    x: int?
}

feature sum : dense = (x ?? 0) + base
feature who : text = user
