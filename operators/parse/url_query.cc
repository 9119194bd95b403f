// url_query(url): the query of an address.
#include "feature_extractor/operator.h"
#include "feature_extractor/url.h"

namespace feature_extractor {
namespace {

struct UrlQuery {
  static Nullable<Text> eval(Text url) {
    const url::Parts parts = url::split(url);
    return Nullable<Text>::where(parts.has_query, parts.query);
  }
};

constexpr Operator kOperator = {
    .name = "url_query",
    .summary = "Take the query of an address: what is between `?` and `#`",
    .detail = "It is as it is written; `parse_query` makes a map of it.",
    .parameters = {{"url", "an address, as RFC 3986 cuts it"}},
    .overloads = {overload<"(url: string) -> string?", UrlQuery>()},
    .edges = {{"there is no `?`", "null"}, {"nothing is behind `?`", "an empty text"}},
    .examples = {{"url_query(\"https://example.com/a?b=c&d=e#top\")", "\"b=c&d=e\""},
                 {"url_query(\"https://example.com/a\")", "null"}},
    .cost = {.per_row = 25.0, .per_element = 0.1},
    .aliases = "url_extract_query parse_url querystring queryString",
    .see_also = "parse_query url_query_parameter url_path",
    .source = "https://www.rfc-editor.org/rfc/rfc3986 (appendix B)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
