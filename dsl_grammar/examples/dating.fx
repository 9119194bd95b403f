"""Features of a dating service: will both sides like each other?

A match needs two likes, so that each feature of one side has its twin on the other.
"""

use "std/ctr.fx" as ctr
use "std/sequence.fx" as sequence
use "std/time.fx" as time

input request {
    now: timestamp
    born: timestamp
    place: {latitude: float, longitude: float}
    interests: list<string>
    languages: list<string>
    height_cm: float?
    wants: {age_from: int, age_to: int, distance_km: float}
    taste: vector<16>?
    looks: vector<16>?
    "Profiles seen before now, oldest first; liked says how it ended."
    seen: list<{age: int, interests: list<string>, liked: bool, at: timestamp}>
    liked_of_seen, seen_total: int
}

input candidate {
    born_candidate: timestamp
    place_candidate: {latitude: float, longitude: float}
    interests_candidate: list<string>
    languages_candidate: list<string>
    height_candidate_cm: float?
    wants_candidate: {age_from: int, age_to: int, distance_km: float}
    taste_candidate: vector<16>?
    looks_candidate: vector<16>?
    about: string?
    photos: int
    verified: bool
    last_active: timestamp
    likes_received, times_shown: int
    likes_given, profiles_judged: int
    answered, messages_received: int
    matched: bool
}

let zone = "UTC"
let age = time.age_in_years(born, now, zone)
let age_candidate = time.age_in_years(born_candidate, now, zone)
let past = sequence.before(seen, now)
let past_liked = past.filter(s -> s.liked)
let kilometres =
    haversine_distance(
        place.latitude,
        place.longitude,
        place_candidate.latitude,
        place_candidate.longitude,
    )
        / 1000.0
let within(years, wish) = years >= wish.age_from and years <= wish.age_to

"Whether both liked each other."
@owner("matching")
feature match : label = matched

"Whether the candidate's age is what the user wants."
@owner("wishes")
feature age_fits : dense = within(age_candidate, wants)

"Whether the user's age is what the candidate wants."
@owner("wishes")
feature own_age_fits : dense = within(age, wants_candidate)

"Distance over what the two accept, at most 3."
@owner("wishes")
feature distance_ratio : dense =
    minimum(ratio(kilometres, minimum(wants.distance_km, wants_candidate.distance_km)) ?? 3.0, 3.0)

"Kilometres between the two, on a log scale."
@owner("wishes")
feature distance : dense = log1p(kilometres) ?? 0.0

"Years that the candidate is older."
@owner("fit")
feature age_difference : dense = (age_candidate - age).clip(-30, 30)

"Difference of the candidate's age to the mean of those that the user liked."
@owner("taste")
feature age_from_liked : dense = (age_candidate - past_liked.map(s -> s.age).mean()) ?? 0.0

"Centimetres that the candidate is taller; 0 where one is unknown."
@owner("fit")
feature height_difference : dense = (height_candidate_cm - height_cm) ?? 0.0

"Interests that both have among all that they have."
@owner("fit")
feature shared_interests : dense = jaccard(interests, interests_candidate) ?? 0.0

"Interests that the candidate has and liked profiles had, seldom ones counted more."
@owner("taste")
feature interest_affinity : dense =
    log1p(past_liked.sum(s -> overlap_count(s.interests, interests_candidate)))

"Whether they have a language in common."
@owner("fit")
feature common_language : dense = intersects(languages, languages_candidate)

"How far the candidate looks like what the user likes."
@owner("taste")
feature looks_fit : dense = cosine(taste, looks_candidate) ?? 0.0

"How far the user looks like what the candidate likes."
@owner("taste")
feature own_looks_fit : dense = cosine(taste_candidate, looks) ?? 0.0

"Product of the two: high only where both are."
@owner("taste")
feature mutual_looks : dense =
    ((1.0 + cosine(taste, looks_candidate)) * (1.0 + cosine(taste_candidate, looks)) / 4.0) ?? 0.25

"Share of the profiles that the user likes."
@owner("habit")
feature own_like_rate : dense = ctr.smoothed(liked_of_seen, seen_total, prior = 0.3, weight = 20.0)

"Share of the profiles that the candidate likes."
@owner("habit")
feature like_rate : dense = ctr.smoothed(likes_given, profiles_judged, prior = 0.3, weight = 20.0)

"Share of those who saw the candidate that liked them."
@owner("habit")
feature popularity : dense = ctr.smoothed(likes_received, times_shown, prior = 0.3, weight = 20.0)

"Share of the messages that the candidate answers."
@owner("habit")
feature answer_rate : dense = ctr.smoothed(answered, messages_received, prior = 0.5, weight = 10.0)

"Days since the candidate was last there, on a log scale."
@owner("habit")
feature days_away : dense = log1p(time.age_in_days(last_active, now)) ?? 0.0

"Likes of the user's last twenty judgements."
@owner("habit")
feature recent_likes : dense = past.take_last(20).count(s -> s.liked)

"Interests of the candidate."
@owner("profile")
feature interest_ids : ids(4096, max = 20) = interests_candidate.take_first(20).hash_bucket(4096)

"Characters of the text about oneself, on a log scale."
@owner("profile")
feature about_length : dense = log1p((about ?? "").length())

"Photos, at most nine."
@owner("profile")
feature photo_count : id(10) = photos.clip(0, 9)

"Whether the service has checked who it is."
@owner("profile")
feature is_verified : dense = verified
