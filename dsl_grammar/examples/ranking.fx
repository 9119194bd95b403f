"""Features of the movie-ranking model."""

input request {  # one per request: the user and the context
    user_id: string
    age: int?  # ? = may be null
    now: timestamp
    history: list<{movie: int, genre: string, at: timestamp, rating: float}>  # oldest first
    taste: map<string, float>
    profile: vector<32>
}

input candidate {  # many per request
    movie: int
    title: string
    genres: list<string>
    released: timestamp
    views, clicks: int
    embedding: vector<32>
}

resource movies = vocabulary("movies.txt")

let recent = history.filter(e -> e.at >= now - 30d and e.at < now)
let smoothed(hits, trials, prior = 0.02, weight = 50.0) =
    (hits + prior * weight) / (trials + weight)

feature age_bucket : id(8) = age.bucketize([18, 25, 30, 35, 45, 60, 75]) ?? 0
feature ctr : dense = smoothed(clicks, views)
feature freshness : dense = log1p((now - released) / 1d) ?? 0.0
feature title_tokens : ids(2 ** 20, max = 16) = title.lower().tokenize().hash_bucket(2 ** 20)
feature user_x_genre : ids(2 ** 20, max = 8) = cross(user_id, genres).hash_bucket(2 ** 20)
feature seen_30d : dense = recent.count(e -> e.movie == movie)
feature affinity : dense = genres.map(g -> taste[g] ?? 0.0).max() ?? 0.0
feature similarity : dense = cosine(profile, embedding) ?? 0.0
feature last_movies : ids(movies, max = 50) = recent.take_last(50).map(e -> movies.lookup(e.movie))
