// Arrow columns that are written value by value, for sources that have rows: Python's dicts, JSON, Protocol Buffers.
//
// A tree of writers is built from a declared type. Whoever walks the source says what the values are; the writers know how they lie
// in Arrow. Their memory is used again after clear(), so that writing takes nothing from the heap once it is warm.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "arrow/abi.h"
#include "engine/memory.h"
#include "plan/declared_type.h"
#include "status.h"

namespace feature_extractor {

// Values of one fixed size, one after the other, in a block that is used again and again.
class GrowingBytes {
 public:
  char* data() const { return block_.as<char>(); }
  size_t size() const { return size_; }
  void clear() { size_ = 0; }
  // Makes room for `size` bytes more.
  void reserve(size_t size) { block_.reserve(size_ + size, size_); }
  // `size` bytes to be written by the caller.
  char* extend(size_t size) {
    reserve(size);
    char* const place = data() + size_;
    size_ += size;
    return place;
  }
  // Keeps the first `size` bytes only.
  void shrink(size_t size) { size_ = size; }
  template <class T>
  void push(T value) {
    std::memcpy(extend(sizeof(T)), &value, sizeof(T));
  }
  // Most texts are short: these are copied in two words that may overlap, without a call.
  void append(const char* from, size_t size) {
    char* const to = extend(size);
    const auto both_ends = [&]<class Word>(Word first) {
      Word last;
      std::memcpy(&first, from, sizeof(Word));
      std::memcpy(&last, from + size - sizeof(Word), sizeof(Word));
      std::memcpy(to, &first, sizeof(Word));
      std::memcpy(to + size - sizeof(Word), &last, sizeof(Word));
    };
    if (size > 16) {
      std::memcpy(to, from, size);
    } else if (size >= 8) {
      both_ends(uint64_t{});
    } else if (size >= 4) {
      both_ends(uint32_t{});
    } else if (size >= 2) {
      both_ends(uint16_t{});
    } else if (size == 1) {
      *to = *from;
    }
  }

 private:
  Buffer block_;
  size_t size_ = 0;
};

// One column. The exported structures point into it and have no release callback: it must outlive every use.
class ColumnWriter {
 public:
  // The type must outlive the writer.
  ColumnWriter(const DeclaredType& type, std::string name);
  ColumnWriter(const ColumnWriter&) = delete;
  ColumnWriter& operator=(const ColumnWriter&) = delete;

  const DeclaredType& type() const { return type_; }
  const std::string& name() const { return name_; }
  int64_t size() const { return size_; }
  // The element of a list; the key and the value of a map; the fields of a struct.
  ColumnWriter& child(size_t index) { return *children_[index]; }
  const ColumnWriter& child(size_t index) const { return *children_[index]; }
  size_t child_count() const { return children_.size(); }

  // Forgets all rows, and keeps the memory.
  void clear();
  // Forgets all but the first `rows` rows, also what was begun of the row behind them.
  void truncate(int64_t rows);
  // Makes room for `rows` more values, fields included; the elements of lists and the bytes of texts are not known.
  void reserve(size_t rows);

  void add_null();
  void add_bool(bool value) {
    data_.push<uint8_t>(value ? 1 : 0);
    end_row();
  }
  // Of an int; and of a timestamp or a duration, in microseconds.
  void add_int(int64_t value) {
    data_.push(value);
    end_row();
  }
  // What is not finite is null and counted when it is read.
  void add_float(double value) {
    data_.push(value);
    end_row();
  }
  // Of a string or of bytes. Text that is not UTF-8 is null and counted when it is read.
  void add_text(std::string_view text) {
    data_.append(text.data(), text.size());
    end_elements(static_cast<int64_t>(data_.size()));
  }
  // Text that has no form in UTF-8, such as half of a surrogate pair: null and counted as such.
  void add_text_without_form() { add_text("\xFF"); }
  // Of a vector: its numbers, and then its end. One of another size is null and counted when it is read.
  void add_number(float value) { data_.push(value); }
  void end_vector();
  // Of a list or map: the elements that were added to its children since the row before are its own.
  void end_list() { end_elements(children_[0]->size_); }
  // Of a struct: each of its fields has got a value.
  void end_struct() { end_row(); }

  // The ints that are added are unsigned: those that do not fit 63 bits are null and counted when they are read.
  void make_unsigned() { format_ = "L"; }
  // A whole column that lies somewhere else, in an Arrow format that suits the type; of a vector its numbers as float32.
  void borrow(std::string_view format, const void* values, int64_t rows);

  // Ends writing: makes the structures below. clear() begins anew.
  void finish();
  ArrowSchema* schema() { return &schema_; }
  ArrowArray* array() { return &array_; }

 private:
  void end_row() {
    if (nulls_ > 0) valid_.push<uint8_t>(1);
    ++size_;
  }
  void end_elements(int64_t end) {
    offsets_.push(end);
    end_row();
  }
  bool has_offsets() const;
  int64_t offset(int64_t row) const;

  const DeclaredType& type_;
  std::string name_;
  std::string format_;
  GrowingBytes data_;
  GrowingBytes offsets_;
  GrowingBytes valid_;  // A byte per row, from the first null on; then bits.
  std::vector<std::unique_ptr<ColumnWriter>> children_;
  int64_t size_ = 0;
  int64_t nulls_ = 0;
  bool has_wrong_size_ = false;  // Of a vector: then it is a list, of which the reader counts the sizes.
  const void* borrowed_ = nullptr;

  ArrowSchema schema_{};
  ArrowArray array_{};
  const void* buffers_[3] = {nullptr, nullptr, nullptr};
  std::vector<ArrowSchema*> schema_children_;
  std::vector<ArrowArray*> array_children_;
  // The numbers of a vector, or the entries of a map.
  struct Inner {
    ArrowSchema schema{};
    ArrowArray array{};
    const void* buffers[2] = {nullptr, nullptr};
    ArrowSchema* schema_pointer = &schema;
    ArrowArray* array_pointer = &array;
  };
  std::unique_ptr<Inner> inner_;
};

// A table: a struct array over columns that are written here, and others that lie somewhere else.
class TableWriter {
 public:
  TableWriter() = default;
  TableWriter(const TableWriter&) = delete;
  TableWriter& operator=(const TableWriter&) = delete;

  ColumnWriter& add(const std::string& name, const DeclaredType& type);
  // A column that somebody else exported.
  void add(ArrowSchema* schema, ArrowArray* array);

  size_t column_count() const { return writers_.size(); }
  ColumnWriter& column(size_t index) { return *writers_[index]; }

  void clear();
  // Of all columns that are written here.
  void truncate(int64_t rows);
  // Fails where columns differ in length. The table has as many rows as its first column, or `rows` if it has none.
  Status finish(int64_t rows = 0);
  ArrowSchema* schema() { return &schema_; }
  ArrowArray* array() { return &array_; }

 private:
  std::vector<std::unique_ptr<ColumnWriter>> writers_;
  std::vector<ArrowSchema*> schemas_;
  std::vector<ArrowArray*> arrays_;
  ArrowSchema schema_{};
  ArrowArray array_{};
  const void* buffer_ = nullptr;
};

}  // namespace feature_extractor
