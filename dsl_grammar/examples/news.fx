"""Features of a news page: which article will be read to its end in the next minutes?

Articles live for hours. Words, places and the pace of clicks matter more than ids.
"""

use "std/ctr.fx" as ctr
use "std/sequence.fx" as sequence
use "std/text.fx" as text
use "std/time.fx" as time

input request {
    now: timestamp
    region: string?
    edition: string
    entities_read: map<string, float>
    read: list<{section: string, publisher: string, words: int, at: timestamp}>
}

input candidate {
    headline: string
    lead: string?
    section: string
    publisher: string
    entities: list<string>
    regions: list<string>
    words: int
    published: timestamp
    changed: timestamp?
    shown_10m, clicked_10m, shown, clicked: int
    "Clicks of the last hour in steps of ten minutes, oldest first."
    pace: list<int>
    breaking: bool
    finished: bool
}

let past = sequence.before(read, now)
let today = sequence.in_last(read, now, 1d)
let headline_words = text.words(headline)

"Whether the article was read to its end."
@owner("news")
feature read_to_end : label = finished

"One half for each three hours since it was published."
@owner("news")
feature freshness : dense = time.freshness(published, now, 3h)

"Minutes since the last change, on a log scale; since publishing where there was none."
@owner("news")
feature minutes_since_change : dense = log1p(maximum(now - (changed ?? published), 0s) / 1m) ?? 0.0

"Whether the desk marked it as breaking."
@owner("desk")
feature is_breaking : dense = breaking

"Click rate of the last ten minutes, drawn to that of the article so far."
@owner("pace")
feature click_rate : dense =
    ctr.smoothed_in_group(clicked_10m, shown_10m, clicked, shown, 0.03, 100.0)

"How the clicks of the last hour rise or fall, for each ten minutes."
@owner("pace")
feature acceleration : dense = signed_log(pace.slope()) ?? 0.0

"Share of the hour's clicks that came in the last ten minutes."
@owner("pace")
feature peak : dense = ratio(pace.last(), pace.sum()) ?? 0.0

"Section of the article, hashed."
@owner("taste")
feature section_id : id(512) = section.hash_bucket(512)

"Share of the articles read that were of this section."
@owner("taste")
feature section_share : dense = sequence.share_of(past.map(r -> r.section), section)

"Articles of this section that were read today."
@owner("taste")
feature section_today : dense = today.count(r -> r.section == section)

"Share of the articles read that were of this publisher."
@owner("taste")
feature publisher_share : dense = sequence.share_of(past.map(r -> r.publisher), publisher)

"How many kinds of sections the reader has: 1 where each article was of another."
@owner("taste")
feature variety : dense = sequence.variety(past.map(r -> r.section))

"Persons, places and companies of the article that the reader has read of, by their weight."
@owner("taste")
feature entity_match : dense = log1p(entities.map(e -> entities_read[e] ?? 0.0).sum()) ?? 0.0

"Entities of the article."
@owner("content")
feature entity_ids : ids(2 ** 18, max = 16) =
    entities.distinct().take_first(16).hash_bucket(2 ** 18, seed = 1)

"Words of the headline, without those that all headlines have."
@owner("content")
feature headline_ids : ids(2 ** 18, max = 16) =
    headline_words
        .remove_stopwords(["a", "an", "and", "in", "of", "on", "the", "to"])
        .take_first(16)
        .hash_bucket(2 ** 18, seed = 2)

"Whether the headline asks a question."
@owner("content")
feature asks : dense = headline.ends_with("?")

"Digits in the headline."
@owner("content")
feature figures : dense = minimum(headline.regex_count("[0-9]+"), 5)

"Words of the headline that the lead has too."
@owner("content")
feature lead_overlap : dense = text.coverage(headline, lead ?? "")

"Minutes that the article takes at 230 words a minute."
@owner("content")
feature reading_minutes : dense = minimum(words / 230.0, 20.0)

"Length of the article over the mean of what the reader finished, as a logarithm."
@owner("taste")
feature length_ratio : dense = log(ratio(words + 1, past.map(r -> r.words).mean() + 1)) ?? 0.0

"Whether the article is about the reader's region; 0.5 where that is unknown."
@owner("place")
feature is_local : dense =
    if region.is_null() then 0.5 else if (region ?? "") in regions then 1.0 else 0.0

"Part of the day by section."
@owner("context")
feature daytime_x_section : id(4096) =
    cross(hour(now, "UTC") // 3, edition, section).hash_bucket(4096, seed = 3)
