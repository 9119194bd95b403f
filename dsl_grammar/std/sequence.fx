"""Behaviour sequences: lists of events with a field `at`, their time. The other fields may be any.

All windows end before `now`, so that the event to be predicted never counts: an event lies in the last week if it
happened at `now - 7d` or later, and before `now`. Pass what the events have in common as a list, such as
`history.map(e -> e.genre)`, or filter them first: `history.filter(e -> e.genre == genre).in_last(now, 7d)`.
"""

"""
Keep the events of the last time span before `now`.

in_last([t"2026-01-01", t"2026-01-07"].map(t -> {at: t}), t"2026-01-08", 7d).map(e -> e.at) => [t"2026-01-01", t"2026-01-07"]
in_last([t"2026-01-01", t"2026-01-08"].map(t -> {at: t}), t"2026-01-08", 6d).length() => 0
"""
let in_last(history, now, span) = history.filter(e -> e.at >= now - span and e.at < now)

"""
Keep the events before `now`.

before([t"2026-01-01", t"2026-01-08"].map(t -> {at: t}), t"2026-01-08").map(e -> e.at) => [t"2026-01-01"]
"""
let before(history, now) = history.filter(e -> e.at < now)

"""
Count the events of the last time span before `now`.

count_in_last([t"2026-01-01", t"2026-01-07"].map(t -> {at: t}), t"2026-01-08", 2d) => 1
"""
let count_in_last(history, now, span) = history.count(e -> e.at >= now - span and e.at < now)

"""
Tell how many days ago the last event before `now` was; null where there is none.

days_since_last([t"2026-01-01", t"2026-01-07"].map(t -> {at: t}), t"2026-01-08") => 1.0
days_since_last([t"2026-01-09"].map(t -> {at: t}), t"2026-01-08") => null
"""
let days_since_last(history, now) = (now - before(history, now).map(e -> e.at).max()) / 1d

"""
Count the events before `now`, of which each counts less the older it is: half after each `half_life`.

decayed_count([t"2026-01-01", t"2026-01-08"].map(t -> {at: t}), t"2026-01-15", 7d) => 0.75
"""
let decayed_count(history, now, half_life) =
    before(history, now).map(e -> decay(now - e.at, half_life)).sum()

"""
Compare how often something happens lately with how often it happens in general.

Events per time in the last `short` span, divided by those in the last `long` span, each drawn towards the other by one
event: 1 where nothing changes or nothing is known, above 1 where it becomes more frequent, at most `long / short`.

trend([t"2026-01-06", t"2026-01-07", t"2026-01-08"].map(t -> {at: t}), t"2026-01-09", 7d, 28d) => 3.25
trend([t"2025-12-25"].map(t -> {at: t}), t"2026-01-09", 7d, 28d) => 0.5
"""
let trend(history, now, short, long) =
    (count_in_last(history, now, short) + short / long)
        / ((count_in_last(history, now, long) + 1.0) * (short / long))

"""
Give the mean time between neighbouring events before `now`, in days; null where there are less than two.

The events are in the order of their times.

mean_gap_days([t"2026-01-01", t"2026-01-02", t"2026-01-05"].map(t -> {at: t}), t"2026-01-09") => 2.0
mean_gap_days([t"2026-01-01"].map(t -> {at: t}), t"2026-01-09") => null
"""
let mean_gap_days(history, now) =
    before(history, now).map(e -> e.at).differences().map(gap -> gap / 1d).mean()

"""
Count the sessions before `now`: runs of events of which none comes more than `gap` after the one before it.

The events are in the order of their times.

session_count([t"2026-01-01T10:00:00Z", t"2026-01-01T10:20:00Z", t"2026-01-02T09:00:00Z"].map(t -> {at: t}), t"2026-01-09", 30m) => 2
session_count([t"2026-01-10"].map(t -> {at: t}), t"2026-01-09", 30m) => 0
"""
let session_count(history, now, gap = 30m) =
    (before(history, now).map(e -> e.at).session_ids(gap).last() ?? -1) + 1

"""
Keep the events of the last session before `now`.

The events are in the order of their times; the session need not go on at `now`.

last_session([t"2026-01-01", t"2026-01-02T10:00:00Z", t"2026-01-02T10:20:00Z"].map(t -> {at: t}), t"2026-01-09").length() => 2
last_session([t"2026-01-10"].map(t -> {at: t}), t"2026-01-09").length() => 0
"""
let last_session(history, now, gap = 30m) =
    before(history, now).take_last(
        before(history, now).map(e -> e.at).session_ids(gap).run_lengths().last() ?? 0,
    )

"""
Tell how often in a row a value stands at the end of a list.

streak(["a", "b", "a", "a"], "a") => 2
streak(["a", "b"], "a") => 0
"""
let streak(xs, x) = xs.reverse().take_while(v -> v == x).length()

"""
Tell how often `next` came right after `x`, as a share of all that did; 0 where nothing did.

transition_share(["a", "b", "a", "c", "a"], "a", "b") => 0.5
transition_share(["a", "b"], "b", "a") => 0.0
"""
let transition_share(xs, x, next) =
    ratio(xs.successors(x).count_value(next), xs.successors(x).length()) ?? 0.0

"""
Tell which share of a list has a value; 0 for an empty list.

share_of(["a", "b", "a", "c"], "a") => 0.5
share_of([1], 2) => 0.0
"""
let share_of(xs, x) = ratio(xs.count_value(x), xs.length()) ?? 0.0

"""
Tell how varied a list is: its different values by its length; 0 for an empty list.

variety(["a", "b", "a", "c"]) => 0.75
"""
let variety(xs) = ratio(xs.distinct_count(), xs.length()) ?? 0.0
