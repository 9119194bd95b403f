"""A program without request inputs."""

input candidate {
    x: float
}

feature z : dense = x + 1
