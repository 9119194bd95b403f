// The escapes in strings of JSON.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor::json {

// What stands between the quotes of a string that was checked already, with its escapes replaced, in the arena. Half of a surrogate
// pair that stands alone is not a character, and becomes U+FFFD; `has_lone_half` is set then.
Text unescape(Text inside, Arena& arena, bool* has_lone_half = nullptr);

}  // namespace feature_extractor::json
