// Reads a time zone from the bytes of a TZif file.
#pragma once

#include "feature_extractor/resource.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace feature_extractor {

// Verifies TZif data of version 2 or later (RFC 8536) and lays out its rules. The bytes are not needed afterwards. Any bytes
// are safe: where they are not a time zone the result is nullptr and `error` says, in a sentence, what is wrong.
std::unique_ptr<TimeZone> read_time_zone(std::span<const std::byte> bytes, std::string* error);

}  // namespace feature_extractor
