"""Features of a game's shop: which offer will this player buy, and will they still play in a week?"""

use "std/ctr.fx" as ctr
use "std/price.fx" as price
use "std/sequence.fx" as sequence
use "std/time.fx" as time

input request {
    player: int
    now: timestamp
    installed: timestamp
    platform: string
    country: string
    level: int
    coins, gems: int
    inventory: map<int, int>
    "Matches before now, oldest first."
    matches: list<{mode: string, hero: int, won: bool, minutes: float, score: int, at: timestamp}>
    purchases: list<{offer: int, kind: string, paid: float, at: timestamp}>
    friends_online: int
}

input candidate {
    offer: int
    kind: string
    heroes: list<int>
    items: list<{item: int, count: int}>
    usual_price, offer_price: float
    min_level: int
    starts: timestamp
    ends: timestamp?
    shown, bought_before: int
    bought: bool
    stayed_week: bool
}

let zone = "UTC"
let past = sequence.before(matches, now)
let week = sequence.in_last(matches, now, 7d)
let paid = sequence.before(purchases, now)
let of_kind = paid.filter(p -> p.kind == kind)
let session = sequence.last_session(past, now)
let results = past.map(m -> m.won)

"Whether the offer was bought."
@owner("shop")
feature was_bought : label = bought

"Whether the player played in the week after."
@owner("shop")
feature stayed : label = stayed_week

"The player, hashed."
@owner("shop")
feature player_id : id(2 ** 22) = player.hash_bucket(2 ** 22)

"The offer, hashed."
@owner("shop")
feature offer_id : id(2 ** 16) = offer.hash_bucket(2 ** 16, seed = 1)

"Kind of the offer by platform and country."
@owner("shop")
feature kind_x_market : id(2 ** 14) = cross(kind, platform, country).hash_bucket(2 ** 14, seed = 2)

"Price over the usual price."
@owner("price")
feature discount : dense = price.discount_rate(offer_price, usual_price)

"Price in steps that double, from 0 for free."
@owner("price")
feature price_step : id(24) = price.price_bucket(offer_price) ?? 0

"Price over the mean of what the player paid, as a logarithm; 0 for who never paid."
@owner("price")
feature price_of_past : dense = log(ratio(offer_price, paid.map(p -> p.paid).mean())) ?? 0.0

"All that the player paid, on a log scale."
@owner("spending")
feature total_paid : dense = log1p(paid.sum(p -> p.paid)) ?? 0.0

"Days since the player last paid; 365 for who never paid."
@owner("spending")
feature days_since_paid : dense = minimum(sequence.days_since_last(paid, now), 365.0)

"Purchases of this kind, of which each month counts half of the next."
@owner("spending")
feature kind_interest : dense = sequence.decayed_count(of_kind, now, 30d)

"Days between purchases; 90 where there were fewer than two."
@owner("spending")
feature purchase_gap : dense = sequence.mean_gap_days(paid, now) ?? 90.0

"Coins and gems, on a log scale."
@owner("wallet")
feature wallet : dense = log1p(coins + gems * 100) ?? 0.0

"Items of the offer that the player has not."
@owner("wallet")
feature new_items : dense = items.count(i -> (inventory[i.item] ?? 0) == 0)

"Items of the offer, by how many of each there are."
@owner("offer")
feature item_ids : weighted(2 ** 16, max = 16) =
    items.take_first(16).map(i -> {id: i.item.hash_bucket(2 ** 16), weight: log1p(i.count)})

"Share of the week's matches that were played with a hero of the offer."
@owner("play")
feature hero_share : dense = ratio(week.count(m -> m.hero in heroes), week.length()) ?? 0.0

"Hero that was played most, hashed."
@owner("play")
feature main_hero : id(1024) = past.map(m -> m.hero).mode().hash_bucket(1024, seed = 3) ?? 0

"Matches a day in a week."
@owner("play")
feature matches_per_day : dense = week.length() / 7.0

"Matches of this week over those of four weeks: whether the player grows tired."
@owner("play")
feature activity_trend : dense = sequence.trend(past, now, 7d, 28d) ?? 0.0

"Share of the last twenty matches that were won."
@owner("play")
feature win_rate : dense =
    smooth(past.take_last(20).count(m -> m.won), minimum(past.length(), 20), 0.5, 4.0)

"Matches lost in a row up to now."
@owner("play")
feature losing_streak : dense = minimum(sequence.streak(results, false), 10)

"Minutes of the present session."
@owner("play")
feature session_minutes : dense = minimum(session.sum(m -> m.minutes), 600.0)

"How the score changed over the last ten matches."
@owner("play")
feature score_slope : dense = signed_log(past.take_last(10).map(m -> m.score).slope()) ?? 0.0

"How many modes the player plays."
@owner("play")
feature modes : dense = past.map(m -> m.mode).distinct_count()

"Mode that was played last, by hour of the day."
@owner("context")
feature mode_x_hour : id(2 ** 10) =
    cross(past.map(m -> m.mode).last() ?? "none", now.hour(zone)).hash_bucket(2 ** 10, seed = 4)

"Levels above what the offer asks for."
@owner("offer")
feature level_margin : dense = (level - min_level).clip(-10, 50)

"Hours until the offer ends, on a log scale; a month where it has no end."
@owner("offer")
feature hours_left : dense = log1p(maximum((ends - now) / 1h ?? 720.0, 0.0))

"Hours since the offer began, on a log scale."
@owner("offer")
feature hours_open : dense = log1p(maximum(now - starts, 0s) / 1h) ?? 0.0

"Purchases for each time it was shown."
@owner("offer")
feature purchase_rate : dense = ctr.smoothed(bought_before, shown, prior = 0.01, weight = 300.0)

"Days since the game was installed, on a log scale."
@owner("player")
feature days_installed : dense = log1p(time.age_in_days(installed, now)) ?? 0.0

"Friends that play at the moment, at most 20."
@owner("player")
feature friends_now : dense = minimum(friends_online, 20)
