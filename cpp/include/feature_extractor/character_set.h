// A constant set of characters: the code points of a text.
#pragma once

#include "feature_extractor/kernel.h"
#include "feature_extractor/text.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace feature_extractor {

class CharacterSet {
 public:
  static std::optional<CharacterSet> bind(Text characters, BindError&) {
    CharacterSet set;
    const char* const end = characters.data() + characters.size();
    for (const char* at = characters.data(); at < end;) {
      const text::Decoded next = text::decode(at, end);
      if (next.code_point < 0x80) {
        set.ascii_[next.code_point >> 6] |= uint64_t{1} << (next.code_point & 63);
      } else {
        set.others_.push_back(next.code_point);
      }
      at += next.size;
    }
    std::sort(set.others_.begin(), set.others_.end());
    return set;
  }

  bool contains(char32_t c) const {
    if (c < 0x80) return (ascii_[c >> 6] >> (c & 63) & 1) != 0;
    return std::binary_search(others_.begin(), others_.end(), c);
  }

  // The text without these characters at its start.
  Text trim_start(Text text) const {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at < end) {
      const text::Decoded next = text::decode(at, end);
      if (!contains(next.code_point)) break;
      at += next.size;
    }
    return {at, static_cast<size_t>(end - at)};
  }

  // The text without these characters at its end.
  Text trim_end(Text text) const {
    const char* const begin = text.data();
    const char* end = begin + text.size();
    while (end > begin) {
      const char* const last = text::previous(begin, end);
      if (!contains(text::decode(last, end).code_point)) break;
      end = last;
    }
    return {begin, static_cast<size_t>(end - begin)};
  }

 private:
  uint64_t ascii_[2] = {};
  std::vector<char32_t> others_;  // Sorted.
};

}  // namespace feature_extractor
