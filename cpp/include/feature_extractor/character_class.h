// Classes of characters by Unicode's general categories.
#pragma once

#include "feature_extractor/kernel.h"
#include "feature_extractor/text.h"

#include <optional>

namespace feature_extractor {

// The general categories that a class holds, one bit each, and bits for the ASCII characters that belong to it.
struct CharacterClass {
  uint32_t categories = 0;
  bool is_white_space = false;
  uint64_t ascii[2] = {};

  bool contains(char32_t c) const {
    if (c < 0x80) return (ascii[c >> 6] >> (c & 63) & 1) != 0;
    return contains_any(c);
  }

  // `name` is one of the words that the signatures list.
  static std::optional<CharacterClass> bind(Text name, BindError& error) {
    constexpr auto category = [](utf8proc_category_t first, utf8proc_category_t last) {
      return ((2u << last) - 1) & ~((1u << first) - 1);
    };
    CharacterClass result;
    const uint32_t letters = category(UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO);
    if (name == "letter") {
      result.categories = letters;
    } else if (name == "digit") {
      result.categories = 1u << UTF8PROC_CATEGORY_ND;
    } else if (name == "alphanumeric") {
      result.categories = letters | category(UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO);
    } else if (name == "upper") {
      result.categories = 1u << UTF8PROC_CATEGORY_LU;
    } else if (name == "lower") {
      result.categories = 1u << UTF8PROC_CATEGORY_LL;
    } else if (name == "punctuation") {
      result.categories = category(UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO);
    } else if (name == "symbol") {
      result.categories = category(UTF8PROC_CATEGORY_SM, UTF8PROC_CATEGORY_SO);
    } else if (name == "white_space") {
      result.is_white_space = true;
    } else if (name == "ascii") {
      result.ascii[0] = result.ascii[1] = ~uint64_t{0};
      return result;
    } else {
      error.set("The class of characters is not known.");
      return std::nullopt;
    }
    for (char32_t c = 0; c < 0x80; ++c) {
      if (result.contains_any(c)) result.ascii[c >> 6] |= uint64_t{1} << (c & 63);
    }
    return result;
  }

 private:
  bool contains_any(char32_t c) const {
    if (is_white_space) return text::is_white_space(c);
    return (categories >> utf8proc_category(static_cast<utf8proc_int32_t>(c)) & 1) != 0;
  }
};

}  // namespace feature_extractor
