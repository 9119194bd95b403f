// IP addresses as texts: IPv4 in four decimal numbers, IPv6 as RFC 4291 writes it.
#pragma once

#include "feature_extractor/number_text.h"

namespace feature_extractor::ip {

// The bytes of an address, the first one first.
struct Address {
  uint8_t bytes[16] = {};
  int size = 0;  // 4 or 16; 0 where the text is no address.
};

// Four decimal numbers from 0 to 255 without leading zeros.
inline bool read_v4(Text text, uint8_t* bytes) {
  for (int i = 0; i < 4; ++i) {
    if (i > 0) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
    unsigned value = 0;
    size_t digits = 0;
    while (digits < text.size() && digits < 4 && is_digit(text[digits])) value = value * 10 + (text[digits++] - '0');
    if (digits == 0 || value > 255 || (digits > 1 && text[0] == '0') || digits > 3) return false;
    bytes[i] = static_cast<uint8_t>(value);
    text.remove_prefix(digits);
  }
  return text.empty();
}

// Eight groups of up to four hexadecimal digits, one run of groups as `::`, the last two perhaps as IPv4. No zone.
inline bool read_v6(Text text, uint8_t* bytes) {
  uint16_t groups[8] = {};
  int count = 0;
  int gap = -1;  // The group in front of which `::` stands.
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  } else if (text.starts_with(':')) {
    return false;
  }
  while (!text.empty()) {
    if (count == 8) return false;
    if (text.find('.') != Text::npos && text.find(':') == Text::npos) {
      uint8_t last[4];
      if (count > 6 || !read_v4(text, last)) return false;
      groups[count++] = static_cast<uint16_t>(last[0] << 8 | last[1]);
      groups[count++] = static_cast<uint16_t>(last[2] << 8 | last[3]);
      break;
    }
    unsigned value = 0;
    size_t digits = 0;
    for (; digits < text.size() && digits < 5; ++digits) {
      const auto c = static_cast<uint8_t>(text[digits]);
      const auto letter = static_cast<uint8_t>((c | 0x20) - 'a');
      if (!is_digit(text[digits]) && letter > 5) break;
      value = value << 4 | (letter <= 5 ? letter + 10u : c - unsigned{'0'});
    }
    if (digits == 0 || digits > 4) return false;
    groups[count++] = static_cast<uint16_t>(value);
    text.remove_prefix(digits);
    if (text.empty()) break;
    if (text[0] != ':') return false;
    text.remove_prefix(1);
    if (text.starts_with(':')) {
      if (gap >= 0) return false;
      gap = count;
      text.remove_prefix(1);
    } else if (text.empty()) {
      return false;
    }
  }
  // `::` stands for at least one group.
  if (gap < 0 ? count != 8 : count > 7) return false;
  for (int i = 0; i < count; ++i) {
    const int at = gap >= 0 && i >= gap ? 8 - count + i : i;
    bytes[2 * at] = static_cast<uint8_t>(groups[i] >> 8);
    bytes[2 * at + 1] = static_cast<uint8_t>(groups[i]);
  }
  return true;
}

inline Address read(Text text) {
  Address address;
  // The longest text: eight groups with an IPv4 end, as ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255.
  if (text.size() > 45) return address;
  if (read_v4(text, address.bytes)) {
    address.size = 4;
  } else {
    address = {};
    if (read_v6(text, address.bytes)) address.size = 16;
  }
  return address;
}

}  // namespace feature_extractor::ip
