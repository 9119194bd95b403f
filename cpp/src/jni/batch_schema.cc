#include "jni/batch_schema.h"

#include <cstring>

namespace feature_extractor::jni {
namespace {

// Stands for a buffer that has no memory yet, since its column is empty: readers may look at the first offset.
alignas(64) constexpr unsigned char kNoBytes[64] = {};

int64_t buffer_count(const std::string& format) {
  if (format == "+s") return 1;
  if (format == "U" || format == "Z") return 3;
  return 2;
}

}  // namespace

bool BatchSchema::build(std::vector<std::string> formats, std::vector<std::string> names,
                        std::span<const int32_t> child_counts) {
  const size_t nodes = formats.size();
  if (nodes == 0 || names.size() != nodes || child_counts.size() != nodes) return false;
  formats_ = std::move(formats);
  names_ = std::move(names);
  schemas_.resize(nodes);
  arrays_.resize(nodes);
  buffers_.resize(nodes);
  schema_children_.resize(nodes);
  array_children_.resize(nodes);
  size_t next = 0;
  size_t child = 0;
  return link(0, child_counts, &next, &child) && next == nodes;
}

bool BatchSchema::link(size_t node, std::span<const int32_t> child_counts, size_t* next, size_t* child) {
  *next = node + 1;
  const int32_t count = child_counts[node];
  if (count < 0 || *child + static_cast<size_t>(count) > schema_children_.size()) return false;
  const size_t first_child = *child;
  *child += static_cast<size_t>(count);

  ArrowSchema& schema = schemas_[node];
  schema.format = formats_[node].c_str();
  schema.name = names_[node].c_str();
  schema.flags = ARROW_FLAG_NULLABLE;
  schema.n_children = count;
  schema.children = schema_children_.data() + first_child;
  ArrowArray& array = arrays_[node];
  array.n_buffers = buffer_count(formats_[node]);
  array.buffers = buffers_[node].data();
  array.n_children = count;
  array.children = array_children_.data() + first_child;

  for (int32_t i = 0; i < count; ++i) {
    if (*next >= child_counts.size()) return false;
    schema_children_[first_child + static_cast<size_t>(i)] = &schemas_[*next];
    array_children_[first_child + static_cast<size_t>(i)] = &arrays_[*next];
    if (!link(*next, child_counts, next, child)) return false;
  }
  return true;
}

const ArrowArray* BatchSchema::fill(std::span<const int64_t> numbers) {
  if (numbers.size() != arrays_.size() * kNumbersPerNode) return nullptr;
  const auto buffer = [](int64_t address) -> const void* {
    return address == 0 ? kNoBytes : reinterpret_cast<const void*>(static_cast<uintptr_t>(address));
  };
  for (size_t i = 0; i < arrays_.size(); ++i) {
    const int64_t* node = numbers.data() + i * kNumbersPerNode;
    arrays_[i].length = node[0];
    arrays_[i].null_count = node[1];
    buffers_[i][0] = node[1] == 0 ? nullptr : buffer(node[2]);
    buffers_[i][1] = buffer(node[3]);
    buffers_[i][2] = buffer(node[4]);
  }
  return arrays_.data();
}

}  // namespace feature_extractor::jni
