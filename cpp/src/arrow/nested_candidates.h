// Requests that bring their candidates along: one row per request, with a column of lists of structs.
#pragma once

#include <span>

#include "arrow/abi.h"
#include "engine/memory.h"
#include "status.h"

namespace feature_extractor {

// The candidates of all requests as one table. It points into the table that it was found in.
struct NestedCandidates {
  const ArrowSchema* schema = nullptr;
  ArrowArray array{};
  AccountedVector<int64_t> offsets;  // Request r has the candidates [offsets[r], offsets[r + 1]).
  // Empty if request r's candidates are the rows of `array` from offsets[r] on. Otherwise they start at begins[r]: a list that is
  // null may have elements behind it, which are skipped.
  AccountedVector<int64_t> begins;
};

// Looks for a column `candidates`. Returns true if it is there and holds lists of structs. A request whose list is null has no
// candidates; a candidate that is null is there, and all its inputs are null. Fails if the offsets of the lists do not rise.
StatusOr<bool> find_nested_candidates(const ArrowSchema& schema, const ArrowArray& array, NestedCandidates* nested);

}  // namespace feature_extractor
