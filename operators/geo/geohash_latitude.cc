// geohash_latitude(hash): the latitude of the middle of a cell.
#include "feature_extractor/geohash.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct GeohashLatitude {
  static Nullable<double> eval(Text hash) {
    const Nullable<geohash::Cell> cell = geohash::read(hash);
    if (!cell.has_value()) return null;
    const geohash::Bounds bounds = geohash::bounds(*cell);
    return 0.5 * (bounds.south + bounds.north);
  }
};

constexpr Operator kOperator = {
    .name = "geohash_latitude",
    .summary = "Read a geohash: the latitude of the middle of its cell",
    .parameters = {{"hash", "the geohash, 1 to 12 characters"}},
    .overloads = {overload<"(hash: string) -> float?", GeohashLatitude>()},
    .edges = {{"the text is no geohash: empty, too long, or with another character", "null"},
              {"upper-case letters", "are read as lower-case ones"}},
    .examples = {{"geohash_latitude(\"s\")", "22.5"}, {"geohash_latitude(\"a\")", "null"}},
    .cost = {.per_row = 20.0, .per_element = 8.0},
    .aliases = "geohash_decode geohash_to_latitude geohashDecode",
    .see_also = "geohash_longitude geohash_bounds geohash_encode",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
