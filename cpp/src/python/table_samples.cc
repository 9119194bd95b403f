#include "python/table_samples.h"

#include <pybind11/numpy.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "python/engine_error.h"
#include "samples/crc32c.h"

namespace feature_extractor {
namespace {

namespace py = pybind11;

SampleEncoder make_encoder(const ArrowPair& pair, bool sequence) {
  auto encoder =
      SampleEncoder::make(*pair.schema, *pair.array, sequence ? SampleForm::kSequenceExample : SampleForm::kExample);
  if (!encoder.ok()) raise_engine_error(encoder.status());
  return *std::move(encoder);
}

}  // namespace

PySampleEncoder::PySampleEncoder(py::handle batch, bool sequence)
    : pair_(arrow_array_of(batch)), encoder_(make_encoder(pair_, sequence)) {}

py::tuple PySampleEncoder::encode(int64_t first, size_t limit) {
  if (first < 0) throw py::value_error("The first row must be at least 0.");
  auto buffer = std::make_unique<RecordBuffer>();
  buffer->room(std::min<size_t>(limit, size_t{1} << 24));
  int64_t row = first;
  Status status;
  {
    const py::gil_scoped_release release;
    for (; row < encoder_.rows() && buffer->size() < limit && status.ok(); ++row) {
      status = encoder_.append_record(row, buffer.get());
    }
  }
  if (!status.ok()) raise_engine_error(status);
  const auto size = static_cast<py::ssize_t>(buffer->size());
  const uint8_t* data = buffer->data();
  const py::capsule owner(buffer.release(), [](void* owned) { delete static_cast<RecordBuffer*>(owned); });
  return py::make_tuple(py::array_t<uint8_t>(size, data, owner), row);
}

uint32_t masked_crc32c_of(const py::bytes& content) {
  const std::string_view view = content;
  return masked_crc32c(view.data(), view.size());
}

}  // namespace feature_extractor
