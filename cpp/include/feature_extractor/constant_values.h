// The distinct values of a constant list, numbered in their order, found in constant time.
#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "feature_extractor/hash_index.h"
#include "feature_extractor/kernel.h"

namespace feature_extractor {

template <class T>
class ConstantValues {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // Fails for a null or a value that comes twice: its position would not be one.
  static std::optional<ConstantValues> of(List<T> values, BindError& error) {
    ConstantValues result;
    size_t size = 8;
    while (size < 2 * size_t{values.size()} + 1) size *= 2;
    result.slots_.resize(size);
    for (uint32_t i = 0; i < values.size(); ++i) {
      if (values.is_null(i) || result.find(values[i]) != kNone) {
        error.set(values.is_null(i) ? "A value is null." : "A value comes twice.");
        return std::nullopt;
      }
      result.values_.push_back(Stored(values[i]));
      size_t slot = table_hash(table_key(values[i])) & (size - 1);
      while (result.slots_[slot] != 0) slot = (slot + 1) & (size - 1);
      result.slots_[slot] = i + 1;
    }
    return result;
  }

  // The position of a value, or kNone.
  uint32_t find(T value) const {
    const size_t mask = slots_.size() - 1;
    for (size_t i = table_hash(table_key(value)) & mask; slots_[i] != 0; i = (i + 1) & mask) {
      if (same_value<T>(T(values_[slots_[i] - 1]), value)) return slots_[i] - 1;
    }
    return kNone;
  }

 private:
  // A bool has its own byte: std::vector<bool> has no elements.
  using Stored =
      std::conditional_t<std::is_same_v<T, Text>, std::string, std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>>;
  std::vector<Stored> values_;
  std::vector<uint32_t> slots_;  // Open addressing, at most half full: the number of a value, from 1.
};

}  // namespace feature_extractor
