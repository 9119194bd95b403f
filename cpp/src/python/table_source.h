// What callers pass as a table, as Arrow record batches: Arrow objects of any library, dicts of columns, lists of dicts.
#pragma once

#include <pybind11/pybind11.h>

#include <deque>
#include <memory>
#include <vector>

#include "arrow/abi.h"
#include "plan/plan.h"
#include "python/python_columns.h"

namespace feature_extractor {

class TableSource {
 public:
  struct Batch {
    const ArrowSchema* schema;
    const ArrowArray* array;
  };

  // Reads `object` for the inputs of the given domains. `used_inputs` says of each input of the plan whether a step reads it: rows
  // need not have the others. Throws TypeError or ValueError with the column's name.
  TableSource(pybind11::handle object, const Plan& plan, const std::vector<bool>& used_inputs, bool request_inputs,
              bool candidate_inputs);
  ~TableSource();
  TableSource(const TableSource&) = delete;
  TableSource& operator=(const TableSource&) = delete;

  const std::vector<Batch>& batches() const { return batches_; }

 private:
  struct OwnedArray {
    ArrowArray array{};
    ~OwnedArray() {
      if (array.release != nullptr) array.release(&array);
    }
  };
  struct OwnedSchema {
    ArrowSchema schema{};
    ~OwnedSchema() {
      if (schema.release != nullptr) schema.release(&schema);
    }
  };

  void read_arrow(pybind11::handle object);
  void read_stream(pybind11::handle object, std::vector<Batch>* batches);
  void read_columns(pybind11::handle object, const Plan& plan, bool request_inputs, bool candidate_inputs);
  void read_rows(pybind11::handle object, const Plan& plan, const std::vector<bool>& used_inputs, bool request_inputs,
                 bool candidate_inputs);

  // Rows as dicts. The first is quick, and returns false where something is wrong; the second tells what, in the order of the columns.
  bool read_by_row(pybind11::handle rows, const std::vector<const InputDeclaration*>& inputs);
  void read_by_column(pybind11::handle rows, const std::vector<const InputDeclaration*>& inputs);

  std::vector<Batch> batches_;
  std::deque<OwnedSchema> schemas_;
  std::deque<OwnedArray> arrays_;
  std::vector<pybind11::object> kept_;
  std::unique_ptr<TableBuilder> builder_;
};

}  // namespace feature_extractor
