// Memory that is reused from chunk to chunk: once a workspace is warm, running a plan allocates nothing.
#pragma once

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

// A growable block of bytes with kPadding readable bytes behind its capacity, aligned to 64.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        capacity_(std::exchange(other.capacity_, 0)),
        borrowed_(std::exchange(other.borrowed_, false)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(capacity_, other.capacity_);
    std::swap(borrowed_, other.borrowed_);
    return *this;
  }
  ~Buffer() {
    if (!borrowed_) std::free(data_);
  }

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

  // Makes room for `size` bytes. Keeps the first `kept` bytes; the rest is unspecified.
  void reserve(size_t size, size_t kept = 0) {
    if (size <= capacity_) return;
    size_t grown = capacity_ * 2 < size ? size : capacity_ * 2;
    grown = (grown + 63) & ~static_cast<size_t>(63);
    void* fresh = std::aligned_alloc(64, grown + kPadding);
    if (fresh == nullptr) throw std::bad_alloc();
    count_heap_allocation();
    if (kept > 0) std::memcpy(fresh, data_, kept);
    // The padding is read by kernels that look at whole words; it must not be uninitialised.
    std::memset(static_cast<char*>(fresh) + grown, 0, kPadding);
    if (!borrowed_) std::free(data_);
    borrowed_ = false;
    data_ = fresh;
    capacity_ = grown;
  }

  template <class T>
  T* reserve_array(size_t count, size_t kept = 0) {
    reserve(count * sizeof(T), kept * sizeof(T));
    return as<T>();
  }

 private:
  void* data_ = nullptr;
  size_t capacity_ = 0;
  bool borrowed_ = false;
};

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

  std::vector<Buffer> blocks_;
  size_t current_ = 0;
};

}  // namespace feature_extractor
