// All operators that were compiled in, sorted by family and name.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "feature_extractor/operator_spec.h"

namespace feature_extractor {

struct RegistryEntry {
  const char* family;
  const char* file_name;
  const Operator* (*descriptor)();
};

std::span<const RegistryEntry> registry_entries();

// Built-in operators, and those of loaded plug-ins by their full name ("acme.price_score"). Returns nullptr where there is no
// such operator.
const Operator* find_operator(std::string_view name);

// The number of overloads, and of compiled kernels of an overload.
int overload_count(const Operator& op);
int kernel_count(const Overload& overload);

// The specs as a JSON list; `prefix` stands before the names and families ("acme." for a plug-in).
std::string operators_json(std::span<const RegistryEntry> entries, const std::string& prefix);

// The committed operators/registry.json: each operator's whole spec, as canonical JSON that ends in a newline.
std::string registry_json();

}  // namespace feature_extractor
