// geohash_encode(latitude, longitude, precision): the cell in which a place lies, as text.
#include "feature_extractor/geohash.h"
#include "feature_extractor/operator.h"

#include <optional>

namespace feature_extractor {
namespace {

struct GeohashEncode {
  struct State {
    int precision;
  };
  static std::optional<State> bind(int64_t precision, BindError& error) {
    if (precision < 1 || precision > geohash::kLongest) {
      error.set("The precision of a geohash must be from 1 to 12 characters.");
      return std::nullopt;
    }
    return State{static_cast<int>(precision)};
  }
  static Nullable<Text> eval(Arena& arena, const State& state, double latitude, double longitude) {
    if (!(latitude >= -90.0 && latitude <= 90.0 && longitude >= -180.0 && longitude <= 180.0)) return null;
    geohash::Cell cell = geohash::origin(state.precision);
    cell.column = geohash::step(longitude, cell.column_bits, 180.0);
    cell.row = geohash::step(latitude, cell.row_bits, 90.0);
    char* out = arena.allocate(geohash::kLongest);
    geohash::write(cell, state.precision, out);
    return Text(out, static_cast<size_t>(state.precision));
  }
};

constexpr Operator kOperator = {
    .name = "geohash_encode",
    .summary = "Name the cell of a grid over the earth in which a place lies, as a geohash",
    .detail =
        "Places that are near to each other mostly share the beginning of their geohash; the text of a larger cell is "
        "the beginning of that of its smaller ones. At the equator 5 characters are 4.9 km wide, 6 are 1.2 km, 7 are "
        "153 m, 9 are 4.8 m. The edges of a cell are computed exactly.",
    .parameters = {{"latitude", "degrees north of the equator, from -90 to 90"},
                   {"longitude", "degrees east of Greenwich, from -180 to 180"},
                   {"precision", "the number of characters"}},
    .overloads =
        {overload<"(latitude: float, longitude: float, precision: const int[1..12] = 9) -> string", GeohashEncode>()},
    .edges = {{"a place lies on the edge of two cells", "the northern or eastern one"},
              {"latitude 90 or longitude 180", "the last cell"},
              {"a latitude or longitude out of its range", "null"}},
    .examples = {{"geohash_encode(57.64911, 10.40744, 11)", "\"u4pruydqqvj\""},
                 {"geohash_encode(0.0, 0.0, 1)", "\"s\""},
                 {"geohash_encode(0.0, 181.0)", "null"}},
    .cost = {.per_row = 60.0},
    .aliases = "geohash ST_GeoHash geohashEncode geohash_from_latlon",
    .see_also = "geohash_bounds geohash_neighbors geo_tile haversine_distance",
    .source = "G. Niemeyer, geohash.org (2008)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
