"""A candidate among the candidates of its request. `xs` is what `collect` gives: `price.deviation(collect(price))`."""

"""
Tell which part of the sum of all values this one is; 0 where the sum is 0.

share_of_sum(2.0, [2.0, 5.0, 1.0]) => 0.25
share_of_sum(0.0, [0.0]) => 0.0
"""
let share_of_sum(x, xs) = ratio(x, xs.sum()) ?? 0.0

"""
Compare a value with the greatest of all; 0 where that is 0, or where there is none.

share_of_best(2.0, [2.0, 8.0]) => 0.25
"""
let share_of_best(x, xs) = ratio(x, xs.max() ?? 0.0) ?? 0.0

"""
Standardise a value among all: by how many standard deviations it lies above their mean.

The deviation is that of a whole population, divided by n. 0 where all values are equal.

deviation(5.0, [1.0, 3.0, 5.0]) => 1.224744871391589
deviation(2.0, [2.0, 2.0]) => 0.0
"""
let deviation(x, xs) = z_score(x, xs.mean() ?? 0.0, sqrt(xs.variance(0) ?? 0.0)) ?? 0.0

"""
Tell by how much a value lies above the median of all; 0 where there is none.

over_median(5.0, [1.0, 3.0, 9.0]) => 2.0
"""
let over_median(x, xs) = (x - xs.median()) ?? 0.0

"""
Tell how frequent a value is among all: 1 where all are equal to it.

A measure of variety: a brand that few other candidates have is close to 0.

frequency(1, [1, 2, 1, 1]) => 0.75
"""
let frequency(x, xs) = ratio(xs.count_value(x), xs.length()) ?? 0.0

"""
Add up how frequent the tags of a candidate are among those of all candidates.

`all_tags` has the tags of all of them in one list: `tag_share(tags, collect(tags).flatten())`.

tag_share(["a", "b"], ["a", "b", "a", "c"]) => 0.75
"""
let tag_share(tags, all_tags) = tags.map(t -> frequency(t, all_tags)).sum()
