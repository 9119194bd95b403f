// geo_tile(latitude, longitude, zoom): the number of the web map's tile in which a place lies.
#include "feature_extractor/map_tile.h"
#include "feature_extractor/operator.h"

#include <optional>

namespace feature_extractor {
namespace {

struct GeoTile {
  struct State {
    int zoom;
  };
  static std::optional<State> bind(int64_t zoom, BindError& error) {
    if (zoom < 0 || zoom > map_tile::kDeepest) {
      error.set("The zoom must be from 0 to 30.");
      return std::nullopt;
    }
    return State{static_cast<int>(zoom)};
  }
  static constexpr bool kRowByRow = true;
  static Nullable<int64_t> eval(const State& state, double latitude, double longitude) {
    if (!map_tile::exists(latitude, longitude)) return null;
    const map_tile::Tile tile = map_tile::at(latitude, longitude, static_cast<double>(int64_t{1} << state.zoom));
    return tile.x + (tile.y << state.zoom);
  }
};

constexpr Operator kOperator = {
    .name = "geo_tile",
    .summary = "Number the tile of a web map in which a place lies",
    .detail =
        "At a zoom z the map of the earth (in the Mercator projection) has 2^z columns from the west and 2^z rows from "
        "the north; the number is `x + y * 2 ** z`, from 0 to below `4 ** z`. At the equator a tile of zoom 10 is 39 "
        "km wide, of zoom 13 4.9 km, of zoom 16 611 m.",
    .parameters = {{"latitude", "degrees north of the equator, from -90 to 90"},
                   {"longitude", "degrees east of Greenwich, from -180 to 180"},
                   {"zoom", "how often the map is halved in both directions"}},
    .overloads = {overload<"(latitude: float, longitude: float, zoom: const int[0..30]) -> int", GeoTile>()},
    .edges = {{"the latitude is beyond the map, which ends at 85.0511 degrees", "the first or the last row"},
              {"longitude 180", "the last column"},
              {"a latitude or longitude out of its range", "null"}},
    .examples = {{"geo_tile(0.0, 0.0, 1)", "3"},
                 {"geo_tile(51.5074, -0.1278, 10)", "348671"},
                 {"geo_tile(0.0, 200.0, 3)", "null"}},
    .cost = {.per_row = 50.0},
    .aliases = "tile map_tile tilex tiley bing_tile slippy_tile web_mercator_tile",
    .see_also = "quadkey geohash_encode",
    .source = "OpenStreetMap, Slippy map tilenames",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
