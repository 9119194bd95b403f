// Time zones: TZif data (RFC 8536), and local times back to instants.
#include "resource/time_zone_reader.h"

#include "feature_extractor/calendar.h"

#include <algorithm>
#include <optional>

namespace feature_extractor {
namespace {

constexpr int64_t kMaximumSeconds = INT64_MAX / calendar::kSecond;
// Real zones have fewer than 300 changes; the footer adds up to two a year for 400 years.
constexpr size_t kMaximumChanges = 4'096;
constexpr uint64_t kMaximumBuckets = 8'192;
// RFC 8536, 3.2: an offset should lie between -25 and 26 hours, exclusively.
constexpr int32_t kLeastOffset = -89'999;
constexpr int32_t kGreatestOffset = 93'599;

// A day of the year on which a POSIX rule changes the clocks, and the time of that day.
struct ChangeDay {
  enum class Form { kJulianWithoutLeapDay, kZeroBased, kMonthWeekDay };
  Form form = Form::kZeroBased;
  int32_t day = 0;    // J: 1-365. Zero-based: 0-365. M: 0 (Sunday) to 6.
  int32_t month = 0;  // 1-12
  int32_t week = 0;   // 1-5, 5 is the last
  int32_t seconds = 0;

  // Seconds since 1970 of the change in a year, by the clock that it ends.
  int64_t in_year(int32_t year) const {
    int64_t date = 0;
    if (form == Form::kMonthWeekDay) {
      const auto number = static_cast<uint32_t>(month);
      const int32_t first = calendar::days_from_date(year, number, 1);
      const int32_t weekday = static_cast<int32_t>(calendar::day_of_week(first)) % 7;  // 0 is Sunday.
      int32_t in_month = (day - weekday + 7) % 7 + 7 * (week - 1);
      if (in_month >= static_cast<int32_t>(calendar::days_in_month(year, number))) in_month -= 7;
      date = first + in_month;
    } else {
      date = calendar::days_from_date(year, 1, 1) + day;
      if (form == Form::kJulianWithoutLeapDay) date += calendar::is_leap(year) && day >= 60 ? 0 : -1;
    }
    return date * 86'400 + seconds;
  }
};

struct PosixRule {
  int32_t standard_offset = 0;
  bool has_summer_time = false;
  int32_t summer_offset = 0;
  ChangeDay start;
  ChangeDay end;
};

// The TZ string of POSIX with the extensions of RFC 8536, section 3.3.1.
class RuleParser {
 public:
  explicit RuleParser(Text text) : text_(text) {}

  std::optional<PosixRule> parse() {
    PosixRule rule;
    int32_t west = 0;
    if (!name() || !clock(24, &west)) return std::nullopt;
    rule.standard_offset = -west;
    if (text_.empty()) return rule;
    rule.has_summer_time = true;
    if (!name()) return std::nullopt;
    rule.summer_offset = rule.standard_offset + 3'600;
    if (!text_.empty() && text_.front() != ',') {
      if (!clock(24, &west)) return std::nullopt;
      rule.summer_offset = -west;
    }
    if (!take(',') || !change_day(&rule.start) || !take(',') || !change_day(&rule.end)) return std::nullopt;
    if (!text_.empty()) return std::nullopt;
    return rule;
  }

 private:
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool name() {
    const bool quoted = take('<');
    size_t size = 0;
    const auto belongs = [&](char c) {
      const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      return letter || (quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
    };
    while (size < text_.size() && belongs(text_[size])) ++size;
    text_.remove_prefix(size);
    return size >= 3 && (!quoted || take('>'));
  }
  bool number(int32_t least, int32_t greatest, int32_t* value) {
    int32_t result = 0;
    size_t digits = 0;
    while (digits < text_.size() && digits < 4 && text_[digits] >= '0' && text_[digits] <= '9') {
      result = result * 10 + (text_[digits++] - '0');
    }
    text_.remove_prefix(digits);
    *value = result;
    return digits > 0 && result >= least && result <= greatest;
  }
  // [+-]hours[:minutes[:seconds]]
  bool clock(int32_t most_hours, int32_t* seconds) {
    const bool negative = take('-');
    if (!negative) take('+');
    int32_t hours = 0;
    int32_t minutes = 0;
    int32_t rest = 0;
    if (!number(0, most_hours, &hours)) return false;
    if (take(':')) {
      if (!number(0, 59, &minutes)) return false;
      if (take(':') && !number(0, 59, &rest)) return false;
    }
    *seconds = (negative ? -1 : 1) * (hours * 3'600 + minutes * 60 + rest);
    return true;
  }
  bool change_day(ChangeDay* day) {
    if (take('J')) {
      day->form = ChangeDay::Form::kJulianWithoutLeapDay;
      if (!number(1, 365, &day->day)) return false;
    } else if (take('M')) {
      day->form = ChangeDay::Form::kMonthWeekDay;
      if (!number(1, 12, &day->month) || !take('.') || !number(1, 5, &day->week) || !take('.') ||
          !number(0, 6, &day->day)) {
        return false;
      }
    } else {
      day->form = ChangeDay::Form::kZeroBased;
      if (!number(0, 365, &day->day)) return false;
    }
    day->seconds = 2 * 3'600;
    return !take('/') || clock(167, &day->seconds);
  }

  Text text_;
};

// Reads big-endian numbers, and says once that the bytes were too few instead of reading past them.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::span<const std::byte> take(uint64_t size) {
    if (size > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const auto result = bytes_.first(static_cast<size_t>(size));
    bytes_ = bytes_.subspan(static_cast<size_t>(size));
    return result;
  }
  uint64_t number(size_t size) {
    uint64_t result = 0;
    for (const std::byte byte : take(size)) result = result << 8 | static_cast<uint8_t>(byte);
    return result;
  }
  Text rest() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::span<const std::byte> bytes_;
  bool ok_ = true;
};

struct Header {
  uint8_t version = 0;
  uint32_t ut_local = 0, standard_wall = 0, leap = 0, changes = 0, types = 0, characters = 0;

  uint64_t body_size(uint64_t time_size) const {
    return time_size * changes + changes + 6ULL * types + characters + (time_size + 4) * leap +
           uint64_t{standard_wall} + ut_local;
  }
};

std::optional<Header> read_header(ByteReader& bytes) {
  if (bytes.number(4) != 0x545A6966) return std::nullopt;  // "TZif"
  Header header;
  header.version = static_cast<uint8_t>(bytes.number(1));
  bytes.take(15);
  for (uint32_t* count :
       {&header.ut_local, &header.standard_wall, &header.leap, &header.changes, &header.types, &header.characters}) {
    *count = static_cast<uint32_t>(bytes.number(4));
  }
  if (!bytes.ok()) return std::nullopt;
  return header;
}

}  // namespace

class TimeZoneReader {
 public:
  static std::unique_ptr<TimeZone> read(std::span<const std::byte> bytes, std::string* error) {
    std::unique_ptr<TimeZone> zone(new TimeZone());
    if (!fill(bytes, zone.get(), error)) return nullptr;
    return zone;
  }

 private:
  struct Change {
    int64_t seconds;
    int32_t offset;
    bool summer;
  };

  static bool fail(std::string* error, const char* text) {
    *error = text;
    return false;
  }

  static bool fill(std::span<const std::byte> data, TimeZone* zone, std::string* error) {
    ByteReader bytes(data);
    const std::optional<Header> first = read_header(bytes);
    if (!first) return fail(error, "The data is not a TZif file (RFC 8536).");
    if (first->version < '2') return fail(error, "The TZif data has version 1; versions from 2 on have 64-bit times.");
    bytes.take(first->body_size(4));
    const std::optional<Header> header = read_header(bytes);
    if (!bytes.ok() || !header) return fail(error, "The TZif data ends before its second header.");
    if (header->leap != 0) return fail(error, "The TZif data counts leap seconds; timestamps do not.");
    if (header->types == 0 || header->types > 256) return fail(error, "The TZif data must have 1 to 256 time types.");
    if (header->changes > kMaximumChanges / 2) return fail(error, "The TZif data has more than 2,048 transitions.");

    ByteReader times(bytes.take(8ULL * header->changes));
    const auto indices = bytes.take(header->changes);
    ByteReader types(bytes.take(6ULL * header->types));
    bytes.take(uint64_t{header->characters} + header->standard_wall + header->ut_local);
    if (!bytes.ok()) return fail(error, "The TZif data is cut short.");
    std::vector<int32_t> offsets;
    for (uint32_t i = 0; i < header->types; ++i) {
      const auto offset = static_cast<int32_t>(static_cast<uint32_t>(types.number(4)));
      types.take(2);
      if (offset < kLeastOffset || offset > kGreatestOffset) {
        return fail(error, "The TZif data has an offset of more than 26 hours.");
      }
      offsets.push_back(offset);
    }

    Text footer = bytes.rest();
    if (footer.size() < 2 || footer.front() != '\n' || footer.find('\n', 1) == Text::npos) {
      return fail(error, "The TZif data has no footer.");
    }
    footer = footer.substr(1, footer.find('\n', 1) - 1);
    std::optional<PosixRule> rule;
    if (!footer.empty()) {
      rule = RuleParser(footer).parse();
      if (!rule) return fail(error, "The footer of the TZif data is not a POSIX TZ rule.");
    }

    std::vector<Change> changes = {{-kMaximumSeconds - 1, offsets[0], false}};
    int64_t before = INT64_MIN;
    for (uint32_t i = 0; i < header->changes; ++i) {
      const auto seconds = static_cast<int64_t>(times.number(8));
      const auto type = static_cast<uint8_t>(indices[i]);
      if (i > 0 && seconds <= before)
        return fail(error, "The transitions of the TZif data are not in ascending order.");
      if (type >= offsets.size()) return fail(error, "A transition of the TZif data has a type that does not exist.");
      before = seconds;
      if (seconds < -kMaximumSeconds) {
        changes[0].offset = offsets[type];
      } else if (seconds <= kMaximumSeconds) {
        changes.push_back({seconds, offsets[type], false});
      }
    }
    if (rule) apply_rule(*rule, changes, zone);
    lay_out(changes, zone);
    return true;
  }

  // Lets the rule count from the last transition on, or always where there is none.
  static void apply_rule(const PosixRule& rule, std::vector<Change>& changes, TimeZone* zone) {
    if (!rule.has_summer_time) {
      changes.back().offset = rule.standard_offset;
      return;
    }
    constexpr int64_t kCycleSeconds = TimeZone::kCycle / calendar::kSecond;
    const bool always = changes.size() == 1;
    const int64_t begin = always ? 0 : changes.back().seconds;
    if (begin > kMaximumSeconds - 2 * kCycleSeconds) return;  // The rule would count after the last timestamp.
    zone->cycle_begin_ = begin * calendar::kSecond;
    zone->cycle_end_ = zone->cycle_begin_ + TimeZone::kCycle;
    if (always) zone->repeats_before_ = zone->cycle_begin_;

    const int32_t year = calendar::date_from_days(calendar::days(begin * calendar::kSecond)).year;
    // An offset and a time of day may move a change by more than a week, hence two more years at either end.
    std::vector<Change> generated;
    for (int32_t y = std::max(year - 2, -290'300); y <= year + 402; ++y) {
      generated.push_back({rule.start.in_year(y) - rule.standard_offset, rule.summer_offset, true});
      generated.push_back({rule.end.in_year(y) - rule.summer_offset, rule.standard_offset, false});
    }
    // Summer time that ends at the instant at which it starts again lasts all year (RFC 8536, 3.3.1).
    std::stable_sort(generated.begin(), generated.end(), [](const Change& a, const Change& b) {
      return a.seconds != b.seconds ? a.seconds < b.seconds : a.summer < b.summer;
    });
    for (const Change& change : generated) {
      if (change.seconds <= begin) {
        changes.back().offset = change.offset;
      } else if (change.seconds < begin + kCycleSeconds) {
        changes.push_back(change);
      }
    }
  }

  static void lay_out(const std::vector<Change>& changes, TimeZone* zone) {
    for (const Change& change : changes) {
      if (!zone->changes_.empty()) {
        const int64_t microseconds = change.seconds * calendar::kSecond;
        if (microseconds == zone->changes_.back()) {
          zone->offsets_.back() = change.offset;
          continue;
        }
        if (change.offset == zone->offsets_.back()) continue;
        zone->changes_.push_back(microseconds);
      } else {
        zone->changes_.push_back(INT64_MIN);
      }
      zone->offsets_.push_back(change.offset);
    }
    if (zone->changes_.size() == 1) {
      zone->cycle_end_ = INT64_MAX;
      zone->repeats_before_ = INT64_MIN;
      zone->buckets_ = {0, 0};
      return;
    }
    zone->first_change_ = zone->changes_[1];
    const uint64_t range = static_cast<uint64_t>(zone->changes_.back()) - static_cast<uint64_t>(zone->first_change_);
    while (range >> zone->bucket_shift_ > kMaximumBuckets) ++zone->bucket_shift_;
    const uint64_t buckets = (range >> zone->bucket_shift_) + 2;
    size_t change = 1;
    for (uint64_t b = 0; b < buckets; ++b) {
      const uint64_t start = b << zone->bucket_shift_;
      while (change + 1 < zone->changes_.size() &&
             static_cast<uint64_t>(zone->changes_[change + 1]) - static_cast<uint64_t>(zone->first_change_) <= start) {
        ++change;
      }
      zone->buckets_.push_back(static_cast<uint16_t>(change));
    }
  }
};

std::unique_ptr<TimeZone> read_time_zone(std::span<const std::byte> bytes, std::string* error) {
  return TimeZoneReader::read(bytes, error);
}

int64_t TimeZone::instant(int64_t local, Gap gap) const {
  const auto subtract = [](int64_t from, int64_t seconds) {
    int64_t result;
    if (__builtin_sub_overflow(from, seconds * calendar::kSecond, &result)) return seconds < 0 ? INT64_MAX : INT64_MIN;
    return result;
  };
  if (is_fixed()) return subtract(local, offsets_[0]);
  // No instant with this local time lies before `low`. Walk over the changes from there; a candidate is at most 51 hours later.
  int64_t low = subtract(local, kGreatestOffset);
  int32_t offset = offset_seconds(low);
  for (;;) {
    // The end of the regime that holds at `low`: the next change, in the cycle that `low` is in.
    const int64_t folded = in_first_cycle(low);
    const size_t next = regime(folded) + 1;
    const int64_t boundary = next < changes_.size() ? changes_[next] : cycle_end_;
    int64_t end = INT64_MAX;
    if (boundary != INT64_MAX && __builtin_add_overflow(low, boundary - folded, &end)) end = INT64_MAX;
    const int64_t candidate = subtract(local, offset);
    if (candidate < end || end == INT64_MAX) return candidate;
    // The local time is later than this regime. If it is earlier than the next one, it was never shown.
    const int32_t next_offset = offset_seconds(end);
    if (subtract(local, next_offset) < end) return gap == Gap::kShiftForward ? candidate : end;
    low = end;
    offset = next_offset;
  }
}

}  // namespace feature_extractor
