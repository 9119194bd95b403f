// Arrow arrays made of Python objects: for callers that have dicts and lists rather than tables.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "request/column_writer.h"

namespace feature_extractor {

// The zone of the last instant, if its distance from UTC is always the same: asking each instant for it takes longer than
// everything else that is done with one.
struct KnownZone {
  pybind11::object zone;
  int64_t offset = 0;  // In microseconds.
};

// Finds the fields of dicts that are in one place of the data. They mostly have the same keys in the same order, and often the very
// same objects as keys: then nothing is hashed.
class DictFields {
 public:
  explicit DictFields(const std::vector<std::string>& names);

  // Finds all fields of a dict. They stay until the next call, whatever happens to the dict.
  void find(pybind11::handle dict);
  // A field that was found; without an object where the dict has none.
  pybind11::handle operator[](size_t field) const { return values_[field]; }

 private:
  static constexpr size_t kNoField = ~size_t{0};

  struct Key {
    pybind11::object key;
    size_t field;  // kNoField where nobody asks for it.
  };

  // The place of a key in order_, which was expected at `next`. False where it cannot be told without hashing.
  bool place_of(PyObject* key, size_t next, size_t* place);
  void look_up(PyObject* dict);

  std::vector<pybind11::object> names_;
  std::vector<pybind11::object> values_;
  std::vector<Key> order_;
};

// Walks Python values, and writes them into a column.
class ColumnBuilder {
 public:
  // The writer must outlive the builder.
  explicit ColumnBuilder(ColumnWriter& writer);

  // Appends one value. Throws ValueError or TypeError with `place` (row and column) in the message.
  void append(pybind11::handle value, const std::string& column, int64_t row);
  void append_null() { writer_.add_null(); }
  // Takes over a whole NumPy array where its type allows; returns false if it must be read value by value.
  bool take_array(pybind11::handle array);

 private:
  void append_list(pybind11::handle value, const std::string& column, int64_t row);
  // The elements of a list or a tuple.
  void append_elements(PyObject* list, const std::string& column, int64_t row);
  bool append_floats(PyObject* object);
  void append_vector(pybind11::handle value, const std::string& column, int64_t row);
  void append_map(pybind11::handle value, const std::string& column, int64_t row);
  void append_struct(pybind11::handle value, const std::string& column, int64_t row);
  [[noreturn]] void mismatch(pybind11::handle value, const std::string& column, int64_t row);

  ColumnWriter& writer_;
  const DeclaredType& type_;
  std::vector<ColumnBuilder> children_;
  std::optional<DictFields> fields_;       // Of a struct.
  std::vector<std::string> field_places_;  // "column.field", for messages; a column always has the same name.
  KnownZone zone_;                         // Of timestamps.
  std::vector<pybind11::object> kept_;     // Arrays whose memory is used in place.
};

// A struct array over columns from several places.
class TableBuilder {
 public:
  ColumnBuilder& add(const std::string& name, const DeclaredType& type);
  // A column that somebody else exported.
  void add(ArrowSchema* schema, ArrowArray* array) { table_.add(schema, array); }
  // Throws ValueError where the columns differ in length.
  void finish();

  ArrowSchema* schema() { return table_.schema(); }
  ArrowArray* array() { return table_.array(); }

 private:
  TableWriter table_;
  std::deque<ColumnBuilder> builders_;
};

}  // namespace feature_extractor
