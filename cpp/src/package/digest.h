// The digests by which a package finds damage.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace feature_extractor {

// The XXH3-128 hash (seed 0, canonical byte order) as 32 lower-case hexadecimal digits: what the
// xxhash package of Python calls xxh3_128_hexdigest.
std::string digest_hex(std::span<const std::byte> bytes);

}  // namespace feature_extractor
