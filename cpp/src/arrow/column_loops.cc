#include "arrow/column_loops.h"

#include <bit>
#include <cstring>

namespace feature_extractor::column_loops {
namespace {

constexpr size_t kCacheLine = 64;

[[gnu::always_inline]] inline void fetch(const void* begin, size_t distance) {
  // The address may lie behind the array, where nothing is read: fetching never faults.
  __builtin_prefetch(reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(begin) + distance));
}

// Whether `bad` is 0 for all values, a cache line at a time, and the line that far ahead fetched with it.
template <class Bits, class Value, class Bad>
[[gnu::always_inline]] inline bool none_is(const Value* values, size_t count, size_t ahead, Bad&& bad) {
  constexpr size_t kLine = kCacheLine / sizeof(Value);
  Bits lanes[kLine] = {};
  size_t i = 0;
  for (; i + kLine <= count; i += kLine) {
    if (i < ahead) fetch(values + i, count * sizeof(Value));
    for (size_t k = 0; k < kLine; ++k) lanes[k] |= bad(values[i + k]);
  }
  Bits found = 0;
  for (; i < count; ++i) found |= bad(values[i]);
  for (size_t k = 0; k < kLine; ++k) found |= lanes[k];
  return found == 0;
}

// The exponent of infinity and NaN is all ones: adding 1 to it carries into the sign's place.
[[gnu::always_inline]] inline bool finite_doubles(const double* values, size_t count, size_t ahead) {
  constexpr uint64_t kSign = uint64_t{1} << 63;
  const auto carry = [](double value) __attribute__((always_inline)) {
    return (std::bit_cast<uint64_t>(value) & ~kSign) + (uint64_t{1} << 52);
  };
  return (none_is<uint64_t>(values, count, ahead,
                            [&](double value) __attribute__((always_inline)) { return carry(value) & kSign; }));
}

[[gnu::always_inline]] inline bool finite_floats(const float* values, size_t count, size_t ahead) {
  constexpr uint32_t kSign = uint32_t{1} << 31;
  return (none_is<uint32_t>(values, count, ahead, [](float value) __attribute__((always_inline)) {
    return ((std::bit_cast<uint32_t>(value) & ~kSign) + (uint32_t{1} << 23)) & kSign;
  }));
}

[[gnu::always_inline]] inline bool ascii(const char* bytes, size_t size, size_t ahead) {
  return none_is<uint8_t>(bytes, size, ahead,
                          [](char value) __attribute__((always_inline)) { return static_cast<uint8_t>(value & 0x80); });
}

template <class Offset>
[[gnu::always_inline]] inline void texts(const Offset* offsets, const char* bytes, const uint8_t* valid, size_t count,
                                         Text* out) {
  if (valid == nullptr) {
    for (size_t i = 0; i < count; ++i) {
      const auto size = static_cast<size_t>(offsets[i + 1] - offsets[i]);
      out[i] = Text(offsets[i + 1] > offsets[i] ? bytes + offsets[i] : nullptr,
                    offsets[i + 1] > offsets[i] ? size : size_t{0});
    }
    return;
  }
  for (size_t i = 0; i < count; ++i) {
    const bool exists = (valid[i] != 0) & (offsets[i + 1] > offsets[i]);
    const auto size = static_cast<size_t>(offsets[i + 1] - offsets[i]);
    out[i] = Text(exists ? bytes + offsets[i] : nullptr, exists ? size : size_t{0});
  }
}

// Eight bits of the bitmap, each as a byte of 0 or 1: multiplied to have a copy in each byte, masked to one bit in each, and
// brought down.
[[gnu::always_inline]] inline uint64_t eight_bytes(uint32_t bits) {
  const uint64_t masked = (bits & 0xFF) * 0x0101010101010101u & 0x8040201008040201u;
  return ((masked + 0x7F7F7F7F7F7F7F7Fu) | masked) >> 7 & 0x0101010101010101u;
}

// Calls `eight(row, bits)` for each eight rows, and `one(row, bit)` for those that are left.
template <class Eight, class One>
[[gnu::always_inline]] inline void for_bits(const uint8_t* bits, int64_t offset, int64_t count, Eight&& eight,
                                            One&& one) {
  const uint8_t* at = bits + (offset >> 3);
  const auto shift = static_cast<uint32_t>(offset & 7);
  int64_t row = 0;
  for (; row + 8 <= count; row += 8, ++at) {
    // The eight bits lie in two bytes, unless the first is whole.
    eight(row, shift == 0 ? uint32_t{at[0]} : (at[0] | static_cast<uint32_t>(at[1]) << 8) >> shift);
  }
  for (; row < count; ++row) {
    const int64_t index = offset + row;
    one(row, static_cast<uint8_t>(bits[index >> 3] >> (index & 7) & 1));
  }
}

#if defined(__x86_64__)

bool has_avx2() { return __builtin_cpu_supports("avx2"); }

template <auto Loop, class... A>
[[gnu::target("avx2"), gnu::flatten]] auto run_avx2(A... arguments) {
  return Loop(arguments...);
}

template <auto Loop, class... A>
auto run(A... arguments) {
  return has_avx2() ? run_avx2<Loop>(arguments...) : Loop(arguments...);
}

#else

template <auto Loop, class... A>
auto run(A... arguments) {
  return Loop(arguments...);
}

#endif

}  // namespace

bool all_finite(const double* values, size_t count, size_t ahead) { return run<&finite_doubles>(values, count, ahead); }

bool all_finite(const float* values, size_t count, size_t ahead) { return run<&finite_floats>(values, count, ahead); }

bool all_ascii(const char* bytes, size_t size, size_t ahead) { return run<&ascii>(bytes, size, ahead); }

void fetch_ahead(const void* begin, size_t size) {
  for (size_t i = 0; i < size; i += kCacheLine) fetch(begin, i);
}

int64_t clear_nulls(const uint8_t* bits, int64_t offset, int64_t count, uint8_t* valid) {
  int64_t cleared = 0;
  for_bits(
      bits, offset, count,
      [&](int64_t row, uint32_t present) {
        if ((present & 0xFF) == 0xFF) return;
        uint64_t before;
        std::memcpy(&before, valid + row, 8);
        const uint64_t after = before & eight_bytes(present);
        std::memcpy(valid + row, &after, 8);
        cleared += std::popcount(before ^ after);
      },
      [&](int64_t row, uint8_t present) {
        cleared += valid[row] & (present ^ 1);
        valid[row] &= present;
      });
  return cleared;
}

void spread_bits(const uint8_t* bits, int64_t offset, int64_t count, uint8_t* out) {
  for_bits(
      bits, offset, count,
      [&](int64_t row, uint32_t eight) {
        const uint64_t bytes = eight_bytes(eight);
        std::memcpy(out + row, &bytes, 8);
      },
      [&](int64_t row, uint8_t one) { out[row] = one; });
}

void read_texts(const int32_t* offsets, const char* bytes, const uint8_t* valid, size_t count, Text* out) {
  texts(offsets, bytes, valid, count, out);
}

void read_texts(const int64_t* offsets, const char* bytes, const uint8_t* valid, size_t count, Text* out) {
  texts(offsets, bytes, valid, count, out);
}

}  // namespace feature_extractor::column_loops
