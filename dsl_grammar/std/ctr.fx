"""Click-through rates and other rates from counts: smoothed, compared, and corrected for the position."""

"""
Estimate a rate from counts, drawn towards a prior rate.

The prior counts like `weight` trials, so that few trials give nearly the prior and many nearly `hits / trials`. It is
`smooth` with a usual prior and weight.

smoothed(3, 100) => 0.02666666666666667
smoothed(0, 0) => 0.02
"""
let smoothed(hits, trials, prior = 0.02, weight = 50.0) = smooth(hits, trials, prior, weight)

"""
Estimate a rate, drawn towards the rate of the group that it belongs to.

The prior is the group's own smoothed rate: that of the category for a product, of the shop for a category. Without any
trials it is `prior`.

smoothed_in_group(1, 10, 20, 100, weight = 10.0) => 0.1418181818181818
smoothed_in_group(0, 0, 0, 0) => 0.02
"""
let smoothed_in_group(hits, trials, group_hits, group_trials, prior = 0.02, weight = 50.0) =
    smooth(hits, trials, smooth(group_hits, group_trials, prior, weight), weight)

"""
Compare a rate with that of its group: the logarithm of the quotient of both smoothed rates.

0 where they are alike, above 0 where the rate is higher. Both are drawn towards `prior`.

relative_rate(50, 100, 100, 1000, prior = 0.1, weight = 100.0) => 1.0986122886681096
relative_rate(0, 0, 0, 0) => 0.0
"""
let relative_rate(hits, trials, group_hits, group_trials, prior = 0.02, weight = 50.0) =
    log(smooth(hits, trials, prior, weight) / smooth(group_hits, group_trials, prior, weight))

"""
Give the lower end of the Wilson interval of a rate, 0 without trials.

A rate that the counts make sure of: for sorting by rate where some have few trials. `z` is the quantile of the normal
distribution, 1.96 for 95 %.

at_least(10, 10) => 0.7224598312333834
at_least(0, 0) => 0.0
"""
let at_least(hits, trials, z = 1.96) = wilson_lower(hits, trials, z) ?? 0.0

"""
Estimate a rate from the times of hits and trials, of which each counts less the older it is.

A trial of `half_life` ago counts half. `hit_times` and `trial_times` are lists of timestamps; what lies at or after
`now` does not count.

decayed_rate([t"2026-01-01"], [t"2026-01-01", t"2025-12-25"], t"2026-01-08", weight = 0.0) => 0.6666666666666666
"""
let decayed_rate(hit_times, trial_times, now, half_life = 7d, prior = 0.02, weight = 50.0) = smooth(
    hit_times.filter(t -> t < now).map(t -> decay(now - t, half_life)).sum(),
    trial_times.filter(t -> t < now).map(t -> decay(now - t, half_life)).sum(),
    prior,
    weight,
)

"""
Add up the clicks that the shown positions alone let expect.

`rates` is the click rate of each position of the list, the first for position 0, over all results: a list of constants.
A position beyond it counts 0.

expected_clicks([0, 1, 1], [0.5, 0.25]) => 1.0
expected_clicks([7], [0.5, 0.25]) => 0.0
"""
let expected_clicks(positions, rates) = positions.map(p -> rates[p] ?? 0.0).sum()

"""
Divide clicks by the clicks that the shown positions let expect (COEC).

Above 1 for results that are clicked more than others at their positions. Drawn towards 1 by `weight` expected clicks.
W. V. Zhang, R. Jones: Comparing click logs and editorial labels for training query rewriting, 2007.

clicks_over_expected(3, [0, 1, 1], [0.5, 0.25], weight = 1.0) => 2.0
clicks_over_expected(0, [9], [0.5, 0.25], weight = 1.0) => 1.0
"""
let clicks_over_expected(clicks, positions, rates, weight = 1.0) =
    (clicks + weight) / (expected_clicks(positions, rates) + weight)

"""
Weigh a position as the discounted cumulative gain does: 1 / log2(position + 2), for positions from 0 on.

position_discount(0) => 1.0
position_discount(2) => 0.5
"""
let position_discount(position) = 1.0 / log2(position + 2.0)

"""
Weigh a click by the inverse of the propensity of its position: (position + 1) ** eta, at most `maximum`.

For training without the bias of positions that were shown higher. T. Joachims, A. Swaminathan, T. Schnabel: Unbiased
learning-to-rank with biased feedback, 2017.

inverse_propensity(0) => 1.0
inverse_propensity(99) => 10.0
"""
let inverse_propensity(position, eta = 1.0, maximum = 10.0) =
    minimum((position + 1.0) ** eta, maximum)
