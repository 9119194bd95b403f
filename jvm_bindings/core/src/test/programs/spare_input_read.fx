"""The inputs and outputs of spare_input.fx, all of them read."""

input request {
    u: int
    w: int
}
input candidate {
    x: float
}

feature y : dense = x * 2 + u + w
