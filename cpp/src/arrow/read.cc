// Reads Arrow arrays into flat columns of storage types.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "arrow/column_loops.h"
#include "arrow/input_table.h"
#include "arrow/utf8.h"

namespace feature_extractor {
namespace {

const uint8_t* validity_bits(const ArrowArray& array) {
  if (array.null_count == 0 || array.n_buffers == 0) return nullptr;
  return static_cast<const uint8_t*>(array.buffers[0]);
}

bool bit(const uint8_t* bits, int64_t index) { return (bits[index >> 3] >> (index & 7) & 1) != 0; }

double half_to_double(uint16_t half) {
  const int exponent = half >> 10 & 31;
  const int mantissa = half & 1023;
  double value;
  if (exponent == 31) {
    value = mantissa == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    value = std::ldexp(mantissa, -24);
  } else {
    value = std::ldexp(1024 + mantissa, exponent - 25);
  }
  return (half & 0x8000) != 0 ? -value : value;
}

class LeafReader {
 public:
  LeafReader(const LeafAccess& leaf, StorageKind type, uint32_t width, ReadTarget* target, InputCounts* counts)
      : leaf_(leaf), type_(type), width_(width), target_(target), counts_(counts) {}

  void read(std::span<const RowRange> ranges) {
    int64_t total = 0;
    for (const RowRange& range : ranges) total += range.count;
    target_->data = target_->values;
    target_->has_nulls = false;
    if (total == 0) return;  // Buffers without rows may be none at all.
    if (leaf_.node->layout == Layout::kNull) {
      std::memset(target_->valid, 0, static_cast<size_t>(total));
      std::memset(target_->values, 0, static_cast<size_t>(total) * value_size());
      target_->has_nulls = true;
      counts_->nulls += total;
      return;
    }
    if (ranges.size() == 1 && in_place(ranges[0])) return;
    int64_t at = 0;
    std::memset(target_->valid, 1, static_cast<size_t>(total));
    for (const RowRange& range : ranges) {
      rows_of(*leaf_.node, range.begin + leaf_.shift, range.count, at);
      clear_enclosed(range, at);
      at += range.count;
    }
    target_->has_nulls = has_nulls_;
  }

 private:
  size_t value_size() const {
    switch (type_) {
      case StorageKind::kBool:
        return 1;
      case StorageKind::kText:
        return sizeof(Text);
      case StorageKind::kVector:
        return sizeof(float) * width_;
      default:
        return 8;
    }
  }

  // Values that lie in the array as the kernels want them are used where they are.
  bool in_place(const RowRange& range) {
    const InputNode& node = *leaf_.node;
    const int64_t first = range.begin + leaf_.shift + node.array->offset;
    const void* values = stored_values(node, first, range.count);
    if (values == nullptr) return false;
    target_->data = values;
    std::memset(target_->valid, 1, static_cast<size_t>(range.count));
    if (const uint8_t* bits = validity_bits(*node.array)) clear(bits, first, range.count, 0);
    clear_enclosed(range, 0);
    target_->has_nulls = has_nulls_;
    return true;
  }

  // The values from row `first` of the buffers on, if they lie there in the storage type and every float is finite; else
  // nullptr. Meanwhile the values behind them, which the next chunk will want, are fetched from memory.
  const void* stored_values(const InputNode& node, int64_t first, int64_t count) const {
    if (node.dictionary || node.multiply != 1 || node.divide != 1) return nullptr;
    const auto rows = static_cast<size_t>(count);
    const auto ahead =
        static_cast<size_t>(std::clamp<int64_t>(node.array->offset + node.array->length - first - count, 0, count));
    if (type_ == StorageKind::kInt && node.layout == Layout::kInt64) {
      const auto* values = static_cast<const int64_t*>(node.array->buffers[1]) + first;
      column_loops::fetch_ahead(values + count, ahead * sizeof(int64_t));
      return values;
    }
    if (type_ == StorageKind::kFloat && node.layout == Layout::kFloat64) {
      const auto* values = static_cast<const double*>(node.array->buffers[1]) + first;
      return column_loops::all_finite(values, rows, ahead) ? values : nullptr;
    }
    if (type_ == StorageKind::kVector && node.layout == Layout::kFixedList && node.fixed_size == width_ &&
        node.children[0]->layout == Layout::kFloat32 && validity_bits(*node.children[0]->array) == nullptr) {
      const ArrowArray& child = *node.children[0]->array;
      const auto* values = static_cast<const float*>(child.buffers[1]) + first * width_ + child.offset;
      return column_loops::all_finite(values, rows * width_, ahead * width_) ? values : nullptr;
    }
    return nullptr;
  }

  // A row is null where a struct around it is.
  void clear_enclosed(const RowRange& range, int64_t at) {
    for (const auto& enclosing : std::span(leaf_.structs, static_cast<size_t>(leaf_.struct_count))) {
      if (const uint8_t* bits = validity_bits(*enclosing.node->array)) {
        clear(bits, range.begin + enclosing.shift + enclosing.node->array->offset, range.count, at);
      }
    }
  }

  void clear(const uint8_t* bits, int64_t offset, int64_t count, int64_t at) {
    const int64_t cleared = column_loops::clear_nulls(bits, offset, count, target_->valid + at);
    if (cleared == 0) return;
    has_nulls_ = true;
    counts_->nulls += cleared;
    if (type_ == StorageKind::kText) {
      Text* out = static_cast<Text*>(target_->values) + at;
      for (int64_t i = 0; i < count; ++i) {
        if (target_->valid[at + i] == 0) out[i] = Text();
      }
    }
  }

  void invalidate(int64_t row, int64_t* counter) {
    if (target_->valid[row] == 0) return;
    target_->valid[row] = 0;
    has_nulls_ = true;
    ++*counter;
  }

  // Reads rows [begin, begin + count) of a node to position `at`; then clears those that are null.
  void rows_of(const InputNode& node, int64_t begin, int64_t count, int64_t at) {
    if (node.dictionary) {
      dictionary(node, begin, count, at);
      return;
    }
    const int64_t first = begin + node.array->offset;
    if (const uint8_t* bits = validity_bits(*node.array)) clear(bits, first, count, at);
    values(node, first, count, at);
  }

  void values(const InputNode& node, int64_t first, int64_t count, int64_t at) {
    switch (type_) {
      case StorageKind::kBool: {
        const auto* bits = static_cast<const uint8_t*>(node.array->buffers[1]);
        column_loops::spread_bits(bits, first, count, static_cast<uint8_t*>(target_->values) + at);
        break;
      }
      case StorageKind::kInt:
        ints(node, first, count, at);
        break;
      case StorageKind::kFloat:
        floats(node, first, count, at);
        break;
      case StorageKind::kText:
        texts(node, first, count, at);
        break;
      case StorageKind::kVector:
        vectors(node, first, count, at);
        break;
      default:
        break;
    }
  }

  template <class T>
  void copy_ints(const InputNode& node, int64_t first, int64_t count, int64_t at) {
    const auto* values = static_cast<const T*>(node.array->buffers[1]) + first;
    auto* out = static_cast<int64_t*>(target_->values) + at;
    for (int64_t i = 0; i < count; ++i) out[i] = static_cast<int64_t>(values[i]);
  }

  void ints(const InputNode& node, int64_t first, int64_t count, int64_t at) {
    auto* out = static_cast<int64_t*>(target_->values) + at;
    switch (node.layout) {
      case Layout::kInt8:
        copy_ints<int8_t>(node, first, count, at);
        break;
      case Layout::kUInt8:
        copy_ints<uint8_t>(node, first, count, at);
        break;
      case Layout::kInt16:
        copy_ints<int16_t>(node, first, count, at);
        break;
      case Layout::kUInt16:
        copy_ints<uint16_t>(node, first, count, at);
        break;
      case Layout::kInt32:
        copy_ints<int32_t>(node, first, count, at);
        break;
      case Layout::kUInt32:
        copy_ints<uint32_t>(node, first, count, at);
        break;
      case Layout::kInt64:
        copy_ints<int64_t>(node, first, count, at);
        break;
      case Layout::kUInt64:
        copy_ints<uint64_t>(node, first, count, at);
        for (int64_t i = 0; i < count; ++i) {
          if (out[i] < 0) invalidate(at + i, &counts_->out_of_range);
        }
        break;
      default:
        break;
    }
    if (node.multiply != 1) {
      for (int64_t i = 0; i < count; ++i) {
        if (__builtin_mul_overflow(out[i], node.multiply, &out[i])) invalidate(at + i, &counts_->out_of_range);
      }
    }
    if (node.divide != 1) {
      for (int64_t i = 0; i < count; ++i) {
        const int64_t remainder = out[i] % node.divide;
        out[i] = out[i] / node.divide - (remainder < 0 ? 1 : 0);
      }
    }
  }

  template <class T>
  void copy_floats(const InputNode& node, int64_t first, int64_t count, int64_t at) {
    const auto* values = static_cast<const T*>(node.array->buffers[1]) + first;
    auto* out = static_cast<double*>(target_->values) + at;
    for (int64_t i = 0; i < count; ++i) out[i] = static_cast<double>(values[i]);
  }

  void floats(const InputNode& node, int64_t first, int64_t count, int64_t at) {
    auto* out = static_cast<double*>(target_->values) + at;
    switch (node.layout) {
      case Layout::kFloat16: {
        const auto* values = static_cast<const uint16_t*>(node.array->buffers[1]) + first;
        for (int64_t i = 0; i < count; ++i) out[i] = half_to_double(values[i]);
        break;
      }
      case Layout::kFloat32:
        copy_floats<float>(node, first, count, at);
        break;
      case Layout::kFloat64:
        copy_floats<double>(node, first, count, at);
        break;
      case Layout::kInt8:
        copy_floats<int8_t>(node, first, count, at);
        break;
      case Layout::kUInt8:
        copy_floats<uint8_t>(node, first, count, at);
        break;
      case Layout::kInt16:
        copy_floats<int16_t>(node, first, count, at);
        break;
      case Layout::kUInt16:
        copy_floats<uint16_t>(node, first, count, at);
        break;
      case Layout::kInt32:
        copy_floats<int32_t>(node, first, count, at);
        break;
      case Layout::kUInt32:
        copy_floats<uint32_t>(node, first, count, at);
        break;
      case Layout::kInt64:
        copy_floats<int64_t>(node, first, count, at);
        break;
      case Layout::kUInt64:
        copy_floats<uint64_t>(node, first, count, at);
        break;
      default:
        break;
    }
    if (column_loops::all_finite(out, static_cast<size_t>(count), 0)) return;
    for (int64_t i = 0; i < count; ++i) {
      if (!std::isfinite(out[i])) {
        out[i] = 0.0;
        invalidate(at + i, &counts_->not_finite);
      }
    }
  }

  template <class Offset>
  void text_rows(const InputNode& node, int64_t first, int64_t count, int64_t at) {
    const auto* offsets = static_cast<const Offset*>(node.array->buffers[1]) + first;
    const auto* bytes = static_cast<const char*>(node.array->buffers[2]);
    auto* out = static_cast<Text*>(target_->values) + at;
    column_loops::read_texts(offsets, bytes, has_nulls_ ? target_->valid + at : nullptr, static_cast<size_t>(count),
                             out);
    if (count == 0 || offsets[count] <= offsets[0]) return;
    const auto size = static_cast<size_t>(offsets[count] - offsets[0]);
    const int64_t rows_behind = std::max<int64_t>(0, node.array->offset + node.array->length - first - count);
    const auto behind = static_cast<size_t>(std::max<int64_t>(0, offsets[count + rows_behind] - offsets[count]));
    const size_t ahead = std::min(size, behind);
    if (node.is_bytes) {
      column_loops::fetch_ahead(bytes + offsets[count], ahead);
    } else if (!column_loops::all_ascii(bytes + offsets[0], size, ahead)) {
      check_utf8(out, count, at);
    }
  }

  void check_utf8(Text* out, int64_t count, int64_t at) {
    for (int64_t i = 0; i < count; ++i) {
      if (is_valid_utf8(out[i])) continue;
      out[i] = Text();
      invalidate(at + i, &counts_->not_utf8);
    }
  }

  void texts(const InputNode& node, int64_t first, int64_t count, int64_t at) {
    if (node.layout == Layout::kText32) {
      text_rows<int32_t>(node, first, count, at);
    } else if (node.layout == Layout::kText64) {
      text_rows<int64_t>(node, first, count, at);
    } else {
      struct View {  // The 16 bytes of Arrow's string view: text of up to 12 bytes lies in the view itself.
        int32_t size;
        char prefix[4];
        int32_t buffer;
        int32_t offset;
      };
      const auto* views = static_cast<const View*>(node.array->buffers[1]) + first;
      auto* out = static_cast<Text*>(target_->values) + at;
      for (int64_t i = 0; i < count; ++i) {
        const View& view = views[i];
        if (target_->valid[at + i] == 0 || view.size <= 0) {
          out[i] = Text();
        } else if (view.size <= 12) {
          out[i] = Text(view.prefix, static_cast<size_t>(view.size));
        } else {
          const auto* bytes = static_cast<const char*>(node.array->buffers[2 + view.buffer]);
          out[i] = Text(bytes + view.offset, static_cast<size_t>(view.size));
        }
      }
      if (!node.is_bytes) check_utf8(out, count, at);
    }
  }

  // A vector with a null element, or of the wrong size, is null as a whole.
  void vectors(const InputNode& node, int64_t first, int64_t count, int64_t at) {
    const InputNode& child = *node.children[0];
    const float* floats = child.layout == Layout::kFloat32 && validity_bits(*child.array) == nullptr
                              ? static_cast<const float*>(child.array->buffers[1]) + child.array->offset
                              : nullptr;
    auto* out = static_cast<float*>(target_->values) + at * width_;
    for (int64_t i = 0; i < count; ++i) {
      float* values = out + i * width_;
      int64_t begin = (first + i) * node.fixed_size;
      int64_t size = node.fixed_size;
      if (node.layout == Layout::kList32) {
        const auto* offsets = static_cast<const int32_t*>(node.array->buffers[1]) + first + i;
        begin = offsets[0];
        size = offsets[1] - offsets[0];
      } else if (node.layout == Layout::kList64) {
        const auto* offsets = static_cast<const int64_t*>(node.array->buffers[1]) + first + i;
        begin = offsets[0];
        size = offsets[1] - offsets[0];
      }
      std::memset(values, 0, sizeof(float) * width_);
      if (target_->valid[at + i] == 0) continue;
      if (size != width_) {
        invalidate(at + i, &counts_->wrong_size);
        continue;
      }
      if (floats != nullptr) {
        std::memcpy(values, floats + begin, sizeof(float) * width_);
      } else {
        for (uint32_t k = 0; k < width_; ++k) values[k] = number_at(child, begin + k);
      }
      if (!column_loops::all_finite(values, width_, 0)) {
        std::memset(values, 0, sizeof(float) * width_);
        invalidate(at + i, &counts_->not_finite);
      }
    }
  }

  // An element of a vector; NaN where it is null.
  static float number_at(const InputNode& node, int64_t row) {
    const int64_t index = row + node.array->offset;
    if (node.layout == Layout::kNull || node.dictionary) return NAN;
    if (const uint8_t* bits = validity_bits(*node.array); bits != nullptr && !bit(bits, index)) return NAN;
    const void* values = node.array->buffers[1];
    switch (node.layout) {
      case Layout::kFloat16:
        return static_cast<float>(half_to_double(static_cast<const uint16_t*>(values)[index]));
      case Layout::kFloat32:
        return static_cast<const float*>(values)[index];
      case Layout::kFloat64:
        return static_cast<float>(static_cast<const double*>(values)[index]);
      case Layout::kInt8:
        return static_cast<float>(static_cast<const int8_t*>(values)[index]);
      case Layout::kUInt8:
        return static_cast<float>(static_cast<const uint8_t*>(values)[index]);
      case Layout::kInt16:
        return static_cast<float>(static_cast<const int16_t*>(values)[index]);
      case Layout::kUInt16:
        return static_cast<float>(static_cast<const uint16_t*>(values)[index]);
      case Layout::kInt32:
        return static_cast<float>(static_cast<const int32_t*>(values)[index]);
      case Layout::kUInt32:
        return static_cast<float>(static_cast<const uint32_t*>(values)[index]);
      case Layout::kInt64:
        return static_cast<float>(static_cast<const int64_t*>(values)[index]);
      case Layout::kUInt64:
        return static_cast<float>(static_cast<const uint64_t*>(values)[index]);
      default:
        return NAN;
    }
  }

  void dictionary(const InputNode& node, int64_t begin, int64_t count, int64_t at) {
    const int64_t first = begin + node.array->offset;
    const InputNode& words = *node.dictionary;
    // The words are few beside the rows of a batch, but may be many beside those of a chunk: read each row's own.
    if (const uint8_t* bits = validity_bits(*node.array)) clear(bits, first, count, at);
    const auto* keep_valid = target_->valid;
    for (int64_t i = 0; i < count; ++i) {
      if (keep_valid[at + i] == 0) {
        if (type_ == StorageKind::kText) static_cast<Text*>(target_->values)[at + i] = Text();
        continue;
      }
      const int64_t index = index_at(node, first + i);
      if (index < 0 || index >= words.array->length) {
        invalidate(at + i, &counts_->out_of_range);
        if (type_ == StorageKind::kText) static_cast<Text*>(target_->values)[at + i] = Text();
        continue;
      }
      rows_of(words, index, 1, at + i);
    }
  }

  static int64_t index_at(const InputNode& node, int64_t row) {
    const void* values = node.array->buffers[1];
    switch (node.layout) {
      case Layout::kInt8:
        return static_cast<const int8_t*>(values)[row];
      case Layout::kUInt8:
        return static_cast<const uint8_t*>(values)[row];
      case Layout::kInt16:
        return static_cast<const int16_t*>(values)[row];
      case Layout::kUInt16:
        return static_cast<const uint16_t*>(values)[row];
      case Layout::kInt32:
        return static_cast<const int32_t*>(values)[row];
      case Layout::kUInt32:
        return static_cast<const uint32_t*>(values)[row];
      default:
        return static_cast<const int64_t*>(values)[row];
    }
  }

  const LeafAccess& leaf_;
  StorageKind type_;
  uint32_t width_;
  ReadTarget* target_;
  InputCounts* counts_;
  bool has_nulls_ = false;
};

struct ListBounds {
  int64_t begin;
  int64_t end;
};

ListBounds list_bounds(const InputNode& node, int64_t row) {
  const int64_t at = row + node.array->offset;
  if (node.layout == Layout::kList32) {
    const auto* offsets = static_cast<const int32_t*>(node.array->buffers[1]) + at;
    return {offsets[0], offsets[1]};
  }
  if (node.layout == Layout::kList64) {
    const auto* offsets = static_cast<const int64_t*>(node.array->buffers[1]) + at;
    return {offsets[0], offsets[1]};
  }
  return {at * node.fixed_size, (at + 1) * node.fixed_size};
}

bool is_null_at(const InputNode& node, int64_t row) {
  if (node.layout == Layout::kNull) return true;
  const uint8_t* bits = validity_bits(*node.array);
  return bits != nullptr && !bit(bits, row + node.array->offset);
}

size_t fixed_value_size(Layout layout) {
  switch (layout) {
    case Layout::kInt8:
    case Layout::kUInt8:
      return 1;
    case Layout::kInt16:
    case Layout::kUInt16:
    case Layout::kFloat16:
      return 2;
    case Layout::kInt32:
    case Layout::kUInt32:
    case Layout::kFloat32:
      return 4;
    default:
      return 8;
  }
}

Text text_at(const InputNode& node, int64_t row) {
  const int64_t at = row + node.array->offset;
  const auto* bytes = static_cast<const char*>(node.array->buffers[2]);
  if (node.layout == Layout::kText32) {
    const auto* offsets = static_cast<const int32_t*>(node.array->buffers[1]) + at;
    return Text(bytes + offsets[0], static_cast<size_t>(offsets[1] - offsets[0]));
  }
  const auto* offsets = static_cast<const int64_t*>(node.array->buffers[1]) + at;
  return Text(bytes + offsets[0], static_cast<size_t>(offsets[1] - offsets[0]));
}

// True if `count` consecutive values from two places are the same.
bool ranges_equal(const InputNode& node, int64_t first, int64_t second, int64_t count) {
  const bool plain = node.layout >= Layout::kInt8 && node.layout <= Layout::kFloat64;
  if (plain && !node.dictionary && validity_bits(*node.array) == nullptr) {
    const size_t size = fixed_value_size(node.layout);
    const auto* values = static_cast<const char*>(node.array->buffers[1]);
    return std::memcmp(values + (first + node.array->offset) * static_cast<int64_t>(size),
                       values + (second + node.array->offset) * static_cast<int64_t>(size),
                       static_cast<size_t>(count) * size) == 0;
  }
  for (int64_t i = 0; i < count; ++i) {
    if (!rows_equal(node, first + i, second + i)) return false;
  }
  return true;
}

}  // namespace

void read_leaf(const LeafAccess& leaf, StorageKind type, uint32_t width, std::span<const RowRange> ranges,
               ReadTarget* target, InputCounts* counts) {
  LeafReader(leaf, type, width, target, counts).read(ranges);
}

int64_t read_list(const LeafAccess& leaf, std::span<const RowRange> ranges, ReadTarget* target,
                  AccountedVector<RowRange>* child_ranges, InputCounts* counts) {
  child_ranges->clear();
  auto* entries = static_cast<ListEntry*>(target->values);
  target->data = target->values;
  target->has_nulls = false;
  const InputNode& node = *leaf.node;
  int64_t at = 0;
  int64_t total = 0;
  for (const RowRange& range : ranges) {
    for (int64_t i = 0; i < range.count; ++i, ++at) {
      const int64_t row = range.begin + i + leaf.shift;
      bool is_null = is_null_at(node, row);
      for (const auto& enclosing : std::span(leaf.structs, static_cast<size_t>(leaf.struct_count))) {
        is_null = is_null || is_null_at(*enclosing.node, range.begin + i + enclosing.shift);
      }
      target->valid[at] = is_null ? 0 : 1;
      entries[at] = {static_cast<uint32_t>(total), 0};
      if (is_null) {
        target->has_nulls = true;
        ++counts->nulls;
        continue;
      }
      const ListBounds bounds = list_bounds(node, row);
      const int64_t size = bounds.end > bounds.begin ? bounds.end - bounds.begin : 0;
      entries[at].size = static_cast<uint32_t>(size);
      total += size;
      if (size == 0) continue;
      if (!child_ranges->empty() && child_ranges->back().begin + child_ranges->back().count == bounds.begin) {
        child_ranges->back().count += size;
      } else {
        child_ranges->push_back({bounds.begin, size});
      }
    }
  }
  return total;
}

bool rows_equal(const InputNode& node, int64_t first, int64_t second) {
  if (first == second) return true;
  const bool first_null = is_null_at(node, first);
  if (first_null != is_null_at(node, second)) return false;
  if (first_null) return true;
  const int64_t offset = node.array->offset;
  switch (node.layout) {
    case Layout::kNull:
      return true;
    case Layout::kBool: {
      const auto* bits = static_cast<const uint8_t*>(node.array->buffers[1]);
      return bit(bits, first + offset) == bit(bits, second + offset);
    }
    case Layout::kText32:
    case Layout::kText64:
      return text_at(node, first) == text_at(node, second);
    case Layout::kTextView: {
      const auto* views = static_cast<const char*>(node.array->buffers[1]);
      const char* a = views + (first + offset) * 16;
      const char* b = views + (second + offset) * 16;
      int32_t size;
      std::memcpy(&size, a, 4);
      if (std::memcmp(a, b, 8) != 0) return false;
      if (size <= 12) return std::memcmp(a, b, 16) == 0;
      int32_t at[4];
      std::memcpy(at, a + 8, 8);
      std::memcpy(at + 2, b + 8, 8);
      return std::memcmp(static_cast<const char*>(node.array->buffers[2 + at[0]]) + at[1],
                         static_cast<const char*>(node.array->buffers[2 + at[2]]) + at[3],
                         static_cast<size_t>(size)) == 0;
    }
    case Layout::kList32:
    case Layout::kList64:
    case Layout::kFixedList: {
      const ListBounds a = list_bounds(node, first);
      const ListBounds b = list_bounds(node, second);
      if (a.end - a.begin != b.end - b.begin) return false;
      return a.begin == b.begin || ranges_equal(*node.children[0], a.begin, b.begin, a.end - a.begin);
    }
    case Layout::kStruct:
      for (const auto& child : node.children) {
        if (!rows_equal(*child, first + offset, second + offset)) return false;
      }
      return true;
    default: {
      const size_t size = fixed_value_size(node.layout);
      const auto* values = static_cast<const char*>(node.array->buffers[1]);
      return std::memcmp(values + (first + offset) * static_cast<int64_t>(size),
                         values + (second + offset) * static_cast<int64_t>(size), size) == 0;
    }
  }
}

}  // namespace feature_extractor
