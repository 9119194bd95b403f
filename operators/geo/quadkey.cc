// quadkey(latitude, longitude, zoom): the web map's tile in which a place lies, as text.
#include "feature_extractor/map_tile.h"
#include "feature_extractor/operator.h"

#include <optional>

namespace feature_extractor {
namespace {

struct Quadkey {
  struct State {
    int zoom;
  };
  static std::optional<State> bind(int64_t zoom, BindError& error) {
    if (zoom < 1 || zoom > map_tile::kDeepest) {
      error.set("The zoom of a quadkey must be from 1 to 30.");
      return std::nullopt;
    }
    return State{static_cast<int>(zoom)};
  }
  static Nullable<Text> eval(Arena& arena, const State& state, double latitude, double longitude) {
    if (!map_tile::exists(latitude, longitude)) return null;
    const map_tile::Tile tile = map_tile::at(latitude, longitude, static_cast<double>(int64_t{1} << state.zoom));
    const auto size = static_cast<size_t>(state.zoom);
    char* out = arena.allocate(size);
    for (size_t i = 0; i < size; ++i) {
      const size_t bit = size - 1 - i;
      out[i] = static_cast<char>('0' + (tile.x >> bit & 1) + 2 * (tile.y >> bit & 1));
    }
    return Text(out, size);
  }
};

constexpr Operator kOperator = {
    .name = "quadkey",
    .summary = "Name the tile of a web map in which a place lies, by one digit for each zoom",
    .detail =
        "Each digit from 0 to 3 is a quarter of the tile before: northwest, northeast, southwest, southeast. So the "
        "text of a larger tile is the beginning of that of its smaller ones. The tiles are those of `geo_tile`.",
    .parameters = {{"latitude", "degrees north of the equator, from -90 to 90"},
                   {"longitude", "degrees east of Greenwich, from -180 to 180"},
                   {"zoom", "how often the map is halved in both directions: the number of digits"}},
    .overloads = {overload<"(latitude: float, longitude: float, zoom: const int[1..30]) -> string", Quadkey>()},
    .edges = {{"the latitude is beyond the map, which ends at 85.0511 degrees", "a tile of the first or the last row"},
              {"longitude 180", "a tile of the last column"},
              {"a latitude or longitude out of its range", "null"}},
    .examples = {{"quadkey(51.5074, -0.1278, 10)", "\"0313131311\""}, {"quadkey(-1.0, 1.0, 1)", "\"3\""}},
    .cost = {.per_row = 70.0},
    .aliases = "bing_tile_quadkey quad_key tile_quadkey",
    .see_also = "geo_tile geohash_encode",
    .source = "Microsoft, Bing Maps tile system",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
