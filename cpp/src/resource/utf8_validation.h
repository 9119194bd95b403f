// Whether bytes are valid UTF-8.
#pragma once

#include <string_view>

namespace feature_extractor {

// True if the bytes are well-formed UTF-8 by table 3-7 of the Unicode Standard: no overlong forms,
// no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view bytes);

}  // namespace feature_extractor
