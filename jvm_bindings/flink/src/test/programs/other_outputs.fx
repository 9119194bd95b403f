"""A package that cannot replace first.fx."""

input request {
    user: string
    base: int
}
input candidate {
    x: int?
}

feature total : dense = (x ?? 0) + base
