// cross(a, b, ...): one id for each combination of values.
#include "feature_extractor/operator.h"
#include "feature_extractor/value_hash.h"

namespace feature_extractor {
namespace {

// A bijection of either argument for a fixed other one, so that crossing loses nothing, and not symmetric.
// The multipliers and the avalanche are those of XXH64.
[[gnu::always_inline]] inline uint64_t combine(uint64_t left, uint64_t right) {
  constexpr uint64_t kFirst = 0x9E3779B185EBCA87u;
  constexpr uint64_t kSecond = 0xC2B2AE3D27D4EB4Fu;
  constexpr uint64_t kThird = 0x165667B19E3779F9u;
  const uint64_t turned = right * kSecond;
  uint64_t mixed = left * kFirst ^ (turned << 32 | turned >> 32);
  mixed = (mixed ^ mixed >> 33) * kSecond;
  mixed = (mixed ^ mixed >> 29) * kThird;
  return mixed ^ mixed >> 32;
}

struct CrossScalars {
  static constexpr bool kStrictVariadic = true;
  static constexpr bool kSimd = true;
  // Says that the loop below is the form for columns.
  struct Index {};

  static int64_t eval(Variadic<int64_t> parts) {
    uint64_t mixed = 0;
    for (uint32_t k = 0; k < parts.size(); ++k) mixed = combine(mixed, static_cast<uint64_t>(parts[k]));
    return static_cast<int64_t>(mixed);
  }
};

struct CrossLists {
  static constexpr bool kStrictVariadic = true;
  // More combinations than a model takes; what comes after them is left out, so that no input asks for endless memory.
  static constexpr uint64_t kMost = 16384;
  static constexpr uint32_t kMostParts = 16;

  static void eval(Variadic<List<int64_t>> parts, ListBuilder<int64_t>& result) {
    const uint32_t count = parts.size() < kMostParts ? parts.size() : kMostParts;
    uint64_t combinations = 1;
    for (uint32_t k = 0; k < count; ++k) {
      const uint64_t size = parts[k].size();
      if (size == 0) return;
      combinations = combinations * size < kMost ? combinations * size : kMost;
    }
    result.reserve(static_cast<uint32_t>(combinations));
    // An odometer whose last part turns fastest. mixed[k] holds the parts before k, exists[k] is false if one is null.
    uint32_t at[kMostParts] = {};
    uint64_t mixed[kMostParts + 1] = {};
    bool exists[kMostParts + 1] = {true};
    uint32_t changed = 0;
    for (uint64_t n = 0; n < combinations; ++n) {
      for (uint32_t k = changed; k < count; ++k) {
        const List<int64_t> part = parts[k];
        mixed[k + 1] = combine(mixed[k], static_cast<uint64_t>(part[at[k]]));
        exists[k + 1] = exists[k] && !part.is_null(at[k]);
      }
      exists[count] ? result.push_back(static_cast<int64_t>(mixed[count])) : result.push_null();
      changed = count - 1;
      while (++at[changed] == parts[changed].size()) {
        at[changed] = 0;
        if (changed == 0) return;
        --changed;
      }
    }
  }
};

}  // namespace

namespace adapter {

// Part by part, so that the loops are over columns.
template <>
struct IndexedLoop<CrossScalars> {
  static void run(const KernelCall& call) {
    const size_t rows = call.rows;
    auto* __restrict out = static_cast<int64_t*>(call.result->data);
    __builtin_memset(out, 0, rows * sizeof(int64_t));
    for (uint32_t k = 0; k < call.argument_count; ++k) {
      const auto* __restrict part = static_cast<const int64_t*>(call.arguments[k].data);
      for (size_t i = 0; i < rows; ++i) {
        out[i] = static_cast<int64_t>(combine(static_cast<uint64_t>(out[i]), static_cast<uint64_t>(part[i])));
      }
    }
    uint8_t* valid = call.result->valid;
    call.result->has_nulls = call.block_loops->combine_validity(call, ~uint64_t{0}, valid);
    if (!call.result->has_nulls) return;
    for (size_t i = 0; i < rows; ++i) out[i] = valid[i] != 0 ? out[i] : 0;
    call.result->has_nulls = call.block_loops->has_null(rows, valid);
  }
};

}  // namespace adapter

namespace {

constexpr Operator kOperator = {
    .name = "cross",
    .summary = "Make one 64-bit id for each combination of values",
    .detail =
        "Each argument may be a scalar or a list of any scalar type; the compiler hashes them first (see `hash`). If "
        "all are scalars the result is one int. If any is a list, a scalar counts as a list of one, and the result "
        "lists all combinations, the last argument running fastest. With h1, h2, ... as the hashes of the parts, the "
        "id is combine(combine(combine(0, h1), h2), ...), where combine(a, b) starts with m = a * P1 xor rotate(b * "
        "P2, 32) and mixes it as XXH64 does in the end: m xor m >> 33, times P2, xor >> 29, times P3, xor >> 32. Give "
        "the ids to `hash_bucket`.",
    .parameters = {{"parts", "the values or lists to combine, at most 16"}},
    .overloads = {overload<"(parts: int...) -> int", CrossScalars>(),
                  overload<"(parts: list<int>...) -> list<int>", CrossLists>()},
    .edges = {{"a scalar or a whole list is null", "null"},
              {"one of the lists is empty", "an empty list"},
              {"an element is null", "null in each combination with it"},
              {"the arguments change places", "the ids change: (a, b) is not (b, a)"},
              {"the same value comes twice", "the ids do not cancel out"},
              {"there are more than 16,384 combinations", "the first 16,384"}},
    .examples = {{"length(cross([\"a\", \"b\"], [1, 2, 3]))", "6"},
                 {"cross(\"ab\", \"c\") == cross(\"a\", \"bc\")", "false"}},
    .cost = {.per_row = 5.0, .per_element = 1.0},
    .role = "hash_arguments",
    .aliases = "crossed_column cross_hash combo feature_cross hashed_cross combine interaction",
    .see_also = "hash hash_bucket",
    .source = "The constants and the final mix are those of XXH64",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
