// hive_hash(x, seed, type): the hash of a value in Hive.
#include "feature_extractor/operator.h"
#include "feature_extractor/polynomial_hash.h"

namespace feature_extractor {
namespace {

// A row is hashed column by column: the hash of the columns before, times 31, plus that of this one, in 32 bits.
[[gnu::always_inline]] inline int64_t chained(uint32_t hash, int64_t seed) {
  return static_cast<int32_t>(static_cast<uint32_t>(seed) * 31 + hash);
}

[[gnu::always_inline]] inline uint32_t fold(uint64_t bits) { return static_cast<uint32_t>(bits ^ bits >> 32); }

struct Width {
  bool narrow;
};

struct HiveInt {
  using State = Width;
  static Nullable<State> bind(Text type, BindError&) { return Width{type == "int"}; }
  static int64_t eval(const State& width, Nullable<int64_t> x, int64_t seed) {
    const auto bits = static_cast<uint64_t>(*x);
    const uint32_t hash = width.narrow ? static_cast<uint32_t>(bits) : fold(bits);
    return chained(x.has_value() ? hash : 0, seed);
  }
};

struct HiveFloat {
  using State = Width;
  static Nullable<State> bind(Text type, BindError&) { return Width{type == "float"}; }
  static int64_t eval(const State& width, Nullable<double> x, int64_t seed) {
    const double value = *x + 0.0;
    const auto narrow = __builtin_bit_cast(uint32_t, static_cast<float>(value));
    const uint32_t hash = width.narrow ? narrow : fold(__builtin_bit_cast(uint64_t, value));
    return chained(x.has_value() ? hash : 0, seed);
  }
};

struct HiveBool {
  static int64_t eval(Nullable<bool> x, int64_t seed) { return chained(x.has_value() && *x ? 1 : 0, seed); }
};

template <class T>
struct HiveText {
  static int64_t eval(Nullable<T> x, int64_t seed) {
    uint32_t hash = 0;
    if (x.has_value()) {
      const Text text = Storage<T>::to(*x);
      hash = polynomial::extend(0, text.data(), text.data() + text.size());
    }
    return chained(hash, seed);
  }
};

constexpr Operator kOperator = {
    .name = "hive_hash",
    .summary = "Compute what `hash` gives in Hive",
    .detail =
        "The hash of Hive before version 3, by which its older bucketed tables are laid out: an int of 32 bits is "
        "itself, a long or the bits of a double are folded to 32 bits, a text is s[0] * 31^(n-1) + ... + s[n-1] over "
        "its bytes in UTF-8, each with its sign. Columns are chained by the seed, which is multiplied by 31: hash(a, "
        "b) is `hive_hash(b, hive_hash(a))`. The bucket is `bit_and(hive_hash(x), 2147483647) % buckets`.",
    .parameters = {{"x", "the value"},
                   {"seed", "the hash of the columns before this one"},
                   {"type",
                    "the type that Hive has for an int: \"bigint\" or \"int\"; for a float: \"double\" or "
                    "\"float\""}},
    .overloads =
        {overload<"(x: int?, seed: int = 0, type: const string{\"bigint\",\"int\"} = \"bigint\") -> int", HiveInt>(),
         overload<"(x: float?, seed: int = 0, type: const string{\"double\",\"float\"} = \"double\") -> int",
                  HiveFloat>(),
         overload<"(x: bool?, seed: int = 0) -> int", HiveBool>(),
         overload<"(x: string?, seed: int = 0) -> int", HiveText<Text>>(),
         overload<"(x: bytes?, seed: int = 0) -> int", HiveText<Bytes>>()},
    .edges = {{"`x` is null", "counts as 0"},
              {"`seed` is null", "null"},
              {"a text that is ASCII", "the same as `java_string_hash`"},
              {"-0.0", "as 0.0"},
              {"an int with `type` \"int\" does not fit 32 bits", "its lowest 32 bits count"},
              {"a float with `type` \"float\" does not fit 32 bits", "it counts as infinity"}},
    .examples = {{"hive_hash(\"abc\")", "96354"},
                 {"hive_hash(4294967296)", "1"},
                 {"hive_hash(7, hive_hash(\"a\"))", "3014"}},
    .cost = {.per_row = 3.0, .per_element = 0.7},
    .aliases = "hiveHash hash_hive HiveHash",
    .see_also = "java_string_hash spark_hash",
    .source = "Apache Hive 2, ObjectInspectorUtils.hashCode; Apache Spark, HiveHash",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
