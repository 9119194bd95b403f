// within_bounding_box(latitude, longitude, south, west, north, east): whether a place lies in a box.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct WithinBoundingBox {
  static bool eval(double latitude, double longitude, double south, double west, double north, double east) {
    const bool after_west = longitude >= west;
    const bool before_east = longitude <= east;
    const bool across = west > east;
    const bool between = (after_west & before_east) | (across & (after_west | before_east));
    return (latitude >= south) & (latitude <= north) & between;
  }
};

constexpr Operator kOperator = {
    .name = "within_bounding_box",
    .summary = "Tell whether a place lies in a box of latitudes and longitudes, its edges included",
    .parameters = {{"latitude", "degrees north of the equator"},
                   {"longitude", "degrees east of Greenwich, from -180 to 180"},
                   {"south", "the least latitude"},
                   {"west", "the longitude of the western edge"},
                   {"north", "the greatest latitude"},
                   {"east", "the longitude of the eastern edge"}},
    .overloads =
        {overload<"(latitude: float, longitude: float, south: float, west: float, north: float, east: float) -> "
                  "bool",
                  WithinBoundingBox>()},
    .edges = {{"`west` is greater than `east`", "the box goes across longitude 180"},
              {"`south` is greater than `north`", "false"},
              {"the place lies on an edge", "true"},
              {"a latitude or longitude out of its range", "it is compared like any other number"}},
    .examples = {{"within_bounding_box(48.86, 2.35, 48.8, 2.2, 48.9, 2.5)", "true"},
                 {"within_bounding_box(-17.8, 178.0, -20.0, 177.0, -16.0, -178.0)", "true"},
                 {"within_bounding_box(0.0, 0.0, 1.0, -1.0, 2.0, 1.0)", "false"}},
    .cost = {.per_row = 1.5},
    .aliases = "in_bounding_box in_bbox geo_in_bbox bbox_contains ST_Contains",
    .see_also = "within_polygon haversine_distance geohash_bounds",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
