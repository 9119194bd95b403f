// The checksum of records: CRC-32C (Castagnoli, RFC 3720 section 12.1), as TFRecord files have it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace feature_extractor {

uint32_t crc32c(const void* bytes, size_t size);

// What stands in the file: rotated and shifted, so that the checksum of bytes that contain checksums is no fixed point
// (tensorflow/core/lib/hash/crc32c.h).
inline uint32_t masked_crc32c(const void* bytes, size_t size) {
  const uint32_t crc = crc32c(bytes, size);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

}  // namespace feature_extractor
