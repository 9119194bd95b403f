// take_sample(xs, count, seed): some of the elements, chosen as if at random.
#include "feature_extractor/operator.h"
#include "feature_extractor/position_hash.h"

namespace feature_extractor {
namespace {

struct TakeSample {
  static void eval(Arena& arena, List<Any> xs, int64_t count, int64_t seed, Selection& kept) {
    const uint32_t size = xs.size();
    const uint32_t wanted = count <= 0 ? 0 : count >= size ? size : static_cast<uint32_t>(count);
    kept.reserve(wanted);
    if (wanted == size) {
      for (uint32_t i = 0; i < size; ++i) kept.push_back(i);
      return;
    }
    if (wanted == 0) return;
    Arena::Scope scope(arena);
    Ranked* items = hashed_positions(size, seed, arena);
    std::nth_element(items, items + (wanted - 1), items + size, PositionOrder{});
    const Ranked last = items[wanted - 1];
    for (uint32_t i = 0; i < size; ++i) {
      const Ranked item{value_hash(static_cast<int64_t>(i), static_cast<uint64_t>(seed)), i};
      if (!PositionOrder{}(last, item)) kept.push_back(i);
    }
  }
};

constexpr Operator kOperator = {
    .name = "take_sample",
    .summary = "Keep some elements of a list, chosen as if at random",
    .detail =
        "The `count` elements whose positions have the least hashes, in the order of the list: the same ones that "
        "`shuffle(xs, seed).take_first(count)` has. The same seed and length choose the same positions, everywhere and "
        "always, so give each request a seed of its own, such as `hash(user_id)`. A sample of a smaller `count` is "
        "part of that of a greater one.",
    .parameters = {{"xs", "the list"}, {"count", "how many elements"}, {"seed", "chooses which"}},
    .overloads = {overload<"<T: any>(xs: list<T>, count: int, seed: int) -> list<T>", TakeSample>()},
    .edges = {{"the list has fewer elements", "all of them"},
              {"`count` is 0 or negative", "an empty list"},
              {"`count` or `seed` is null", "null"},
              {"an element is null", "it counts like any other"}},
    .examples = {{"take_sample([1, 2, 3], 5, 7)", "[1, 2, 3]"}, {"length(take_sample(range(100), 10, 7))", "10"}},
    .cost = {.per_row = 15.0, .per_element = 14.0},
    .aliases = "random_pick seq_sample sample_list list_sample random_sample",
    .see_also = "shuffle sample take_last",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
