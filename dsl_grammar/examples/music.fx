"""Features of a music player: which track shall follow the one that is playing?"""

use "std/ctr.fx" as ctr
use "std/sequence.fx" as sequence
use "std/time.fx" as time

input request {
    listener: int
    now: timestamp
    time_zone_offset: duration
    playing: {track: int, artist: int, tempo: float, key: int}?
    "The last 500 plays before now, oldest first; played is the share of the track that was heard."
    plays: list<{track: int, artist: int, genre: string, played: float, at: timestamp}>
    liked_artists: list<int>
    taste: vector<24>?
}

input candidate {
    track: int
    artist: int
    genres: list<string>
    tempo: float?
    key: int?
    loudness: float?
    length: duration
    released: timestamp
    plays_7d, skips_7d, plays_total: int
    audio: vector<24>
    heard: float
}

let past = sequence.before(plays, now)
let of_track = past.filter(p -> p.track == track)
let of_artist = past.filter(p -> p.artist == artist)
let session = sequence.last_session(past, now, 20m)
let local_hour = hour(now + time_zone_offset, "UTC")

"Share of the track that was heard."
@owner("player")
feature heard_share : label = heard.clip(0.0, 1.0)

"The track, hashed."
@owner("player")
feature track_id : id(2 ** 22) = track.hash_bucket(2 ** 22)

"The artist, hashed."
@owner("player")
feature artist_id : id(2 ** 20) = artist.hash_bucket(2 ** 20, seed = 1)

"The listener, hashed."
@owner("player")
feature listener_id : id(2 ** 22) = listener.hash_bucket(2 ** 22, seed = 2)

"The last thirty tracks of which more than half was heard."
@owner("memory")
feature recent_tracks : ids(2 ** 22, max = 30) =
    past.filter(p -> p.played > 0.5).take_last(30).map(p -> p.track.hash_bucket(2 ** 22))

"Cosine of the audio and the listener's taste."
@owner("taste")
feature taste_match : dense = cosine(taste, audio) ?? 0.0

"Share of the plays that were of one of the track's genres."
@owner("taste")
feature genre_share : dense = ratio(past.count(p -> p.genre in genres), past.length()) ?? 0.0

"Mean share that was heard of the artist's tracks, drawn to one half while there are few."
@owner("taste")
feature artist_heard : dense = smooth(of_artist.sum(p -> p.played), of_artist.length(), 0.5, 5.0)

"Whether the listener likes the artist."
@owner("taste")
feature likes_artist : dense = artist in liked_artists

"Times the track was skipped within its first tenth."
@owner("fatigue")
feature skipped : dense = of_track.count(p -> p.played < 0.1)

"Plays of the track, of which each three days count half of the next."
@owner("fatigue")
feature worn_out : dense = sequence.decayed_count(of_track, now, 3d)

"Hours since the track was last played, on a log scale; a year where that never happened."
@owner("fatigue")
feature hours_since_track : dense =
    log1p(minimum((now - of_track.map(p -> p.at).max()) / 1h, 8760.0)) ?? 0.0

"Tracks of this artist in the present session."
@owner("session")
feature artist_in_session : dense = session.count(p -> p.artist == artist)

"Mean share heard in the session: whether the listener is content."
@owner("session")
feature session_heard : dense = session.map(p -> p.played).mean() ?? 0.5

"How often a track of this artist followed one of the artist that is playing."
@owner("session")
feature follows_playing : dense =
    sequence.transition_share(past.map(p -> p.artist), playing.artist, artist)

"Difference in tempo to the track that is playing, in beats per minute; 40 where one is unknown."
@owner("audio")
feature tempo_step : dense(default = 40.0) = abs(tempo - playing.tempo) ?? 40.0

"Steps between the keys on the circle of fifths, 0 to 6; 3 where one is unknown."
@owner("audio")
feature key_distance : dense(default = 3.0) =
    minimum((key - playing.key) * 7 % 12, (playing.key - key) * 7 % 12) ?? 3

"Loudness in decibels below full scale, in steps of three."
@owner("audio")
feature loudness_step : id(13) = loudness.bucketize_equal_width(-33.0, 0.0, 11) ?? 0

"Share of this week's plays that were skipped."
@owner("popularity")
feature skip_rate : dense = ctr.smoothed(skips_7d, plays_7d, prior = 0.25, weight = 40.0)

"This week's plays among all of the track, on a log scale."
@owner("popularity")
feature rising : dense = log((plays_7d + 1.0) / (plays_total + 52.0)) ?? 0.0

"Hour of the listener's day by genre."
@owner("context")
feature hour_x_genre : ids(2 ** 14, max = 4) =
    cross(local_hour, genres.take_first(4)).hash_bucket(2 ** 14, seed = 3)

"Years since the release, at most 70."
@owner("track")
feature age_years : dense = minimum(time.age_in_days(released, now) / 365.25, 70.0)

"Minutes that the track takes."
@owner("track")
feature minutes : dense = minimum(length / 1m, 30.0)
