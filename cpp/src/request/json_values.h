// Values that JSON has no form for, as texts spell them: the same forms that `fx run` reads in JSON lines.
#pragma once

#include "feature_extractor/column.h"
#include "request/column_writer.h"

namespace feature_extractor {

// Microseconds since 1970 of an instant in ISO 8601: a date (2024-03-01, 20240301, 2024-W09-5), then T or a space and a time
// (12, 12:30, 12:30:15.25, 123015) with Z or an offset from UTC, which it is where there is none. Null where the text is none, and
// for years outside of 1 to 9999.
Nullable<int64_t> read_instant(Text text);

// Microseconds of a duration as programs write it: "1d12h", "-90s". Units go from large to small.
Nullable<int64_t> read_duration(Text text);

// The bytes that a text in Base64 with its padding stands for (RFC 4648, section 4).
Nullable<Text> read_base64(Text text, Arena& arena);

// The int that a number of JSON is; null where it has a fraction, or does not fit 64 bits. Some writers write 3 as 3.0: below 2^53
// nothing is lost by that, so it is 3.
Nullable<int64_t> whole_number(Text digits);

// The double nearest to a number of JSON. What is too large for one is infinite, as NaN and infinity are what they say.
double nearest_number(Text digits);

// Writes a text, or what stands for one that has no form in UTF-8.
void write_text(Nullable<Text> text, ColumnWriter& writer);

// Writes the bytes, the instant or the duration that a text spells. False where it spells none.
bool write_spelled(Text text, Arena& arena, ColumnWriter& writer);

// Writes a key of a map, which stands in the name of a member whatever its type is. Null is a name that has no form in UTF-8.
bool write_key(Nullable<Text> name, Arena& arena, ColumnWriter& writer);

}  // namespace feature_extractor
