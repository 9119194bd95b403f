// How Spark SQL hashes values. Several columns, and the elements of an array, are hashed one after the other: each with
// the hash before it as the seed, the first with 42; a null leaves the seed as it is. A Hash gives the three steps
// that values come down to: `of_int` (32 bits), `of_long` (64 bits) and `of_text`.
//
// After org.apache.spark.sql.catalyst.expressions.HashExpression of Spark 3 and 4; compared with what Spark 3.5 gives.
#pragma once

#include "feature_extractor/murmur_hash.h"

#include <type_traits>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace feature_extractor::spark {

// Murmur3 with 32 bits, but for the bytes behind the last whole word: each of them counts as a signed word of its own.
struct Murmur3 {
  using Word = uint32_t;
  [[gnu::always_inline]] static Word of_int(uint32_t value, Word seed) {
    return murmur::murmur3_32_of_int(value, seed);
  }
  [[gnu::always_inline]] static Word of_long(uint64_t value, Word seed) {
    return murmur::murmur3_32_of_long(value, seed);
  }
  static Word of_text(Text text, Word seed) {
    const size_t size = text.size();
    uint32_t hash = seed;
    size_t at = 0;
    for (; at + 4 <= size; at += 4) hash = murmur::mix_32(hash, murmur::load<uint32_t>(text.data() + at));
    for (; at < size; ++at) {
      hash = murmur::mix_32(hash, static_cast<uint32_t>(static_cast<int32_t>(static_cast<int8_t>(text[at]))));
    }
    return murmur::finish_32(hash ^ static_cast<uint32_t>(size));
  }
  static int64_t result(Word hash) { return static_cast<int32_t>(hash); }
};

// XXH64 of the 4 or 8 bytes, or of the text.
struct XxHash64 {
  using Word = uint64_t;
  static constexpr uint64_t kPrimes[5] = {0x9E3779B185EBCA87u, 0xC2B2AE3D27D4EB4Fu, 0x165667B19E3779F9u,
                                          0x85EBCA77C2B2AE63u, 0x27D4EB2F165667C5u};
  [[gnu::always_inline]] static Word finish(Word hash) {
    hash = (hash ^ hash >> 33) * kPrimes[1];
    hash = (hash ^ hash >> 29) * kPrimes[2];
    return hash ^ hash >> 32;
  }
  [[gnu::always_inline]] static Word of_int(uint32_t value, Word seed) {
    const Word hash = (seed + kPrimes[4] + 4) ^ value * kPrimes[0];
    return finish(murmur::rotate_left(hash, 23) * kPrimes[1] + kPrimes[2]);
  }
  [[gnu::always_inline]] static Word of_long(uint64_t value, Word seed) {
    const Word mixed = murmur::rotate_left(value * kPrimes[1], 31) * kPrimes[0];
    return finish(murmur::rotate_left((seed + kPrimes[4] + 8) ^ mixed, 27) * kPrimes[0] + kPrimes[3]);
  }
  static Word of_text(Text text, Word seed) { return XXH64(text.data(), text.size(), seed); }
  static int64_t result(Word hash) { return static_cast<int64_t>(hash); }
};

// A type of Spark that has a narrower sister: `narrow` is IntegerType or FloatType, where LongType or DoubleType is usual.
struct Width {
  bool narrow = false;
};

template <class Hash>
[[gnu::always_inline]] inline typename Hash::Word step(bool value, Width, typename Hash::Word seed) {
  return Hash::of_int(value ? 1 : 0, seed);
}
template <class Hash>
[[gnu::always_inline]] inline typename Hash::Word step(int64_t value, Width width, typename Hash::Word seed) {
  const auto bits = static_cast<uint64_t>(value);
  const auto narrow = Hash::of_int(static_cast<uint32_t>(bits), seed);
  const auto wide = Hash::of_long(bits, seed);
  return width.narrow ? narrow : wide;
}
template <class Hash>
[[gnu::always_inline]] inline typename Hash::Word step(double value, Width width, typename Hash::Word seed) {
  const double positive_zero = value + 0.0;  // Spark hashes -0.0 as 0.0.
  const auto narrow = Hash::of_int(__builtin_bit_cast(uint32_t, static_cast<float>(positive_zero)), seed);
  const auto wide = Hash::of_long(__builtin_bit_cast(uint64_t, positive_zero), seed);
  return width.narrow ? narrow : wide;
}
template <class Hash>
[[gnu::always_inline]] inline typename Hash::Word step(Text value, Width, typename Hash::Word seed) {
  return Hash::of_text(value, seed);
}

// The kernels of an operator that is this hash, for values and for lists.
template <class Hash>
struct Kernels {
  using Word = typename Hash::Word;

  template <class T>
  struct OfValue {
    static int64_t eval(Nullable<T> x, int64_t seed) {
      const auto before = static_cast<Word>(seed);
      return Hash::result(x.has_value() ? step<Hash>(Storage<T>::to(*x), Width{}, before) : before);
    }
  };
  struct OfBool {
    static int64_t eval(Nullable<bool> x, int64_t seed) {
      const auto before = static_cast<Word>(seed);
      return Hash::result(x.has_value() ? step<Hash>(*x, Width{}, before) : before);
    }
  };
  template <class T>
  struct OfWidth {
    using State = Width;
    static Nullable<State> bind(Text type, BindError&) { return Width{type == "int" || type == "float"}; }
    static int64_t eval(const State& width, Nullable<T> x, int64_t seed) {
      const auto before = static_cast<Word>(seed);
      return Hash::result(x.has_value() ? step<Hash>(*x, width, before) : before);
    }
  };

  template <class T>
  static int64_t of_list(const Nullable<List<T>>& xs, int64_t seed, Width width) {
    auto hash = static_cast<Word>(seed);
    if (!xs.has_value()) return Hash::result(hash);
    const List<T> list = *xs;
    for (uint32_t i = 0; i < list.size(); ++i) {
      if (!list.is_null(i)) hash = step<Hash>(list[i], width, hash);
    }
    return Hash::result(hash);
  }
  template <class T>
  struct OfList {
    static int64_t eval(Nullable<List<T>> xs, int64_t seed) { return of_list<T>(xs, seed, Width{}); }
  };
  template <class T>
  struct OfWidthList {
    using State = Width;
    static Nullable<State> bind(Text type, BindError&) { return Width{type == "int" || type == "float"}; }
    static int64_t eval(const State& width, Nullable<List<T>> xs, int64_t seed) { return of_list<T>(xs, seed, width); }
  };
};

}  // namespace feature_extractor::spark
