// nearest_distance(prices, price): how far a number is from the nearest one of a list.
//
// A list operator with an Index: eval is the meaning; where many rows share one list (a request's history met by a thousand
// candidates) the engine builds the Index once and probes it per row. Both must give the same bits.
#include "feature_extractor/operator.h"

#include <algorithm>

namespace feature_extractor {
namespace {

struct NearestDistance {
  static Nullable<double> eval(List<double> prices, double price) {
    bool found = false;
    double nearest = 0.0;
    for (uint32_t i = 0; i < prices.size(); ++i) {
      if (prices.is_null(i)) continue;
      const double distance = __builtin_fabs(prices[i] - price);
      if (!found || distance < nearest) nearest = distance;
      found = true;
    }
    return Nullable<double>::where(found, nearest);
  }

  struct Index {
    double* sorted = nullptr;
    uint32_t size = 0;

    // Memory comes from the arena, which never fails and takes nothing from the heap once it is warm.
    void build(List<double> prices, Arena& arena) {
      sorted = arena.allocate_array<double>(prices.size());
      size = 0;
      for (uint32_t i = 0; i < prices.size(); ++i) {
        if (!prices.is_null(i)) sorted[size++] = prices[i];
      }
      std::sort(sorted, sorted + size);
    }

    // Rounding keeps the order of distances, so one of the two neighbours is as near as any.
    Nullable<double> probe(double price) const {
      if (size == 0) return null;
      const double* const above = std::lower_bound(sorted, sorted + size, price);
      double nearest = above == sorted + size ? __builtin_fabs(above[-1] - price) : __builtin_fabs(*above - price);
      if (above != sorted) nearest = std::min(nearest, __builtin_fabs(above[-1] - price));
      return nearest;
    }
  };
};

constexpr Operator kOperator = {
    .name = "nearest_distance",
    .summary = "Measure the distance of a number from the nearest one of a list",
    .detail = "The smallest |p - price| over the elements p. Null elements are skipped.",
    .parameters = {{"prices", "the numbers to compare with, in any order"}, {"price", "the number"}},
    .overloads = {overload<"(prices: list<float>, price: float) -> float?", NearestDistance>()},
    .edges = {{"no prices, or only nulls", "null"}},
    .examples = {{"shop.nearest_distance([9.5, 20.0], 12.0)", "2.5"}, {"shop.nearest_distance([20.0], 20.0)", "0.0"}},
    .cost = {.per_row = 10.0, .per_element = 1.0},
    .since = "1.0.0",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
