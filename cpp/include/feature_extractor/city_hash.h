// CityHash 1.1 and the fingerprints of FarmHash, by Geoff Pike and Jyrki Alakuijala (Google): one family, whose functions
// differ in how they treat long texts. TensorFlow and BigQuery make ids with FarmHash's 64-bit fingerprint.
//
// Written from the definitions in https://github.com/google/cityhash and https://github.com/google/farmhash, which
// promise that the values never change; the tests compare all of them with the vectors published there.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor::city {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the words are read in the machine's order");

inline constexpr uint64_t kFirst = 0xC3A5C85C97CB3127u;
inline constexpr uint64_t kSecond = 0xB492B66FBE98F273u;
inline constexpr uint64_t kThird = 0x9AE16A3B2F90404Fu;
inline constexpr uint64_t kPairFactor = 0x9DDFEA08EB382D69u;

[[gnu::always_inline]] inline uint64_t word(const char* at) {
  uint64_t value;
  __builtin_memcpy(&value, at, sizeof(value));
  return value;
}
[[gnu::always_inline]] inline uint32_t half_word(const char* at) {
  uint32_t value;
  __builtin_memcpy(&value, at, sizeof(value));
  return value;
}
[[gnu::always_inline]] inline uint32_t byte(const char* at) { return static_cast<uint8_t>(*at); }

[[gnu::always_inline]] inline uint64_t rotate(uint64_t x, int right) { return x >> right | x << (64 - right); }
[[gnu::always_inline]] inline uint32_t rotate(uint32_t x, int right) { return x >> right | x << (32 - right); }
[[gnu::always_inline]] inline uint64_t fold(uint64_t x) { return x ^ x >> 47; }

// Two words as one.
[[gnu::always_inline]] inline uint64_t join(uint64_t low, uint64_t high, uint64_t factor = kPairFactor) {
  const uint64_t mixed = fold((low ^ high) * factor);
  return fold((high ^ mixed) * factor) * factor;
}

// The factor of texts of up to 64 bytes depends on their size.
[[gnu::always_inline]] inline uint64_t size_factor(size_t size) { return kThird + size * 2; }

inline uint64_t up_to_16(const char* at, size_t size) {
  if (size >= 8) {
    const uint64_t factor = size_factor(size);
    const uint64_t first = word(at) + kThird;
    const uint64_t last = word(at + size - 8);
    return join(rotate(last, 37) * factor + first, (rotate(first, 25) + last) * factor, factor);
  }
  if (size >= 4) {
    return join(size + (static_cast<uint64_t>(half_word(at)) << 3), half_word(at + size - 4), size_factor(size));
  }
  if (size == 0) return kThird;
  const uint32_t low = byte(at) + (byte(at + size / 2) << 8);
  const uint32_t high = static_cast<uint32_t>(size) + (byte(at + size - 1) << 2);
  return fold(low * kThird ^ high * kFirst) * kThird;
}

inline uint64_t up_to_32(const char* at, size_t size) {
  const uint64_t factor = size_factor(size);
  const uint64_t a = word(at) * kSecond;
  const uint64_t b = word(at + 8);
  const uint64_t c = word(at + size - 8) * factor;
  const uint64_t d = word(at + size - 16) * kThird;
  return join(rotate(a + b, 43) + rotate(c, 30) + d, a + rotate(b + kThird, 18) + c, factor);
}

struct Pair {
  uint64_t low;
  uint64_t high;
};

// 32 bytes and a pair as a pair.
[[gnu::always_inline]] inline Pair mix_32(const char* at, uint64_t a, uint64_t b) {
  const uint64_t last = word(at + 24);
  a += word(at);
  b = rotate(b + a + last, 21);
  const uint64_t before = a;
  a += word(at + 8) + word(at + 16);
  b += rotate(a, 44);
  return {a + last, b + before};
}

// What a long text is mixed into, 64 bytes at a time.
struct State {
  uint64_t x, y, z;
  Pair v, w;

  [[gnu::always_inline]] void mix_64(const char* at, uint64_t factor, uint64_t weight) {
    x = rotate(x + y + v.low + word(at + 8), 37) * factor;
    y = rotate(y + v.high + word(at + 48), 42) * factor;
    x ^= w.high * weight;
    y += v.low * weight + word(at + 40);
    z = rotate(z + w.low, 33) * factor;
    v = mix_32(at, v.high * factor, x + w.low);
    w = mix_32(at + 32, z + w.high, y + word(at + 16));
    const uint64_t swapped = z;
    z = x;
    x = swapped;
  }
};

// FarmHash's Fingerprint64.
inline uint64_t farm_fingerprint64(Text text) {
  const char* at = text.data();
  const size_t size = text.size();
  if (size <= 16) return up_to_16(at, size);
  if (size <= 32) return up_to_32(at, size);
  if (size <= 64) {
    const uint64_t factor = size_factor(size);
    const uint64_t a = word(at) * kThird;
    const uint64_t b = word(at + 8);
    const uint64_t c = word(at + size - 8) * factor;
    const uint64_t d = word(at + size - 16) * kThird;
    const uint64_t y = rotate(a + b, 43) + rotate(c, 30) + d;
    const uint64_t z = join(y, a + rotate(b + kThird, 18) + c, factor);
    const uint64_t e = word(at + 16) * factor;
    const uint64_t f = word(at + 24);
    const uint64_t g = (y + word(at + size - 32)) * factor;
    const uint64_t h = (z + word(at + size - 24)) * factor;
    return join(rotate(e + f, 43) + rotate(g, 30) + h, e + rotate(f + a, 18) + g, factor);
  }
  constexpr uint64_t kSeed = 81;
  constexpr uint64_t kStart = kSeed * kSecond + 113;
  State state{kSeed * kThird + word(at), kStart, fold(kStart * kThird + 113) * kThird, {0, 0}, {0, 0}};
  const char* const last = at + size - 64;
  const char* const end = at + (size - 1) / 64 * 64;
  for (; at != end; at += 64) state.mix_64(at, kSecond, 1);
  const uint64_t factor = kSecond + ((state.z & 0xFF) << 1);
  state.w.low += (size - 1) & 63;
  state.v.low += state.w.low;
  state.w.low += state.v.low;
  state.mix_64(last, factor, 9);
  return join(join(state.v.low, state.w.low, factor) + fold(state.y) * kFirst + state.z,
              join(state.v.high, state.w.high, factor) + state.x, factor);
}

// CityHash64, version 1.1.
inline uint64_t cityhash64(Text text) {
  const char* at = text.data();
  const size_t size = text.size();
  if (size <= 16) return up_to_16(at, size);
  if (size <= 32) return up_to_32(at, size);
  if (size <= 64) {
    const uint64_t factor = size_factor(size);
    const uint64_t a = word(at) * kThird;
    const uint64_t b = word(at + 8);
    const uint64_t c = word(at + size - 24);
    const uint64_t d = word(at + size - 32);
    const uint64_t e = word(at + 16) * kThird;
    const uint64_t f = word(at + 24) * 9;
    const uint64_t g = word(at + size - 8);
    const uint64_t h = word(at + size - 16) * factor;
    const uint64_t u = rotate(a + g, 43) + (rotate(b, 30) + c) * 9;
    const uint64_t v = ((a + g) ^ d) + f + 1;
    const uint64_t w = __builtin_bswap64((u + v) * factor) + h;
    const uint64_t x = rotate(e + f, 42) + c;
    const uint64_t y = (__builtin_bswap64((v + w) * factor) + g) * factor;
    const uint64_t z = e + f + c;
    const uint64_t s = __builtin_bswap64((x + z) * factor + y) + b;
    return fold((z + s) * factor + d + h) * factor + x;
  }
  const char* const end = at + size;
  const uint64_t x = word(end - 40);
  const uint64_t y = word(end - 16) + word(end - 56);
  const uint64_t z = join(word(end - 48) + size, word(end - 24));
  State state{x * kSecond + word(at), y, z, mix_32(end - 64, size, z), mix_32(end - 32, y + kSecond, x)};
  for (size_t left = (size - 1) / 64; left > 0; --left, at += 64) state.mix_64(at, kSecond, 1);
  return join(join(state.v.low, state.w.low) + fold(state.y) * kSecond + state.z,
              join(state.v.high, state.w.high) + state.x);
}

// CityHash64WithSeed.
inline uint64_t cityhash64(Text text, uint64_t seed) { return join(cityhash64(text) - kThird, seed); }

// CityHash128, which is also FarmHash's Fingerprint128.
inline Pair cityhash128(Text text) {
  const char* at = text.data();
  size_t size = text.size();
  Pair seed{kFirst, kSecond};
  if (size >= 16) {
    seed = {word(at), word(at + 8) + kFirst};
    at += 16;
    size -= 16;
  }
  if (size < 128) {
    uint64_t a = seed.low;
    uint64_t b = seed.high;
    uint64_t c;
    uint64_t d;
    if (size <= 16) {
      a = fold(a * kSecond) * kSecond;
      c = b * kSecond + up_to_16(at, size);
      d = fold(a + (size >= 8 ? word(at) : c));
    } else {
      c = join(word(at + size - 8) + kSecond, a);
      d = join(b + size, c + word(at + size - 16));
      a += d;
      const char* const end = at + size - 16;
      do {
        a = (a ^ fold(word(at) * kSecond) * kSecond) * kSecond;
        b ^= a;
        c = (c ^ fold(word(at + 8) * kSecond) * kSecond) * kSecond;
        d ^= c;
        at += 16;
      } while (at < end);
    }
    a = join(a, c);
    b = join(d, b);
    return {a ^ b, join(b, a)};
  }
  State state{};
  state.x = seed.low;
  state.y = seed.high;
  state.z = size * kSecond;
  state.v.low = rotate(state.y ^ kSecond, 49) * kSecond + word(at);
  state.v.high = rotate(state.v.low, 42) * kSecond + word(at + 8);
  state.w.low = rotate(state.y + state.z, 35) * kSecond + state.x;
  state.w.high = rotate(state.x + word(at + 88), 53) * kSecond;
  for (; size >= 128; size -= 128, at += 128) {
    state.mix_64(at, kSecond, 1);
    state.mix_64(at + 64, kSecond, 1);
  }
  auto& [x, y, z, v, w] = state;
  x += rotate(v.low + z, 49) * kFirst;
  y = y * kFirst + rotate(w.high, 37);
  z = z * kFirst + rotate(w.low, 27);
  w.low *= 9;
  v.low *= kFirst;
  // What is left is taken from the end, 32 bytes at a time; the last of them may reach back into what was mixed before.
  for (size_t done = 0; done < size;) {
    done += 32;
    const char* const part = at + size - done;
    y = rotate(x + y, 42) * kFirst + v.high;
    w.low += word(part + 16);
    x = x * kFirst + w.low;
    z += w.high + word(part);
    w.high += v.low;
    v = mix_32(part, v.low + z, v.high);
    v.low *= kFirst;
  }
  x = join(x, v.low);
  y = join(y + z, w.low);
  return {join(x + v.high, w.high) + y, join(x + w.high, y + v.high)};
}

// ---- 32 bits

inline constexpr uint32_t kFirst32 = 0xCC9E2D51u;
inline constexpr uint32_t kSecond32 = 0x1B873593u;

[[gnu::always_inline]] inline uint32_t spread(uint32_t x) { return rotate(x * kFirst32, 17) * kSecond32; }
[[gnu::always_inline]] inline uint32_t turn(uint32_t hash, int right) { return rotate(hash, right) * 5 + 0xE6546B64u; }
[[gnu::always_inline]] inline uint32_t mix(uint32_t x, uint32_t hash) { return turn(hash ^ spread(x), 19); }
[[gnu::always_inline]] inline uint32_t finish(uint32_t hash) {
  hash = (hash ^ hash >> 16) * 0x85EBCA6Bu;
  hash = (hash ^ hash >> 13) * 0xC2B2AE35u;
  return hash ^ hash >> 16;
}

inline uint32_t up_to_12(const char* at, uint32_t size) {
  if (size <= 4) {
    uint32_t b = 0;
    uint32_t c = 9;
    for (uint32_t i = 0; i < size; ++i) {
      b = b * kFirst32 + static_cast<uint32_t>(static_cast<int8_t>(at[i]));
      c ^= b;
    }
    return finish(mix(b, mix(size, c)));
  }
  const uint32_t a = size + half_word(at);
  const uint32_t b = size * 5 + half_word(at + size - 4);
  const uint32_t c = 9 + half_word(at + (size >> 1 & 4));
  return finish(mix(c, mix(b, mix(a, size * 5))));
}

struct State32 {
  uint32_t f, g, h;

  // The last 20 bytes come first, but for `f`.
  State32(const char* end, uint32_t size) : f(kFirst32 * size), g(f), h(size) {
    h = turn(turn(h ^ spread(half_word(end - 4)), 19) ^ spread(half_word(end - 16)), 19);
    g = turn(turn(g ^ spread(half_word(end - 8)), 19) ^ spread(half_word(end - 12)), 19);
    f = rotate(f + spread(half_word(end - 20)), 19);
  }
  uint32_t finished() const {
    const auto twice = [](uint32_t x) { return rotate(rotate(x, 11) * kFirst32, 17) * kFirst32; };
    const uint32_t both = rotate(turn(h + twice(g), 19), 17) * kFirst32;
    return rotate(turn(both + twice(f), 19), 17) * kFirst32;
  }
};

// CityHash32, version 1.1.
inline uint32_t cityhash32(Text text) {
  const char* at = text.data();
  const auto size = static_cast<uint32_t>(text.size());
  if (size <= 12) return up_to_12(at, size);
  const char* const end = at + text.size();
  if (size <= 24) {
    const char* const middle = at + size / 2;
    const uint32_t a = mix(half_word(at + 4), mix(half_word(middle - 4), size));
    return finish(mix(half_word(end - 4), mix(half_word(at), mix(half_word(middle), mix(half_word(end - 8), a)))));
  }
  State32 state(end, size);
  auto& [f, g, h] = state;
  f = f * 5 + 0xE6546B64u;
  for (size_t left = (text.size() - 1) / 20; left > 0; --left, at += 20) {
    const uint32_t a = spread(half_word(at));
    const uint32_t b = half_word(at + 4);
    const uint32_t c = spread(half_word(at + 8));
    const uint32_t d = spread(half_word(at + 12));
    const uint32_t e = half_word(at + 16);
    const uint32_t low = turn(h ^ a, 18);
    const uint32_t middle = rotate(f + b, 19) * kFirst32;
    const uint32_t high = turn(g + c, 18);
    f = __builtin_bswap32(high ^ e) * 5;
    h = middle + a;
    g = __builtin_bswap32(turn(low ^ (d + b), 19) + e * 5);
  }
  return state.finished();
}

// FarmHash's Fingerprint32.
inline uint32_t farm_fingerprint32(Text text) {
  const char* at = text.data();
  const auto size = static_cast<uint32_t>(text.size());
  if (size <= 12) return up_to_12(at, size);
  const char* const end = at + text.size();
  if (size <= 24) {
    const uint32_t b = half_word(at + 4);
    const uint32_t c = half_word(end - 8);
    const uint32_t d = half_word(at + size / 2);
    const uint32_t e = half_word(at);
    const uint32_t f = half_word(end - 4);
    uint32_t a = rotate(half_word(at + size / 2 - 4), 12) + f;
    uint32_t hash = mix(c, d * kFirst32 + size) + a;
    a = rotate(a, 3) + c;
    hash = mix(e, hash) + a;
    a = rotate(a + f, 12) + d;
    return finish(mix(b, hash) + a);
  }
  State32 state(end, size);
  auto& [f, g, h] = state;
  f += 113;
  for (size_t left = (text.size() - 1) / 20; left > 0; --left, at += 20) {
    const uint32_t a = half_word(at);
    const uint32_t b = half_word(at + 4);
    const uint32_t c = half_word(at + 8);
    const uint32_t d = half_word(at + 12);
    const uint32_t e = half_word(at + 16);
    h = mix(d, h + a) + e;
    g = mix(c, g + b) + a;
    f = mix(b + e * kFirst32, f + c) + d;
    f += g;
    g += f;
  }
  return state.finished();
}

}  // namespace feature_extractor::city
