#include "python/engine_error.h"

#include <pybind11/pybind11.h>

namespace feature_extractor {

namespace py = pybind11;

void raise_engine_error(const Status& status) {
  static constexpr const char* kNames[] = {"none",
                                           "invalid_argument",
                                           "not_found",
                                           "io",
                                           "corrupt",
                                           "unsupported_version",
                                           "invalid_plan",
                                           "limit",
                                           "out_of_memory",
                                           "internal",
                                           "different_values"};
  const py::object error = py::module_::import("feature_extractor.errors").attr("EngineError");
  // A message names columns and files of somebody else, which need not be text.
  const auto message = py::reinterpret_steal<py::str>(
      PyUnicode_DecodeUTF8(status.message.data(), static_cast<Py_ssize_t>(status.message.size()), "backslashreplace"));
  if (!message) throw py::error_already_set();
  PyErr_SetObject(error.ptr(), py::make_tuple(kNames[static_cast<int>(status.code)], message).ptr());
  throw py::error_already_set();
}

}  // namespace feature_extractor
