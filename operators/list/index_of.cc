// index_of(xs, x): the position of the first element that equals a value.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

template <class T>
struct IndexOf {
  static Nullable<int64_t> eval(List<T> xs, T x) {
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (same_value<T>(xs[i], x) && !xs.is_null(i)) return static_cast<int64_t>(i);
    }
    return null;
  }

  struct Index {
    MarkedIndex<T> table;
    void build(List<T> xs, Arena& arena) { table.build(xs, arena); }
    Nullable<int64_t> probe(T x) const {
      const uint32_t id = table.find(x);
      if (id == HashIndex<T>::kNone) return null;
      return static_cast<int64_t>(table.first(id));
    }
  };
};

struct IndexOfText {
  static Nullable<int64_t> eval(Text s, Text part) {
    const size_t at = text::find(s, part);
    if (at == text::kNotFound) return null;
    return static_cast<int64_t>(text::count_code_points(s.substr(0, at)));
  }
};

constexpr Operator kOperator = {
    .name = "index_of",
    .summary = "Find the first position of a value in a list, or of a part in a text",
    .detail = "Positions count from 0; those of a text count code points.",
    .parameters = {{"xs", "where to look"}, {"x", "what to look for"}},
    .overloads = {generic_overload<"<T: scalar>(xs: list<T>, x: T) -> int?", IndexOf, bool, int64_t, double, Text>(),
                  overload<"(xs: string, x: string) -> int?", IndexOfText>()},
    .edges = {{"the value is not there", "null; not -1 and not 0"},
              {"the value is there more than once", "the first position"},
              {"the list has null elements", "they are equal to nothing, but they count as positions"},
              {"the searched part of a text is empty", "0"},
              {"upper and lower case, or composed and decomposed letters",
               "are different: `fold_case` and `normalize` come first where they should not be"}},
    .examples = {{"index_of([\"a\", \"b\", \"c\"], \"c\")", "2"},
                 {"index_of([5, 7], 6)", "null"},
                 {"index_of(\"caf\\u{E9}s\", \"s\")", "4"}},
    .cost = {.per_row = 6.0, .per_element = 0.5},
    .aliases =
        "array_position list_position find position strpos instr locate str_index_of charindex index_encode "
        "label_encode ordinal_encode one_hot_index",
    .see_also = "contains find_first",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
