// bucketize(x, boundaries): which of the intervals between boundaries holds x.
#include "feature_extractor/boundaries.h"
#include "feature_extractor/operator.h"

#include <optional>
#include <utility>
#include <vector>

namespace feature_extractor {
namespace {

template <class T>
struct Bucketize {
  struct State {
    std::vector<T> boundaries;  // Filled up to `table` with the last one, for the binary search.
    uint32_t count;
    uint32_t table;  // A power of two above `count`, minus 1.
  };

  static std::optional<State> bind(List<T> boundaries, BindError& error) {
    if (!boundaries_grow(boundaries, error)) return std::nullopt;
    State state{{}, boundaries.size(), 1};
    while (state.table <= state.count) state.table *= 2;
    --state.table;
    for (uint32_t i = 0; i < state.table; ++i) {
      state.boundaries.push_back(boundaries[i < state.count ? i : state.count - 1]);
    }
    return state;
  }

  static int64_t eval(const State& state, T x) {
    int64_t bucket = 0;
    for (uint32_t i = 0; i < state.count; ++i) bucket += state.boundaries[i] <= x ? 1 : 0;
    return bucket;
  }

  // Up to this many boundaries, comparing with each of them in vector registers is faster than a binary search.
  static constexpr uint32_t kCompared = 48;

  template <size_t... K>
  [[gnu::always_inline]] static void add_compared(size_t rows, const T* x, const T* boundaries, int64_t* __restrict out,
                                                  std::index_sequence<K...>) {
    const T limits[] = {boundaries[K]...};
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) out[i] += (int64_t{limits[K] <= x[i]} + ...);
  }

  [[gnu::always_inline]] static void run(const State& state, size_t rows, const T* x, int64_t* __restrict out) {
    __builtin_memset(out, 0, rows * sizeof(int64_t));
    const T* boundaries = state.boundaries.data();
    if (state.count <= kCompared) {
      const T* next = boundaries;
      for (; next + 8 <= boundaries + state.count; next += 8) {
        add_compared(rows, x, next, out, std::make_index_sequence<8>{});
      }
      if ((state.count & 4) != 0) {
        add_compared(rows, x, next, out, std::make_index_sequence<4>{});
        next += 4;
      }
      if ((state.count & 2) != 0) {
        add_compared(rows, x, next, out, std::make_index_sequence<2>{});
        next += 2;
      }
      if ((state.count & 1) != 0) add_compared(rows, x, next, out, std::make_index_sequence<1>{});
      return;
    }
    // Step by step for all rows, so that the loads of one row do not wait for those of another.
    for (int64_t step = (state.table + int64_t{1}) / 2; step > 0; step /= 2) {
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) out[i] += boundaries[out[i] + step - 1] <= x[i] ? step : 0;
    }
    const int64_t count = state.count;
    FEATURE_EXTRACTOR_INDEPENDENT_LOOP
    for (size_t i = 0; i < rows; ++i) out[i] = out[i] > count ? count : out[i];
  }
};

constexpr Operator kOperator = {
    .name = "bucketize",
    .summary = "Number the interval between boundaries in which a number lies",
    .detail =
        "The result is the number of boundaries that are less than or equal to `x`: 0 below the first "
        "boundary, the number of boundaries from the last one on. So n boundaries make n + 1 buckets, each "
        "closed on the left.",
    .parameters = {{"x", "the number"}, {"boundaries", "the boundaries, strictly increasing"}},
    .overloads = {overload<"(x: int, boundaries: const list<int>) -> int", Bucketize<int64_t>>(),
                  overload<"(x: float, boundaries: const list<float>) -> int", Bucketize<double>>()},
    .edges = {{"`x` equals a boundary",
               "the bucket to the right of it, as in TensorFlow Transform and numpy.digitize; "
               "TorchArrow and Hivemall choose the one to the left"},
              {"no boundaries", "0"},
              {"boundaries that do not grow", "an error of the program"}},
    .examples = {{"bucketize(17, [18, 25, 30])", "0"},
                 {"bucketize(18, [18, 25, 30])", "1"},
                 {"bucketize(99.5, [18, 25, 30])", "3"}},
    .cost = {.per_row = 1.0},
    .aliases = "digitize discretize apply_buckets width_bucket cut searchsorted Bucketizer quantize binning",
    .see_also = "bucketize_equal_width bucketize_log binarize",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
