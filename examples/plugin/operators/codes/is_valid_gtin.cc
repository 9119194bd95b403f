// is_valid_gtin(code): the check digit of a trade item number.
//
// The simplest form of an operator: eval takes one row's arguments and returns its value. The engine does the rest: nulls, constants,
// columns, lists (by `map`), threads.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct IsValidGtin {
  static bool eval(Text code) {
    const size_t size = code.size();
    if (size != 8 && size != 12 && size != 13 && size != 14) return false;
    uint32_t sum = 0;
    for (size_t i = 0; i < size; ++i) {
      const auto digit = static_cast<uint32_t>(static_cast<uint8_t>(code[i])) - '0';
      if (digit > 9) return false;
      // From the right the weights are 1, 3, 1, 3 ...; the check digit makes the sum a multiple of 10.
      sum += digit * ((size - i) % 2 == 0 ? 3 : 1);
    }
    return sum % 10 == 0;
  }
};

constexpr Operator kOperator = {
    .name = "is_valid_gtin",
    .summary = "Say whether a text is a GTIN (EAN, UPC) with the right check digit",
    .detail = "A GTIN has 8, 12, 13 or 14 digits; the last one is the check digit.",
    .parameters = {{"code", "the digits, without spaces"}},
    .overloads = {overload<"(code: string) -> bool", IsValidGtin>()},
    .edges = {{"another length, or another character than a digit", "false"}, {"the empty text", "false"}},
    .examples = {{"shop.is_valid_gtin(\"4006381333931\")", "true"}, {"shop.is_valid_gtin(\"4006381333932\")", "false"}},
    .cost = {.per_row = 15.0},
    .aliases = "ean_check upc_check",
    .source = "GS1 General Specifications, section 7.9",
    .since = "1.0.0",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
