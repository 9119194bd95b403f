"""Rates that stay sensible where there is little to count."""

"The share of trials that hit, drawn towards the prior as if it had been seen `weight` times."
let shrunk_rate(hits, trials, prior = 0.01, weight = 100.0) = smooth(hits, trials, prior, weight)

"A ratio on a logarithmic scale: 0 where both are equal, and at most `limit` either way."
let log_ratio(numerator, denominator, limit = 4.0) =
    log(ratio(numerator + 1.0, denominator + 1.0) ?? 1.0).clip(-limit, limit)

"A share from 0 to 1; `otherwise` where the whole is zero or unknown."
let share(part, whole, otherwise = 0.0) = (ratio(part, whole) ?? otherwise).clip(0.0, 1.0)
