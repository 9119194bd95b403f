"""Parts of the day and of the year, and ages. A zone is a constant, such as "Europe/Berlin"."""

"""
Number the part of the day: 0 night, 1 morning, 2 midday, 3 afternoon, 4 evening.

They begin at 22, 6, 11, 14 and 18 o'clock in the zone.

part_of_day(t"2026-01-31T08:00:00Z", "UTC") => 1
part_of_day(t"2026-01-31T22:00:00Z", "UTC") => 0
part_of_day(t"2026-01-31T05:59:59Z", "UTC") => 0
"""
let part_of_day(t, zone) = hour(t, zone).bucketize([6, 11, 14, 18, 22]) % 5

"""
Tell whether it is night: from 22 to 6 o'clock.

is_night(t"2026-01-31T22:30:00Z", "UTC") => true
is_night(t"2026-01-31T22:30:00Z", "America/New_York") => false
"""
let is_night(t, zone) = part_of_day(t, zone) == 0

"""
Tell whether it is a time of work: Monday to Friday, from 9 to 17 o'clock. Holidays are not known.

is_working_time(t"2026-01-30T10:00:00Z", "UTC") => true
is_working_time(t"2026-01-31T10:00:00Z", "UTC") => false
"""
let is_working_time(t, zone) = not is_weekend(t, zone) and hour(t, zone) >= 9 and hour(t, zone) < 17

"""
Number the meteorological season of the northern half of the earth: 0 winter (from December), 1 spring, 2 summer,
3 autumn.

season(t"2026-01-31T12:00:00Z", "UTC") => 0
season(t"2026-12-01T12:00:00Z", "UTC") => 0
season(t"2026-08-31T12:00:00Z", "UTC") => 2
"""
let season(t, zone) = month(t, zone) % 12 // 3

"""
Give an age in days, with its fraction; 0 where the time lies ahead.

age_in_days(t"2026-01-30", t"2026-01-31T12:00:00Z") => 1.5
age_in_days(t"2026-02-01", t"2026-01-31") => 0.0
"""
let age_in_days(t, now) = maximum((now - t) / 1d, 0.0)

"""
Give an age in whole years, by the calendar of the zone; negative before birth.

age_in_years(t"1990-06-15", t"2026-06-14", "UTC") => 35
age_in_years(t"1990-06-15", t"2026-06-15", "UTC") => 36
"""
let age_in_years(born, now, zone) = months_between(born, now, zone) // 12

"""
Give a freshness from 1 (now, or ahead) down to 0: half after each `half_life`.

freshness(t"2026-01-24", t"2026-01-31") => 0.5
freshness(t"2026-02-24", t"2026-01-31") => 1.0
"""
let freshness(t, now, half_life = 7d) = decay(maximum(now - t, 0s), half_life)
