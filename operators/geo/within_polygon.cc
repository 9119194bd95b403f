// within_polygon(latitude, longitude, latitudes, longitudes): whether a place lies in an area.
#include "feature_extractor/operator.h"

#include <optional>
#include <vector>

namespace feature_extractor {
namespace {

struct Border {
  double begin_latitude;
  double begin_longitude;
  double end_latitude;
  double degrees_per_degree;  // Of longitude per latitude.
};

struct WithinPolygon {
  static constexpr uint32_t kMostCorners = 1024;
  struct State {
    std::vector<Border> edges;
  };

  static std::optional<State> bind(List<double> latitudes, List<double> longitudes, BindError& error) {
    const uint32_t size = latitudes.size();
    if (size != longitudes.size() || size < 3 || size > kMostCorners) {
      error.set("A polygon needs as many latitudes as longitudes, one for each of its 3 to 1,024 corners.");
      return std::nullopt;
    }
    State state;
    for (uint32_t i = 0; i < size; ++i) {
      const uint32_t next = i + 1 == size ? 0 : i + 1;
      if (latitudes.is_null(i) || longitudes.is_null(i)) {
        error.set("A corner of a polygon is null.");
        return std::nullopt;
      }
      const double rise = latitudes[next] - latitudes[i];
      if (rise == 0.0) continue;  // No line to the east crosses it.
      state.edges.push_back({latitudes[i], longitudes[i], latitudes[next], (longitudes[next] - longitudes[i]) / rise});
    }
    return state;
  }

  // A line from the place to the east crosses the border an odd number of times. Each edge has its lower end, but not its
  // upper one, so that a corner counts once.
  static bool eval(const State& state, double latitude, double longitude) {
    uint32_t crossings = 0;
    for (const Border& edge : state.edges) {
      const bool spans = (edge.begin_latitude > latitude) != (edge.end_latitude > latitude);
      const double crossing = edge.begin_longitude + (latitude - edge.begin_latitude) * edge.degrees_per_degree;
      crossings ^= spans & (longitude < crossing) ? 1 : 0;
    }
    return crossings != 0;
  }
};

constexpr Operator kOperator = {
    .name = "within_polygon",
    .summary = "Tell whether a place lies in a polygon",
    .detail =
        "The corners are given in order, by two lists of the same length; the last one is joined to the first. Edges "
        "are straight on a map of latitude and longitude, which is what areas of delivery and city limits are drawn "
        "on. A place is inside if a line from it to the east crosses the border an odd number of times.",
    .parameters = {{"latitude", "degrees north of the equator"},
                   {"longitude", "degrees east of Greenwich"},
                   {"latitudes", "the latitude of each corner"},
                   {"longitudes", "the longitude of each corner"}},
    .overloads = {overload<"(latitude: float, longitude: float, latitudes: const list<float>, longitudes: const "
                           "list<float>) -> bool",
                           WithinPolygon>()},
    .edges = {{"the place lies on the border",
               "inside on southern and western edges, outside on the others, so that it "
               "is in one of two neighbouring areas; rounding may decide otherwise"},
              {"the border crosses itself", "what it goes round twice is outside"},
              {"the polygon goes across longitude 180", "write its longitudes beyond 180, and the place's as well"},
              {"fewer than 3 corners, more than 1,024, or lists of two lengths", "an error of the program"}},
    .examples = {{"within_polygon(1.0, 1.0, [0.0, 0.0, 3.0], [0.0, 3.0, 0.0])", "true"},
                 {"within_polygon(2.0, 2.0, [0.0, 0.0, 3.0], [0.0, 3.0, 0.0])", "false"}},
    .cost = {.per_row = 8.0},
    .aliases = "point_in_polygon in_polygon geofence ST_Within ST_Contains pointInPolygon",
    .see_also = "within_bounding_box haversine_distance",
    .source = "M. Shimrat, Algorithm 112: Position of point relative to polygon, CACM 5 (1962)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
