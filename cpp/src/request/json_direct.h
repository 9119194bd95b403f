// Requests in JSON, written into columns in one pass over the text, without a list of its values.
//
// This is the quick way for messages without anything odd, which is nearly all of them. Where something is odd (an error, a name that
// comes twice, a number of forty digits) it gives up, and the reader that knows each case and each message reads the text
// from its beginning (json_requests.cc). So it may give up wherever it likes, but what it accepts must be what the other one reads.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/memory.h"
#include "feature_extractor/column.h"
#include "feature_extractor/text.h"
#include "request/column_writer.h"
#include "request/key_places.h"

namespace feature_extractor {

// The names of the members that are looked for in the objects of one place, in the order in which they came last.
class ExpectedNames {
 public:
  static constexpr uint32_t kUnknown = 0xFFFFFFFF;

  explicit ExpectedNames(const std::vector<std::string>& names);

  // An object begins: no member was seen.
  void begin() {
    ++object_;
    seen_count_ = 0;
    next_ = 0;
  }
  // A name that was read: where it ends, nullptr where it is none, and its number in the list or kUnknown.
  struct Found {
    const char* end;
    uint32_t number;
  };
  // Reads the name at `at`. Objects of one place mostly have their members in one order.
  Found read(const char* at, const char* end, Arena& arena) {
    if (next_ < order_.size() && is_at(order_[next_], at, end)) {
      const Name& name = order_[next_++];
      return {at + name.size, name.number};
    }
    return look_up(at, end, arena);
  }
  // Notes that a member was seen. False where it was before.
  bool see(uint32_t number) {
    ++seen_count_;
    return std::exchange(seen_in_[number], object_) != object_;
  }
  bool has_all() const { return seen_count_ == seen_in_.size(); }
  bool has(size_t number) const { return seen_in_[number] == object_; }

 private:
  static constexpr size_t kLongest = 56;  // With its quotes; a longer one is looked up each time.
  static constexpr size_t kLearned = 64;

  struct Name {
    Name(Text whole, uint32_t number_in_list);

    char text[kLongest] = {};  // With quotes, as it stands in the message.
    uint16_t first_bytes;      // A bit for each byte of the first block.
    uint8_t size;
    uint32_t number;
  };

  static bool is_at(const Name& name, const char* at, const char* end) {
    if (end - at < static_cast<ptrdiff_t>(kLongest)) {
      return end - at >= name.size && std::memcmp(at, name.text, name.size) == 0;
    }
    const uint32_t equal = text::bits(text::load<text::Block>(at) == text::load<text::Block>(name.text));
    return (~equal & name.first_bytes) == 0 &&
           (name.size <= text::kBlock ||
            std::memcmp(at + text::kBlock, name.text + text::kBlock, name.size - text::kBlock) == 0);
  }
  Found look_up(const char* at, const char* end, Arena& arena);
  uint32_t number_of(Text name) const;

  const std::vector<std::string> names_;
  AccountedVector<Name> order_;
  size_t next_ = 0;     // In order_: what is expected now.
  size_t learned_ = 0;  // How many were not there from the beginning: what nobody reads, and other spellings.
  AccountedVector<uint64_t> seen_in_;  // Of each name the number of the last object that had it.
  uint64_t object_ = 0;
  size_t seen_count_ = 0;
};

class DirectJson {
 public:
  // The tables must outlive this. `may_be_wrapped`: the request may stand in a member `request`.
  DirectJson(TableWriter& requests, TableWriter& candidates, bool has_candidates, bool may_be_wrapped);
  DirectJson(const DirectJson&) = delete;
  DirectJson& operator=(const DirectJson&) = delete;

  // Writes the requests of a message and adds the number of candidates of each to `counts`. False where it gave up: then rows and parts
  // of rows may have been written, and the message must be read in the other way. It gives up above `candidate_limit`.
  bool read(Text message, int64_t candidate_limit, AccountedVector<int64_t>* counts);

 private:
  // A column and what is needed to read its values.
  struct Column {
    explicit Column(ColumnWriter& column);

    ColumnWriter& writer;
    const DeclaredType::Kind kind;
    ExpectedNames names;  // Of a struct its fields; of a map the parts of an entry in an array.
    KeyPlaces places;     // Of a map.
    std::vector<std::unique_ptr<Column>> children;
  };
  using Columns = std::vector<std::unique_ptr<Column>>;

  // Each of these reads what begins at `at`, and returns where it ends; nullptr to give up. The last byte of the text closes an object
  // or an array, so whoever has not read a closing bracket has at least one byte more.
  const char* request(const char* at);
  const char* wrapped_request(const char* at);
  const char* candidates(const char* at);
  const char* candidate(const char* at);
  const char* candidate_columns(const char* at);
  const char* value(const char* at, Column& column);
  const char* null_value(const char* at, ColumnWriter& writer) const;
  const char* plain_int(const char* at, ColumnWriter& writer) const;
  const char* int_value(const char* at, ColumnWriter& writer) const;
  const char* string_value(const char* at, ColumnWriter& writer);
  const char* spelled_value(const char* at, ColumnWriter& writer);
  const char* vector(const char* at, ColumnWriter& writer) const;
  const char* list(const char* at, Column& column);
  const char* map_of_members(const char* at, Column& column);
  const char* map_of_entries(const char* at, Column& column);
  const char* structure(const char* at, Column& column);
  const char* skip_value(const char* at) const;
  const char* skip_scalar(const char* at) const;
  // The members of the object whose bracket is in front of `at`. `read_member(at, number)` reads a value.
  template <class ReadMember>
  const char* members(const char* at, ExpectedNames& names, ReadMember read_member);
  // The elements of the array whose bracket is in front of `at`; `count` of them.
  template <class ReadElement>
  const char* elements(const char* at, int64_t* count, ReadElement read_element) const;
  // Nulls for the members that were not there. False where one may not be null.
  static bool write_missing(const ExpectedNames& names, const Columns& columns);

  Columns request_columns_;
  Columns candidate_columns_;
  const bool has_candidates_;
  const bool may_be_wrapped_;
  ExpectedNames request_names_;  // The inputs, then `request` and `candidates`.
  ExpectedNames wrapped_names_;
  ExpectedNames candidate_names_;

  ChunkArena arena_;
  const char* end_ = nullptr;
  int64_t candidates_left_ = 0;
  int64_t count_ = 0;  // The candidates of the request that is read.
};

}  // namespace feature_extractor
