// url_decode(text): percent-encoding undone.
#include "feature_extractor/operator.h"
#include "feature_extractor/url.h"

namespace feature_extractor {
namespace {

struct UrlDecode {
  static Text eval(Arena& arena, Text text, bool plus_is_space) { return url::decode(text, plus_is_space, arena); }
};

constexpr Operator kOperator = {
    .name = "url_decode",
    .summary = "Replace each `%XX` of a part of an address by its byte",
    .parameters = {{"text", "a path, a name or a value"},
                   {"plus_is_space", "whether `+` becomes a space too, as it does in forms and queries"}},
    .overloads = {overload<"(text: string, plus_is_space: bool = true) -> string", UrlDecode>()},
    .edges = {{"`%` without two hexadecimal digits", "stays"},
              {"the bytes are not UTF-8", "U+FFFD stands for each longest start of a character, or else each byte"},
              {"`%25`", "becomes `%`, and is not looked at again"}},
    .examples = {{"url_decode(\"caf%C3%A9+au+lait\")", "\"café au lait\""},
                 {"url_decode(\"a+b%2Fc\", plus_is_space = false)", "\"a+b/c\""},
                 {"url_decode(\"100%\")", "\"100%\""}},
    .cost = {.per_row = 15.0, .per_element = 1.0},
    .aliases = "decodeURLComponent percent_decode unquote unquote_plus decode_uri_component",
    .see_also = "url_query_parameter url_path",
    .source = "https://www.rfc-editor.org/rfc/rfc3986 (section 2.1), https://url.spec.whatwg.org/#percent-decode",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
