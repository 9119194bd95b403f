// session_ids(at, gap): the number of the session to which each event belongs.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SessionIds {
  static void eval(List<Timestamp> at, Duration gap, ListBuilder<int64_t>& result) {
    result.reserve(at.size());
    int64_t session = 0;
    bool any = false;
    int64_t before = 0;
    for (uint32_t i = 0; i < at.size(); ++i) {
      if (at.is_null(i)) {
        result.push_null();
        continue;
      }
      const int64_t now = at[i].microseconds;
      const uint64_t distance = now > before ? static_cast<uint64_t>(now) - static_cast<uint64_t>(before)
                                             : static_cast<uint64_t>(before) - static_cast<uint64_t>(now);
      const bool apart = gap.microseconds < 0 || distance > static_cast<uint64_t>(gap.microseconds);
      session += any && apart ? 1 : 0;
      any = true;
      before = now;
      result.push_back(session);
    }
  }
};

constexpr Operator kOperator = {
    .name = "session_ids",
    .summary = "Number the sessions of a history: which one each event belongs to",
    .detail =
        "A session ends where the next event is more than `gap` away. Sessions are numbered from 0 in the order of "
        "the list, which is sorted by time, in one direction or the other. With `let s = session_ids(at, 30m)` the "
        "number of sessions is `(s.last() ?? -1) + 1`, their sizes are `s.run_lengths()`, and "
        "`history.take_last(s.run_lengths().last() ?? 0)` is the last one.",
    .parameters = {{"at", "the times of the events"},
                   {"gap", "the longest pause within a session; 30 minutes is usual"}},
    .overloads = {overload<"(at: list<timestamp>, gap: duration) -> list<int>", SessionIds>()},
    .edges = {{"two events are exactly `gap` apart", "one session"},
              {"a time is null", "a null element; the pause is measured between its neighbours"},
              {"times go back and forth", "each pause is measured without its direction"},
              {"`gap` is negative", "each event is a session"},
              {"the list is empty", "an empty list"}},
    .examples = {{"session_ids([t\"2026-01-01T10:00:00Z\", t\"2026-01-01T10:20:00Z\", t\"2026-01-01T12:00:00Z\"], 30m)",
                  "[0, 0, 1]"},
                 {"session_ids([t\"2026-01-03\", t\"2026-01-02\", t\"2026-01-01\"], 24h)", "[0, 0, 0]"}},
    .cost = {.per_row = 6.0, .per_element = 1.5},
    .aliases = "sessionize session_window seq_session_id split_by_gap",
    .see_also = "differences run_lengths occurrence_numbers",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
