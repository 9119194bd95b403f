// The structures of the Arrow C data interface around the buffers of a ColumnBatch.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "arrow/abi.h"

namespace feature_extractor::jni {

// The schema is made once; the arrays are filled for each extraction, without taking memory.
class BatchSchema {
 public:
  static constexpr size_t kNumbersPerNode = 5;

  // Nodes before their children. Returns false if the counts do not make one tree.
  bool build(std::vector<std::string> formats, std::vector<std::string> names, std::span<const int32_t> child_counts);

  size_t node_count() const { return schemas_.size(); }

  // For each node {length, nulls, address of the validity bits or 0, address, address}. The result is valid until the next call.
  const ArrowArray* fill(std::span<const int64_t> numbers);
  const ArrowSchema* schema() const { return schemas_.data(); }

 private:
  bool link(size_t node, std::span<const int32_t> child_counts, size_t* next, size_t* child);

  std::vector<std::string> formats_;
  std::vector<std::string> names_;
  std::vector<ArrowSchema> schemas_;
  std::vector<ArrowArray> arrays_;
  std::vector<std::array<const void*, 3>> buffers_;
  std::vector<ArrowSchema*> schema_children_;
  std::vector<ArrowArray*> array_children_;
};

}  // namespace feature_extractor::jni
