// round(x, digits): the nearest number with so many decimal digits.
#include "feature_extractor/integer.h"
#include "feature_extractor/math.h"
#include "feature_extractor/operator.h"

#include <optional>

namespace feature_extractor {
namespace {

struct RoundToInt {
  static Nullable<int64_t> eval(double x) { return integer::from_whole(math::round_half_away(x)); }
};

// Decides by the exact value of x, not by a product that was rounded already: the product or the quotient with the
// power of ten is only a guess, and its error is known exactly.
struct RoundToDigits {
  struct State {
    double scale;
    bool multiply;
  };

  static std::optional<State> bind(int64_t digits, BindError&) {
    double scale = 1.0;
    for (int64_t i = 0; i < (digits < 0 ? -digits : digits); ++i) scale *= 10.0;
    return State{scale, digits >= 0};
  }

  static double eval(const State& state, double x) {
    const double size = math::magnitude(x);
    const math::Extended product = math::multiply_exactly(size, state.scale);
    const double product_floor = math::trunc(product.high);
    const double fraction = product.high - product_floor;
    const bool product_up = (fraction > 0.5) | ((fraction == 0.5) & (product.low >= 0.0)) | (product.low >= 0.5);
    const double multiplied = (product_floor + math::select(product_up, 1.0, 0.0)) / state.scale;

    const double quotient = size / state.scale;
    const double quotient_floor = math::trunc(quotient);
    const math::Extended multiple = math::multiply_exactly(quotient_floor, state.scale);
    const bool quotient_up = (size - multiple.high) - multiple.low >= 0.5 * state.scale;
    const double divided = (quotient_floor + math::select(quotient_up, 1.0, 0.0)) * state.scale;

    // From 2^53 units on, x has no digit to lose.
    const double units = math::select(state.multiply, product.high, quotient);
    const double rounded = math::select(state.multiply, multiplied, divided);
    // Adding zero makes a negative zero positive.
    return math::with_sign_of(math::select(units < 0x1p53, rounded, size), x) + 0.0;
  }
};

constexpr Operator kOperator = {
    .name = "round",
    .summary = "Round to the nearest number, a tie away from zero",
    .detail =
        "Without `digits` the result is an int. With it the result is the float nearest to the decimal "
        "number with so many digits after the point; a negative count rounds to tens, hundreds and so on. "
        "The exact value of `x` decides: `round(2.675, 2)` is 2.67, because the float 2.675 is a little "
        "below the decimal 2.675.",
    .parameters = {{"x", "the number"}, {"digits", "how many digits to keep after the point; -2 keeps hundreds"}},
    .overloads = {overload<"(x: float) -> int", RoundToInt>(),
                  overload<"(x: float, digits: const int[-15..15]) -> float", RoundToDigits>()},
    .edges = {{"`x` is halfway between two results", "the one farther from zero: `round(-2.5)` is -3"},
              {"the int does not fit 64 bits", "null"},
              {"`x` is so large that it has no digit after the last one that is kept", "`x`"}},
    .examples = {{"round(2.5)", "3"},
                 {"round(-2.5)", "-3"},
                 {"round(3.14159, 2)", "3.14"},
                 {"round(1234.0, -2)", "1200.0"}},
    .cost = {.per_row = 0.6},
    .aliases = "roundp round_half_up rint nearest round_to",
    .see_also = "floor ceil trunc",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
