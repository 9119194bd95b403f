#include "resource/utf8_validation.h"

#include <cstdint>
#include <cstring>

namespace feature_extractor {

bool is_valid_utf8(std::string_view bytes) {
  const auto* next = reinterpret_cast<const unsigned char*>(bytes.data());
  const unsigned char* const end = next + bytes.size();
  const auto is_continuation = [](unsigned char byte) { return (byte & 0xC0) == 0x80; };
  while (next != end) {
    if (end - next >= 8) {
      uint64_t word;
      std::memcpy(&word, next, sizeof(word));
      if ((word & 0x8080808080808080u) == 0) {
        next += 8;
        continue;
      }
    }
    const unsigned char lead = *next;
    if (lead < 0x80) {
      ++next;
      continue;
    }
    // The range of the second byte is narrower after four lead bytes: this is what excludes
    // overlong forms (E0, F0), surrogates (ED) and values above U+10FFFF (F4).
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    int size = 0;
    if (lead >= 0xC2 && lead <= 0xDF) {
      size = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      size = 3;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      size = 4;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return false;
    }
    if (end - next < size) return false;
    if (next[1] < low || next[1] > high) return false;
    for (int i = 2; i < size; ++i) {
      if (!is_continuation(next[i])) return false;
    }
    next += size;
  }
  return true;
}

}  // namespace feature_extractor
