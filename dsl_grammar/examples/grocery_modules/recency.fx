"""Ages, gaps and windows over lists of moments. All ages are fractional days."""

"The age of a moment in days, seen from now; a large number where there is no moment."
let days_since(moment, now, never = 365.0) = (now - moment) / 1d ?? never

"The mean number of days between moments in order of time; null where there are fewer than two."
let mean_gap_days(moments) =
    if moments.length() >= 2 then (moments.last() - moments.first()) / 1d / (moments.length() - 1)
    else null

"The events of the last `window` before now. The events need a field `at`."
let within(events, now, window = 28d) = events.filter(e -> e.at >= now - window and e.at < now)

"A sum over events in which each counts half as much for every half-life that has passed."
let faded_count(events, now, half_life = 14d) = events.sum(e -> decay(now - e.at, half_life))
