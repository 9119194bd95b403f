// Counts the core's use of the heap: its own operator new, which stays inside the shared object, and its buffers.
#include "engine/memory.h"

namespace feature_extractor {
namespace {

thread_local int64_t allocation_count = 0;
thread_local MemoryAccount* current_account = nullptr;

// In front of an accounted block.
struct alignas(16) BlockHeader {
  MemoryAccount* account;
  int64_t bytes;
};

}  // namespace

int64_t heap_allocations_of_this_thread() { return allocation_count; }

void count_heap_allocation() { ++allocation_count; }

MemoryAccount* MemoryAccount::current() { return current_account; }

MemoryAccount::~MemoryAccount() {
  const int64_t reserved = reserved_.load(std::memory_order_relaxed);
  if (reserve_ != nullptr && reserved > 0) reserve_(context_, -reserved);
}

void MemoryAccount::take(int64_t bytes) {
  const int64_t held = bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (reserve_ == nullptr) return;
  const int64_t missing = held - reserved_.load(std::memory_order_relaxed);
  if (missing <= 0) return;
  const int64_t asked = (missing + step_ - 1) / step_ * step_;
  if (reserve_(context_, asked) != 0) {
    bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    throw std::bad_alloc();
  }
  reserved_.fetch_add(asked, std::memory_order_relaxed);
}

void MemoryAccount::give_back(int64_t bytes) noexcept {
  const int64_t held = bytes_.fetch_sub(bytes, std::memory_order_relaxed) - bytes;
  if (reserve_ == nullptr) return;
  // One step is kept, so that a block that comes and goes does not ask every time.
  const int64_t kept = held + (step_ > 1 ? step_ : 0);
  int64_t reserved = reserved_.load(std::memory_order_relaxed);
  while (reserved - kept >= step_) {
    const int64_t surplus = (reserved - kept) / step_ * step_;
    if (!reserved_.compare_exchange_weak(reserved, reserved - surplus, std::memory_order_relaxed)) continue;
    reserve_(context_, -surplus);
    return;
  }
}

AccountScope::AccountScope(MemoryAccount* account) : outer_(current_account) { current_account = account; }

AccountScope::~AccountScope() { current_account = outer_; }

void* take_accounted(size_t size) {
  const int64_t bytes = MemoryAccount::block_bytes(size + sizeof(BlockHeader));
  MemoryAccount* account = current_account;
  if (account != nullptr) account->take(bytes);
  void* block = std::malloc(size + sizeof(BlockHeader));
  if (block == nullptr) {
    if (account != nullptr) account->give_back(bytes);
    throw std::bad_alloc();
  }
  count_heap_allocation();
  return new (block) BlockHeader{account, bytes} + 1;
}

void give_back_accounted(void* block) noexcept {
  if (block == nullptr) return;
  BlockHeader* header = static_cast<BlockHeader*>(block) - 1;
  MemoryAccount* account = header->account;
  const int64_t bytes = header->bytes;
  std::free(header);
  if (account != nullptr) account->give_back(bytes);
}

void Buffer::grow(size_t size, size_t kept) {
  size_t grown = capacity_ * 2 < size ? size : capacity_ * 2;
  grown = (grown + 63) & ~static_cast<size_t>(63);
  // The old block is still held while its content moves, so both are accounted for.
  MemoryAccount* account = current_account;
  const int64_t bytes = MemoryAccount::block_bytes(grown + kPadding);
  if (account != nullptr) account->take(bytes);
  void* fresh = std::aligned_alloc(64, grown + kPadding);
  if (fresh == nullptr) {
    if (account != nullptr) account->give_back(bytes);
    throw std::bad_alloc();
  }
  count_heap_allocation();
  if (kept > 0) std::memcpy(fresh, data_, kept);
  // The padding is read by kernels that look at whole words; it must not be uninitialised.
  std::memset(static_cast<char*>(fresh) + grown, 0, kPadding);
  free_block();
  borrowed_ = false;
  data_ = fresh;
  capacity_ = grown;
  account_ = account;
}

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
