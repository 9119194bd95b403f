// Requests in JSON, written into columns: in one pass where nothing is odd, otherwise by walking the flat list of a document's values.
#include <algorithm>
#include <cmath>

#include "arrow/shown_text.h"
#include "feature_extractor/json.h"
#include "feature_extractor/number_text.h"
#include "request/json_direct.h"
#include "request/json_values.h"
#include "request/key_places.h"
#include "request/request_reader.h"

namespace feature_extractor {
namespace {

using json::Node;
using Type = DeclaredType::Kind;

// The members that are looked for in the objects of one place.
class Members {
 public:
  explicit Members(std::vector<std::string> names) : names_(std::move(names)), values_(names_.size(), json::kNone) {}

  size_t size() const { return names_.size(); }
  const std::string& name(size_t index) const { return names_[index]; }
  // The number of the value's node, of what find() found; kNone where there is none.
  uint32_t value(size_t index) const { return values_[index]; }

  // Looks through an object. Of a name that comes twice the last value counts.
  void find(const json::Document& document, uint32_t object) {
    std::fill(values_.begin(), values_.end(), json::kNone);
    const uint32_t end = document[object].next;
    size_t place = 0;
    for (uint32_t i = object + 1; i < end; i = document[i + 1].next, ++place) {
      const size_t member = member_of(document, document[i], place);
      if (member < names_.size()) values_[member] = i + 1;
    }
  }

 private:
  // Objects of one place mostly have their members in one order, so the name at this place of the object before is tried first.
  size_t member_of(const json::Document& document, const Node& name, size_t place) {
    if (place < order_.size() && order_[place] < names_.size() && document.is_named(name, names_[order_[place]])) {
      return order_[place];
    }
    size_t member = 0;
    while (member < names_.size() && !document.is_named(name, names_[member])) ++member;
    constexpr size_t kRemembered = 256;
    if (place < kRemembered) {
      if (place >= order_.size()) order_.resize(place + 1, static_cast<uint32_t>(names_.size()));
      order_[place] = static_cast<uint32_t>(member);
    }
    return member;
  }

  const std::vector<std::string> names_;
  AccountedVector<uint32_t> values_;
  AccountedVector<uint32_t> order_;
};

std::vector<std::string> names_in(const DeclaredType& type) {
  if (type.kind == Type::kMap) return {"key", "value"};
  return type.kind == Type::kStruct ? type.field_names : std::vector<std::string>();
}

std::vector<std::string> names_of(TableWriter& table) {
  std::vector<std::string> names;
  for (size_t i = 0; i < table.column_count(); ++i) names.push_back(table.column(i).name());
  return names;
}

// A column and what is needed to walk to its values.
struct JsonColumn {
  explicit JsonColumn(ColumnWriter& column) : writer(column), members(names_in(column.type())) {
    for (size_t i = 0; i < column.child_count(); ++i) {
      children.push_back(std::make_unique<JsonColumn>(column.child(i)));
    }
  }

  struct Entry {
    Nullable<Text> key;
    uint32_t value;
  };

  ColumnWriter& writer;
  Members members;                 // Of a struct its fields; of a map the parts of an entry in an array.
  AccountedVector<Entry> entries;  // Of a map that is an object.
  std::vector<std::unique_ptr<JsonColumn>> children;
};

class JsonReader final : public RequestReader {
 public:
  JsonReader(const Extractor& extractor, const RequestLimits& limits)
      : RequestReader(extractor, limits),
        candidate_limit_(limits.candidates),
        request_members_(names_of(requests_)),
        candidate_members_(names_of(candidates_)) {
    for (size_t i = 0; i < requests_.column_count(); ++i) {
      request_columns_.push_back(std::make_unique<JsonColumn>(requests_.column(i)));
    }
    for (size_t i = 0; i < candidates_.column_count(); ++i) {
      candidate_columns_.push_back(std::make_unique<JsonColumn>(candidates_.column(i)));
    }
    std::vector<std::string> names;
    for (const InputDeclaration& input : extractor.plan().inputs) {
      if (input.domain == kRequestDomain) names.push_back(input.name);
    }
    // A member with the name of an input is that input.
    may_be_wrapped_ = std::find(names.begin(), names.end(), "request") == names.end();
    has_own_candidates_ = std::find(names.begin(), names.end(), "candidates") != names.end();
    // Which of two members `candidates` means depends on what comes behind it.
    if (has_candidates() && has_own_candidates_) return;
    direct_ = std::make_unique<DirectJson>(requests_, candidates_, has_candidates(), may_be_wrapped_);
  }

 private:
  using Columns = std::vector<std::unique_ptr<JsonColumn>>;

  Status read_message(Text message) override {
    constexpr Text kByteOrderMark = "\xEF\xBB\xBF";
    text_ = message;
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
    const size_t skipped = message.size() - text_.size();
    if (direct_ != nullptr) {
      const int64_t candidate_rows = candidates_.column_count() == 0 ? 0 : candidates_.column(0).size();
      counts_.clear();
      if (direct_->read(text_, candidate_limit_, &counts_)) {
        for (const int64_t count : counts_) {
          if (!add_candidates(count)) return too_many_candidates();
          end_request();
        }
        return Status::success();
      }
      requests_.truncate(request_count());
      candidates_.truncate(candidate_rows);
    }
    arena_.reset();
    json::Problem problem;
    if (!document_.read_sequence(text_, arena_, problem)) {
      return Status::error(ErrorCode::kInvalidArgument,
                           "This is not JSON: " + place(problem.at, skipped) + ": expected " + problem.expected +
                               (problem.at < text_.size() ? ", found " + shown(text_.substr(problem.at)) : "") + ".");
    }
    for (uint32_t root = 0; root < document_.size(); root = document_[root].next) {
      const Node& node = document_[root];
      bool is_read = true;
      if (node.kind == json::Kind::kArray) {
        for (uint32_t i = root + 1; is_read && i < node.next; i = document_[i].next) is_read = request(i);
      } else {
        is_read = request(root);
      }
      if (!is_read) return is_limit_ ? too_many_candidates() : failure(skipped);
    }
    return Status::success();
  }

  // ---- requests and candidates -----------------------------------------------------------------------

  bool request(uint32_t number) {
    path_.clear();
    is_limit_ = false;
    if (document_[number].kind != json::Kind::kObject) return fail(number, "a request, which is an object");
    shape_.find(document_, number);
    const uint32_t wrapper = may_be_wrapped_ ? shape_.value(0) : json::kNone;
    const bool is_wrapped = wrapper != json::kNone && document_[wrapper].kind == json::Kind::kObject;
    const uint32_t inputs = is_wrapped ? wrapper : number;
    request_members_.find(document_, inputs);
    for (size_t i = 0; i < request_columns_.size(); ++i) {
      if (!member(inputs, request_members_, i, *request_columns_[i])) return false;
    }
    if (has_candidates()) {
      const uint32_t all = is_wrapped || !has_own_candidates_ ? shape_.value(1) : json::kNone;
      if (all == json::kNone) return fail(number, "a member `candidates`");
      if (!candidates(all)) return false;
    }
    end_request();
    return true;
  }

  bool candidates(uint32_t number) {
    const Node& node = document_[number];
    if (node.kind == json::Kind::kNull) return true;
    if (node.kind == json::Kind::kObject) return candidate_columns(number) || within("candidates");
    if (node.kind != json::Kind::kArray) {
      return fail(number, "an array of objects, or an object of arrays") || within("candidates");
    }
    if (!add_candidates(node.count)) return limit();
    uint32_t index = 0;
    for (uint32_t i = number + 1; i < node.next; i = document_[i].next, ++index) {
      if (!candidate(i)) return within_candidate(index);
    }
    return true;
  }

  bool candidate(uint32_t number) {
    if (document_[number].kind == json::Kind::kNull) {
      for (auto& column : candidate_columns_) column->writer.add_null();
      return true;
    }
    if (document_[number].kind != json::Kind::kObject) return fail(number, "a candidate, which is an object");
    candidate_members_.find(document_, number);
    for (size_t i = 0; i < candidate_columns_.size(); ++i) {
      if (!member(number, candidate_members_, i, *candidate_columns_[i])) return false;
    }
    return true;
  }

  // The candidates as columns: an array for each input.
  bool candidate_columns(uint32_t number) {
    candidate_members_.find(document_, number);
    // As many as in the first array, of an input if there is one.
    int64_t count = -1;
    for (size_t i = 0; i < candidate_columns_.size() && count < 0; ++i) count = array_size(candidate_members_.value(i));
    for (uint32_t i = number + 1; i < document_[number].next && count < 0; i = document_[i + 1].next) {
      count = array_size(i + 1);
    }
    if (count < 0) count = 0;
    if (!add_candidates(count)) return limit();
    for (size_t i = 0; i < candidate_columns_.size(); ++i) {
      JsonColumn& column = *candidate_columns_[i];
      const std::string& name = candidate_members_.name(i);
      const uint32_t value_number = candidate_members_.value(i);
      if (value_number == json::kNone) {
        if (!column.writer.type().nullable) return missing(number, name, column.writer.type());
        for (int64_t row = 0; row < count; ++row) column.writer.add_null();
        continue;
      }
      const Node& node = document_[value_number];
      if (node.kind != json::Kind::kArray || node.count != count) {
        expected_ = "an array of " + std::to_string(count) + " values, one for each candidate";
        if (node.kind == json::Kind::kArray) expected_ += ", and it has " + std::to_string(node.count);
        return fail_with(value_number) || within("." + name);
      }
      column.writer.reserve(node.count);
      uint32_t index = 0;
      for (uint32_t k = value_number + 1; k < node.next; k = document_[k].next, ++index) {
        if (!value(k, column)) return within("." + name + "[" + std::to_string(index) + "]");
      }
    }
    return true;
  }

  int64_t array_size(uint32_t number) const {
    if (number == json::kNone || document_[number].kind != json::Kind::kArray) return -1;
    return document_[number].count;
  }

  // The value of one input or field of an object.
  bool member(uint32_t object, const Members& members, size_t index, JsonColumn& column) {
    const uint32_t number = members.value(index);
    if (number != json::kNone) return value(number, column) || within("." + members.name(index));
    if (!column.writer.type().nullable) return missing(object, members.name(index), column.writer.type());
    column.writer.add_null();
    return true;
  }

  // ---- values ------------------------------------------------------------------------------------------

  bool value(uint32_t number, JsonColumn& column) {
    const Node& node = document_[number];
    ColumnWriter& writer = column.writer;
    if (node.kind == json::Kind::kNull) {
      writer.add_null();
      return true;
    }
    switch (writer.type().kind) {
      case Type::kBool:
        if (node.kind != json::Kind::kTrue && node.kind != json::Kind::kFalse) return fail(number, "bool");
        writer.add_bool(node.kind == json::Kind::kTrue);
        return true;
      case Type::kInt:
        return int_value(number, writer);
      case Type::kFloat: {
        double x = 0.0;
        if (!number_of(node, &x)) return fail(number, "float");
        writer.add_float(x);
        return true;
      }
      case Type::kString: {
        if (node.kind != json::Kind::kString) return fail(number, "string");
        write_text(document_.strict_text_of(node, arena_), writer);
        return true;
      }
      case Type::kBytes:
      case Type::kTimestamp:
      case Type::kDuration:
        return text_value(number, writer);
      case Type::kVector:
        return vector(number, writer);
      case Type::kList: {
        if (node.kind != json::Kind::kArray) return fail_type(number, writer.type());
        JsonColumn& element = *column.children[0];
        uint32_t index = 0;
        for (uint32_t i = number + 1; i < node.next; i = document_[i].next, ++index) {
          if (!value(i, element)) return within("[" + std::to_string(index) + "]");
        }
        writer.end_list();
        return true;
      }
      case Type::kMap:
        return node.kind == json::Kind::kObject ? map_of_members(number, column) : map_of_entries(number, column);
      case Type::kStruct:
        if (node.kind != json::Kind::kObject) return fail_type(number, writer.type());
        column.members.find(document_, number);
        for (size_t i = 0; i < column.children.size(); ++i) {
          if (!member(number, column.members, i, *column.children[i])) return false;
        }
        writer.end_struct();
        return true;
      default:
        return fail_type(number, writer.type());
    }
  }

  bool int_value(uint32_t number, ColumnWriter& writer) {
    const Node& node = document_[number];
    if (node.kind != json::Kind::kNumber) return fail(number, "int");
    const Text digits = raw(node);
    const Nullable<int64_t> whole = whole_number(digits);
    if (!whole.has_value()) {
      return fail(number, digits.find_first_of(".eE") == Text::npos ? "int of 64 bits" : "int");
    }
    writer.add_int(*whole);
    return true;
  }

  bool number_of(const Node& node, double* x) const {
    if (node.kind != json::Kind::kNumber) return false;
    *x = nearest_number(raw(node));
    return true;
  }

  // Bytes, instants and durations: what texts spell, or a number of microseconds.
  bool text_value(uint32_t number, ColumnWriter& writer) {
    const Node& node = document_[number];
    const Type type = writer.type().kind;
    if (node.kind == json::Kind::kString) {
      const Nullable<Text> text = document_.strict_text_of(node, arena_);
      if (text.has_value() && write_spelled(*text, arena_, writer)) return true;
    } else if (node.kind == json::Kind::kNumber && type != Type::kBytes) {
      const Nullable<int64_t> microseconds = read_int(raw(node));
      if (microseconds.has_value()) {
        writer.add_int(*microseconds);
        return true;
      }
    }
    return fail(number, type == Type::kBytes       ? "bytes in base64"
                        : type == Type::kTimestamp ? "timestamp (ISO 8601, or microseconds since 1970)"
                                                   : "duration (such as \"1d12h\", or microseconds)");
  }

  bool vector(uint32_t number, ColumnWriter& writer) {
    const Node& node = document_[number];
    if (node.kind != json::Kind::kArray) return fail_type(number, writer.type());
    uint32_t index = 0;
    for (uint32_t i = number + 1; i < node.next; i = document_[i].next, ++index) {
      double x = NAN;
      if (document_[i].kind != json::Kind::kNull && !number_of(document_[i], &x)) {
        return fail(i, "float") || within("[" + std::to_string(index) + "]");
      }
      writer.add_number(static_cast<float>(x));
    }
    writer.end_vector();
    return true;
  }

  bool map_of_members(uint32_t number, JsonColumn& column) {
    const Node& node = document_[number];
    column.entries.clear();
    places_.begin(node.count);
    for (uint32_t i = number + 1; i < node.next; i = document_[i + 1].next) {
      const Text name = *document_.text_of(document_[i], arena_);
      const uint32_t place = places_.place_of(name);
      if (place == column.entries.size()) {
        column.entries.push_back({document_.strict_text_of(document_[i], arena_), i + 1});
      } else {
        column.entries[place].value = i + 1;
      }
    }
    for (const JsonColumn::Entry& entry : column.entries) {
      // The name stands in front of its value.
      if (!write_key(entry.key, arena_, column.children[0]->writer)) {
        expected_ = "a key of " + column.writer.type().text();
        return fail_with(entry.value - 1);
      }
      if (!value(entry.value, *column.children[1]))
        return within("[" + std::string(raw(document_[entry.value - 1])) + "]");
    }
    column.writer.end_list();
    return true;
  }

  // An array of {"key": k, "value": v}.
  bool map_of_entries(uint32_t number, JsonColumn& column) {
    const Node& node = document_[number];
    if (node.kind != json::Kind::kArray) return fail_type(number, column.writer.type());
    uint32_t index = 0;
    for (uint32_t i = number + 1; i < node.next; i = document_[i].next, ++index) {
      if (document_[i].kind != json::Kind::kObject) return fail_type(number, column.writer.type());
      column.members.find(document_, i);
      const uint32_t key_number = column.members.value(0);
      const uint32_t value_number = column.members.value(1);
      if (key_number == json::kNone || document_[key_number].kind == json::Kind::kNull) {
        return fail_type(number, column.writer.type());
      }
      if (!value(key_number, *column.children[0])) return within("[" + std::to_string(index) + "].key");
      if (value_number == json::kNone) {
        column.children[1]->writer.add_null();
      } else if (!value(value_number, *column.children[1])) {
        return within("[" + std::to_string(index) + "].value");
      }
    }
    column.writer.end_list();
    return true;
  }

  // ---- errors ------------------------------------------------------------------------------------------

  Text raw(const Node& node) const { return text_.substr(node.begin, node.end - node.begin); }

  bool fail(uint32_t number, const char* expected) {
    expected_ = expected;
    return fail_with(number);
  }
  bool fail_type(uint32_t number, const DeclaredType& type) {
    expected_ = type.text();
    if (expected_.ends_with('?')) expected_.pop_back();
    return fail_with(number);
  }
  bool fail_with(uint32_t number) {
    expected_ = "expected " + expected_ + ", found " + shown(raw(document_[number]));
    failed_ = number;
    return false;
  }
  bool missing(uint32_t object, const std::string& name, const DeclaredType& type) {
    expected_ = "the field `" + name + "` of type " + type.text() + " is missing";
    failed_ = object;
    return false;
  }
  bool limit() {
    is_limit_ = true;
    return false;
  }
  // The failure is one step further down.
  bool within(const std::string& step) {
    path_.insert(0, step);
    return false;
  }
  bool within_candidate(uint32_t index) { return within("candidates[" + std::to_string(index) + "]"); }

  static std::string shown(Text text) { return shown_text(text, 60); }

  // Where a byte is: columns count characters, both from 1.
  std::string place(uint32_t at, size_t skipped) const {
    size_t line = 1;
    size_t column = 1;
    for (const char c : text_.substr(0, at)) {
      if (c == '\n') {
        ++line;
        column = 1;
      } else if ((static_cast<uint8_t>(c) & 0xC0) != 0x80) {
        ++column;
      }
    }
    return "byte " + std::to_string(at + skipped) + " (line " + std::to_string(line) + ", column " +
           std::to_string(column) + ")";
  }

  Status failure(size_t skipped) const {
    Text path = path_;
    if (path.starts_with('.')) path.remove_prefix(1);
    return Status::error(ErrorCode::kInvalidArgument,
                         "Request " + std::to_string(request_count()) +
                             (path.empty() ? std::string() : ", `" + std::string(path) + "`") + ", " +
                             place(document_[failed_].begin, skipped) + ": " + expected_ + ".");
  }

  const int64_t candidate_limit_;
  std::unique_ptr<DirectJson> direct_;
  AccountedVector<int64_t> counts_;

  Members request_members_;
  Members candidate_members_;
  Members shape_{{"request", "candidates"}};
  Columns request_columns_;
  Columns candidate_columns_;
  bool may_be_wrapped_ = false;
  bool has_own_candidates_ = false;

  Text text_;
  ChunkArena arena_;
  json::Document document_;
  KeyPlaces places_;

  // Why reading failed.
  std::string path_;
  std::string expected_;
  uint32_t failed_ = 0;
  bool is_limit_ = false;
};

class JsonDecoder final : public RequestDecoder {
 public:
  JsonDecoder(std::shared_ptr<const Extractor> extractor, const RequestLimits& limits)
      : RequestDecoder(std::move(extractor)), limits_(limits) {}
  std::unique_ptr<RequestReader> new_reader() const override {
    return std::make_unique<JsonReader>(extractor(), limits_);
  }

 private:
  const RequestLimits limits_;
};

}  // namespace

std::shared_ptr<const RequestDecoder> make_json_decoder(std::shared_ptr<const Extractor> extractor,
                                                        const RequestLimits& limits) {
  return std::make_shared<JsonDecoder>(std::move(extractor), limits);
}

}  // namespace feature_extractor
