// hamming_distance(s, t): at how many positions two sequences differ.
#include "feature_extractor/operator.h"
#include "feature_extractor/hash_index.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct OfTexts {
  static int64_t eval(Text s, Text t) {
    const char* x = s.data();
    const char* y = t.data();
    const char* const x_end = x + s.size();
    const char* const y_end = y + t.size();
    int64_t different = 0;
    while (x < x_end && y < y_end) {
      const text::Decoded left = text::decode(x, x_end);
      const text::Decoded right = text::decode(y, y_end);
      different += left.code_point != right.code_point ? 1 : 0;
      x += left.size;
      y += right.size;
    }
    const size_t rest = text::count_code_points(Text(x, static_cast<size_t>(x_end - x))) +
                        text::count_code_points(Text(y, static_cast<size_t>(y_end - y)));
    return different + static_cast<int64_t>(rest);
  }
};

struct OfBits {
  static int64_t eval(int64_t s, int64_t t) {
    // The bits are counted in steps of two, four and eight, which every vector unit can do.
    uint64_t bits = static_cast<uint64_t>(s) ^ static_cast<uint64_t>(t);
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    bits += bits >> 8;
    bits += bits >> 16;
    bits += bits >> 32;
    return static_cast<int64_t>(bits & 127);
  }
};

template <class T>
struct HammingOfLists {
  static int64_t eval(List<T> s, List<T> t) {
    const uint32_t both = s.size() < t.size() ? s.size() : t.size();
    const uint32_t all = s.size() < t.size() ? t.size() : s.size();
    int64_t different = all - both;
    for (uint32_t i = 0; i < both; ++i) {
      different += s.is_null(i) || t.is_null(i) || !same_value<T>(s[i], t[i]) ? 1 : 0;
    }
    return different;
  }
};

constexpr Operator kOperator = {
    .name = "hamming_distance",
    .summary = "Count the positions at which two texts, two lists, or the bits of two ints differ",
    .detail =
        "Texts are compared by code points. What the longer one has more counts as different. Ints are compared by "
        "their 64 bits, as fingerprints such as SimHash are.",
    .parameters = {{"s", "the first text, list or int"}, {"t", "the second"}},
    .overloads =
        {overload<"(s: string, t: string) -> int", OfTexts>(), overload<"(s: int, t: int) -> int", OfBits>(),
         generic_overload<"<T: scalar>(s: list<T>, t: list<T>) -> int", HammingOfLists, bool, int64_t, double, Text>()},
    .edges = {{"the lengths differ", "each further position of the longer one counts; some systems refuse it"},
              {"an element of a list is null", "it is equal to nothing, not even to null"},
              {"both are empty", "0"}},
    .examples = {{"hamming_distance(\"karolin\", \"kathrin\")", "3"},
                 {"hamming_distance(\"abc\", \"abcde\")", "2"},
                 {"hamming_distance(5, 6)", "2"}},
    .cost = {.per_row = 3.0, .per_element = 1.5},
    .algebra = "commutative",
    .aliases = "hamming bit_hamming_distance simhash_distance hammingdist",
    .see_also = "levenshtein damerau_levenshtein",
    .source = "R. W. Hamming, Error detecting and error correcting codes, Bell System Technical Journal 29 (1950)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
