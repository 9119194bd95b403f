// The sum, the mean and the extremes of a list. An operator on a list, on a function of its elements or on the elements of a
// key takes them from here, so that all give the same bits.
#pragma once

#include "feature_extractor/extremes.h"
#include "feature_extractor/lane_sum.h"

namespace feature_extractor {

// Of ints or durations: null where it does not fit 64 bits.
template <class T>
struct Sum {
  static constexpr bool kSimd = true;
  static Nullable<T> eval(List<T> xs) {
    const Nullable<int64_t> sum = narrowed(exact_sum(xs));
    return Nullable<T>::where(sum.has_value(), T{*sum});
  }
};
template <>
struct Sum<double> {
  static constexpr bool kSimd = true;
  static double eval(List<double> xs) { return float_sum(xs); }
};

template <class T>
struct Mean {
  static constexpr bool kSimd = true;
  static Nullable<double> eval(List<T> xs) {
    const uint32_t count = count_present(xs);
    return Nullable<double>::where(count > 0, float_sum(xs) / static_cast<double>(count));
  }
};

template <class T>
struct Max {
  static constexpr bool kSimd = true;
  static Nullable<T> eval(List<T> xs) { return extreme_of<Greatest>(xs); }
};

template <class T>
struct Min {
  static constexpr bool kSimd = true;
  static Nullable<T> eval(List<T> xs) { return extreme_of<Least>(xs); }
};

// Of what a function gives for the elements of a list.
template <template <class> class Reduction, class T>
struct ReducedFunction {
  static constexpr bool kSimd = true;
  static auto eval(List<Any>, List<T> values) { return Reduction<T>::eval(values); }
};

}  // namespace feature_extractor
