// format_number(x, decimals): a number with a fixed number of decimals.
#include "feature_extractor/operator.h"

#include <charconv>
#include <optional>

namespace feature_extractor {
namespace {

struct FormatFloat {
  static constexpr int64_t kMost = 17;
  struct State {
    int decimals;
  };
  static std::optional<State> bind(int64_t decimals, BindError& error) {
    if (decimals >= 0 && decimals <= kMost) return State{static_cast<int>(decimals)};
    error.set("The number of decimals is from 0 to 17.");
    return std::nullopt;
  }
  static Nullable<Text> eval(Arena& arena, const State& state, double x) {
    if (!(__builtin_fabs(x) <= adapter::kLargestFinite)) return null;
    constexpr size_t kSize = 336;  // A sign, 309 digits, the point and 17 decimals.
    char digits[kSize];
    char* begin = digits;
    char* const end = std::to_chars(digits, digits + kSize, x, std::chars_format::fixed, state.decimals).ptr;
    // A negative number that is rounded to zero is written like zero.
    bool is_zero = true;
    for (const char* at = digits; at < end; ++at) is_zero = is_zero && (*at < '1' || *at > '9');
    if (is_zero && digits[0] == '-') ++begin;
    return arena.copy(Text(begin, static_cast<size_t>(end - begin)));
  }
};

struct FormatInt {
  using State = FormatFloat::State;
  static constexpr bool kRowByRow = true;
  static std::optional<State> bind(int64_t decimals, BindError& error) { return FormatFloat::bind(decimals, error); }
  static Text eval(Arena& arena, const State& state, int64_t x) {
    constexpr size_t kSize = 20 + 1 + FormatFloat::kMost;
    char* const out = arena.allocate(kSize);
    char* end = std::to_chars(out, out + kSize, x).ptr;
    if (state.decimals > 0) *end++ = '.';
    for (int i = 0; i < state.decimals; ++i) *end++ = '0';
    return {out, static_cast<size_t>(end - out)};
  }
};

constexpr Operator kOperator = {
    .name = "format_number",
    .summary = "Write a number with a fixed number of decimals",
    .detail =
        "The exact value of the double is rounded to the nearest number with so many decimals, ties to even. The text "
        "is the same on every machine: `.` is the point, there is no grouping and no exponent, so it can be hashed or "
        "crossed.",
    .parameters = {{"x", "the number"}, {"decimals", "how many digits stand behind the point"}},
    .overloads = {overload<"(x: float, decimals: const int[0..17] = 2) -> string", FormatFloat>(),
                  overload<"(x: int, decimals: const int[0..17] = 2) -> string", FormatInt>()},
    .edges = {{"0 decimals", "no point"},
              {"a negative number is rounded to zero, or is -0.0", "no sign: `0.00`"},
              {"a tie that is exact, as 0.125 with 2 decimals", "the even digit: `0.12`"},
              {"2.675 with 2 decimals", "`2.67`: the double lies below that number"},
              {"large numbers", "all their digits, up to 309"}},
    .examples = {{"format_number(3.14159)", "\"3.14\""},
                 {"format_number(2.5, 0)", "\"2\""},
                 {"format_number(7, 1)", "\"7.0\""},
                 {"format_number(-0.001)", "\"0.00\""}},
    .cost = {.per_row = 90.0},
    .aliases = "to_fixed number_format format_float printf toDecimalString round_to_string",
    .see_also = "to_string round",
    .source = "std::to_chars, as printf's %.nf",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
