// modulo_bucket(x, buckets): the remainder of an id, taken as an unsigned number.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct ModuloBucket {
  static int64_t eval(int64_t x, int64_t buckets) {
    // The range of `buckets` is checked when the program is compiled; 1 keeps the division safe whatever comes here.
    const auto divisor = static_cast<uint64_t>(buckets > 0 ? buckets : 1);
    return static_cast<int64_t>(static_cast<uint64_t>(x) % divisor);
  }
};

struct ModuloBuckets {
  static void eval(List<int64_t> xs, int64_t buckets, ListBuilder<int64_t>& result) {
    result.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) {
      xs.is_null(i) ? result.push_null() : result.push_back(ModuloBucket::eval(xs[i], buckets));
    }
  }
};

constexpr Operator kOperator = {
    .name = "modulo_bucket",
    .summary = "Map an id to the range from 0 to `buckets` - 1 by its remainder",
    .detail =
        "The int is taken as unsigned, so that ids that are hashes with the highest bit set give no negative bucket: "
        "-1 counts as 2^64 - 1. It does not hash: neighbours stay neighbours.",
    .parameters = {{"x", "the id, or a list of ids"}, {"buckets", "the number of different results"}},
    .overloads = {overload<"(x: int, buckets: const int[1..9223372036854775807]) -> int", ModuloBucket>(),
                  overload<"(x: list<int>, buckets: const int[1..9223372036854775807]) -> list<int>", ModuloBuckets>()},
    .edges = {{"the list is empty", "an empty list"},
              {"`x` is negative", "it counts as x + 2^64"},
              {"an element of the list is null", "a null element"}},
    .examples = {{"modulo_bucket(17, 10)", "7"}, {"modulo_bucket(-1, 10)", "5"}},
    .cost = {.per_row = 4.0, .per_element = 4.0},
    .aliases = "mod_u64 unsigned_mod unsigned_modulo pmod ids_mod",
    .see_also = "hash_bucket modulo",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
