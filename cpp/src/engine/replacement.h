// Whether one program can take the place of another one while hosts go on as they are.
#pragma once

#include "engine/program.h"
#include "status.h"

namespace feature_extractor {

// An error, with what differs, unless the outputs of `fresh` are those of `old` (names, kinds, widths, order, a row per
// candidate or per request) and all inputs that `fresh` reads are declared by `old` with the same types.
Status check_replacement(const Program& old, const Program& fresh);

}  // namespace feature_extractor
