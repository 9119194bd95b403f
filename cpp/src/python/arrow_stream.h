// Record batches of any Python object that has the Arrow PyCapsule interface.
#pragma once

#include <pybind11/pybind11.h>

#include "arrow/abi.h"

namespace feature_extractor {

bool has_arrow_interface(pybind11::handle object);

// The schema and array of an object with `__arrow_c_array__`. `kept` owns them: it must live as long as they are used.
struct ArrowPair {
  pybind11::object kept;
  ArrowSchema* schema = nullptr;
  ArrowArray* array = nullptr;
};
ArrowPair arrow_array_of(pybind11::handle object);

// The Arrow C stream interface (https://arrow.apache.org/docs/format/CStreamInterface.html).
struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema*);
  int (*get_next)(ArrowArrayStream*, ArrowArray*);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};

// The batches of an object with `__arrow_c_stream__`, one after the other. Throws ValueError where the stream fails.
class ArrowStream {
 public:
  explicit ArrowStream(pybind11::handle object);

  // Keeps the stream alive, also for arrays that were taken from it.
  const pybind11::object& kept() const { return kept_; }
  // The caller releases the schema.
  void read_schema(ArrowSchema* schema) const;
  // Returns false at the end. The caller releases the array.
  bool read_next(ArrowArray* array) const;

 private:
  pybind11::object kept_;
  ArrowArrayStream* stream_;
};

}  // namespace feature_extractor
