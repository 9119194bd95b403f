// How messages show what somebody else has written.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace feature_extractor {

// A text of at most `most` bytes, a longer one cut between two characters. A message is one line of text: it ends at a zero in C, and
// a terminal would obey other control characters.
inline std::string shown_text(std::string_view text, size_t most) {
  constexpr char kDigits[] = "0123456789abcdef";
  const bool is_cut = text.size() > most;
  if (is_cut) {
    size_t end = most - 3;
    while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end);
  }
  std::string shown;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      shown += c;
    } else {
      shown += {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return is_cut ? shown + "..." : shown;
}

}  // namespace feature_extractor
