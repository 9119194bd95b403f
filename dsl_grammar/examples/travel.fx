"""Features of a hotel search: which offer will be booked?

Each offer is compared with the others of the same search, because guests do so.
"""

use "std/ctr.fx" as ctr
use "std/listwise.fx" as listwise
use "std/price.fx" as price
use "std/sequence.fx" as sequence

input request {
    now: timestamp
    check_in, check_out: timestamp
    adults, children: int
    country_of_guest: string
    destination: int
    centre: {latitude: float, longitude: float}
    "Stays before now, oldest first."
    stays: list<{hotel: int, chain: string?, stars: float, paid_per_night: float, at: timestamp}>
    viewed: list<{hotel: int, at: timestamp}>
    filters: list<string>
}

input candidate {
    hotel: int
    chain: string?
    stars: float?
    place: {latitude: float, longitude: float}
    price_per_night: float
    "What the room cost per night on the last thirty days, oldest first."
    price_history: list<float>
    rooms_left: int?
    free_cancellation, breakfast: bool
    amenities: list<string>
    review_score: float?
    reviews: int
    review_languages: map<string, int>
    shown, clicked, booked_before: int
    booked: bool
}

let zone = "UTC"
let nights = maximum(date_diff(check_in, check_out, zone), 1)
let past = sequence.before(stays, now)
let usual_price = past.map(s -> s.paid_per_night).median()
let offers = collect(price_per_night)
let kilometres =
    haversine_distance(centre.latitude, centre.longitude, place.latitude, place.longitude) / 1000.0

"Whether the offer was booked."
@owner("ranking")
feature was_booked : label = booked

"The hotel, hashed."
@owner("ranking")
feature hotel_id : id(2 ** 20) = hotel.hash_bucket(2 ** 20)

"Hotel by country of the guest."
@owner("ranking")
feature hotel_x_country : id(2 ** 20) =
    cross(hotel, country_of_guest).hash_bucket(2 ** 20, seed = 1)

"The destination, hashed."
@owner("ranking")
feature destination_id : id(2 ** 16) = destination.hash_bucket(2 ** 16, seed = 2)

"Price per night, on a log scale."
@owner("price")
feature log_price : dense = log1p(price_per_night) ?? 0.0

"Price over the median of the search."
@owner("price")
feature over_median : dense = listwise.over_median(price_per_night, offers)

"Where the price stands between the cheapest and the dearest offer."
@owner("price")
feature price_position : dense = price.price_position(price_per_night, offers) ?? 0.5

"Place of the offer by price, 1 for the cheapest."
@owner("price")
feature price_rank : dense = offers.rank_of(price_per_night)

"Price over what the guest usually pays."
@owner("price")
feature relative_price : dense = price.relative_price(price_per_night, usual_price) ?? 1.0

"How much less than in the last thirty days it costs."
@owner("price")
feature discount : dense =
    price.discount_rate(price_per_night, price_history.mean() ?? price_per_night)

"How the price moved over thirty days, in percent of its mean for each day."
@owner("price")
feature price_slope : dense = (ratio(price_history.slope(), price_history.mean()) * 100.0) ?? 0.0

"Stars, in halves; 0 where unknown."
@owner("hotel")
feature star_halves : id(11) = ((stars * 2.0).round().to_int() ?? 0).clip(0, 10)

"Difference of the stars to the mean of the guest's stays."
@owner("taste")
feature star_difference : dense = (stars - past.map(s -> s.stars).mean()) ?? 0.0

"Whether the guest stayed in the hotel before."
@owner("taste")
feature stayed_before : dense = past.any(s -> s.hotel == hotel)

"Share of the guest's stays that were with the chain."
@owner("taste")
feature chain_share : dense = ratio(past.count(s -> s.chain == chain), past.length()) ?? 0.0

"Times the guest looked at the hotel in two weeks."
@owner("taste")
feature views_14d : dense = sequence.count_in_last(viewed.filter(v -> v.hotel == hotel), now, 14d)

"Score of the reviews, drawn to 7.5 while there are few."
@owner("reviews")
feature review : dense = bayes_average(review_score, reviews, 7.5, 20.0) ?? 7.5

"Reviews, on a log scale."
@owner("reviews")
feature review_count : dense = log1p(reviews) ?? 0.0

"Share of the reviews in the guest's language, as far as the country tells it."
@owner("reviews")
feature own_language : dense =
    ratio(review_languages[country_of_guest.lower()] ?? 0, review_languages.values().sum()) ?? 0.0

"Filters of the search that the hotel satisfies."
@owner("hotel")
feature filters_met : dense = overlap_ratio(filters, amenities) ?? 1.0

"Kilometres to the centre, on a log scale."
@owner("hotel")
feature distance : dense = log1p(kilometres) ?? 0.0

"Square of the map that the hotel stands in, about five kilometres wide."
@owner("hotel")
feature map_square : id(2 ** 18) =
    geohash_encode(place.latitude, place.longitude, 5).hash_bucket(2 ** 18, seed = 3) ?? 0

"Whether few rooms are left; 0 where that is unknown."
@owner("offer")
feature scarce : dense = (rooms_left <= 3).to_float() ?? 0.0

"Free cancellation and breakfast as one of four."
@owner("offer")
feature terms : id(4) = free_cancellation.to_int() * 2 + breakfast.to_int()

"Click rate of the offer."
@owner("behaviour")
feature click_rate : dense = ctr.smoothed(clicked, shown, prior = 0.04, weight = 200.0)

"Bookings for each click."
@owner("behaviour")
feature booking_rate : dense = ctr.smoothed(booked_before, clicked, prior = 0.03, weight = 100.0)

"Days until the stay, on a log scale, by nights."
@owner("trip")
feature lead_time : dense = log1p(maximum(check_in - now, 0s) / 1d) ?? 0.0

"Nights of the stay, 1 to 30."
@owner("trip")
feature night_count : id(31) = minimum(nights, 30)

"Whether the stay begins on Friday or Saturday."
@owner("trip")
feature weekend : dense = check_in.day_of_week(zone) in [5, 6]

"Who travels: adults and children."
@owner("trip")
feature party : id(256) = cross(minimum(adults, 6), minimum(children, 4)).hash_bucket(256, seed = 4)
