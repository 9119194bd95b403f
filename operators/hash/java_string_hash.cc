// java_string_hash(s): what String.hashCode gives in Java.
#include "feature_extractor/operator.h"
#include "feature_extractor/polynomial_hash.h"
#include "feature_extractor/text.h"

namespace feature_extractor {
namespace {

struct JavaStringHash {
  static int64_t eval(Text s) {
    const char* at = s.data();
    const char* const end = at + s.size();
    if (text::is_ascii(s)) return static_cast<int32_t>(polynomial::extend(0, at, end));
    uint32_t hash = 0;
    while (at < end) {
      const text::Decoded next = text::decode(at, end);
      at += next.size;
      if (next.code_point < 0x10000) {
        hash = hash * 31 + next.code_point;
      } else {  // Two UTF-16 code units.
        const uint32_t rest = next.code_point - 0x10000;
        hash = (hash * 31 + (0xD800 + (rest >> 10))) * 31 + (0xDC00 + (rest & 0x3FF));
      }
    }
    return static_cast<int32_t>(hash);
  }
};

constexpr Operator kOperator = {
    .name = "java_string_hash",
    .summary = "Compute what `String.hashCode` gives in Java and Scala",
    .detail =
        "s[0] * 31^(n-1) + s[1] * 31^(n-2) + ... + s[n-1] over the UTF-16 code units of the text, in 32-bit arithmetic "
        "that wraps around. The result is Java's int, from -2^31 to 2^31 - 1. `(h % n + n) % n`, Java's floorMod, is "
        "`h % n` here.",
    .parameters = {{"s", "the text"}},
    .overloads = {overload<"(s: string) -> int", JavaStringHash>()},
    .edges = {{"`s` is null", "null"},
              {"`s` is empty", "0"},
              {"a character outside of the Basic Multilingual Plane", "counts as the two code units of its pair"}},
    .examples = {{"java_string_hash(\"hello\")", "99162322"},
                 {"java_string_hash(\"polygenelubricants\")", "-2147483648"}},
    .cost = {.per_row = 3.0, .per_element = 1.2},
    .aliases = "hashCode hash_code javaHash java_hash string_hash_code",
    .see_also = "hive_hash murmur3_32 modulo",
    .source = "The specification of java.lang.String.hashCode",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
