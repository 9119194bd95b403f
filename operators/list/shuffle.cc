// shuffle(xs, seed): the elements in an order that looks random.
#include "feature_extractor/operator.h"
#include "feature_extractor/position_hash.h"

namespace feature_extractor {
namespace {

struct Shuffle {
  static void eval(Arena& arena, List<Any> xs, int64_t seed, Selection& kept) {
    Arena::Scope scope(arena);
    Ranked* items = hashed_positions(xs.size(), seed, arena);
    sort_ranked(items, xs.size(), PositionOrder{});
    kept.reserve(xs.size());
    for (uint32_t i = 0; i < xs.size(); ++i) kept.push_back(items[i].position);
  }
};

constexpr Operator kOperator = {
    .name = "shuffle",
    .summary = "Put the elements of a list into an order that looks random",
    .detail =
        "The elements are sorted by the hash of their position, as an unsigned number: what `hash(position, seed)` "
        "gives. The same seed and length have the same order, everywhere and always, so give each request a seed of "
        "its own, such as `hash(user_id)`.",
    .parameters = {{"xs", "the list"}, {"seed", "chooses the order"}},
    .overloads = {overload<"<T: any>(xs: list<T>, seed: int) -> list<T>", Shuffle>()},
    .edges = {{"the list is empty", "an empty list"},
              {"`seed` is null", "null"},
              {"an element is null", "it moves like any other"}},
    .examples = {{"sort(shuffle([3, 1, 2], 7))", "[1, 2, 3]"},
                 {"shuffle([\"a\", \"b\", \"c\", \"d\"], 1)", "[\"b\", \"d\", \"a\", \"c\"]"}},
    .cost = {.per_row = 12.0, .per_element = 15.0},
    .aliases = "random_order permutation random_shuffle list_shuffle",
    .see_also = "take_sample sample hash",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
