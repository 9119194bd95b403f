// url_query_parameter(url, name): one parameter of an address.
#include "feature_extractor/operator.h"
#include "feature_extractor/url.h"

namespace feature_extractor {
namespace {

struct UrlQueryParameter {
  static Nullable<Text> eval(Arena& arena, Text url, Text name) {
    Nullable<Text> result = null;
    url::for_each_parameter(url::split(url).query, [&](Text key, Text value) {
      if (url::decode(key, true, arena) != name) return true;
      result = url::decode(value, true, arena);
      return false;
    });
    return result;
  }
};

constexpr Operator kOperator = {
    .name = "url_query_parameter",
    .summary = "Take the value of one parameter of an address",
    .detail =
        "Parameters stand behind `?`, as `name=value` with `&` between them. Names and values are decoded: `%XX` is a "
        "byte of UTF-8, `+` is a space.",
    .parameters = {{"url", "an address"}, {"name", "the parameter's name, as it is when decoded"}},
    .overloads = {overload<"(url: string, name: string) -> string?", UrlQueryParameter>()},
    .edges = {{"there is no such parameter, or no query", "null"},
              {"the parameter has no `=`, or nothing behind it", "an empty text"},
              {"the name is there several times", "the first one counts"},
              {"`%` without two hexadecimal digits", "stays"},
              {"decoded bytes are not UTF-8", "U+FFFD stands for them"}},
    .examples = {{"url_query_parameter(\"https://example.com/?q=red+shoes&page=2\", \"q\")", "\"red shoes\""},
                 {"url_query_parameter(\"/a?x=%E6%97%A5\", \"x\")", "\"日\""},
                 {"url_query_parameter(\"/a?x=1\", \"y\")", "null"}},
    .cost = {.per_row = 40.0, .per_element = 0.5},
    .aliases = "url_extract_parameter extractURLParameter query_param parse_url get_query_parameter",
    .see_also = "url_query parse_query url_decode",
    .source = "https://url.spec.whatwg.org/#urlencoded-parsing",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
