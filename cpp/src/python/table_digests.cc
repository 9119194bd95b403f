#include "python/table_digests.h"

#include <string>

#include "arrow/table_digest.h"
#include "python/arrow_stream.h"
#include "python/engine_error.h"

namespace feature_extractor {
namespace {

namespace py = pybind11;

void add(const ArrowSchema& schema, const ArrowArray& array, TableDigest* digest) {
  const Status status = [&] {
    const py::gil_scoped_release release;
    return add_to_digest(schema, array, digest);
  }();
  if (!status.ok()) raise_engine_error(status);
}

py::tuple result(const ArrowSchema& schema, const TableDigest& digest) {
  py::list names;
  py::list columns;
  for (int64_t c = 0; c < schema.n_children; ++c) {
    names.append(py::str(schema.children[c]->name == nullptr ? "" : schema.children[c]->name));
    // Without any batch nothing was added, and a sum of nothing is 0.
    const auto index = static_cast<size_t>(c);
    columns.append(py::str((index < digest.columns.size() ? digest.columns[index] : Digest128()).hex()));
  }
  return py::make_tuple(names, columns, digest.rows.hex(), digest.count);
}

// Releases a schema or an array that was taken from a stream.
template <class T>
struct Owned {
  T value{};
  ~Owned() {
    if (value.release != nullptr) value.release(&value);
  }
};

}  // namespace

py::tuple digest_table(py::handle table) {
  TableDigest digest;
  if (py::hasattr(table, "__arrow_c_array__")) {
    const ArrowPair pair = arrow_array_of(table);
    add(*pair.schema, *pair.array, &digest);
    return result(*pair.schema, digest);
  }
  if (!has_arrow_interface(table)) {
    throw py::type_error(
        std::string("A table must be an Arrow object (pyarrow, polars, pandas 2.2 or newer, duckdb), not ") +
        Py_TYPE(table.ptr())->tp_name + ".");
  }
  const ArrowStream stream(table);
  Owned<ArrowSchema> schema;
  stream.read_schema(&schema.value);
  while (true) {
    Owned<ArrowArray> array;
    if (!stream.read_next(&array.value)) break;
    add(schema.value, array.value, &digest);
  }
  return result(schema.value, digest);
}

}  // namespace feature_extractor
