// url_host(url): the host of an address.
#include "feature_extractor/operator.h"
#include "feature_extractor/url.h"

namespace feature_extractor {
namespace {

struct UrlHost {
  static Nullable<Text> eval(Arena& arena, Text url) {
    const Text host = url::host(url::split(url).authority);
    if (host.empty()) return null;
    return text::lower(host, arena);
  }
};

constexpr Operator kOperator = {
    .name = "url_host",
    .summary = "Take the host of an address, in lower case",
    .detail =
        "The host stands behind `//`, without user, password and port; an IPv6 address is without its brackets. "
        "It is not decoded, and `www.` stays.",
    .parameters = {{"url", "an address, as RFC 3986 cuts it"}},
    .overloads = {overload<"(url: string) -> string?", UrlHost>()},
    .edges = {{"there is no `//`, as in `example.com/a` or `mailto:a@b.c`", "null"},
              {"the host is empty", "null"},
              {"a bracket is not closed", "null"},
              {"several `@`", "the host stands behind the last one"},
              {"letters of other scripts", "become lower case too, as for `lower`"}},
    .examples = {{"url_host(\"https://www.Example.com:8080/a?b=c\")", "\"www.example.com\""},
                 {"url_host(\"ftp://user:secret@[2001:db8::1]/\")", "\"2001:db8::1\""},
                 {"url_host(\"example.com/a\")", "null"}},
    .cost = {.per_row = 30.0, .per_element = 0.2},
    .aliases = "url_extract_host domain hostname netloc parse_url url_domain",
    .see_also = "url_scheme url_path url_query_parameter",
    .source = "https://www.rfc-editor.org/rfc/rfc3986 (appendix B and section 3.2)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
