#include "samples/crc32c.h"

#include <array>
#include <cstring>

#if defined(__SSE4_2__)
#include <nmmintrin.h>
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>
#endif

namespace feature_extractor {
namespace {

#if defined(__SSE4_2__)
uint32_t take_word(uint32_t crc, uint64_t word) { return static_cast<uint32_t>(_mm_crc32_u64(crc, word)); }
uint32_t take_byte(uint32_t crc, uint8_t byte) { return _mm_crc32_u8(crc, byte); }
#elif defined(__ARM_FEATURE_CRC32)
uint32_t take_word(uint32_t crc, uint64_t word) { return __crc32cd(crc, word); }
uint32_t take_byte(uint32_t crc, uint8_t byte) { return __crc32cb(crc, byte); }
#else
// tables[k][b] is the checksum of byte b with k bytes of zeros behind it, so that eight bytes are looked up at once.
constexpr std::array<std::array<uint32_t, 256>, 8> make_tables() {
  std::array<std::array<uint32_t, 256>, 8> tables{};
  for (uint32_t b = 0; b < 256; ++b) {
    uint32_t crc = b;
    for (int i = 0; i < 8; ++i) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78U : crc >> 1;
    tables[0][b] = crc;
  }
  for (size_t k = 1; k < 8; ++k) {
    for (size_t b = 0; b < 256; ++b) {
      tables[k][b] = (tables[k - 1][b] >> 8) ^ tables[0][tables[k - 1][b] & 255];
    }
  }
  return tables;
}
constexpr std::array<std::array<uint32_t, 256>, 8> kTables = make_tables();

uint32_t take_word(uint32_t crc, uint64_t word) {
  word ^= crc;
  uint32_t result = 0;
  for (size_t k = 0; k < 8; ++k) result ^= kTables[7 - k][word >> (8 * k) & 255];
  return result;
}
uint32_t take_byte(uint32_t crc, uint8_t byte) { return (crc >> 8) ^ kTables[0][(crc ^ byte) & 255]; }
#endif

}  // namespace

uint32_t crc32c(const void* bytes, size_t size) {
  const char* at = static_cast<const char*>(bytes);
  uint32_t crc = ~0U;
  for (; size >= 8; size -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    crc = take_word(crc, word);
  }
  for (; size > 0; --size, ++at) crc = take_byte(crc, static_cast<uint8_t>(*at));
  return ~crc;
}

}  // namespace feature_extractor
