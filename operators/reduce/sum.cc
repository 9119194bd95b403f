// sum(xs), sum(xs, f): the total.
#include "feature_extractor/operator.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {
namespace {

struct SumInts {
  static constexpr bool kSimd = true;
  static Nullable<int64_t> eval(List<int64_t> xs) { return narrowed(exact_sum(xs)); }
};
struct SumFloats {
  static constexpr bool kSimd = true;
  static double eval(List<double> xs) {
    return lane_sum(xs, [](double x) { return x; });
  }
};
struct SumDurations {
  static constexpr bool kSimd = true;
  static Nullable<Duration> eval(List<Duration> xs) {
    const Nullable<int64_t> sum = narrowed(exact_sum(xs));
    return Nullable<Duration>::where(sum.has_value(), Duration{*sum});
  }
};
struct SumOfInts {
  static constexpr bool kSimd = true;
  static Nullable<int64_t> eval(List<Any>, List<int64_t> values) { return SumInts::eval(values); }
};
struct SumOfFloats {
  static constexpr bool kSimd = true;
  static double eval(List<Any>, List<double> values) { return SumFloats::eval(values); }
};
struct SumOfDurations {
  static constexpr bool kSimd = true;
  static Nullable<Duration> eval(List<Any>, List<Duration> values) { return SumDurations::eval(values); }
};

constexpr Operator kOperator = {
    .name = "sum",
    .summary = "Add up a list, or a function of its elements",
    .detail =
        "Ints are added exactly. Floats are added in one fixed order: eight lanes from 0.0; element i goes to lane i "
        "mod 8, a "
        "null element as 0.0; in the end the lanes are folded in halves (4 + 4, 2 + 2, 1 + 1).",
    .parameters = {{"xs", "the list"}, {"f", "what to add for each element"}},
    .overloads = {overload<"(xs: list<int>) -> int", SumInts>(), overload<"(xs: list<float>) -> float", SumFloats>(),
                  overload<"(xs: list<duration>) -> duration", SumDurations>(),
                  overload<"<T: any>(xs: list<T>, f: T -> int) -> int", SumOfInts>(),
                  overload<"<T: any>(xs: list<T>, f: T -> float) -> float", SumOfFloats>(),
                  overload<"<T: any>(xs: list<T>, f: T -> duration) -> duration", SumOfDurations>()},
    .edges = {{"the list is empty, or all elements are null", "0"},
              {"an element is null", "it is skipped"},
              {"the sum does not fit 64 bits, or is not finite", "null; sums on the way may be larger"}},
    .examples = {{"sum([1, 2, 3])", "6"}, {"sum([0.5, 0.25])", "0.75"}, {"sum([\"a\", \"bb\"], s -> length(s))", "3"}},
    .cost = {.per_row = 3.0, .per_element = 0.3},
    .equi_join = "sum_equal(xs.map(k), xs.map(f), outer)",
    .aliases = "reduce_sum list_sum array_sum total sum_by",
    .see_also = "mean count cumulative_sum product",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
