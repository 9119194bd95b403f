"""Features of live streams: will this viewer stay for a minute, and will they send a gift?

The counters of a room are those of the last minutes, and change from request to request.
"""

use "std/ctr.fx" as ctr
use "std/listwise.fx" as listwise
use "std/sequence.fx" as sequence

input request {
    viewer: int
    now: timestamp
    city: {latitude: float, longitude: float}?
    level: int
    balance: float
    following: list<int>
    "Visits to rooms, oldest first."
    visits: list<{streamer: int, category: string, seconds: float, at: timestamp}>
    gifts: list<{streamer: int, coins: float, at: timestamp}>
}

input candidate {
    streamer: int
    category: string
    city_of_streamer: {latitude: float, longitude: float}?
    began: timestamp
    viewers, viewers_10m_ago: int
    messages_5m: int
    gift_coins_5m: float
    entered_1h, stayed_1h: int
    title: string?
    battle: bool
    stayed_minute: bool
    gave: bool
}

let past = sequence.before(visits, now)
let past_gifts = sequence.before(gifts, now)
let of_streamer = past.filter(v -> v.streamer == streamer)
let gifts_to_streamer = past_gifts.filter(g -> g.streamer == streamer)
let audience = collect(viewers)

"Whether the viewer stayed for a minute."
@owner("live")
feature stayed : label = stayed_minute

"Whether the viewer sent a gift."
@owner("live")
feature gift : label = gave

"The streamer, hashed."
@owner("live")
feature streamer_id : id(2 ** 20) = streamer.hash_bucket(2 ** 20)

"The viewer, hashed."
@owner("live")
feature viewer_id : id(2 ** 22) = viewer.hash_bucket(2 ** 22, seed = 1)

"Which viewer meets which streamer."
@owner("live")
feature viewer_x_streamer : id(2 ** 22) = cross(viewer, streamer).hash_bucket(2 ** 22, seed = 2)

"Whether the viewer follows the streamer."
@owner("bond")
feature follows : dense = streamer in following

"Minutes spent with the streamer, of which each week counts half of the next."
@owner("bond")
feature minutes_together : dense =
    log1p(of_streamer.sum(v -> v.seconds / 60.0 * decay(now - v.at, 7d)))

"Coins given to the streamer, on a log scale."
@owner("bond")
feature coins_given : dense = log1p(gifts_to_streamer.sum(g -> g.coins)) ?? 0.0

"Share of the viewer's gifts that went to the streamer."
@owner("bond")
feature gift_share : dense = ratio(gifts_to_streamer.length(), past_gifts.length()) ?? 0.0

"Days since the viewer last gave to anyone; 90 where that never happened."
@owner("wallet")
feature days_since_gift : dense = minimum(sequence.days_since_last(past_gifts, now), 90.0)

"Coins that the viewer has, on a log scale."
@owner("wallet")
feature wallet : dense = log1p(balance) ?? 0.0

"Level of the viewer, 1 to 60."
@owner("wallet")
feature viewer_level : id(61) = level.clip(0, 60)

"Viewers now over those of ten minutes ago, as a logarithm."
@owner("room")
feature growth : dense = log((viewers + 10.0) / (viewers_10m_ago + 10.0)) ?? 0.0

"Viewers of the room among all rooms of the request."
@owner("room")
feature audience_share : dense = listwise.share_of_sum(viewers, audience)

"Place of the room by its viewers, 1 for the largest."
@owner("room")
feature audience_rank : dense = audience.rank_of(viewers, descending = true)

"Messages a minute for each viewer."
@owner("room")
feature chatter : dense = ratio(messages_5m / 5.0, viewers) ?? 0.0

"Coins a minute, on a log scale."
@owner("room")
feature coin_rate : dense = log1p(gift_coins_5m / 5.0) ?? 0.0

"Share of those who entered in the last hour that stayed."
@owner("room")
feature stay_rate : dense = ctr.smoothed(stayed_1h, entered_1h, prior = 0.35, weight = 50.0)

"Hours that the stream has run, at most 12."
@owner("room")
feature hours_on_air : dense = minimum(maximum(now - began, 0s) / 1h, 12.0)

"Whether two streamers compete at the moment."
@owner("room")
feature in_battle : dense = battle

"Category by whether it is the one that the viewer visits most."
@owner("taste")
feature category_id : id(2 ** 12) =
    cross(category, past.map(v -> v.category).mode() == category).hash_bucket(2 ** 12, seed = 3)
        ?? 0

"Kilometres between viewer and streamer, on a log scale; as if 1,000 where a place is unknown."
@owner("place")
feature distance : dense(default = 6.9) =
    log1p(
        haversine_distance(
            city.latitude,
            city.longitude,
            city_of_streamer.latitude,
            city_of_streamer.longitude,
        )
            / 1000.0,
    )
        ?? 6.9

"Words of the room's title."
@owner("room")
feature title_words : ids(2 ** 16, max = 12) =
    (title ?? "").fold_case().tokenize().take_first(12).hash_bucket(2 ** 16, seed = 4)
