// geohash_bounds(hash): the edges of a cell.
#include "feature_extractor/geohash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct GeohashBounds {
  static bool eval(Text hash, ListBuilder<double>& result) {
    const Nullable<geohash::Cell> cell = geohash::read(hash);
    if (!cell.has_value()) return false;
    const geohash::Bounds bounds = geohash::bounds(*cell);
    result.push_back(bounds.south);
    result.push_back(bounds.west);
    result.push_back(bounds.north);
    result.push_back(bounds.east);
    return true;
  }
};

constexpr Operator kOperator = {
    .name = "geohash_bounds",
    .summary = "Read a geohash: the edges of its cell, as south, west, north and east",
    .detail = "Degrees, and exact. The order is that of `within_bounding_box`.",
    .parameters = {{"hash", "the geohash, 1 to 12 characters"}},
    .overloads = {overload<"(hash: string) -> list<float>?", GeohashBounds>()},
    .edges = {{"the text is no geohash: empty, too long, or with another character", "null"},
              {"upper-case letters", "are read as lower-case ones"}},
    .examples = {{"geohash_bounds(\"c\")", "[45.0, -135.0, 90.0, -90.0]"},
                 {"geohash_bounds(\"91rc\")", "[7.20703125, -124.1015625, 7.3828125, -123.75]"},
                 {"geohash_bounds(\"\")", "null"}},
    .cost = {.per_row = 25.0, .per_element = 8.0},
    .aliases = "geohash_bbox geohash_decode_bbox geohash_box geohash_decode",
    .see_also = "geohash_latitude geohash_longitude within_bounding_box",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
