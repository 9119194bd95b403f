"""A feature of each kind, and an input of each type."""

input request {
    user: string
    age: int?
    seen: list<int>
    taste: map<string, float>
}

input candidate {
    movie: int
    price: float
    adult: bool?
    at: timestamp?
    length: duration?
    tags: list<string>
    v: vector<2>
    raw: bytes?
    cast: list<{name: string, born: int?, roles: list<string>}>
}

feature half : dense = (age ?? 0) / 2
feature double : dense(default = -1.0) = price * 2
feature where : dense = v
feature again : dense = seen.count(m -> m == movie)
feature grown : dense = if adult ?? false then 1.0 else 0.0
feature bucket : id(10) = movie % 10
feature tag_ids : ids(1000, max = 2) = tags.hash_bucket(1000)
feature liked : weighted(1000) = tags.map(g -> {id: hash_bucket(g, 1000), weight: taste[g] ?? 0.5})
feature who : text = user.lower()
feature long : label = if (length ?? 0s) > 1h then 1.0 else 0.0
feature hour : dense = ((at ?? t"1970-01-01T00:00:00Z") - t"1970-01-01T00:00:00Z") / 1h
feature raw_id : id(1000) = (raw ?? b"").hash_bucket(1000)
feature born : dense = cast.map(c -> c.born ?? 1900).max() ?? 0
feature roles : dense = cast.map(c -> c.roles.length()).sum()
