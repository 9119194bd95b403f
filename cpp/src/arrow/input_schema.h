// The Arrow types that suit the inputs of a program best.
#pragma once

#include "arrow/abi.h"
#include "plan/plan.h"

namespace feature_extractor {

// A struct with one field per input of a domain, in the order of the program. int is int64, float float64, string and bytes have
// 64-bit offsets, timestamps are microseconds in UTC, vectors fixed-size lists of float32. Values of these types are read in the
// place where they lie, wherever that is possible. Fields are nullable as declared. Throws std::bad_alloc.
ArrowSchema input_arrow_schema(const Plan& plan, int domain);

}  // namespace feature_extractor
