"""Lists: order, masks, comparison as sets. What is here is composed of the operators on lists."""

"""
List the positions of a list in the order of their elements: the position of the least first.

`ys.gather(argsort(xs))` sorts one list by another.

argsort([30, 10, 20]) => [1, 2, 0]
argsort(["b", "a", "b"]) => [1, 0, 2]
"""
let argsort(xs) = xs.positions().sort_by(i -> xs[i])

"""
Keep every `n`th element, from the first on.

every_nth([1, 2, 3, 4, 5], 2) => [1, 3, 5]
every_nth([1, 2], 5) => [1]
"""
let every_nth(xs, n) = xs.gather(xs.positions().filter(i -> i % n == 0))

"""
Say for each place of a list that is padded to `n` elements whether it has an element (1) or padding (0).

padding_mask([7, 8], 4) => [1, 1, 0, 0]
padding_mask([7, 8, 9], 2) => [1, 1]
"""
let padding_mask(xs, n) = range(n).map(i -> if i < xs.length() then 1 else 0)

"""
Tell whether the first list contains all values of the second.

contains_all([1, 2, 3], [3, 1, 3]) => true
contains_all([1, 2], [3]) => false
"""
let contains_all(xs, ys) = is_subset(ys, xs)

"""
Tell whether two lists have the same values, whatever their order and numbers. `lists_equal` looks at both.

same_values([1, 2, 1], [2, 1]) => true
same_values([1, 2], [2, 3]) => false
"""
let same_values(xs, ys) = is_subset(xs, ys) and is_subset(ys, xs)

"""
List the distinct values that are in one of the lists only: those of the first, then those of the second.

symmetric_difference([1, 2, 2], [2, 3]) => [1, 3]
symmetric_difference(["a"], ["a"]) => []
"""
let symmetric_difference(xs, ys) = concat(difference(xs, ys), difference(ys, xs))

"""
Measure how similar two lists are as sets, by the Tversky index; null where the weighted sizes add up to 0.

The shared values, divided by themselves plus `alpha` times the values of the first only and `beta` times those of the
second only. With 1 and 1 it is `jaccard`, with 0.5 and 0.5 `dice`; with 1 and 0 it asks how much of the first is found.

tversky([1, 2, 3], [2, 3, 4], 1.0, 1.0) => 0.5
tversky([1, 2, 3], [2, 3, 4, 5], 1.0, 0.0) => 0.6666666666666666
"""
let tversky(xs, ys, alpha, beta) = ratio(
    to_float(overlap_count(xs, ys)),
    overlap_count(xs, ys)
        + alpha * (xs.distinct_count() - overlap_count(xs, ys))
        + beta * (ys.distinct_count() - overlap_count(xs, ys)),
)
