"""Reads what small.fx computes."""

input candidate {
    y: float
}

feature more : dense = y + 0.5
