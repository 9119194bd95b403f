// haversine_distance(latitude, longitude, other_latitude, other_longitude, radius): how far two places are apart.
#include "feature_extractor/geography.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct HaversineDistance {
  static Nullable<double> eval(double latitude, double longitude, double other_latitude, double other_longitude,
                               double radius) {
    using namespace geography;
    const double half_rise = sine((other_latitude - latitude) * (0.5 * kRadiansPerDegree));
    const double half_turn = sine((other_longitude - longitude) * (0.5 * kRadiansPerDegree));
    const double cosines = cosine(latitude * kRadiansPerDegree) * cosine(other_latitude * kRadiansPerDegree);
    const double haversine = math::at_most(half_rise * half_rise + cosines * (half_turn * half_turn), 1.0);
    // The arc tangent keeps its digits also where the places are nearly opposite.
    const double angle = math::atan2(math::sqrt(haversine), math::sqrt(1.0 - haversine));
    return Nullable<double>::where(
        is_place(latitude, longitude) & is_place(other_latitude, other_longitude) & (radius >= 0.0),
        2.0 * radius * angle);
  }
};

constexpr Operator kOperator = {
    .name = "haversine_distance",
    .summary = "Measure the distance of two places over the earth's surface, in kilometres",
    .detail =
        "The great circle on a sphere, by the haversine formula. The earth's radius is its mean radius, 6,371.0088 km; "
        "another one gives another unit: 6371008.8 metres, 3958.7613 miles. The earth is a little flat, so the result "
        "may be off by half a percent. A closeness from 1 (here) to 0 (`reach` away or farther) is "
        "`maximum(1.0 - distance / reach, 0.0)`; the nearest of a list is found by `min_by`.",
    .parameters = {{"latitude", "degrees north of the equator, from -90 to 90"},
                   {"longitude", "degrees east of Greenwich, from -360 to 360"},
                   {"other_latitude", "the same of the other place"},
                   {"other_longitude", "the same of the other place"},
                   {"radius", "the radius of the sphere, in the unit of the result"}},
    .overloads = {overload<"(latitude: float, longitude: float, other_latitude: float, other_longitude: float, radius: "
                           "float = 6371.0088) -> float",
                           HaversineDistance>()},
    .edges = {{"the order of arguments",
               "latitude first, as in OpenMLDB, Velox and GPS; PAI-FG takes the longitude first"},
              {"a latitude is beyond a pole, or a longitude beyond 360 degrees", "null"},
              {"two longitudes differ by 360 degrees", "they are the same"},
              {"the places are opposite", "half the way round: 20,015.1 km"},
              {"`radius` is negative", "null"}},
    .examples = {{"haversine_distance(48.8566, 2.3522, 48.8566, 2.3522)", "0.0"},
                 {"round(haversine_distance(48.8566, 2.3522, 51.5074, -0.1278), 3)", "343.557"},
                 {"haversine_distance(91.0, 0.0, 0.0, 0.0)", "null"}},
    .cost = {.per_row = 20.0},
    .aliases =
        "haversine sphere_distance spherical_distance great_circle_distance geo_distance ST_Distance "
        "great_circle",
    .see_also = "bearing geohash_encode within_bounding_box min_by",
    .source =
        "R. W. Sinnott, Virtues of the haversine, Sky and Telescope 68 (1984); mean radius R1 of the IUGG, GRS 80",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
