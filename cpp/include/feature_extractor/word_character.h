// What words are made of.
#pragma once

#include "feature_extractor/text.h"

namespace feature_extractor {

// Letters, marks and numbers, by the general categories L*, M* and N*.
struct WordCharacter {
  static auto ascii(text::Block block) {
    return ((block | 0x20) - static_cast<uint8_t>('a') < 26) | (block - static_cast<uint8_t>('0') < 10);
  }
  static bool contains(char32_t c) {
    const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
  }
};
static_assert(UTF8PROC_CATEGORY_LU == 1 && UTF8PROC_CATEGORY_NO == 11);

}  // namespace feature_extractor
