// Counts the core's use of the heap: its own operator new, which stays inside the shared object, and its buffers.
#include "engine/memory.h"

namespace feature_extractor {
namespace {

thread_local int64_t allocation_count = 0;

}  // namespace

int64_t heap_allocations_of_this_thread() { return allocation_count; }

void count_heap_allocation() { ++allocation_count; }

}  // namespace feature_extractor

// The sanitizers bring an operator new of their own, which must not be replaced.
#if !defined(__SANITIZE_ADDRESS__)

void* operator new(size_t size) {
  feature_extractor::count_heap_allocation();
  if (void* block = std::malloc(size > 0 ? size : 1)) return block;
  throw std::bad_alloc();
}

void* operator new(size_t size, std::align_val_t alignment) {
  feature_extractor::count_heap_allocation();
  const auto align = static_cast<size_t>(alignment);
  if (void* block = std::aligned_alloc(align, (size + align - 1) / align * align)) return block;
  throw std::bad_alloc();
}

void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, size_t) noexcept { std::free(block); }
void operator delete(void* block, std::align_val_t) noexcept { std::free(block); }
void operator delete(void* block, size_t, std::align_val_t) noexcept { std::free(block); }

#endif
