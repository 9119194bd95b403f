// lift(both, first, second, total): how much more often two things come together than by chance.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Lift {
  static Nullable<double> eval(double both, double first, double second, double total) {
    const bool exists = (both >= 0.0) & (first > 0.0) & (second > 0.0) & (total > 0.0);
    return Nullable<double>::where(exists, both / first * (total / second));
  }
};

constexpr Operator kOperator = {
    .name = "lift",
    .summary = "Tell how much more often two things come together than by chance",
    .detail =
        "`both * total / (first * second)`: 1 by chance, 2 if twice as often. Its logarithm is the pointwise mutual "
        "information: `log2(lift(both, first, second, total))`, which is null where they never came together; with "
        "`both + 1` it is smoothed.",
    .parameters = {{"both", "how often both came together"},
                   {"first", "how often the first came"},
                   {"second", "how often the second came"},
                   {"total", "how many observations there are"}},
    .overloads = {overload<"(both: float, first: float, second: float, total: float) -> float", Lift>()},
    .edges = {{"they never came together", "0"},
              {"`first`, `second` or `total` is zero or negative, or `both` is negative", "null"}},
    .examples = {{"lift(10, 20, 50, 100)", "1.0"}, {"lift(20, 20, 50, 100)", "2.0"}, {"lift(0, 0, 50, 100)", "null"}},
    .cost = {.per_row = 1.0, .per_element = 0.0},
    .aliases = "pmi mutual_information association affinity_lift",
    .see_also = "ratio smooth log_odds",
    .source = "K. W. Church and P. Hanks, Word association norms, mutual information, and lexicography (1990)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
