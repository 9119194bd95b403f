// length(x): how many elements, entries or characters there are.
#include "feature_extractor/operator.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct LengthOfText {
  static int64_t eval(Text s) { return static_cast<int64_t>(text::count_code_points(s)); }
};

struct LengthOfList {
  static int64_t eval(List<Any> xs) { return xs.size(); }
};

struct LengthOfMap {
  static int64_t eval(Map<Any, Any> m) { return m.size(); }
};

constexpr Operator kOperator = {
    .name = "length",
    .summary = "Count the characters of a text, the elements of a list or the entries of a map",
    .detail =
        "Characters are Unicode code points, not bytes. Null elements of a list count; `count(xs)` leaves them out.",
    .parameters = {{"x", "the text, list or map"}},
    .overloads = {overload<"(x: string) -> int", LengthOfText>(),
                  overload<"<T: any>(x: list<T>) -> int", LengthOfList>(),
                  overload<"<K: any, V: any>(x: map<K, V>) -> int", LengthOfMap>()},
    .edges = {{"`x` is empty", "0"},
              {"`x` is null", "null, never 0 or -1"},
              {"a letter is written as a base and combining marks", "each code point counts"},
              {"an element is null", "it counts"},
              {"an input map holds a key twice", "both entries count"}},
    .examples = {{"length(\"h\\u{E9}llo\")", "5"}, {"length([1, 2, 3])", "3"}, {"length(\"\")", "0"}},
    .cost = {.per_row = 2.0, .per_element = 0.05},
    .aliases = "len size char_length character_length array_size cardinality count_elements array_length str_len",
    .see_also = "count byte_length",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
