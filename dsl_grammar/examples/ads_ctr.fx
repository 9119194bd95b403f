"""Features of an advertising model: the probability that this slot's visitor clicks this ad.

Bids are answered within 50 ms; the counters of the ads are five minutes old at most.
"""

use "std/ctr.fx" as ctr
use "std/sequence.fx" as sequence
use "std/time.fx" as time

input request {
    "Hash of the cookie; null where the visitor gave no consent."
    cookie: string?
    now: timestamp
    site: string
    page_url: string
    user_agent: string?
    country: string
    slot_position: int
    slot_width, slot_height: int
    impressions: list<{campaign: int, category: string, at: timestamp}>
    clicks: list<{campaign: int, category: string, at: timestamp}>
    segments: map<string, float>
}

input candidate {
    ad: int
    campaign: int
    advertiser: int
    category: string
    title: string
    landing_page: string
    bid: float
    started: timestamp
    shown_7d, clicked_7d, shown_today, clicked_today: int
    campaign_shown, campaign_clicked: int
    target_segments: list<string>
    clicked: bool
}

let zone = "UTC"
let seen = sequence.in_last(impressions, now, 7d)
let seen_campaign = seen.filter(i -> i.campaign == campaign)
let clicked_campaign = clicks.filter(c -> c.campaign == campaign and c.at < now)
let clicked_category = clicks.filter(c -> c.category == category and c.at < now)
let bids = collect(bid)

"Whether the ad was clicked within an hour of its impression."
@owner("ads")
feature clicked_it : label = clicked

"The ad, hashed twice, so that two ads rarely share both rows."
@owner("ads")
feature ad_ids : ids(2 ** 18, max = 2) = ad.multi_hash(2, 2 ** 18)

"The advertiser, hashed."
@owner("ads")
feature advertiser_id : id(2 ** 16) = advertiser.hash_bucket(2 ** 16)

"The site, hashed."
@owner("inventory")
feature site_id : id(2 ** 16) = site.hash_bucket(2 ** 16, seed = 1)

"Which ad stands on which site."
@owner("ads")
feature ad_x_site : id(2 ** 22) = cross(ad, site).hash_bucket(2 ** 22, seed = 2)

"Category of the ad by country."
@owner("ads")
feature category_x_country : id(2 ** 16) = cross(category, country).hash_bucket(2 ** 16, seed = 3)

"Click rate of the ad over a week, drawn to that of its campaign."
@owner("rates")
feature click_rate : dense =
    ctr.smoothed_in_group(clicked_7d, shown_7d, campaign_clicked, campaign_shown, 0.004, 500.0)

"Today's click rate over that of the week, as a logarithm."
@owner("rates")
feature momentum : dense =
    log_odds(ctr.smoothed(clicked_today, shown_today, 0.004, 500.0))
        - log_odds(ctr.smoothed(clicked_7d, shown_7d, 0.004, 500.0))

"Impressions that the rate comes from, on a log scale."
@owner("rates")
feature confidence : dense = log1p(shown_7d) ?? 0.0

"Impressions of the campaign that this visitor saw in a week."
@owner("fatigue")
feature campaign_seen : dense = log1p(seen_campaign.length())

"Hours since the visitor last saw the campaign, on a log scale; a week where that never happened."
@owner("fatigue")
feature hours_since_seen : dense =
    log1p(minimum((now - seen_campaign.map(i -> i.at).max()) / 1h, 168.0)) ?? 0.0

"Share of the visitor's impressions of the campaign that were clicked."
@owner("fatigue")
feature own_rate : dense =
    ctr.smoothed(clicked_campaign.length(), seen_campaign.length(), 0.004, 20.0)

"Clicks on the category, of which each week counts half of the next."
@owner("affinity")
feature category_interest : dense = sequence.decayed_count(clicked_category, now, 7d)

"Weights of the segments that the campaign asks for."
@owner("targeting")
feature segment_match : dense = target_segments.map(s -> segments[s] ?? 0.0).sum()

"The visitor's ten strongest segments."
@owner("targeting")
feature visitor_segments : weighted(2 ** 12, max = 10) =
    segments.top_n(10).entries().map(e -> {id: e.key.hash_bucket(2 ** 12), weight: e.value})

"Hour of the day in UTC."
@owner("context")
feature hour_of_day : id(24) = now.hour(zone)

"Mobile devices by their user agent."
@owner("context")
feature is_mobile : dense = (user_agent ?? "").regex_match("(?i)mobile|android|iphone")

"Position of the slot on the page, discounted as its visibility is."
@owner("context")
feature visibility : dense = ctr.position_discount(maximum(slot_position, 0)) ?? 0.0

"Area of the slot, on a log scale."
@owner("context")
feature slot_area : dense = log1p(slot_width * slot_height) ?? 0.0

"Words of the page's address that the title of the ad has too."
@owner("relevance")
feature page_overlap : dense =
    overlap_ratio(title.fold_case().tokenize(), page_url.url_path().fold_case().tokenize()) ?? 0.0

"Host of the landing page, hashed."
@owner("relevance")
feature landing_host : id(2 ** 16) = landing_page.url_host().hash_bucket(2 ** 16, seed = 4) ?? 0

"Share of this bid among the bids of the auction."
@owner("auction")
feature bid_share : dense = ratio(bid, bids.sum()) ?? 0.0

"Rank of the bid in the auction, 1 for the highest."
@owner("auction")
feature bid_rank : dense = bids.rank_of(bid, descending = true)

"Days since the campaign began, at most 90."
@owner("ads")
feature age_days : dense = minimum(time.age_in_days(started, now), 90.0)

"The visitor, hashed; 0 without consent."
@owner("identity")
feature visitor_id : id(2 ** 20) = cookie.hash_bucket(2 ** 20, seed = 6) ?? 0
