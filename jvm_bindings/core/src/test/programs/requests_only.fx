"""A program without candidates: a row is a request."""

input request {
    u: int
    name: string
}

feature doubled : dense = u * 2
feature name_id : id(100) = name.hash_bucket(100)
