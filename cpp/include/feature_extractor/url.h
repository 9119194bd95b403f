// The parts of an address (RFC 3986): scheme://authority/path?query#fragment.
#pragma once

#include "feature_extractor/text.h"

namespace feature_extractor::url {

struct Parts {
  Text scheme;
  Text authority;  // user@host:port
  Text path;
  Text query;
  bool has_authority = false;
  bool has_query = false;
};

[[gnu::always_inline]] inline bool is_scheme_byte(char c, bool is_first) {
  const auto byte = static_cast<uint8_t>(c);
  if (static_cast<uint8_t>((byte | 0x20) - 'a') < 26) return true;
  return !is_first && (static_cast<uint8_t>(byte - '0') < 10 || c == '+' || c == '-' || c == '.');
}

// Cuts an address as the regular expression of RFC 3986, appendix B, does. A scheme must be one.
inline Parts split(Text address) {
  Parts parts;
  const size_t fragment = address.find('#');
  if (fragment != Text::npos) address = address.substr(0, fragment);
  const size_t query = address.find('?');
  if (query != Text::npos) {
    parts.query = address.substr(query + 1);
    parts.has_query = true;
    address = address.substr(0, query);
  }
  size_t colon = 0;
  while (colon < address.size() && is_scheme_byte(address[colon], colon == 0)) ++colon;
  if (colon > 0 && colon < address.size() && address[colon] == ':') {
    parts.scheme = address.substr(0, colon);
    address.remove_prefix(colon + 1);
  }
  if (address.starts_with("//")) {
    address.remove_prefix(2);
    const size_t slash = address.find('/');
    parts.authority = address.substr(0, slash);
    parts.has_authority = true;
    address = slash == Text::npos ? Text() : address.substr(slash);
  }
  parts.path = address;
  return parts;
}

// The host of an authority, without user, password, port and the brackets of an IPv6 address.
inline Text host(Text authority) {
  const size_t at = authority.rfind('@');
  if (at != Text::npos) authority.remove_prefix(at + 1);
  if (authority.starts_with('[')) {
    const size_t close = authority.find(']');
    return close == Text::npos ? Text() : authority.substr(1, close - 1);
  }
  return authority.substr(0, authority.find(':'));
}

[[gnu::always_inline]] inline int hexadecimal_digit(char c) {
  const auto digit = static_cast<uint8_t>(c - '0');
  const auto letter = static_cast<uint8_t>((c | 0x20) - 'a');
  return digit < 10 ? digit : letter < 6 ? letter + 10 : -1;
}

// The size of what is no character at `at` < `end`: the longest start of one (Unicode 15.0, section 3.9, "maximal subpart"),
// or one byte.
inline size_t broken_size(const char* at, const char* end) {
  const auto lead = static_cast<uint8_t>(at[0]);
  if (lead < 0xC2 || lead > 0xF4) return 1;
  const size_t whole = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  const auto left = static_cast<size_t>(end - at);
  if (left < 2 || static_cast<uint8_t>(at[1]) < low || static_cast<uint8_t>(at[1]) > high) return 1;
  size_t size = 2;
  while (size < left && size + 1 < whole && text::is_continuation(at[size])) ++size;
  return size;
}

// Replaces each %XX by its byte and, if asked for, each `+` by a space. What is not UTF-8 afterwards becomes U+FFFD, one
// for each maximal part of a character (as WHATWG's Encoding Standard and Python replace). A `%` without two digits stays.
inline Text decode(Text text, bool plus_is_space, Arena& arena) {
  if (text.find('%') == Text::npos && (!plus_is_space || text.find('+') == Text::npos)) return text;
  char* const bytes = arena.allocate(text.size());
  size_t size = 0;
  bool is_ascii = true;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%' && text.size() - i > 2) {
      const int high = hexadecimal_digit(text[i + 1]);
      const int low = hexadecimal_digit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        c = static_cast<char>(high << 4 | low);
        i += 2;
      }
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    is_ascii = is_ascii && static_cast<uint8_t>(c) < 0x80;
    bytes[size++] = c;
  }
  if (is_ascii) return {bytes, size};
  // Each byte that is no character takes three.
  text::Builder out(arena, size + 16);
  const char* at = bytes;
  const char* const end = bytes + size;
  while (at < end) {
    const text::Decoded next = text::decode(at, end);
    if (next.size > 1 || static_cast<uint8_t>(*at) < 0x80) {
      out.append(Text(at, next.size));
      at += next.size;
      continue;
    }
    out.append(Text("\xEF\xBF\xBD"));
    at += broken_size(at, end);
  }
  return out.text();
}

// Calls `found(name, value)` for the parameters of a query, not decoded yet, until it returns false.
template <class Found>
inline void for_each_parameter(Text query, Found&& found) {
  while (!query.empty()) {
    const size_t end = query.find('&');
    const Text one = query.substr(0, end);
    query = end == Text::npos ? Text() : query.substr(end + 1);
    if (one.empty()) continue;
    const size_t equals = one.find('=');
    const Text value = equals == Text::npos ? Text() : one.substr(equals + 1);
    if (!found(one.substr(0, equals), value)) return;
  }
}

}  // namespace feature_extractor::url
