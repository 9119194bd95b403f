// From a package to an extractor that has proved itself: it has computed the package's golden rows, and they are what they were.
#pragma once

#include <memory>

#include "engine/load.h"

namespace feature_extractor {

// Loads a package as load_extractor does. If it has golden rows and `compute_golden_rows` is true, computes them; where a bit of a
// feature differs, fails with kDifferentValues and says which feature, in which row, and what was expected.
StatusOr<std::shared_ptr<Extractor>> load_verified_extractor(Package package, const LoadOptions& options,
                                                             bool compute_golden_rows);

}  // namespace feature_extractor
