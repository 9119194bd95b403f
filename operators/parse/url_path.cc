// url_path(url): the path of an address.
#include "feature_extractor/operator.h"
#include "feature_extractor/url.h"

namespace feature_extractor {
namespace {

struct UrlPath {
  static Text eval(Text url) { return url::split(url).path; }
};

constexpr Operator kOperator = {
    .name = "url_path",
    .summary = "Take the path of an address",
    .detail =
        "The path is between the host (or the scheme, or the beginning) and `?` or `#`. It is as it is written: "
        "`url_decode` replaces its `%XX`, and `split(\"/\")` cuts it.",
    .parameters = {{"url", "an address, as RFC 3986 cuts it"}},
    .overloads = {overload<"(url: string) -> string", UrlPath>()},
    .edges = {{"there is no path", "an empty text"}, {"there is no host", "what is left is the path"}},
    .examples = {{"url_path(\"https://example.com/shop/shoes?size=42#top\")", "\"/shop/shoes\""},
                 {"url_path(\"https://example.com\")", "\"\""},
                 {"url_path(\"example.com/a\")", "\"example.com/a\""}},
    .cost = {.per_row = 25.0, .per_element = 0.1},
    .aliases = "url_extract_path parse_url pathname",
    .see_also = "url_host url_query url_decode split",
    .source = "https://www.rfc-editor.org/rfc/rfc3986 (appendix B)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
