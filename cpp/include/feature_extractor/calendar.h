// The proleptic Gregorian calendar over microseconds, and local time.
//
// The conversions between days and dates are those of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
// (https://howardhinnant.github.io/date_algorithms.html), shifted so that every day that 64 bits of
// microseconds can name (years -290,308 to 294,247) is a non-negative 32-bit number. All divisions are unsigned, 32 bits
// wide and by constants, which compilers turn into vector multiplications; there is no branch. The functions
// are total.
#pragma once

#include "feature_extractor/kernel.h"
#include "feature_extractor/resource.h"

namespace feature_extractor::calendar {

inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kMinute = 60 * kSecond;
inline constexpr int64_t kHour = 60 * kMinute;
inline constexpr int64_t kDay = 24 * kHour;
inline constexpr uint32_t kDaysPerEra = 146'097;  // 400 years.
// Eras from the first day in range to 0000-03-01, and the days from 0000-03-01 to 1970-01-01.
inline constexpr uint32_t kEras = 731;
inline constexpr uint32_t kDaysToEpoch = 719'468;

// Days since 1970-01-01 of local microseconds, rounded down, without a division: a day is 2^13 x 10,546,875 microseconds. Half a
// unit of 2^13 microseconds keeps every quotient farther from a whole number than the product with the reciprocal is wrong: at
// least 1 / 21,093,750, where the numbers are below 2^27 and so the errors below 2^-25. Tried with both sides of every
// midnight that 64 bits can name.
[[gnu::always_inline]] inline int32_t days(int64_t local) {
  constexpr double kMagic = 0x1.8p52;  // Integers below 2^51 in size and doubles convert by adding it.
  const int64_t shifted = local >> 13;
  const double whole = __builtin_bit_cast(double, shifted + __builtin_bit_cast(int64_t, kMagic)) - kMagic;
  const double quotient = (whole + 0.5) * (1.0 / 10'546'875.0);
  const double floor = (quotient - 0.5) + kMagic;  // The nearest whole number to half below the quotient.
  return static_cast<int32_t>(__builtin_bit_cast(int64_t, floor) - __builtin_bit_cast(int64_t, kMagic));
}

// Microseconds since the day began, in [0, kDay).
[[gnu::always_inline]] inline int64_t microsecond_of_day(int64_t local) {
  // In unsigned arithmetic, since the first day of the range starts before it; the difference is right all the same.
  return static_cast<int64_t>(static_cast<uint64_t>(local) -
                              static_cast<uint64_t>(static_cast<int64_t>(days(local))) * kDay);
}

// A power of two is taken out of each divisor, so that what is left to divide has 32 bits.
[[gnu::always_inline]] inline uint32_t second_of_day(int64_t local) {
  return static_cast<uint32_t>(microsecond_of_day(local) >> 6) / 15'625u;
}
[[gnu::always_inline]] inline uint32_t minute_of_day(int64_t local) {
  return static_cast<uint32_t>(microsecond_of_day(local) >> 8) / 234'375u;
}
[[gnu::always_inline]] inline uint32_t hour_of_day(int64_t local) {
  return static_cast<uint32_t>(microsecond_of_day(local) >> 10) / 3'515'625u;
}

struct Date {
  int32_t year;
  uint32_t month;        // 1 to 12
  uint32_t day;          // 1 to 31
  uint32_t day_of_year;  // 1 to 366
};

[[gnu::always_inline]] inline bool is_leap(int32_t year) {
  const uint32_t shifted = static_cast<uint32_t>(year + 400 * static_cast<int32_t>(kEras));
  return shifted % 4 == 0 && (shifted % 100 != 0 || shifted % 400 == 0);
}

[[gnu::always_inline]] inline Date date_from_days(int32_t days_since_epoch) {
  const uint32_t day = static_cast<uint32_t>(days_since_epoch) + kDaysToEpoch + kEras * kDaysPerEra;
  const uint32_t era = day / kDaysPerEra;
  const uint32_t day_of_era = day - era * kDaysPerEra;
  const uint32_t year_of_era = (day_of_era - day_of_era / 1'460u + day_of_era / 36'524u - day_of_era / 146'096u) / 365u;
  const uint32_t march_day = day_of_era - (365u * year_of_era + year_of_era / 4u - year_of_era / 100u);
  const uint32_t march_month = (5u * march_day + 2u) / 153u;
  const uint32_t after_december = march_month >= 10u ? 1u : 0u;
  const auto year = static_cast<int32_t>(year_of_era + after_december + 400u * era) - 400 * static_cast<int32_t>(kEras);
  const uint32_t leap = is_leap(year) ? 1u : 0u;
  return {.year = year,
          .month = march_month + 3u - 12u * after_december,
          .day = march_day - (153u * march_month + 2u) / 5u + 1u,
          .day_of_year = after_december != 0 ? march_day - 305u : march_day + 60u + leap};
}

// Days since 1970-01-01 of a date. The year must be within -290,400 and 294,400, the month within 1 and 12; a day outside its
// month counts on into the next ones.
[[gnu::always_inline]] inline int32_t days_from_date(int32_t year, uint32_t month, int32_t day) {
  const uint32_t shifted = static_cast<uint32_t>(year + 400 * static_cast<int32_t>(kEras)) - (month <= 2u ? 1u : 0u);
  const uint32_t era = shifted / 400u;
  const uint32_t year_of_era = shifted - era * 400u;
  const uint32_t march_day = (153u * (month + (month > 2u ? static_cast<uint32_t>(-3) : 9u)) + 2u) / 5u;
  const uint32_t day_of_era = year_of_era * 365u + year_of_era / 4u - year_of_era / 100u + march_day;
  return static_cast<int32_t>(era * kDaysPerEra + day_of_era - kDaysToEpoch - kEras * kDaysPerEra) + day - 1;
}

[[gnu::always_inline]] inline uint32_t days_in_month(int32_t year, uint32_t month) {
  return month == 2u ? (is_leap(year) ? 29u : 28u) : 30u + ((month + (month >> 3)) & 1u);
}

// 1 is Monday, 7 Sunday, as in ISO 8601. 1970-01-01 was a Thursday.
[[gnu::always_inline]] inline uint32_t day_of_week(int32_t days_since_epoch) {
  // The shift is a multiple of 7 above the number of days before 1970 in range.
  return (static_cast<uint32_t>(days_since_epoch) + 106'796'907u + 3u) % 7u + 1u;
}
static_assert(106'796'907u % 7u == 0);

// The week of ISO 8601: weeks start on Monday, and the first has the year's first Thursday.
[[gnu::always_inline]] inline uint32_t week_of_year(int32_t days_since_epoch) {
  const int32_t thursday = days_since_epoch + 4 - static_cast<int32_t>(day_of_week(days_since_epoch));
  return (date_from_days(thursday).day_of_year - 1u) / 7u + 1u;
}

// The local time of each instant: the instants themselves where the zone is UTC, else written to `buffer`. A zone with a
// fixed offset is a vector loop.
inline const int64_t* local_times(const TimeZone& zone, uint32_t rows, const int64_t* instants, int64_t* buffer) {
  if (!zone.is_fixed()) {
    for (uint32_t i = 0; i < rows; ++i) buffer[i] = zone.local(instants[i]);
    return buffer;
  }
  const int64_t offset = static_cast<int64_t>(zone.offset_seconds(0)) * kSecond;
  if (offset == 0) return instants;
  for (uint32_t i = 0; i < rows; ++i) {
    const int64_t instant = instants[i];
    const auto sum = static_cast<int64_t>(static_cast<uint64_t>(instant) + static_cast<uint64_t>(offset));
    const int64_t saturated = offset < 0 ? INT64_MIN : INT64_MAX;
    const bool overflow = (offset < 0) != (sum < instant);
    buffer[i] = overflow ? saturated : sum;
  }
  return buffer;
}

// A number that is read off the local time: `Field::of(local)`, an int. Both forms of a kernel, for the operators `year`, `hour` ...
template <class Field>
struct FieldKernel {
  struct State {
    const TimeZone* zone;
  };
  static Nullable<State> bind(const TimeZone* zone, BindError&) { return State{zone}; }
  static int64_t eval(const State& state, Timestamp t) { return Field::of(state.zone->local(t.microseconds)); }
  static void run(const State& state, uint32_t rows, const int64_t* instants, int64_t* out) {
    constexpr uint32_t kTile = 256;  // A tile of local times stays in the first cache.
    int64_t buffer[kTile];
    for (uint32_t begin = 0; begin < rows; begin += kTile) {
      const uint32_t count = rows - begin < kTile ? rows - begin : kTile;
      const int64_t* local = local_times(*state.zone, count, instants + begin, buffer);
      int64_t* __restrict to = out + begin;
      for (uint32_t i = 0; i < count; ++i) to[i] = Field::of(local[i]);
    }
  }
};

}  // namespace feature_extractor::calendar
