"""The same outputs as small.fx, with other values."""

input request {
    u: int
}
input candidate {
    x: float
}

feature y : dense = x * 3 + u
