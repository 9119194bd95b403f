// Values that JSON has no form for, as texts spell them: the same forms that `fx run` reads in JSON lines.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor {

// Microseconds since 1970 of an instant in ISO 8601: a date (2024-03-01, 20240301, 2024-W09-5), then T or a space and a time
// (12, 12:30, 12:30:15.25, 123015) with Z or an offset from UTC, which it is where there is none. Null where the text is none, and
// for years outside of 1 to 9999.
Nullable<int64_t> read_instant(Text text);

// Microseconds of a duration as programs write it: "1d12h", "-90s". Units go from large to small.
Nullable<int64_t> read_duration(Text text);

// The bytes that a text in Base64 with its padding stands for (RFC 4648, section 4).
Nullable<Text> read_base64(Text text, Arena& arena);

}  // namespace feature_extractor
