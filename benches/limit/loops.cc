// Hand-written loops for each family: the right algorithm, one pass over the Arrow buffers, results into memory that is already
// warm. They know the program, check nothing, and assume what the generated table promises (ASCII titles, no value twice in a
// set, no nulls but in `rating` and `age`). That is what an engine is measured against, not what one would ship.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <immintrin.h>

#include <cmath>
#include <cstring>

#include "columns.h"

using limit::Column;

namespace {

constexpr int64_t kDay = 86'400'000'000;

uint64_t hash_text(const char* data, int32_t size) { return XXH3_64bits(data, static_cast<size_t>(size)); }

// The form of XXH3 for 8 bytes, which needs no 128-bit product and so can be vectorised.
inline uint64_t hash_int(int64_t value) {
  const uint64_t swapped = static_cast<uint64_t>(value) << 32 | static_cast<uint64_t>(value) >> 32;
  uint64_t h = swapped ^ 0xC73AB174C5ECD5A2u;
  h ^= (h << 49 | h >> 15) ^ (h << 24 | h >> 40);
  h *= 0x9FB21C651E98DF25u;
  h ^= (h >> 35) + 8;
  h *= 0x9FB21C651E98DF25u;
  return h ^ h >> 28;
}

inline int64_t bucket(uint64_t hash, uint64_t buckets) { return static_cast<int64_t>((hash >> 32) * buckets >> 32); }

inline uint64_t combine(uint64_t left, uint64_t right) {
  const uint64_t turned = right * 0xC2B2AE3D27D4EB4Fu;
  uint64_t mixed = left * 0x9E3779B185EBCA87u ^ (turned << 32 | turned >> 32);
  mixed = (mixed ^ mixed >> 33) * 0xC2B2AE3D27D4EB4Fu;
  mixed = (mixed ^ mixed >> 29) * 0x165667B19E3779F9u;
  return mixed ^ mixed >> 32;
}

inline bool valid(const Column& column, int64_t row) {
  return column.validity == nullptr || (column.validity[row >> 3] >> (row & 7) & 1) != 0;
}

// Spreads 1,024 bits of validity over bytes, so that the loops need no bit arithmetic.
constexpr int64_t kChunk = 1024;
void spread(const Column& column, int64_t start, int64_t n, uint8_t* bytes) {
  if (column.validity == nullptr) {
    std::memset(bytes, 1, static_cast<size_t>(n));
    return;
  }
  const uint8_t* bits = column.validity + start / 8;
  for (int64_t i = 0; i < n; i += 8) {
    // Each bit to a byte of its own: multiply to copy, mask one bit in each, and bring it down.
    uint64_t eight = bits[i / 8] * 0x0101010101010101u & 0x8040201008040201u;
    eight = ((eight + 0x7F7F7F7F7F7F7F7Fu) >> 7 | eight >> 7) & 0x0101010101010101u;
    std::memcpy(bytes + i, &eight, 8);
  }
}

template <class T>
void bucketize(const T* x, const T* bounds, int64_t n, int64_t* out) {
  const T b0 = bounds[0], b1 = bounds[1], b2 = bounds[2], b3 = bounds[3], b4 = bounds[4], b5 = bounds[5],
          b6 = bounds[6], b7 = bounds[7], b8 = bounds[8], b9 = bounds[9], b10 = bounds[10], b11 = bounds[11],
          b12 = bounds[12], b13 = bounds[13], b14 = bounds[14], b15 = bounds[15];
  for (int64_t i = 0; i < n; ++i) {
    const T v = x[i];
    out[i] = int64_t{v >= b0} + (v >= b1) + (v >= b2) + (v >= b3) + (v >= b4) + (v >= b5) + (v >= b6) + (v >= b7) +
             (v >= b8) + (v >= b9) + (v >= b10) + (v >= b11) + (v >= b12) + (v >= b13) + (v >= b14) + (v >= b15);
  }
}

// Whether `needle`, of at least two bytes, stands in the text: compare its first and last byte with many places at once.
bool contains(const char* text, int64_t size, const char* needle, int64_t length) {
  if (size < length) return false;
#ifdef __AVX2__
  constexpr int64_t kWidth = 32;
  const __m256i first = _mm256_set1_epi8(needle[0]), last = _mm256_set1_epi8(needle[length - 1]);
#else
  constexpr int64_t kWidth = 16;
  const __m128i first = _mm_set1_epi8(needle[0]), last = _mm_set1_epi8(needle[length - 1]);
#endif
  for (int64_t at = 0; at <= size - length; at += kWidth) {
#ifdef __AVX2__
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at + length - 1));
    uint32_t found = static_cast<uint32_t>(
        _mm256_movemask_epi8(_mm256_and_si256(_mm256_cmpeq_epi8(a, first), _mm256_cmpeq_epi8(b, last))));
#else
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at + length - 1));
    uint32_t found =
        static_cast<uint32_t>(_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last))));
#endif
    for (; found != 0; found &= found - 1) {
      const int64_t place = at + __builtin_ctz(found);
      if (place > size - length) return false;
      if (std::memcmp(text + place + 1, needle + 1, static_cast<size_t>(length - 2)) == 0) return true;
    }
  }
  return false;
}

void lower(const char* text, int64_t size, char* out) {
  for (int64_t i = 0; i < size; ++i) {
    const char c = text[i];
    out[i] = static_cast<char>(c + (static_cast<uint8_t>(c - 'A') < 26 ? 32 : 0));
  }
}

// A bit for each of 64 bytes: whether `holds` is true for it. Vector registers do the comparing.
#ifdef __AVX2__
using Bytes = __m256i;
inline Bytes load_bytes(const char* text) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text)); }
inline Bytes all_bytes(char value) { return _mm256_set1_epi8(value); }
inline Bytes greater(Bytes a, Bytes b) { return _mm256_cmpgt_epi8(a, b); }
inline Bytes either(Bytes a, Bytes b) { return _mm256_or_si256(a, b); }
inline Bytes both(Bytes a, Bytes b) { return _mm256_and_si256(a, b); }
inline uint64_t bits(Bytes a) { return static_cast<uint32_t>(_mm256_movemask_epi8(a)); }
#else
using Bytes = __m128i;
inline Bytes load_bytes(const char* text) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text)); }
inline Bytes all_bytes(char value) { return _mm_set1_epi8(value); }
inline Bytes greater(Bytes a, Bytes b) { return _mm_cmpgt_epi8(a, b); }
inline Bytes either(Bytes a, Bytes b) { return _mm_or_si128(a, b); }
inline Bytes both(Bytes a, Bytes b) { return _mm_and_si128(a, b); }
inline uint64_t bits(Bytes a) { return static_cast<uint32_t>(_mm_movemask_epi8(a)); }
#endif

template <class Predicate>
inline uint64_t mask_64(const char* text, Predicate holds) {
  uint64_t mask = 0;
  for (size_t i = 0; i < 64; i += sizeof(Bytes)) mask |= bits(holds(load_bytes(text + i))) << i;
  return mask;
}

inline Bytes is_lower_or_digit(Bytes text) {
  const Bytes letter = both(greater(text, all_bytes('a' - 1)), greater(all_bytes('z' + 1), text));
  return either(letter, both(greater(text, all_bytes('0' - 1)), greater(all_bytes('9' + 1), text)));
}

// Continuation bytes of UTF-8 are the signed bytes below -64.
inline Bytes begins_character(Bytes text) { return greater(text, all_bytes(-65)); }

inline uint64_t low_bits(int64_t count) { return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1; }

// The first 16 bytes of a text as two words, without what stands behind it; 16 bytes can be read.
struct Words {
  uint64_t low;
  uint64_t high;
};

inline Words words_of(const char* data, int32_t size) {
  Words words;
  std::memcpy(&words, data, 16);
  words.low &= low_bits(size < 8 ? 8 * size : 64);
  words.high &= size <= 8 ? 0 : low_bits(8 * (size - 8));
  return words;
}

// A hash of texts of up to 16 bytes that does not branch on their length: one product of 64 by 64 bits, folded.
inline uint64_t hash_words(Words words, int32_t size) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(words.low ^ 0x9E3779B185EBCA87u) *
                       (words.high ^ 0xC2B2AE3D27D4EB4Fu ^ static_cast<uint64_t>(size));
  const uint64_t folded = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  return folded * 0x165667B19E3779F9u ^ folded >> 29;
}

// Open addressing with linear probing for words of up to 16 bytes, which lie in the slots themselves.
struct Slot {
  Words words;
  int32_t size;
  int32_t id;
};
constexpr uint64_t kSlots = 32'768;

inline uint64_t slot_of(Words words, int32_t size) { return hash_words(words, size) >> 49; }

inline int64_t find(const Slot* slots, const char* data, int32_t size) {
  if (size > 16) return 0;
  const Words words = words_of(data, size);
  for (uint64_t at = slot_of(words, size);; at = (at + 1) % kSlots) {
    const Slot& slot = slots[at];
    const uint64_t differs =
        (slot.words.low ^ words.low) | (slot.words.high ^ words.high) | static_cast<uint64_t>(slot.size ^ size);
    if (differs == 0 || slot.id == 0) return slot.id;
  }
}

inline int shared_25(const int64_t* left, int32_t left_size, const int64_t* right, int32_t right_size) {
  // All pairs; the right side is filled up with its first value, which changes no answer.
  alignas(64) int64_t padded[32];
  for (int32_t j = 0; j < 32; ++j) padded[j] = right[j < right_size ? j : 0];
  int shared = 0;
#ifdef __AVX512F__
  const __m512i r0 = _mm512_load_si512(padded), r1 = _mm512_load_si512(padded + 8), r2 = _mm512_load_si512(padded + 16),
                r3 = _mm512_load_si512(padded + 24);
  for (int32_t i = 0; i < left_size; ++i) {
    const __m512i x = _mm512_set1_epi64(left[i]);
    shared += (_mm512_cmpeq_epi64_mask(x, r0) | _mm512_cmpeq_epi64_mask(x, r1) | _mm512_cmpeq_epi64_mask(x, r2) |
               _mm512_cmpeq_epi64_mask(x, r3)) != 0;
  }
#else
  // A small table: without wide registers, all pairs cost more.
  uint8_t heads[64] = {};
  uint8_t next[33];
  for (int32_t j = 0; j < right_size; ++j) {
    const uint64_t slot = static_cast<uint64_t>(right[j]) * 0x9E3779B185EBCA87u >> 58;
    next[j + 1] = heads[slot];
    heads[slot] = static_cast<uint8_t>(j + 1);
  }
  for (int32_t i = 0; i < left_size; ++i) {
    const uint64_t slot = static_cast<uint64_t>(left[i]) * 0x9E3779B185EBCA87u >> 58;
    for (uint8_t j = heads[slot]; j != 0; j = next[j]) {
      if (padded[j - 1] == left[i]) {
        ++shared;
        break;
      }
    }
  }
#endif
  return shared;
}

#ifdef __AVX512F__
// Up to 32 weights, none negative, in four registers: three times the largest, which is then taken out.
inline int64_t top_three(const int64_t* tags, const double* weights, int32_t size, int64_t* out) {
  const __m512d none = _mm512_set1_pd(-1.0);
  const auto left = static_cast<uint32_t>(low_bits(size));
  __m512d part[4];
  for (int k = 0; k < 4; ++k)
    part[k] = _mm512_mask_loadu_pd(none, static_cast<__mmask8>(left >> 8 * k), weights + 8 * k);
  const int32_t count = size < 3 ? size : 3;
  for (int32_t n = 0; n < count; ++n) {
    const __m512d largest = _mm512_max_pd(_mm512_max_pd(part[0], part[1]), _mm512_max_pd(part[2], part[3]));
    const __m512d wanted = _mm512_set1_pd(_mm512_reduce_max_pd(largest));
    uint32_t found = 0;
    for (int k = 0; k < 4; ++k) {
      found |= static_cast<uint32_t>(_mm512_cmp_pd_mask(part[k], wanted, _CMP_EQ_OQ)) << 8 * k;
    }
    found &= -found;
    out[n] = tags[__builtin_ctz(found)];
    for (int k = 0; k < 4; ++k) part[k] = _mm512_mask_mov_pd(part[k], static_cast<__mmask8>(found >> 8 * k), none);
  }
  return count;
}
#endif

inline float map_value(const Column& map, int64_t row, const char* key, int32_t size) {
  const char* text = map.text();
  const double* values = static_cast<const double*>(map.second);
  // The first eight bytes of a key decide nearly always; what is read too much is cut off by the mask.
  const uint64_t mask = size >= 8 ? ~uint64_t{0} : (uint64_t{1} << 8 * size) - 1;
  uint64_t head;
  std::memcpy(&head, key, 8);
  head &= mask;
  for (int32_t i = map.offsets[row]; i < map.offsets[row + 1]; ++i) {
    const int32_t begin = map.inner_offsets[i];
    uint64_t other;
    std::memcpy(&other, text + begin, 8);
    if ((other & mask) != head || map.inner_offsets[i + 1] - begin != size) continue;
    if (size <= 8 || std::memcmp(text + begin + 8, key + 8, static_cast<size_t>(size - 8)) == 0) {
      return static_cast<float>(values[i]);
    }
  }
  return 0.0F;
}

inline float* floats(void* out) { return static_cast<float*>(out); }
inline int64_t* ids(void* out) { return static_cast<int64_t*>(out); }

}  // namespace

extern "C" {

// in: price cost discount score weight clicks views.
void limit_arithmetic(const Column* in, int64_t rows, void** out) {
  const double *price = in[0].floats(), *cost = in[1].floats(), *discount = in[2].floats(), *score = in[3].floats(),
               *weight = in[4].floats();
  const int64_t *clicks = in[5].ints(), *views = in[6].ints();
  float* __restrict margin = floats(out[0]), * __restrict rate = floats(out[1]), * __restrict discounted = floats(out[2]), * __restrict blend = floats(out[3]), * __restrict click_rate = floats(out[4]), * __restrict actions = floats(out[5]);
  for (int64_t i = 0; i < rows; ++i) {
    margin[i] = static_cast<float>(price[i] - cost[i]);
    rate[i] = static_cast<float>((price[i] - cost[i]) / price[i]);
    discounted[i] = static_cast<float>(price[i] * (1.0 - discount[i]));
  }
  for (int64_t i = 0; i < rows; ++i) {
    blend[i] = static_cast<float>(0.7 * score[i] + 0.3 * weight[i]);
    click_rate[i] = static_cast<float>(static_cast<double>(clicks[i]) / static_cast<double>(views[i] + 1));
    actions[i] = static_cast<float>(views[i] * 3 + clicks[i]);
  }
}

// in: rating price age.
void limit_clean(const Column* in, int64_t rows, void** out) {
  alignas(64) uint8_t has_rating[kChunk], has_age[kChunk];
  for (int64_t start = 0; start < rows; start += kChunk) {
    const int64_t n = rows - start < kChunk ? rows - start : kChunk;
    spread(in[0], start, n, has_rating);
    spread(in[2], start, n, has_age);
    const double *rating = in[0].floats() + start, *price = in[1].floats() + start;
    const int64_t* age = in[2].ints() + start;
    float* __restrict filled = floats(out[0]) + start, * __restrict price_clipped = floats(out[1]) + start, * __restrict clipped = floats(out[2]) + start, * __restrict missing = floats(out[3]) + start, * __restrict age_filled = floats(out[4]) + start;
    for (int64_t i = 0; i < n; ++i) {
      const double value = has_rating[i] != 0 ? rating[i] : 3.5;
      filled[i] = static_cast<float>(value);
      const double low = value < 1.0 ? 1.0 : value;
      clipped[i] = static_cast<float>(low > 5.0 ? 5.0 : low);
      missing[i] = has_rating[i] != 0 ? 0.0F : 1.0F;
    }
    for (int64_t i = 0; i < n; ++i) {
      const double low = price[i] < 1.0 ? 1.0 : price[i];
      price_clipped[i] = static_cast<float>(low > 200.0 ? 200.0 : low);
    }
    for (int64_t i = 0; i < n; ++i) age_filled[i] = static_cast<float>(has_age[i] != 0 ? age[i] : 30);
  }
}

// in: price score age, then the boundaries of each.
void limit_bucketize(const Column* in, int64_t rows, void** out) {
  alignas(64) uint8_t has_age[kChunk];
  alignas(64) int64_t age[kChunk];
  for (int64_t start = 0; start < rows; start += kChunk) {
    const int64_t n = rows - start < kChunk ? rows - start : kChunk;
    bucketize(in[0].floats() + start, in[3].floats(), n, ids(out[0]) + start);
    bucketize(in[1].floats() + start, in[4].floats(), n, ids(out[1]) + start);
    spread(in[2], start, n, has_age);
    const int64_t* given = in[2].ints() + start;
    for (int64_t i = 0; i < n; ++i) age[i] = has_age[i] != 0 ? given[i] : 30;
    bucketize(age, in[5].ints(), n, ids(out[2]) + start);
  }
}

// in: now released. Moments after 1970. The calendar is that of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
void limit_time(const Column* in, int64_t rows, void** out) {
  const int64_t *now = in[0].ints(), *released = in[1].ints();
  float* __restrict hour = floats(out[0]), * __restrict weekday = floats(out[1]), * __restrict day_out = floats(out[2]), * __restrict month_out = floats(out[3]), * __restrict weekend = floats(out[4]), * __restrict age = floats(out[5]);
  for (int64_t i = 0; i < rows; ++i) {
    const double exact = static_cast<double>(now[i]);
    // Exact: microseconds of this era are below 2^53, and a quotient is corrected where it was rounded up.
    int32_t hours = static_cast<int32_t>(exact / 3.6e9);
    hours -= static_cast<double>(hours) * 3.6e9 > exact ? 1 : 0;
    const uint32_t days = static_cast<uint32_t>(hours) / 24;
    hour[i] = static_cast<float>(static_cast<uint32_t>(hours) % 24);
    const uint32_t of_week = (days + 3) % 7;
    weekday[i] = static_cast<float>(of_week + 1);
    weekend[i] = of_week >= 5 ? 1.0F : 0.0F;
    const uint32_t z = days + 719468;
    const uint32_t day_of_era = z % 146097;
    const uint32_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const uint32_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    const uint32_t shifted = (5 * day_of_year + 2) / 153;
    day_out[i] = static_cast<float>(day_of_year - (153 * shifted + 2) / 5 + 1);
    month_out[i] = static_cast<float>(shifted < 10 ? shifted + 3 : shifted - 9);
  }
  for (int64_t i = 0; i < rows; ++i) age[i] = static_cast<float>(static_cast<double>(now[i] - released[i]) / kDay);
}

// in: user_id item category title.
void limit_hash(const Column* in, int64_t rows, void** out) {
  const int64_t *user = in[0].ints(), *item = in[1].ints();
  int64_t* __restrict user_out = ids(out[0]), * __restrict item_out = ids(out[1]), * __restrict category_out = ids(out[2]), * __restrict title_out = ids(out[3]);
  for (int64_t i = 0; i < rows; ++i) user_out[i] = bucket(hash_int(user[i]), 1'000'000);
  for (int64_t i = 0; i < rows; ++i) item_out[i] = bucket(hash_int(item[i]), 1'000'000);
  for (int column = 2; column < 4; ++column) {
    const Column& text = in[column];
    int64_t* result = column == 2 ? category_out : title_out;
    const uint64_t buckets = column == 2 ? 1'000 : 1'000'000;
    for (int64_t i = 0; i < rows; ++i) {
      const int32_t begin = text.offsets[i];
      result[i] = bucket(hash_text(text.text() + begin, text.offsets[i + 1] - begin), buckets);
    }
  }
}

// in: user_id item category device age.
void limit_cross(const Column* in, int64_t rows, void** out) {
  alignas(64) uint64_t category[kChunk], device[kChunk];
  alignas(64) uint8_t has_age[kChunk];
  for (int64_t start = 0; start < rows; start += kChunk) {
    const int64_t n = rows - start < kChunk ? rows - start : kChunk;
    const int64_t *user = in[0].ints() + start, *item = in[1].ints() + start, *age = in[4].ints() + start;
    spread(in[4], start, n, has_age);
    const int32_t *categories = in[2].offsets + start, *devices = in[3].offsets + start;
    for (int64_t i = 0; i < n; ++i) {
      category[i] = hash_text(in[2].text() + categories[i], categories[i + 1] - categories[i]);
    }
    for (int64_t i = 0; i < n; ++i) device[i] = hash_text(in[3].text() + devices[i], devices[i + 1] - devices[i]);
    int64_t* __restrict first = ids(out[0]) + start, * __restrict second = ids(out[1]) + start, * __restrict third = ids(out[2]) + start;
    for (int64_t i = 0; i < n; ++i) {
      first[i] = bucket(combine(combine(0, hash_int(user[i])), category[i]), 1'000'000);
      second[i] = bucket(combine(combine(0, hash_int(item[i])), device[i]), 1'000'000);
    }
    for (int64_t i = 0; i < n; ++i) {
      const uint64_t years = hash_int(has_age[i] != 0 ? age[i] : 30);
      third[i] = bucket(combine(combine(combine(0, category[i]), device[i]), years), 1'000'000);
    }
  }
}

// in: title. out: title_length is_wireless starts_so, lower-case bytes, offsets.
void limit_string(const Column* in, int64_t rows, void** out) {
  const Column& title = in[0];
  const char* text = title.text();
  char* lowered = static_cast<char*>(out[3]);
  int64_t* offsets = ids(out[4]);
  float *length = floats(out[0]), *wireless = floats(out[1]), *starts = floats(out[2]);
  for (int64_t start = 0; start < rows; start += kChunk) {
    const int64_t end = rows - start < kChunk ? rows : start + kChunk;
    const int32_t first = title.offsets[start];
    lower(text + first, title.offsets[end] - first, lowered + first);
    for (int64_t i = start; i < end; ++i) {
      const int32_t begin = title.offsets[i], size = title.offsets[i + 1] - begin;
      int characters = 0;
      for (int32_t k = 0; k < size; k += 64) {
        characters += __builtin_popcountll(mask_64(text + begin + k, begins_character) & low_bits(size - k));
      }
      length[i] = static_cast<float>(characters);
      starts[i] = size > 0 && text[begin] == 'W' ? 1.0F : 0.0F;
      offsets[i] = begin;
    }
    for (int64_t i = start; i < end; ++i) {
      const int32_t begin = title.offsets[i];
      wireless[i] = contains(lowered + begin, title.offsets[i + 1] - begin, "wireless", 8) ? 1.0F : 0.0F;
    }
  }
  offsets[rows] = title.offsets[rows];
}

// in: title. out: ids, offsets, and 64 KB to work in.
void limit_tokens(const Column* in, int64_t rows, void** out) {
  const Column& title = in[0];
  int64_t *tokens = ids(out[0]), *offsets = ids(out[1]);
  char* lowered = static_cast<char*>(out[2]);
  int64_t count = 0;
  for (int64_t start = 0; start < rows; start += 256) {
    const int64_t end = rows - start < 256 ? rows : start + 256;
    const int32_t first = title.offsets[start];
    lower(title.text() + first, title.offsets[end] - first, lowered);
    for (int64_t i = start; i < end; ++i) {
      offsets[i] = count;
      const char* text = lowered + (title.offsets[i] - first);
      const int64_t size = title.offsets[i + 1] - title.offsets[i];
      for (int64_t at = 0; at < size;) {
        uint64_t mask = mask_64(text + at, is_lower_or_digit) & low_bits(size - at);
        int64_t next = at + 64;
        while (mask != 0) {
          const int begin = __builtin_ctzll(mask);
          const uint64_t behind = ~mask & ~low_bits(begin);
          int64_t length = (behind != 0 ? __builtin_ctzll(behind) : 64) - begin;
          if (behind == 0 && at + 64 < size) {
            if (begin > 0) {
              next = at + begin;  // The word may go on behind these 64 bytes: look again from its start.
              break;
            }
            while (at + length < size && (mask_64(text + at + length, is_lower_or_digit) & 1) != 0) ++length;
            next = at + length;
          }
          const char* word = text + at + begin;
          const auto short_size = static_cast<int32_t>(length);
          const uint64_t hash =
              length <= 16 ? hash_words(words_of(word, short_size), short_size) : hash_text(word, short_size);
          tokens[count++] = bucket(hash, 1 << 20);
          mask &= behind == 0 ? 0 : ~low_bits(begin + length);
        }
        at = next;
      }
    }
  }
  offsets[rows] = count;
}

// Fills `slots`, which are zero, with words of up to 16 bytes.
void limit_build_vocabulary(const Column* words, int64_t count, void* memory) {
  Slot* slots = static_cast<Slot*>(memory);
  for (int64_t i = 0; i < count; ++i) {
    const int32_t begin = words->offsets[i], size = words->offsets[i + 1] - begin;
    const Words word = words_of(words->text() + begin, size);
    uint64_t at = slot_of(word, size);
    while (slots[at].id != 0) at = (at + 1) % kSlots;
    slots[at] = {word, size, static_cast<int32_t>(i + 1)};
  }
}

// in: word brand, the slots of the vocabulary.
void limit_dictionary(const Column* in, int64_t rows, void** out) {
  const Slot* slots = static_cast<const Slot*>(in[2].values);
  for (int column = 0; column < 2; ++column) {
    const Column& text = in[column];
    for (int64_t i = 0; i < rows; ++i) {
      const int32_t begin = text.offsets[i];
      ids(out[column])[i] = find(slots, text.text() + begin, text.offsets[i + 1] - begin);
    }
  }
}

// in: prices items item.
void limit_lists(const Column* in, int64_t rows, void** out) {
  const double* prices = in[0].floats();
  const int64_t *items = in[1].ints(), *item = in[2].ints();
  for (int64_t i = 0; i < rows; ++i) {
    const int32_t begin = in[0].offsets[i], end = in[0].offsets[i + 1], size = end - begin;
    double most = prices[begin < end ? begin : 0], sums[4] = {};
    int32_t k = begin;
    for (; k + 4 <= end; k += 4) {
      for (int lane = 0; lane < 4; ++lane) {
        sums[lane] += prices[k + lane];
        most = prices[k + lane] > most ? prices[k + lane] : most;
      }
    }
    double sum = sums[0] + sums[1] + sums[2] + sums[3];
    for (; k < end; ++k) {
      sum += prices[k];
      most = prices[k] > most ? prices[k] : most;
    }
    const int32_t recent_begin = size > 10 ? end - 10 : begin;
    double recent = 0.0;
    for (k = recent_begin; k < end; ++k) recent += prices[k];
    floats(out[0])[i] = static_cast<float>(size);
    floats(out[1])[i] = size > 0 ? static_cast<float>(most) : 0.0F;
    floats(out[2])[i] = size > 0 ? static_cast<float>(sum / size) : 0.0F;
    floats(out[3])[i] = size > 0 ? static_cast<float>(recent / (end - recent_begin)) : 0.0F;
    int64_t found = 0;
    const int64_t wanted = item[i];
    for (k = in[1].offsets[i]; k < in[1].offsets[i + 1]; ++k) found |= items[k] == wanted;
    floats(out[4])[i] = found != 0 ? 1.0F : 0.0F;
  }
}

// in: left_set right_set.
void limit_sets(const Column* in, int64_t rows, void** out) {
  for (int64_t i = 0; i < rows; ++i) {
    const int32_t left = in[0].offsets[i], right = in[1].offsets[i];
    const int32_t left_size = in[0].offsets[i + 1] - left, right_size = in[1].offsets[i + 1] - right;
    const int shared = shared_25(in[0].ints() + left, left_size, in[1].ints() + right, right_size);
    floats(out[0])[i] = static_cast<float>(shared);
    floats(out[1])[i] = static_cast<float>(shared) / static_cast<float>(left_size + right_size - shared);
  }
}

// in: history_at history_item request_now item.
void limit_window(const Column* in, int64_t rows, void** out) {
  const int64_t *at = in[0].ints(), *items = in[1].ints(), *now = in[2].ints(), *item = in[3].ints();
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t week = now[i] - 7 * kDay, month = now[i] - 30 * kDay, wanted = item[i];
    int64_t in_week = 0, in_month = 0, same = 0;
    for (int32_t k = in[0].offsets[i]; k < in[0].offsets[i + 1]; ++k) {
      in_week += at[k] >= week;
      in_month += at[k] >= month;
    }
    for (int32_t k = in[1].offsets[i]; k < in[1].offsets[i + 1]; ++k) same += items[k] == wanted;
    floats(out[0])[i] = static_cast<float>(in_week);
    floats(out[1])[i] = static_cast<float>(in_month);
    floats(out[2])[i] = static_cast<float>(same);
  }
}

// in: taste genre.
void limit_map(const Column* in, int64_t rows, void** out) {
  const char drama[9] = "drama\0\0\0";
  for (int64_t i = 0; i < rows; ++i) {
    const int32_t begin = in[1].offsets[i];
    floats(out[0])[i] = map_value(in[0], i, in[1].text() + begin, in[1].offsets[i + 1] - begin);
    floats(out[1])[i] = map_value(in[0], i, drama, 5);
  }
}

// in: tag_ids tag_weights. out: ids, offsets.
void limit_top(const Column* in, int64_t rows, void** out) {
  const int64_t* tags = in[0].ints();
  const double* weights = in[1].floats();
  int64_t *result = ids(out[0]), *offsets = ids(out[1]);
  int64_t count = 0;
  for (int64_t i = 0; i < rows; ++i) {
    offsets[i] = count;
#ifdef __AVX512F__
    if (in[0].offsets[i + 1] - in[0].offsets[i] <= 32) {
      count += top_three(tags + in[0].offsets[i], weights + in[0].offsets[i], in[0].offsets[i + 1] - in[0].offsets[i],
                         result + count);
      continue;
    }
#endif
    double first = -1.0, second = -1.0, third = -1.0;
    int32_t a = 0, b = 0, c = 0;
    const int32_t begin = in[0].offsets[i], end = in[0].offsets[i + 1];
    for (int32_t k = begin; k < end; ++k) {
      const double weight = weights[k];
      if (weight <= third) continue;
      if (weight > first) {
        third = second, c = b, second = first, b = a, first = weight, a = k;
      } else if (weight > second) {
        third = second, c = b, second = weight, b = k;
      } else {
        third = weight, c = k;
      }
    }
    const int32_t size = end - begin;
    if (size > 0) result[count++] = tags[a];
    if (size > 1) result[count++] = tags[b];
    if (size > 2) result[count++] = tags[c];
  }
  offsets[rows] = count;
}

// in: profile embedding.
void limit_vectors(const Column* in, int64_t rows, void** out) {
  for (int64_t i = 0; i < rows; ++i) {
    const float *x = in[0].singles() + 16 * i, *y = in[1].singles() + 16 * i;
    // Sixteen sums side by side, added up in the end, so that the order of the sum does not stop the vector registers.
    double dot[8] = {}, xx[8] = {}, yy[8] = {};
    for (int half = 0; half < 2; ++half) {
      for (int k = 0; k < 8; ++k) {
        const double a = static_cast<double>(x[8 * half + k]), b = static_cast<double>(y[8 * half + k]);
        dot[k] += a * b;
        xx[k] += a * a;
        yy[k] += b * b;
      }
    }
    double d = 0.0, p = 0.0, q = 0.0;
    for (int k = 0; k < 8; ++k) d += dot[k], p += xx[k], q += yy[k];
    floats(out[0])[i] = static_cast<float>(d);
    floats(out[1])[i] = static_cast<float>(d / std::sqrt(p * q));
  }
}

}  // extern "C"
