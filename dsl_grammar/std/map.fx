"""Maps: bringing two together, changing values, asking for several keys."""

"""
Bring two maps together; where both have a key, the value of the second counts.

merge_maps(count_values(["a", "b"]), count_values(["b", "b"]))["b"] => 2
merge_maps(count_values(["a", "b"]), count_values(["c"])).keys() => ["a", "b", "c"]
"""
let merge_maps(x, y) = map_from_lists(concat(x.keys(), y.keys()), concat(x.values(), y.values()))

"""
Add two maps key by key; a key that one of them lacks counts as 0 there.

add_maps(count_values(["a", "b"]), count_values(["b", "b"]))["b"] => 3
add_maps(count_values(["a"]), count_values(["c"])).values() => [1, 1]
"""
let add_maps(x, y) = group_sum(concat(x.keys(), y.keys()), concat(x.values(), y.values()))

"""
Multiply each value by a factor.

scale_map(count_values(["a", "b", "a"]), 0.5).values() => [1.0, 0.5]
"""
let scale_map(m, factor) = map_from_lists(m.keys(), m.values().map(v -> v * factor))

"""
Keep the entries whose values lie between `low` and `high`, both included.

values_between(count_values(["a", "b", "a"]), 2, 9).keys() => ["a"]
"""
let values_between(m, low, high) =
    m.select_keys(m.entries().filter(e -> between(e.value, low, high)).map(e -> e.key))

"""
List the values of several keys; a key that the map lacks is left out.

values_of(count_values(["a", "b", "a"]), ["b", "x", "a"]) => [1, 2]
"""
let values_of(m, keys) = keys.map(k -> m[k]).remove_nulls()

"""
Give the key with the greatest value, of equal ones the first; null for an empty map.

best_key(count_values(["b", "a", "a"])) => "a"
"""
let best_key(m) = m.top_n(1).keys().first()

"""
Write a map with int keys as LIBSVM writes the features of a row: `index:value`, ascending.

A row is `concat(to_string(label), " ", libsvm(m))`; as a feature of kind `text` it goes into CSV, whose lines are then those of the file.

libsvm(map_from_lists([7, 3], [0.5, 1.0])) => "3:1.0 7:0.5"
libsvm(count_values([5, 5, 2])) => "2:1 5:2"
"""
let libsvm(m) =
    m
        .entries()
        .sort_by(e -> e.key)
        .map(e -> concat(to_string(e.key), ":", to_string(e.value)))
        .join(" ")
