// What a kernel must leave alone, shown to the address sanitizer. Without it, nothing is left of this.
#pragma once

#include "engine/memory.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace feature_extractor {

// Registers are as large as the largest chunk was. While a kernel writes a few rows, what is behind them is not its own: neither to
// write nor to read until this object ends.
class KernelGuard {
 public:
  // Protects what is behind the byte before `end`, which points into the buffer.
  KernelGuard([[maybe_unused]] const Buffer& buffer, [[maybe_unused]] const void* end) {
#if defined(__SANITIZE_ADDRESS__)
    begin_ = static_cast<const char*>(end);
    size_ = static_cast<size_t>(buffer.as<char>() + buffer.capacity() + kPadding - begin_);
    __asan_poison_memory_region(begin_, size_);
#endif
  }
  KernelGuard(const KernelGuard&) = delete;
  KernelGuard& operator=(const KernelGuard&) = delete;
  ~KernelGuard() {
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(begin_, size_);
#endif
  }

#if defined(__SANITIZE_ADDRESS__)
 private:
  const char* begin_;
  size_t size_;
#endif
};

}  // namespace feature_extractor
