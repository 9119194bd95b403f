"""Features of a social feed: will this reader like, comment on or hide this post?

Scores are made while the page loads, for some hundreds of posts of friends and of strangers.
"""

use "std/ctr.fx" as ctr
use "std/sequence.fx" as sequence
use "std/time.fx" as time

input request {
    reader: int
    now: timestamp
    zone_hour: int
    request_language: string?
    friends: list<int>
    muted_words: list<string>
    "What the reader did in the feed before now, oldest first."
    actions: list<{author: int, topic: string, kind: string, at: timestamp}>
    "Seconds spent so far by topic."
    dwell: map<string, float>
}

input candidate {
    author: int
    topic: string
    text: string?
    language: string?
    media: string
    published: timestamp
    impressions, likes, comments, hides: int
    liked_by: list<int>
    liked: bool
}

let past = sequence.before(actions, now)
let of_author = past.filter(a -> a.author == author)
let of_topic = past.filter(a -> a.topic == topic)
let friends_who_liked = intersect(liked_by, friends)
let words = (text ?? "").fold_case().tokenize()

"Whether the reader liked the post within a day."
@owner("feed")
feature liked_it : label = liked

"The author, hashed."
@owner("feed")
feature author_id : id(2 ** 20) = author.hash_bucket(2 ** 20)

"The topic, hashed."
@owner("feed")
feature topic_id : id(4096) = topic.hash_bucket(4096, seed = 1)

"The topic at this hour of the reader's day."
@owner("feed")
feature topic_x_hour : id(2 ** 16) = cross(topic, zone_hour).hash_bucket(2 ** 16, seed = 2)

"Share of the impressions that were liked, drawn to two percent while there are few."
@owner("quality")
feature like_rate : dense = ctr.smoothed(likes, impressions)

"How sure it is that the post is liked: lower end of the interval of the like rate."
@owner("quality")
feature surely_liked : dense = ctr.at_least(likes, impressions)

"Share of the impressions that ended in hiding the post."
@owner("quality")
feature hide_rate : dense = ctr.smoothed(hides, impressions, prior = 0.002, weight = 500.0)

"Comments for each like, on a log scale."
@owner("quality")
feature talk : dense = log1p(ratio(comments, likes) ?? 0.0) ?? 0.0

"One half for each six hours since the post was published."
@owner("feed")
feature freshness : dense = time.freshness(published, now, 6h)

"What the reader did with this author in four weeks, of which each week counts half of the next."
@owner("affinity")
feature author_affinity : dense = sequence.decayed_count(of_author, now, 7d) ?? 0.0

"Days since the reader last met the author; 60 where that never happened."
@owner("affinity")
feature days_since_author : dense = minimum(sequence.days_since_last(of_author, now), 60.0)

"Share of the reader's time that goes to the topic."
@owner("affinity")
feature topic_share : dense = ratio(dwell[topic] ?? 0.0, dwell.values().sum()) ?? 0.0

"Hides of the topic among all that the reader did with it."
@owner("affinity")
feature topic_hidden : dense =
    ratio(of_topic.count(a -> a.kind == "hide"), of_topic.length()) ?? 0.0

"Friends who liked the post, at most 16 of them."
@owner("social")
feature friends_liked : ids(2 ** 22, max = 16) =
    friends_who_liked.take_first(16).hash_bucket(2 ** 22, seed = 3)

"How many friends liked the post, on a log scale."
@owner("social")
feature friend_count : dense = log1p(friends_who_liked.length())

"Whether the post has a word that the reader does not want to see."
@owner("safety")
feature has_muted_word : dense = intersects(words, muted_words)

"Words of the post."
@owner("content")
feature text_words : ids(2 ** 18, max = 32) = words.take_first(32).hash_bucket(2 ** 18, seed = 4)

"Whether the post is written in the reader's language; 0.5 where one of the two is unknown."
@owner("content")
feature same_language : dense(default = 0.5) = (request_language == language).to_float() ?? 0.5

"What the post shows: text, picture, video or a link."
@owner("content")
feature media_kind : id(5) = ["text", "picture", "video", "link"].index_of(media) + 1 ?? 0

"The reader, hashed."
@owner("feed")
feature reader_id : id(2 ** 22) = reader.hash_bucket(2 ** 22, seed = 5)
