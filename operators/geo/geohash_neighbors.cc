// geohash_neighbors(hash): the eight cells around a cell.
#include "feature_extractor/geohash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Step {
  int east;
  int north;
};
constexpr Step kSteps[] = {{0, 1}, {1, 1}, {1, 0}, {1, -1}, {0, -1}, {-1, -1}, {-1, 0}, {-1, 1}};

struct GeohashNeighbors {
  static bool eval(Arena& arena, Text hash, ListBuilder<Text>& result) {
    const Nullable<geohash::Cell> cell = geohash::read(hash);
    if (!cell.has_value()) return false;
    const auto precision = static_cast<int>(hash.size());
    const auto columns = int64_t{1} << (*cell).column_bits;
    const auto rows = int64_t{1} << (*cell).row_bits;
    char* out = arena.allocate(8 * hash.size());
    for (const Step step : kSteps) {
      const int64_t row = static_cast<int64_t>((*cell).row) + step.north;
      const int64_t column = static_cast<int64_t>((*cell).column) + step.east;
      if (row < 0 || row >= rows) {
        result.push_null();
        continue;
      }
      geohash::Cell neighbor = *cell;
      neighbor.row = static_cast<uint64_t>(row);
      neighbor.column = static_cast<uint64_t>(column & (columns - 1));
      geohash::write(neighbor, precision, out);
      result.push_back(Text(out, hash.size()));
      out += hash.size();
    }
    return true;
  }
};

constexpr Operator kOperator = {
    .name = "geohash_neighbors",
    .summary = "List the eight cells around the cell of a geohash",
    .detail =
        "In the order north, northeast, east, southeast, south, southwest, west, northwest, with the same number of "
        "characters. Together with the cell itself they hold every place that is at most one cell away.",
    .parameters = {{"hash", "the geohash, 1 to 12 characters"}},
    .overloads = {overload<"(hash: string) -> list<string?>?", GeohashNeighbors>()},
    .edges = {{"the text is no geohash: empty, too long, or with another character", "null"},
              {"the cell lies at longitude 180", "its neighbours are on the other side"},
              {"the cell lies at a pole", "null in the place of the three cells beyond it"},
              {"upper-case letters", "are read as lower-case ones"}},
    .examples = {{"geohash_neighbors(\"tnc8\")",
                  "[\"tnc9\", \"tncc\", \"tncb\", \"tn9z\", \"tn9x\", \"tn9r\", \"tnc2\", \"tnc3\"]"},
                 {"geohash_neighbors(\"a\")", "null"}},
    .cost = {.per_row = 150.0, .per_element = 30.0},
    .aliases = "geohash_neighbours geohash_adjacent ST_GeohashNeighbours",
    .see_also = "geohash_encode geohash_bounds",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
