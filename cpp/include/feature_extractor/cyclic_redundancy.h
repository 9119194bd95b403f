// Checksums of 32 bits by division of polynomials (CRC), reflected, as Ethernet, ZIP (CRC-32) and iSCSI (CRC-32C) have them.
// Eight bytes are taken at once, by eight tables: M. Kounavis and F. Berry, "A systematic approach to building high
// performance software-based CRC generators" (2005).
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor {

template <uint32_t kReflectedPolynomial>
struct CyclicRedundancy {
  struct Tables {
    uint32_t entries[8][256];
  };

  // tables[k][b] is the remainder of byte b with k zero bytes behind it.
  static constexpr Tables make() {
    Tables tables{};
    for (uint32_t byte = 0; byte < 256; ++byte) {
      uint32_t rest = byte;
      for (int bit = 0; bit < 8; ++bit) rest = rest >> 1 ^ ((rest & 1) != 0 ? kReflectedPolynomial : 0);
      tables.entries[0][byte] = rest;
    }
    for (int behind = 1; behind < 8; ++behind) {
      for (uint32_t byte = 0; byte < 256; ++byte) {
        const uint32_t rest = tables.entries[behind - 1][byte];
        tables.entries[behind][byte] = rest >> 8 ^ tables.entries[0][rest & 0xFF];
      }
    }
    return tables;
  }
  static constexpr Tables kTables = make();

  static uint32_t checksum(Text text) {
    const auto& entries = kTables.entries;
    const char* at = text.data();
    size_t left = text.size();
    uint32_t rest = ~0u;
    for (; left >= 8; left -= 8, at += 8) {
      uint64_t word;
      __builtin_memcpy(&word, at, sizeof(word));
      word ^= rest;
      rest = 0;
      for (int i = 0; i < 8; ++i) rest ^= entries[7 - i][word >> 8 * i & 0xFF];
    }
    for (; left > 0; --left, ++at) rest = rest >> 8 ^ entries[0][(rest ^ static_cast<uint8_t>(*at)) & 0xFF];
    return ~rest;
  }
};

}  // namespace feature_extractor
