// Digests of tables that Python holds.
#pragma once

#include <pybind11/pybind11.h>

namespace feature_extractor {

// Returns (names of the columns, their digests, digest of the rows, number of rows) of any Arrow object; digests are 32
// hexadecimal digits. Raises EngineError for a column that has no digest.
pybind11::tuple digest_table(pybind11::handle table);

}  // namespace feature_extractor
