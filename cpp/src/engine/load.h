// From a package, or a plan and the bytes of its resources, to an extractor.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "engine/extractor.h"
#include "package/package.h"

namespace feature_extractor {

struct LoadOptions {
  SimdLevel simd_level = SimdLevel::kX86V4;  // An upper bound, for tests; the CPU may lower it.
  bool use_reference = false;                // The row-by-row form of each kernel, for tests.
};

StatusOr<std::shared_ptr<Extractor>> load_extractor(Package package, const LoadOptions& options);

// `resources` maps the members that the plan names to their bytes.
StatusOr<std::shared_ptr<Extractor>> load_extractor(std::string_view plan, std::map<std::string, std::string> resources,
                                                    const LoadOptions& options);

}  // namespace feature_extractor
