"""Features of a search ranking: how well does this document answer the query?"""

use "std/ctr.fx" as ctr
use "std/listwise.fx" as listwise
use "std/text.fx" as text
use "std/time.fx" as time

input request {
    query: string
    query_language: string
    now: timestamp
    "The queries before this one in the session, oldest first."
    session_queries: list<string>
    "Documents that the user opened for any query in the last month."
    opened: list<{site: string, at: timestamp}>
    query_embedding: vector<32>?
    "How many documents of the index have each word of the query."
    document_frequencies: map<string, int>
    documents_in_index: int
}

input candidate {
    site: string
    url: string
    title, body: string
    anchors: list<string>
    language: string?
    updated: timestamp
    page_rank: float
    shown, opened_count, quick_returns: int
    document_embedding: vector<32>?
    relevance: int
}

let terms = text.words(query)
let title_terms = text.words(title)
let body_terms = text.words(body)
let rarity = terms.map(t -> idf(document_frequencies[t] ?? 0, documents_in_index) ?? 0.0)
let previous_terms = text.words(session_queries.last() ?? "")
let past_opened = opened.filter(o -> o.at < now)

"Judged relevance from 0 to 4."
@owner("judgements")
feature grade : label = relevance

"BM25 of the query in the body, of which a page has 400 words on average."
@owner("lexical")
feature body_bm25 : dense = bm25(terms, rarity, body_terms, 400.0)

"BM25 of the query in the title."
@owner("lexical")
feature title_bm25 : dense = bm25(terms, rarity, title_terms, 8.0, k1 = 0.9, b = 0.4)

"Share of the query's words that the title has."
@owner("lexical")
feature title_coverage : dense = text.coverage(query, title)

"Whether the title has the query word for word."
@owner("lexical")
feature exact_title : dense = contains_phrase(title_terms, terms)

"Length of the query over the shortest stretch of the body that has all its words; 0 if it lacks one."
@owner("lexical")
feature proximity : dense = ratio(terms.length(), minimum_cover(body_terms, terms)) ?? 0.0

"Best likeness between the query and the text of a link to the document."
@owner("lexical")
feature anchor_match : dense =
    anchors.map(a -> jaro_winkler(a.fold_case(), query.fold_case())).max() ?? 0.0

"Cosine of the embeddings."
@owner("semantic")
feature similarity : dense = cosine(query_embedding, document_embedding) ?? 0.0

"Pairs of query word and title word, hashed."
@owner("semantic")
feature word_pairs : ids(2 ** 20, max = 32) =
    cross(terms.take_first(4), title_terms.take_first(8)).hash_bucket(2 ** 20)

"Page rank among the candidates, as deviation from their mean."
@owner("authority")
feature rank_deviation : dense = listwise.deviation(page_rank, collect(page_rank))

"Page rank, on a log scale."
@owner("authority")
feature authority : dense = log1p(page_rank) ?? 0.0

"Depth of the address: how many parts its path has."
@owner("authority")
feature url_depth : dense = url.url_path().split("/").count(part -> part != "")

"How often the document was opened of the times it was shown."
@owner("behaviour")
feature open_rate : dense = ctr.smoothed(opened_count, shown, prior = 0.1, weight = 30.0)

"How many of those who opened it came back at once."
@owner("behaviour")
feature quick_return_rate : dense =
    ctr.smoothed(quick_returns, opened_count, prior = 0.3, weight = 20.0)

"How often the user opened a document of this site in a month, on a log scale."
@owner("behaviour")
feature site_visits : dense = log1p(past_opened.count(o -> o.site == site))

"Words that the query has and the one before it in the session had not."
@owner("session")
feature new_words : dense = difference(terms, previous_terms).length()

"Queries of the session so far."
@owner("session")
feature session_length : dense = minimum(session_queries.length(), 20)

"Years since the document was changed, at most 10."
@owner("document")
feature age_years : dense = minimum(time.age_in_days(updated, now) / 365.25, 10.0)

"Whether the document is in the language of the query; 0.5 where its language is unknown."
@owner("document")
feature same_language : dense = (language == query_language).to_float() ?? 0.5

"Words of the body, on a log scale."
@owner("document")
feature body_length : dense = log1p(body_terms.length())

"The query, hashed."
@owner("memory")
feature query_id : id(2 ** 20) = terms.join(" ").hash_bucket(2 ** 20, seed = 1)

"The site, hashed."
@owner("memory")
feature site_id : id(2 ** 18) = site.hash_bucket(2 ** 18, seed = 2)
