"""One request input, one candidate input, one feature."""

input request {
    u: int
}
input candidate {
    x: float
}

feature y : dense = x * 2 + u
