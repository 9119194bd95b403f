// Arrow arrays made of Python objects: for callers that have dicts and lists rather than tables.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <vector>

#include "arrow/abi.h"
#include "plan/declared_type.h"

namespace feature_extractor {

// A column that is built value by value. The exported structures point into it and have no release callback: the builder must
// outlive every use.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(const DeclaredType& type);
  ~ColumnBuilder();

  // Appends one value. Throws ValueError or TypeError with `place` (row and column) in the message.
  void append(pybind11::handle value, const std::string& column, int64_t row);
  void append_null();
  // Makes room for `rows` more values, fields included; the elements of lists and the bytes of texts are not known.
  void reserve(size_t rows);
  // Takes over a whole NumPy array where its type allows; returns false if it must be read value by value.
  bool take_array(pybind11::handle array);
  // A constant repeated for all rows is not a case of its own: the caller appends it.
  void finish(const std::string& name);

  ArrowSchema* schema() { return &schema_; }
  ArrowArray* array() { return &array_; }
  int64_t size() const { return size_; }

 private:
  void append_list(pybind11::handle value, const std::string& column, int64_t row);
  void append_vector(pybind11::handle value, const std::string& column, int64_t row);
  void append_map(pybind11::handle value, const std::string& column, int64_t row);
  void append_struct(pybind11::handle value, const std::string& column, int64_t row);
  [[noreturn]] void mismatch(pybind11::handle value, const std::string& column, int64_t row);
  template <class T>
  void push(T value) {
    const size_t size = data_.size();
    data_.resize(size + sizeof(T));
    __builtin_memcpy(data_.data() + size, &value, sizeof(T));
  }

  const DeclaredType& type_;
  std::string format_;
  std::string name_;
  std::vector<uint8_t> valid_;  // A byte per row while building, then bits.
  std::vector<char> data_;
  std::vector<int64_t> offsets_;
  std::vector<std::unique_ptr<ColumnBuilder>> children_;
  std::unique_ptr<DeclaredType> element_type_;
  int64_t size_ = 0;
  int64_t nulls_ = 0;
  std::vector<pybind11::str> field_keys_;  // Of a struct: made once, so that looking a field up hashes nothing.
  std::vector<std::string> field_places_;  // "column.field", for messages; a column always has the same name.
  std::vector<pybind11::object> kept_;     // Arrays whose memory is used in place.
  const void* borrowed_ = nullptr;

  ArrowSchema schema_{};
  ArrowArray array_{};
  std::vector<const void*> buffers_;
  std::vector<ArrowSchema*> schema_children_;
  std::vector<ArrowArray*> array_children_;
  // The entries struct of a map.
  ArrowSchema entries_schema_{};
  ArrowArray entries_array_{};
  ArrowSchema* entries_schema_pointer_ = &entries_schema_;
  ArrowArray* entries_array_pointer_ = &entries_array_;
  const void* entries_buffer_ = nullptr;
};

// A struct array over columns from several places.
class TableBuilder {
 public:
  ColumnBuilder& add(const std::string& name, const DeclaredType& type);
  // A column that somebody else exported.
  void add(ArrowSchema* schema, ArrowArray* array);
  // Throws ValueError where the columns differ in length.
  void finish();

  ArrowSchema* schema() { return &schema_; }
  ArrowArray* array() { return &array_; }

 private:
  struct Column {
    std::string name;
    std::unique_ptr<DeclaredType> type;
    std::unique_ptr<ColumnBuilder> builder;
  };
  std::vector<Column> columns_;
  std::vector<ArrowSchema*> schemas_;
  std::vector<ArrowArray*> arrays_;
  ArrowSchema schema_{};
  ArrowArray array_{};
  const void* buffer_ = nullptr;
};

}  // namespace feature_extractor
