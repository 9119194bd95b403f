#include "python/arrow_stream.h"

#include <string>

namespace feature_extractor {

namespace py = pybind11;

bool has_arrow_interface(py::handle object) {
  return py::hasattr(object, "__arrow_c_stream__") || py::hasattr(object, "__arrow_c_array__");
}

ArrowPair arrow_array_of(py::handle object) {
  const py::tuple pair = object.attr("__arrow_c_array__")();
  ArrowPair result;
  result.kept = pair;
  result.schema = static_cast<ArrowSchema*>(PyCapsule_GetPointer(pair[0].cast<py::object>().ptr(), "arrow_schema"));
  if (result.schema == nullptr) throw py::error_already_set();
  result.array = static_cast<ArrowArray*>(PyCapsule_GetPointer(pair[1].cast<py::object>().ptr(), "arrow_array"));
  if (result.array == nullptr) throw py::error_already_set();
  return result;
}

ArrowStream::ArrowStream(py::handle object) : kept_(object.attr("__arrow_c_stream__")()) {
  stream_ = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(kept_.ptr(), "arrow_array_stream"));
  if (stream_ == nullptr) throw py::error_already_set();
}

void ArrowStream::read_schema(ArrowSchema* schema) const {
  if (stream_->get_schema(stream_, schema) != 0) throw py::value_error("The Arrow stream has no schema.");
}

bool ArrowStream::read_next(ArrowArray* array) const {
  if (stream_->get_next(stream_, array) != 0) {
    const char* error = stream_->get_last_error(stream_);
    throw py::value_error(std::string("The Arrow stream failed: ") + (error != nullptr ? error : "no reason given"));
  }
  return array->release != nullptr;
}

}  // namespace feature_extractor
