"""The outputs of small.fx, with an input that nothing reads."""

input request {
    u: int
    w: int
}
input candidate {
    x: float
}

feature y : dense = x * 2 + u
