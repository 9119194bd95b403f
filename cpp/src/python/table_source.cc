#include "python/table_source.h"

#include <cstring>

#include "python/arrow_stream.h"

namespace feature_extractor {

namespace py = pybind11;

namespace {

bool wanted(const InputDeclaration& input, bool request_inputs, bool candidate_inputs) {
  if (input.is_held && !input.is_key) return false;
  return input.domain == kRequestDomain ? request_inputs : candidate_inputs;
}

py::handle dict_of_row(py::handle rows, Py_ssize_t row) {
  PyObject* const dict = PySequence_Fast_GET_ITEM(rows.ptr(), row);
  if (!PyDict_Check(dict)) {
    throw py::type_error("Row " + std::to_string(row) + " must be a dict, not " + Py_TYPE(dict)->tp_name + ".");
  }
  return dict;
}

}  // namespace

TableSource::TableSource(py::handle object, const Plan& plan, const std::vector<bool>& used_inputs, bool request_inputs,
                         bool candidate_inputs) {
  if (has_arrow_interface(object)) {
    read_arrow(object);
  } else if (PyDict_Check(object.ptr())) {
    read_columns(object, plan, request_inputs, candidate_inputs);
  } else if (PyList_Check(object.ptr()) || PyTuple_Check(object.ptr())) {
    read_rows(object, plan, used_inputs, request_inputs, candidate_inputs);
  } else {
    throw py::type_error(
        std::string("A table must be an Arrow object (pyarrow, polars, pandas 2.2 or newer, duckdb), a dict of "
                    "columns or a list of dicts, not ") +
        Py_TYPE(object.ptr())->tp_name + ".");
  }
}

TableSource::~TableSource() = default;

void TableSource::read_stream(py::handle object, std::vector<Batch>* batches) {
  const ArrowStream stream(object);
  kept_.push_back(stream.kept());
  schemas_.emplace_back();
  ArrowSchema* schema = &schemas_.back().schema;
  stream.read_schema(schema);
  while (true) {
    arrays_.emplace_back();
    ArrowArray* array = &arrays_.back().array;
    if (!stream.read_next(array)) break;
    batches->push_back({schema, array});
  }
  if (batches->empty()) {
    // No batch at all: an empty table.
    throw py::value_error("The table has no record batches; it is empty.");
  }
}

void TableSource::read_arrow(py::handle object) {
  if (py::hasattr(object, "__arrow_c_array__")) {
    const ArrowPair pair = arrow_array_of(object);
    kept_.push_back(pair.kept);
    batches_.push_back({pair.schema, pair.array});
    return;
  }
  read_stream(object, &batches_);
}

void TableSource::read_columns(py::handle object, const Plan& plan, bool request_inputs, bool candidate_inputs) {
  builder_ = std::make_unique<TableBuilder>();
  for (const InputDeclaration& input : plan.inputs) {
    if (!wanted(input, request_inputs, candidate_inputs)) continue;
    PyObject* value = PyDict_GetItemString(object.ptr(), input.name.c_str());
    if (value == nullptr) continue;  // The match names columns that are missing.
    const auto column = py::reinterpret_borrow<py::object>(value);
    if (py::hasattr(column, "__arrow_c_array__")) {
      const ArrowPair pair = arrow_array_of(column);
      kept_.push_back(pair.kept);
      schemas_.emplace_back();
      schemas_.back().schema = *pair.schema;
      schemas_.back().schema.name = input.name.c_str();
      schemas_.back().schema.release = nullptr;  // The capsule still owns it.
      builder_->add(&schemas_.back().schema, pair.array);
      continue;
    }
    if (py::hasattr(column, "__arrow_c_stream__")) {
      std::vector<Batch> chunks;
      read_stream(column, &chunks);
      if (chunks.size() == 1) {
        schemas_.emplace_back();
        schemas_.back().schema = *chunks[0].schema;
        schemas_.back().schema.name = input.name.c_str();
        schemas_.back().schema.release = nullptr;  // The schema that was read owns it.
        builder_->add(&schemas_.back().schema, const_cast<ArrowArray*>(chunks[0].array));
        continue;
      }
      throw py::value_error("Column '" + input.name + "' comes in " + std::to_string(chunks.size()) +
                            " chunks; combine them, or pass the whole table.");
    }
    ColumnBuilder& builder = builder_->add(input.name, input.type);
    if (builder.take_array(column)) continue;
    const py::object fast = py::reinterpret_steal<py::object>(PySequence_Fast(column.ptr(), "a column is expected"));
    if (!fast || PyUnicode_Check(column.ptr()) || PyDict_Check(column.ptr())) {
      PyErr_Clear();
      throw py::type_error("Column '" + input.name + "' must be an array or a list, not " +
                           Py_TYPE(column.ptr())->tp_name + ".");
    }
    // As in all loops below: a value's own methods may change what is read.
    for (Py_ssize_t row = 0; row < PySequence_Fast_GET_SIZE(fast.ptr()); ++row) {
      const auto item = py::reinterpret_borrow<py::object>(PySequence_Fast_GET_ITEM(fast.ptr(), row));
      builder.append(item, input.name, row);
    }
  }
  builder_->finish();
  batches_.push_back({builder_->schema(), builder_->array()});
}

void TableSource::read_rows(py::handle object, const Plan& plan, const std::vector<bool>& used_inputs,
                            bool request_inputs, bool candidate_inputs) {
  const Py_ssize_t size = PySequence_Fast_GET_SIZE(object.ptr());
  for (Py_ssize_t row = 0; row < size; ++row) dict_of_row(object, row);
  std::vector<const InputDeclaration*> inputs;
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    if (used_inputs[i] && wanted(plan.inputs[i], request_inputs, candidate_inputs)) inputs.push_back(&plan.inputs[i]);
  }
  if (!read_by_row(object, inputs)) read_by_column(object, inputs);
  builder_->finish();
  if (inputs.empty()) builder_->array()->length = size;
  batches_.push_back({builder_->schema(), builder_->array()});
}

bool TableSource::read_by_row(py::handle rows, const std::vector<const InputDeclaration*>& inputs) {
  builder_ = std::make_unique<TableBuilder>();
  std::vector<ColumnBuilder*> columns;
  std::vector<std::string> names;
  for (const InputDeclaration* input : inputs) {
    columns.push_back(&builder_->add(input->name, input->type));
    names.push_back(input->name);
  }
  DictFields fields(names);
  try {
    for (Py_ssize_t row = 0; row < PySequence_Fast_GET_SIZE(rows.ptr()); ++row) {
      fields.find(dict_of_row(rows, row));
      for (size_t i = 0; i < columns.size(); ++i) {
        if (fields[i]) {
          columns[i]->append(fields[i], names[i], row);
        } else if (inputs[i]->type.nullable) {
          columns[i]->append_null();
        } else {
          return false;
        }
      }
    }
  } catch (const std::exception&) {
    return false;
  }
  return true;
}

void TableSource::read_by_column(py::handle rows, const std::vector<const InputDeclaration*>& inputs) {
  builder_ = std::make_unique<TableBuilder>();
  for (const InputDeclaration* input : inputs) {
    const py::str name(input->name);
    ColumnBuilder& builder = builder_->add(input->name, input->type);
    for (Py_ssize_t row = 0; row < PySequence_Fast_GET_SIZE(rows.ptr()); ++row) {
      const auto value =
          py::reinterpret_borrow<py::object>(PyDict_GetItemWithError(dict_of_row(rows, row).ptr(), name.ptr()));
      if (value) {
        builder.append(value, input->name, row);
      } else if (PyErr_Occurred() != nullptr) {
        throw py::error_already_set();
      } else if (input->type.nullable) {
        builder.append_null();
      } else {
        throw py::value_error("Row " + std::to_string(row) + ": column '" + input->name + "' of type " +
                              input->type.text() + " is missing.");
      }
    }
  }
}

}  // namespace feature_extractor
