// hash(x, seed): a 64-bit number that stands for a value.
#include "feature_extractor/operator.h"
#include "feature_extractor/value_hash.h"

namespace feature_extractor {
namespace {

template <class T>
struct HashScalar {
  static int64_t eval(T x, int64_t seed) { return static_cast<int64_t>(value_hash(x, static_cast<uint64_t>(seed))); }
};

template <class T>
struct HashList {
  static void eval(List<T> xs, int64_t seed, ListBuilder<int64_t>& result) {
    result.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      xs.is_null(i) ? result.push_null()
                    : result.push_back(static_cast<int64_t>(value_hash(xs[i], static_cast<uint64_t>(seed))));
    }
  }
};

constexpr Operator kOperator = {
    .name = "hash",
    .summary = "Hash a value, or each element of a list, to 64 bits",
    .detail =
        "XXH3-64 with the seed, over a tag byte and the value, little endian: text 1, its length in bytes (8 bytes), "
        "its bytes; int 2 and 8 bytes; float 3 and the 8 bytes of its IEEE 754 form; bool 4 and one byte. Timestamps "
        "and durations hash as ints of microseconds, byte strings as texts. The result is the hash as a signed int. It "
        "never changes from version to version.",
    .parameters = {{"x", "the value or list"}, {"seed", "chooses one of many independent hash functions"}},
    .overloads =
        {generic_overload<"<T: scalar>(x: T, seed: const int = 0) -> int", HashScalar, bool, int64_t, double, Text>(),
         generic_overload<"<T: scalar>(x: list<T>, seed: const int = 0) -> list<int>", HashList, bool, int64_t, double,
                          Text>()},
    .edges = {{"`x` is null", "null"},
              {"an element of the list is null", "a null element"},
              {"`x` is 0.0 or -0.0", "both have the hash of 0.0"},
              {"1, 1.0, \"1\" and true", "have different hashes"},
              {"the text is empty", "it has a hash like any other"},
              {"the list is empty", "an empty list"}},
    .examples = {{"hash(42)", "-6764940425295361044"}, {"hash(\"abc\")", "7084023657223120446"}},
    .cost = {.per_row = 3.0, .per_element = 0.5},
    .role = "hash",
    .aliases = "xxhash fingerprint hash_value hash_of",
    .see_also = "hash_bucket cross sample",
    .source = "XXH3 of xxHash 0.8, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
