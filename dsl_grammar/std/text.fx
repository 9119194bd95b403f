"""How well a query and a title match, by their words. Case is folded; words are cut as `tokenize` does."""

"""
Tell which share of the query's different words the title has; 0 for an empty query.

coverage("red shoes", "Red leather shoes") => 1.0
coverage("red shoes", "Blue shoes") => 0.5
coverage("", "Blue shoes") => 0.0
"""
let coverage(query, title) = overlap_ratio(words(query), words(title)) ?? 0.0

"""
Cut a text into its words, without regard to case.

words("Red SHOES") => ["red", "shoes"]
"""
let words(s) = s.fold_case().tokenize()

"""
Tell how similar query and title are as sets of words; 0 where both are empty.

similarity("red shoes", "red leather shoes") => 0.6666666666666666
"""
let similarity(query, title) = jaccard(words(query), words(title)) ?? 0.0

"""
Tell whether query and title have the same words in the same order.

same_words("red shoes", "Red, shoes!") => true
same_words("red shoes", "shoes red") => false
"""
let same_words(query, title) = words(query).join(" ") == words(title).join(" ")

"""
Tell whether the title begins with the words of the query; it does with those of an empty one.

begins_with("red", "Red shoes") => true
begins_with("red", "Redmond shoes") => false
"""
let begins_with(query, title) =
    words(title).take_first(words(query).length()).join(" ") == words(query).join(" ")

"""
Give all measures of a query and a title at once: `match.coverage`, `match.precision`, `match.similarity`,
`match.same_words`, `match.begins_with`, `match.length_difference`.

`precision` is the share of the title's words that the query has; the difference of lengths is in words. Only what a
feature reads is computed.

query_match("red shoes", "Red leather shoes").precision => 0.6666666666666666
query_match("red shoes", "Red leather shoes").length_difference => 1
"""
let query_match(query, title) = {
    coverage: coverage(query, title),
    precision: coverage(title, query),
    similarity: similarity(query, title),
    same_words: same_words(query, title),
    begins_with: begins_with(query, title),
    length_difference: words(title).length() - words(query).length(),
}
