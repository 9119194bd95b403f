// The matches of a regular expression in a text, one after the other.
#pragma once

#include "feature_extractor/regular_expression.h"
#include "feature_extractor/text.h"

namespace feature_extractor {

// Calls `found()` for each match, with its first `count` groups in `groups`. An empty match right behind a match is none, as
// in `regex_replace`, RE2 and Go; Python, Java and PCRE count it.
template <class Found>
void for_each_match(const RE2& expression, Text s, re2::StringPiece* groups, int count, Found&& found) {
  const re2::StringPiece whole = to_piece(s);
  size_t at = 0;
  size_t last_end = text::kNotFound;
  while (at <= s.size() && expression.Match(whole, at, s.size(), RE2::UNANCHORED, groups, count)) {
    const auto begin = static_cast<size_t>(groups[0].data() - whole.data());
    const size_t end = begin + groups[0].size();
    if (begin != end || begin != last_end) found();
    last_end = end;
    at = end;
    // Behind an empty match the search goes on with the next code point.
    if (begin == end) at += end < s.size() ? text::decode(s.data() + end, s.data() + s.size()).size : 1;
  }
}

}  // namespace feature_extractor
