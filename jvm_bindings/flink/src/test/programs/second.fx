"""The outputs of first.fx with other values."""

input request {
    user: string
    base: int
}
input candidate {
    x: int?
}

feature sum : dense = (x ?? 0) + base * 100
feature who : text = user
