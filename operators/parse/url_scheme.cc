// url_scheme(url): the scheme of an address.
#include "feature_extractor/operator.h"
#include "feature_extractor/url.h"

namespace feature_extractor {
namespace {

struct UrlScheme {
  static Nullable<Text> eval(Arena& arena, Text url) {
    const Text scheme = url::split(url).scheme;
    if (scheme.empty()) return null;
    return text::lower(scheme, arena);
  }
};

constexpr Operator kOperator = {
    .name = "url_scheme",
    .summary = "Take the scheme of an address, such as `https`, in lower case",
    .parameters = {{"url", "an address, as RFC 3986 cuts it"}},
    .overloads = {overload<"(url: string) -> string?", UrlScheme>()},
    .edges = {{"there is no scheme", "null"},
              {"the first part is no scheme, since it does not start with a letter", "null"},
              {"white space in front", "is not skipped: null"}},
    .examples = {{"url_scheme(\"HTTPS://example.com/a\")", "\"https\""},
                 {"url_scheme(\"myapp:item\")", "\"myapp\""},
                 {"url_scheme(\"//example.com/a\")", "null"}},
    .cost = {.per_row = 25.0, .per_element = 0.1},
    .aliases = "url_extract_protocol protocol url_protocol parse_url",
    .see_also = "url_host url_path url_query",
    .source = "https://www.rfc-editor.org/rfc/rfc3986 (appendix B)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
