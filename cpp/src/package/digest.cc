#include "package/digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace feature_extractor {

std::string digest_hex(std::span<const std::byte> bytes) {
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(bytes.data(), bytes.size()));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string result;
  for (const unsigned char byte : canonical.digest) {
    result += kDigits[byte >> 4];
    result += kDigits[byte & 15];
  }
  return result;
}

}  // namespace feature_extractor
