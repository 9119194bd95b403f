#include "engine/write_value.h"

#include <cstring>

namespace feature_extractor {
namespace {

// Every CPU that the core is built for is little-endian.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

class Writer {
 public:
  Writer(const Plan& plan, FeatureBuffer* buffer) : plan_(plan), buffer_(*buffer) {}

  void write(const Argument& value, const Column& column, uint32_t row) {
    const uint8_t present = column.is_null(row) ? 0 : 1;
    append(&present, 1);
    if (present == 0) return;
    const Slot& slot = plan_.slots[value.slot];
    switch (slot.type) {
      case StorageKind::kBool:
        append(static_cast<const uint8_t*>(column.data) + row, 1);
        break;
      case StorageKind::kInt:
      case StorageKind::kFloat:
        append(static_cast<const uint64_t*>(column.data) + row, 8);
        break;
      case StorageKind::kText: {
        const Text text = static_cast<const Text*>(column.data)[row];
        append_size(static_cast<uint32_t>(text.size()));
        append(text.data(), text.size());
        break;
      }
      case StorageKind::kVector:
        append(static_cast<const float*>(column.data) + static_cast<size_t>(row) * slot.width,
               sizeof(float) * slot.width);
        break;
      case StorageKind::kList: {
        const ListEntry entry = static_cast<const ListEntry*>(column.data)[row];
        append_size(entry.size);
        for (uint32_t i = 0; i < entry.size; ++i) {
          for (size_t e = 0; e < value.elements.size(); ++e)
            write(value.elements[e], column.children[e], entry.begin + i);
        }
        break;
      }
      case StorageKind::kNone:
        break;
    }
  }

 private:
  void append_size(uint32_t size) { append(&size, sizeof(size)); }

  void append(const void* bytes, size_t size) {
    const auto written = static_cast<size_t>(buffer_.elements);
    char* out = buffer_.values.reserve_array<char>(written + size, written);
    if (size > 0) std::memcpy(out + written, bytes, size);
    buffer_.elements += static_cast<int64_t>(size);
  }

  const Plan& plan_;
  FeatureBuffer& buffer_;
};

}  // namespace

void write_value(const Plan& plan, const Argument& value, const Column& column, uint32_t rows, FeatureBuffer* buffer) {
  Writer writer(plan, buffer);
  const auto first = static_cast<size_t>(buffer->rows);
  int64_t* offsets = buffer->offsets.reserve_array<int64_t>(first + rows + 1, buffer->rows > 0 ? first + 1 : 0);
  if (first == 0) offsets[0] = 0;
  for (uint32_t row = 0; row < rows; ++row) {
    writer.write(value, column, row);
    offsets[first + 1 + row] = buffer->elements;
  }
  buffer->rows += rows;
}

}  // namespace feature_extractor
