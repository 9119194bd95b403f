// Rows of tables that Python holds, as records of a TFRecord file.
#pragma once

#include <pybind11/pybind11.h>

#include "python/arrow_stream.h"
#include "samples/tfrecord.h"

namespace feature_extractor {

class PySampleEncoder {
 public:
  // `batch` is a record batch: an object with `__arrow_c_array__`.
  PySampleEncoder(pybind11::handle batch, bool sequence);

  int64_t rows() const { return encoder_.rows(); }

  // Encodes rows from `first` on until the records have `limit` bytes together or the batch ends. Returns them as an array
  // of uint8, and the row to go on with.
  pybind11::tuple encode(int64_t first, size_t limit);

 private:
  ArrowPair pair_;
  SampleEncoder encoder_;
};

// The masked checksum that the records have.
uint32_t masked_crc32c_of(const pybind11::bytes& content);

}  // namespace feature_extractor
