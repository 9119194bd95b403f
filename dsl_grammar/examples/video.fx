"""Features of a video home page: how many seconds of this video will be watched?"""

use "std/ctr.fx" as ctr
use "std/sequence.fx" as sequence
use "std/time.fx" as time

input request {
    viewer: string
    now: timestamp
    device: string
    connection_kbit: int?
    subscriptions: list<int>
    "The last 300 videos before now, oldest first."
    watched: list<{
        video: int,
        channel: int,
        topic: string,
        seconds: float,
        length: float,
        at: timestamp,
    }>
    searches: list<{text: string, at: timestamp}>
}

input candidate {
    video: int
    channel: int
    topic: string
    tags: list<string>
    title: string
    length: float
    height: int
    published: timestamp
    impressions, clicks: int
    "Seconds watched at each tenth of the video by those who began it, over all of them."
    retention: list<float>
    watched_seconds: float
}

let past = sequence.before(watched, now)
let of_channel = past.filter(w -> w.channel == channel)
let of_topic = past.filter(w -> w.topic == topic)
let share_of_video(w) = ratio(w.seconds, w.length) ?? 0.0
let last_search = searches.filter(s -> s.at < now).map(s -> s.text).last() ?? ""

"Seconds watched, on a log scale."
@owner("home")
feature watch_time : label = log1p(watched_seconds) ?? 0.0

"The video, hashed."
@owner("home")
feature video_id : id(2 ** 22) = video.hash_bucket(2 ** 22)

"The channel, hashed."
@owner("home")
feature channel_id : id(2 ** 20) = channel.hash_bucket(2 ** 20, seed = 1)

"The last fifty videos, with the share that was watched of each."
@owner("memory")
feature watch_history : weighted(2 ** 22, max = 50) =
    past.take_last(50).map(w -> {id: w.video.hash_bucket(2 ** 22), weight: share_of_video(w)})

"Times the video was begun before."
@owner("memory")
feature already_seen : dense = past.count(w -> w.video == video)

"Mean share that was watched of the channel's videos, drawn to a third while there are few."
@owner("taste")
feature channel_share : dense =
    smooth(of_channel.sum(w -> share_of_video(w)), of_channel.length(), 0.33, 4.0)

"Mean share that was watched of the topic's videos, drawn to a third while there are few."
@owner("taste")
feature topic_share : dense =
    smooth(of_topic.sum(w -> share_of_video(w)), of_topic.length(), 0.33, 10.0)

"This week's interest in the topic over that of a month."
@owner("taste")
feature topic_trend : dense = sequence.trend(of_topic, now, 7d, 28d) ?? 0.0

"Whether the viewer follows the channel."
@owner("taste")
feature subscribed : dense = channel in subscriptions

"Channel by topic that was watched last."
@owner("taste")
feature after_topic : id(2 ** 18) =
    cross(past.map(w -> w.topic).last() ?? "none", channel).hash_bucket(2 ** 18, seed = 2)

"Words that the last search and the title share."
@owner("intent")
feature matches_search : dense =
    jaccard(last_search.fold_case().tokenize(), title.fold_case().tokenize()) ?? 0.0

"Words of the title, in pairs."
@owner("content")
feature title_pairs : ids(2 ** 18, max = 24) =
    title.fold_case().tokenize().ngrams(2, 2).take_first(24).hash_bucket(2 ** 18, seed = 3)

"Tags of the video."
@owner("content")
feature tag_ids : ids(2 ** 16, max = 12) =
    tags.distinct().take_first(12).hash_bucket(2 ** 16, seed = 4)

"Length of the video, in steps that double from half a minute on."
@owner("content")
feature length_step : id(10) =
    length.bucketize([30.0, 60.0, 120.0, 240.0, 480.0, 960.0, 1920.0, 3840.0, 7680.0]) ?? 0

"Whether the line is too slow for the picture; 0.5 where the line is unknown."
@owner("delivery")
feature too_slow : dense = (connection_kbit < height * 4).to_float() ?? 0.5

"Device by the length of the video in minutes."
@owner("context")
feature device_x_length : id(2 ** 12) =
    cross(device, minimum(length // 300.0, 12.0).to_int()).hash_bucket(2 ** 12, seed = 5) ?? 0

"Click rate of the thumbnail."
@owner("quality")
feature click_rate : dense = ctr.smoothed(clicks, impressions, prior = 0.05, weight = 100.0)

"Share of those who began it that still watched at half time."
@owner("quality")
feature half_time : dense = retention[5] ?? 0.4

"How evenly viewers leave: slope of the retention."
@owner("quality")
feature retention_slope : dense = retention.slope() ?? 0.0

"One half for each two days since the video was published."
@owner("quality")
feature freshness : dense = time.freshness(published, now, 2d)

"Whether the channel was watched on each of the last days: the length of the run."
@owner("habit")
feature channel_streak : dense = sequence.streak(past.take_last(30).map(w -> w.channel), channel)

"The viewer, hashed."
@owner("home")
feature viewer_id : id(2 ** 22) = viewer.hash_bucket(2 ** 22, seed = 6)
