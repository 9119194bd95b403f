// Memory that is reused from chunk to chunk: once a workspace is warm, running a plan allocates nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "feature_extractor/kernel.h"

namespace feature_extractor {

// How many blocks this thread has taken from the heap, by any part of the core: so that a test can show that a warm chunk
// takes none.
int64_t heap_allocations_of_this_thread();
void count_heap_allocation();

// What a session holds of the heap. It asks its host before it grows, if the host wants to be asked.
class MemoryAccount {
 public:
  // Anything but 0 refuses. Negative numbers of bytes are given back, which cannot be refused.
  using Reserve = int32_t (*)(void* context, int64_t bytes);

  MemoryAccount() = default;
  // The host is asked for multiples of `step` bytes.
  MemoryAccount(Reserve reserve, void* context, int64_t step) : reserve_(reserve), context_(context), step_(step) {}
  MemoryAccount(const MemoryAccount&) = delete;
  MemoryAccount& operator=(const MemoryAccount&) = delete;
  ~MemoryAccount();

  // Throws std::bad_alloc where the host refuses.
  void take(int64_t bytes);
  void give_back(int64_t bytes) noexcept;
  int64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

  // The account that this thread's new blocks belong to; nullptr outside of any session.
  static MemoryAccount* current();

  // What malloc takes for a block of `size` bytes: its header, and rounding.
  static int64_t block_bytes(size_t size) { return static_cast<int64_t>((size + 8 + 15) / 16 * 16); }

 private:
  Reserve reserve_ = nullptr;
  void* context_ = nullptr;
  int64_t step_ = 1;
  std::atomic<int64_t> bytes_{0};
  std::atomic<int64_t> reserved_{0};  // At least bytes_, unless a thread is just asking for more.
};

// New blocks of this thread belong to an account while this object lives.
class AccountScope {
 public:
  explicit AccountScope(MemoryAccount* account);
  AccountScope(const AccountScope&) = delete;
  AccountScope& operator=(const AccountScope&) = delete;
  ~AccountScope();

 private:
  MemoryAccount* outer_;
};

// A block of the heap that belongs to the current account, if there is one; the account must outlive it. Throws std::bad_alloc.
void* take_accounted(size_t size);
void give_back_accounted(void* block) noexcept;

// For vectors that live in a session.
template <class T>
struct AccountedAllocator {
  using value_type = T;
  static_assert(alignof(T) <= 16);

  AccountedAllocator() = default;
  template <class U>
  AccountedAllocator(const AccountedAllocator<U>&) {}

  T* allocate(size_t count) {
    if (count > PTRDIFF_MAX / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(take_accounted(count * sizeof(T)));
  }
  void deallocate(T* block, size_t) noexcept { give_back_accounted(block); }
  friend bool operator==(const AccountedAllocator&, const AccountedAllocator&) { return true; }
};

template <class T>
using AccountedVector = std::vector<T, AccountedAllocator<T>>;

// A growable block of bytes with kPadding readable bytes behind its capacity, aligned to 64. It belongs to the account that was
// current when it grew.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)),
        account_(std::exchange(other.account_, nullptr)),
        borrowed_(std::exchange(other.borrowed_, false)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    std::swap(account_, other.account_);
    std::swap(borrowed_, other.borrowed_);
    return *this;
  }
  ~Buffer() { free_block(); }

  // The same memory, which stays the other's: it must be large enough and outlive the borrowing.
  static Buffer borrow(const Buffer& other) {
    Buffer buffer;
    buffer.data_ = other.data_;
    buffer.capacity_ = other.capacity_;
    buffer.borrowed_ = true;
    return buffer;
  }

  template <class T = char>
  T* as() const {
    return static_cast<T*>(data_);
  }
  size_t capacity() const { return capacity_; }

  // Makes room for `size` bytes. Keeps the first `kept` bytes; the rest is unspecified. There is a block afterwards, also for no bytes:
  // memcpy takes no null pointer, whatever the size.
  void reserve(size_t size, size_t kept = 0) {
    if (size > capacity_ || data_ == nullptr) grow(size > 0 ? size : 1, kept);
  }

  template <class T>
  T* reserve_array(size_t count, size_t kept = 0) {
    reserve(count * sizeof(T), kept * sizeof(T));
    return as<T>();
  }

 private:
  void grow(size_t size, size_t kept);
  void free_block() {
    if (borrowed_) return;
    std::free(data_);
    if (account_ != nullptr) account_->give_back(MemoryAccount::block_bytes(capacity_ + kPadding));
  }

  void* data_ = nullptr;
  size_t capacity_ = 0;
  MemoryAccount* account_ = nullptr;
  bool borrowed_ = false;
};

#if defined(__SANITIZE_ADDRESS__)

// Text and scratch memory of one chunk. Each piece has a block of its own, which ends with the chunk, so that the sanitizer sees
// what is read or written beside a piece or after its time.
class ChunkArena : public Arena {
 public:
  ChunkArena() {
    refill_ = &ChunkArena::refill;
    next_ = end_ = nothing_;
  }
  ChunkArena(const ChunkArena&) = delete;
  ChunkArena& operator=(const ChunkArena&) = delete;

  void reset() { blocks_.clear(); }

 private:
  static char* refill(Arena* arena, size_t size) {
    auto* self = static_cast<ChunkArena*>(arena);
    self->blocks_.emplace_back(new char[size]);
    return self->blocks_.back().get();
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char nothing_[1] = {};
};

#else

// Text and scratch memory of one chunk. Blocks are kept when the arena is reset.
class ChunkArena : public Arena {
 public:
  ChunkArena() { refill_ = &ChunkArena::refill; }
  ChunkArena(const ChunkArena&) = delete;
  ChunkArena& operator=(const ChunkArena&) = delete;

  void reset() {
    current_ = 0;
    next_ = nullptr;
    end_ = nullptr;
    if (!blocks_.empty()) use(0);
  }

 private:
  static constexpr size_t kBlockSize = 256 * 1024;

  void use(size_t index) {
    current_ = index;
    next_ = blocks_[index].as<char>();
    end_ = next_ + blocks_[index].capacity();
  }

  static char* refill(Arena* arena, size_t size) {
    auto* self = static_cast<ChunkArena*>(arena);
    // A later block may be too small for a large request; it is skipped and serves again after the next reset.
    for (size_t next = self->next_ == nullptr ? 0 : self->current_ + 1; next < self->blocks_.size(); ++next) {
      if (self->blocks_[next].capacity() >= size) {
        self->use(next);
        return self->take(size);
      }
    }
    self->blocks_.emplace_back();
    self->blocks_.back().reserve(size > kBlockSize ? size : kBlockSize);
    self->use(self->blocks_.size() - 1);
    return self->take(size);
  }

  char* take(size_t size) {
    char* result = next_;
    next_ += size;
    return result;
  }

  AccountedVector<Buffer> blocks_;
  size_t current_ = 0;
};

#endif

}  // namespace feature_extractor
