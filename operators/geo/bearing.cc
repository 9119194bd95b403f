// bearing(latitude, longitude, other_latitude, other_longitude): in which direction another place lies.
#include "feature_extractor/geography.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct Bearing {
  static Nullable<double> eval(double latitude, double longitude, double other_latitude, double other_longitude) {
    using namespace geography;
    // The shorter way round. It is exact, so that a longitude and the same one 360 degrees on are one.
    const double apart = other_longitude - longitude;
    const double nearer =
        apart - 360.0 * (math::select(apart > 180.0, 1.0, 0.0) + math::select(apart > 540.0, 1.0, 0.0) -
                         math::select(apart < -180.0, 1.0, 0.0) - math::select(apart < -540.0, 1.0, 0.0));
    const double turn = nearer * kRadiansPerDegree;
    const double from = latitude * kRadiansPerDegree;
    const double to = other_latitude * kRadiansPerDegree;
    const double east = sine(turn) * cosine(to);
    const double north = cosine(from) * sine(to) - sine(from) * cosine(to) * cosine(turn);
    // Adding zero makes a negative zero positive, which is one value with it.
    const double degrees = math::atan2(east + 0.0, north + 0.0) * kDegreesPerRadian;
    const double positive = math::select(degrees < 0.0, degrees + 360.0, degrees);
    return Nullable<double>::where(is_place(latitude, longitude) & is_place(other_latitude, other_longitude),
                                   math::select(positive >= 360.0, 0.0, positive));
  }
};

constexpr Operator kOperator = {
    .name = "bearing",
    .summary = "Tell the direction in which another place lies, in degrees clockwise from north",
    .detail =
        "The direction in which the great circle to the other place begins: from 0 (north) over 90 (east) to below "
        "360.",
    .parameters = {{"latitude", "degrees north of the equator, from -90 to 90"},
                   {"longitude", "degrees east of Greenwich, from -360 to 360"},
                   {"other_latitude", "the same of the other place"},
                   {"other_longitude", "the same of the other place"}},
    .overloads = {overload<
        "(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float", Bearing>()},
    .edges = {{"both are the same place, also by longitudes that differ by 360 degrees", "0"},
              {"the first place is a pole",
               "180 less the difference of the longitudes at the north pole, that difference at the south pole"},
              {"a latitude is beyond a pole, or a longitude beyond 360 degrees", "null"}},
    .examples = {{"bearing(0.0, 0.0, 10.0, 0.0)", "0.0"},
                 {"bearing(0.0, 0.0, 0.0, 10.0)", "90.0"},
                 {"round(bearing(48.8566, 2.3522, 51.5074, -0.1278), 3)", "330.021"}},
    .cost = {.per_row = 24.0},
    .aliases = "initial_bearing azimuth heading geo_bearing course",
    .see_also = "haversine_distance",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
