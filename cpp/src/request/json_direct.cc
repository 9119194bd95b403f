#include "request/json_direct.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "feature_extractor/json.h"
#include "json/escapes.h"
#include "request/json_scan.h"
#include "request/json_values.h"

namespace feature_extractor {
namespace {

using json_scan::skip_space;

// Behind a word of JSON, or nullptr where it does not stand there.
template <size_t size>
const char* behind_word(const char* at, const char* end, const char (&word)[size]) {
  constexpr size_t kLetters = size - 1;
  return static_cast<size_t>(end - at) >= kLetters && std::memcmp(at, word, kLetters) == 0 ? at + kLetters : nullptr;
}

// A number that is not read at once, or what Python's json writes where there is none.
[[gnu::noinline]] const char* read_odd_double(const char* at, const char* end, double* value) {
  const json_scan::Number number = json_scan::number(at, end);
  if (number.end == nullptr) {
    const char* behind = behind_word(at, end, "NaN");
    if (behind == nullptr) behind = behind_word(at, end, "Infinity");
    if (behind == nullptr) behind = behind_word(at, end, "-Infinity");
    if (behind != nullptr) *value = nearest_number({at, static_cast<size_t>(behind - at)});
    return behind;
  }
  if (number.is_exact && json_scan::nearest(number.digits, number.exponent, value)) {
    if (number.is_negative) *value = -*value;
  } else {
    *value = nearest_number({at, static_cast<size_t>(number.end - at)});
  }
  return number.end;
}

// Nearly all numbers: some digits, mostly with a point in between.
[[gnu::always_inline]] inline const char* read_double(const char* const begin, const char* end, double* value) {
  const bool is_negative = *begin == '-';
  const char* const whole = begin + (is_negative ? 1 : 0);
  const char* at = whole;
  uint64_t digits = 0;
  for (; is_digit(*at); ++at) digits = digits * 10 + static_cast<uint8_t>(*at - '0');
  const ptrdiff_t whole_size = at - whole;
  if (whole_size == 0 || (whole_size > 1 && *whole == '0')) return read_odd_double(begin, end, value);
  ptrdiff_t places = 0;
  if (*at == '.') {
    const char* const fraction = ++at;
    at = json_scan::add_digits(at, end, &digits);
    places = at - fraction;
    if (places == 0) return nullptr;
  }
  if (whole_size + places > 19 || (*at | 0x20) == 'e' || !json_scan::nearest(digits, -places, value)) {
    return read_odd_double(begin, end, value);
  }
  // Without a branch: nobody could guess it.
  *value = __builtin_bit_cast(double, __builtin_bit_cast(uint64_t, *value) | static_cast<uint64_t>(is_negative) << 63);
  return at;
}

std::vector<std::string> names_of_parts(const DeclaredType& type) {
  if (type.kind == DeclaredType::Kind::kMap) return {"key", "value"};
  return type.kind == DeclaredType::Kind::kStruct ? type.field_names : std::vector<std::string>();
}

std::vector<std::string> names_of_columns(TableWriter& table) {
  std::vector<std::string> names;
  for (size_t i = 0; i < table.column_count(); ++i) names.push_back(table.column(i).name());
  return names;
}

// The inputs, then the members that a request has beside them.
std::vector<std::string> names_of_members(TableWriter& requests, bool has_candidates, bool may_be_wrapped) {
  std::vector<std::string> names = names_of_columns(requests);
  if (may_be_wrapped) names.emplace_back("request");
  if (has_candidates) names.emplace_back("candidates");
  return names;
}

}  // namespace

// ---- names -------------------------------------------------------------------------------------------------

ExpectedNames::ExpectedNames(const std::vector<std::string>& names) : names_(names), seen_in_(names.size(), 0) {
  for (uint32_t i = 0; i < names_.size(); ++i) {
    // A name that JSON writes with escapes is learned as it comes.
    const bool is_plain = std::none_of(names_[i].begin(), names_[i].end(),
                                       [](char c) { return c == '"' || c == '\\' || static_cast<uint8_t>(c) < 0x20; });
    if (!is_plain || names_[i].size() + 2 > kLongest) continue;
    order_.emplace_back('"' + names_[i] + '"', i);
  }
}

ExpectedNames::Name::Name(Text whole, uint32_t number_in_list)
    : first_bytes(static_cast<uint16_t>(whole.size() >= text::kBlock ? 0xFFFF : (1 << whole.size()) - 1)),
      size(static_cast<uint8_t>(whole.size())),
      number(number_in_list) {
  std::memcpy(text, whole.data(), whole.size());
}

ExpectedNames::Found ExpectedNames::look_up(const char* at, const char* end, Arena& arena) {
  // Mostly some are left out.
  for (size_t i = next_ + 1; i < order_.size(); ++i) {
    if (!is_at(order_[i], at, end)) continue;
    next_ = i + 1;
    return {at + order_[i].size, order_[i].number};
  }
  for (size_t i = 0; i < next_; ++i) {
    if (!is_at(order_[i], at, end)) continue;
    // From now on it is expected behind the name before, which is in front of `next_` then.
    const Name name = order_[i];
    std::copy(order_.begin() + static_cast<ptrdiff_t>(i) + 1, order_.begin() + static_cast<ptrdiff_t>(next_),
              order_.begin() + static_cast<ptrdiff_t>(i));
    order_[next_ - 1] = name;
    return {at + name.size, name.number};
  }
  if (*at != '"') return {nullptr, kUnknown};
  const json_scan::String string = json_scan::string(at, end);
  if (string.end == nullptr) return {nullptr, kUnknown};
  const Text whole(at, static_cast<size_t>(string.end - at));
  const Text inside = whole.substr(1, whole.size() - 2);
  const uint32_t number = number_of(string.has_escapes ? json::unescape(inside, arena) : inside);
  if (whole.size() <= kLongest && learned_ < kLearned) {
    order_.insert(order_.begin() + static_cast<ptrdiff_t>(next_), Name(whole, number));
    ++learned_;
    ++next_;
  }
  return {string.end, number};
}

uint32_t ExpectedNames::number_of(Text name) const {
  for (uint32_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == name) return i;
  }
  return kUnknown;
}

// ---- objects and arrays ------------------------------------------------------------------------------------

template <class ReadMember>
const char* DirectJson::members(const char* at, ExpectedNames& names, ReadMember read_member) {
  names.begin();
  at = skip_space(at);
  if (*at == '}') return at + 1;
  for (;;) {
    const auto [behind_name, number] = names.read(at, end_, arena_);
    if (behind_name == nullptr) return nullptr;
    at = skip_space(behind_name);
    if (*at != ':') return nullptr;
    at = skip_space(at + 1);
    if (number == ExpectedNames::kUnknown) {
      at = skip_value(at);
    } else {
      if (!names.see(number)) return nullptr;
      at = read_member(at, number);
    }
    if (at == nullptr) return nullptr;
    at = skip_space(at);
    if (*at == '}') return at + 1;
    if (*at != ',') return nullptr;
    at = skip_space(at + 1);
  }
}

template <class ReadElement>
const char* DirectJson::elements(const char* at, int64_t* count, ReadElement read_element) const {
  *count = 0;
  at = skip_space(at);
  if (*at == ']') return at + 1;
  for (;;) {
    at = read_element(at);
    if (at == nullptr) return nullptr;
    ++*count;
    at = skip_space(at);
    if (*at == ']') return at + 1;
    if (*at != ',') return nullptr;
    at = skip_space(at + 1);
  }
}

bool DirectJson::write_missing(const ExpectedNames& names, const Columns& columns) {
  if (names.has_all()) return true;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (names.has(i)) continue;
    if (!columns[i]->writer.type().nullable) return false;
    columns[i]->writer.add_null();
  }
  return true;
}

// Behind a value that nobody reads. All of it is checked.
const char* DirectJson::skip_value(const char* at) const {
  constexpr size_t kDeepest = 1024;
  std::array<uint64_t, kDeepest / 64> are_objects;  // A bit for each container that is open.
  size_t depth = 0;
  const auto name = [&](const char* place) -> const char* {
    if (*place != '"') return nullptr;
    place = json_scan::string(place, end_).end;
    if (place == nullptr) return nullptr;
    place = skip_space(place);
    return *place == ':' ? skip_space(place + 1) : nullptr;
  };
  for (;;) {
    // Here a value begins.
    const char c = *at;
    if (c == '{' || c == '[') {
      if (depth == kDeepest) return nullptr;
      const uint64_t bit = uint64_t{1} << (depth & 63);
      if ((depth & 63) == 0) are_objects[depth / 64] = 0;
      are_objects[depth / 64] = c == '{' ? are_objects[depth / 64] | bit : are_objects[depth / 64] & ~bit;
      ++depth;
      at = skip_space(at + 1);
      if (*at != (c == '{' ? '}' : ']')) {
        if (c == '{' && (at = name(at)) == nullptr) return nullptr;
        continue;
      }
    } else {
      at = skip_scalar(at);
      if (at == nullptr || depth == 0) return at;
    }
    // Here a value has ended, or an empty container has begun.
    for (;;) {
      at = skip_space(at);
      const bool is_object = (are_objects[(depth - 1) / 64] >> ((depth - 1) & 63) & 1) != 0;
      if (*at == ',') {
        at = skip_space(at + 1);
        if (is_object && (at = name(at)) == nullptr) return nullptr;
        break;
      }
      if (*at != (is_object ? '}' : ']') || ++at == end_) return nullptr;
      if (--depth == 0) return at;
    }
  }
}

const char* DirectJson::skip_scalar(const char* at) const {
  switch (*at) {
    case '"':
      return json_scan::string(at, end_).end;
    case 't':
      return behind_word(at, end_, "true");
    case 'f':
      return behind_word(at, end_, "false");
    case 'n':
      return behind_word(at, end_, "null");
    default: {
      double value = 0.0;
      const char* const behind = json_scan::number(at, end_).end;
      return behind != nullptr ? behind : read_double(at, end_, &value);
    }
  }
}

// ---- requests ------------------------------------------------------------------------------------------------

DirectJson::Column::Column(ColumnWriter& column)
    : writer(column), kind(column.type().kind), names(names_of_parts(column.type())) {
  for (size_t i = 0; i < column.child_count(); ++i) children.push_back(std::make_unique<Column>(column.child(i)));
}

DirectJson::DirectJson(TableWriter& requests, TableWriter& candidates, bool has_candidates, bool may_be_wrapped)
    : has_candidates_(has_candidates),
      may_be_wrapped_(may_be_wrapped),
      request_names_(names_of_members(requests, has_candidates, may_be_wrapped)),
      wrapped_names_(names_of_columns(requests)),
      candidate_names_(names_of_columns(candidates)) {
  for (size_t i = 0; i < requests.column_count(); ++i) {
    request_columns_.push_back(std::make_unique<Column>(requests.column(i)));
  }
  for (size_t i = 0; i < candidates.column_count(); ++i) {
    candidate_columns_.push_back(std::make_unique<Column>(candidates.column(i)));
  }
}

bool DirectJson::read(Text message, int64_t candidate_limit, AccountedVector<int64_t>* counts) {
  while (!message.empty() && json_scan::is_space(message.back())) message.remove_suffix(1);
  if (message.size() < 2 || message.size() >= json::kNone || (message.back() != '}' && message.back() != ']')) {
    return false;
  }
  arena_.reset();
  candidates_left_ = candidate_limit;
  const char* at = message.data();
  end_ = at + message.size();
  const auto one = [&](const char* place) -> const char* {
    if (*place != '{') return nullptr;
    count_ = 0;
    place = request(place + 1);
    if (place != nullptr) counts->push_back(count_);
    return place;
  };
  for (;;) {
    at = skip_space(at);
    if (*at == '[') {
      int64_t requests = 0;
      at = elements(at + 1, &requests, [&](const char* place) {
        place = one(place);
        return place == end_ ? nullptr : place;
      });
    } else {
      at = one(at);
    }
    if (at == nullptr || at == end_) return at != nullptr;
    // Another one begins on a new line.
    const char* const next = skip_space(at);
    if (std::find(at, next, '\n') == next) return false;
    at = next;
  }
}

const char* DirectJson::request(const char* at) {
  const size_t inputs = request_columns_.size();
  bool is_wrapped = false;
  bool has_inputs = false;
  bool has_all_candidates = false;
  at = members(at, request_names_, [&](const char* place, uint32_t number) -> const char* {
    if (number < inputs) {
      // What stands beside a wrapped request is passed over.
      if (is_wrapped) return skip_value(place);
      has_inputs = true;
      return value(place, *request_columns_[number]);
    }
    if (may_be_wrapped_ && number == inputs) {
      if (*place != '{') return skip_value(place);
      if (has_inputs) return nullptr;
      is_wrapped = true;
      return wrapped_request(place + 1);
    }
    has_all_candidates = true;
    return candidates(place);
  });
  if (at == nullptr || (has_candidates_ && !has_all_candidates)) return nullptr;
  return is_wrapped || write_missing(request_names_, request_columns_) ? at : nullptr;
}

const char* DirectJson::wrapped_request(const char* at) {
  at = members(at, wrapped_names_,
               [&](const char* place, uint32_t number) { return value(place, *request_columns_[number]); });
  return at != nullptr && at != end_ && write_missing(wrapped_names_, request_columns_) ? at : nullptr;
}

const char* DirectJson::candidates(const char* at) {
  if (*at == 'n') return behind_word(at, end_, "null");
  if (*at == '{') {
    at = candidate_columns(at + 1);
  } else if (*at == '[') {
    at = elements(at + 1, &count_, [&](const char* place) { return candidate(place); });
  } else {
    return nullptr;
  }
  return at == end_ ? nullptr : at;
}

const char* DirectJson::candidate(const char* at) {
  if (--candidates_left_ < 0) return nullptr;
  if (*at != '{') {
    for (auto& column : candidate_columns_) column->writer.add_null();
    return behind_word(at, end_, "null");
  }
  at = members(at + 1, candidate_names_,
               [&](const char* place, uint32_t number) { return value(place, *candidate_columns_[number]); });
  return at != nullptr && at != end_ && write_missing(candidate_names_, candidate_columns_) ? at : nullptr;
}

// The candidates as columns: an array for each input.
const char* DirectJson::candidate_columns(const char* at) {
  int64_t count = -1;
  at = members(at, candidate_names_, [&](const char* place, uint32_t number) -> const char* {
    if (*place != '[') return nullptr;
    int64_t rows = 0;
    int64_t rows_left = count < 0 ? candidates_left_ : count;
    Column& column = *candidate_columns_[number];
    place = elements(place + 1, &rows,
                     [&](const char* element) { return --rows_left < 0 ? nullptr : value(element, column); });
    if (count < 0) count = rows;
    return rows == count && place != end_ ? place : nullptr;
  });
  // Without an array of an input the one of another member counts; that is odd enough.
  if (at == nullptr || count < 0) return nullptr;
  count_ = count;
  candidates_left_ -= count;
  for (size_t i = 0; i < candidate_columns_.size(); ++i) {
    if (candidate_names_.has(i)) continue;
    ColumnWriter& writer = candidate_columns_[i]->writer;
    if (!writer.type().nullable) return nullptr;
    for (int64_t row = 0; row < count; ++row) writer.add_null();
  }
  return at;
}

// ---- values --------------------------------------------------------------------------------------------------

const char* DirectJson::value(const char* at, Column& column) {
  using Kind = DeclaredType::Kind;
  ColumnWriter& writer = column.writer;
  if (*at == 'n') return null_value(at, writer);
  switch (column.kind) {
    case Kind::kBool: {
      const bool is_true = *at == 't';
      at = is_true ? behind_word(at, end_, "true") : behind_word(at, end_, "false");
      if (at != nullptr) writer.add_bool(is_true);
      return at;
    }
    case Kind::kInt:
      return int_value(at, writer);
    case Kind::kFloat: {
      double x = 0.0;
      at = read_double(at, end_, &x);
      if (at != nullptr) writer.add_float(x);
      return at;
    }
    case Kind::kString:
      return string_value(at, writer);
    case Kind::kBytes:
    case Kind::kTimestamp:
    case Kind::kDuration:
      return spelled_value(at, writer);
    case Kind::kVector:
      at = *at == '[' ? vector(at + 1, writer) : nullptr;
      break;
    case Kind::kList:
      at = *at == '[' ? list(at + 1, column) : nullptr;
      break;
    case Kind::kMap:
      at = *at == '{' ? map_of_members(at + 1, column) : *at == '[' ? map_of_entries(at + 1, column) : nullptr;
      break;
    case Kind::kStruct:
      at = *at == '{' ? structure(at + 1, column) : nullptr;
      break;
    default:
      return nullptr;
  }
  return at == end_ ? nullptr : at;
}

const char* DirectJson::null_value(const char* at, ColumnWriter& writer) const {
  at = behind_word(at, end_, "null");
  if (at != nullptr) writer.add_null();
  return at;
}

// An integer of up to 18 digits, which always fit: nearly all of them.
const char* DirectJson::plain_int(const char* at, ColumnWriter& writer) const {
  const bool is_negative = *at == '-';
  const char* const begin = at + (is_negative ? 1 : 0);
  uint64_t digits = 0;
  const char* const behind = json_scan::add_digits(begin, end_, &digits);
  if (behind == begin || behind - begin > 18 || (*begin == '0' && behind - begin > 1)) return nullptr;
  if (*behind == '.' || (*behind | 0x20) == 'e') return nullptr;
  const auto sign = -static_cast<int64_t>(is_negative);
  writer.add_int((static_cast<int64_t>(digits) ^ sign) - sign);
  return behind;
}

const char* DirectJson::int_value(const char* at, ColumnWriter& writer) const {
  const char* const behind = plain_int(at, writer);
  if (behind != nullptr) return behind;
  const json_scan::Number number = json_scan::number(at, end_);
  if (number.end == nullptr) return nullptr;
  const Nullable<int64_t> whole = whole_number({at, static_cast<size_t>(number.end - at)});
  if (!whole.has_value()) return nullptr;
  writer.add_int(*whole);
  return number.end;
}

const char* DirectJson::string_value(const char* at, ColumnWriter& writer) {
  if (*at != '"') return nullptr;
  const json_scan::String string = json_scan::string(at, end_);
  if (string.end == nullptr) return nullptr;
  const Text inside(at + 1, static_cast<size_t>(string.end - at) - 2);
  if (!string.has_escapes) {
    writer.add_text(inside);
    return string.end;
  }
  const Arena::Scope scope(arena_);
  bool has_lone_half = false;
  const Text text = json::unescape(inside, arena_, &has_lone_half);
  write_text(Nullable<Text>::where(!has_lone_half, text), writer);
  return string.end;
}

// Bytes, instants and durations.
const char* DirectJson::spelled_value(const char* at, ColumnWriter& writer) {
  if (*at != '"') {
    return writer.type().kind == DeclaredType::Kind::kBytes ? nullptr : plain_int(at, writer);
  }
  const json_scan::String string = json_scan::string(at, end_);
  if (string.end == nullptr) return nullptr;
  const Arena::Scope scope(arena_);
  const Text inside(at + 1, static_cast<size_t>(string.end - at) - 2);
  bool has_lone_half = false;
  const Text text = string.has_escapes ? json::unescape(inside, arena_, &has_lone_half) : inside;
  return !has_lone_half && write_spelled(text, arena_, writer) ? string.end : nullptr;
}

const char* DirectJson::vector(const char* at, ColumnWriter& writer) const {
  int64_t count = 0;
  at = elements(at, &count, [&](const char* place) {
    double x = NAN;
    place = *place == 'n' ? behind_word(place, end_, "null") : read_double(place, end_, &x);
    writer.add_number(static_cast<float>(x));
    return place;
  });
  if (at != nullptr) writer.end_vector();
  return at;
}

const char* DirectJson::list(const char* at, Column& column) {
  int64_t count = 0;
  Column& element = *column.children[0];
  at = elements(at, &count, [&](const char* place) { return value(place, element); });
  if (at != nullptr) column.writer.end_list();
  return at;
}

const char* DirectJson::map_of_members(const char* at, Column& column) {
  column.places.begin(0);
  at = skip_space(at);
  for (uint32_t entries = 0; *at != '}'; ++entries) {
    if (entries > 0) {
      if (*at != ',') return nullptr;
      at = skip_space(at + 1);
    }
    if (*at != '"') return nullptr;
    const json_scan::String string = json_scan::string(at, end_);
    if (string.end == nullptr) return nullptr;
    Text name(at + 1, static_cast<size_t>(string.end - at) - 2);
    bool has_lone_half = false;
    if (string.has_escapes) name = json::unescape(name, arena_, &has_lone_half);
    if (has_lone_half || column.places.place_of(name) != entries) return nullptr;
    if (!write_key(name, arena_, column.children[0]->writer)) return nullptr;
    at = skip_space(string.end);
    if (*at != ':') return nullptr;
    at = value(skip_space(at + 1), *column.children[1]);
    if (at == nullptr) return nullptr;
    at = skip_space(at);
  }
  column.writer.end_list();
  return at + 1;
}

// An array of {"key": k, "value": v}.
const char* DirectJson::map_of_entries(const char* at, Column& column) {
  int64_t count = 0;
  at = elements(at, &count, [&](const char* place) -> const char* {
    if (*place != '{') return nullptr;
    place = members(place + 1, column.names, [&](const char* part, uint32_t number) -> const char* {
      if (number == 0 && *part == 'n') return nullptr;
      return value(part, *column.children[number]);
    });
    if (place == nullptr || place == end_ || !column.names.has(0)) return nullptr;
    if (!column.names.has(1)) column.children[1]->writer.add_null();
    return place;
  });
  if (at != nullptr) column.writer.end_list();
  return at;
}

const char* DirectJson::structure(const char* at, Column& column) {
  at = members(at, column.names,
               [&](const char* place, uint32_t number) { return value(place, *column.children[number]); });
  if (at == nullptr || !write_missing(column.names, column.children)) return nullptr;
  column.writer.end_struct();
  return at;
}

}  // namespace feature_extractor
