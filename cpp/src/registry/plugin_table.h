// The plug-ins of this process. Adding one never touches those that are there, and finding takes no lock.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "feature_extractor/operator_spec.h"
#include "status.h"

namespace feature_extractor {

struct LoadedOperator {
  std::string name;  // With the prefix: "acme.price_score".
  const Operator* descriptor = nullptr;
};

struct LoadedPlugin {
  std::string name;
  std::string version;
  std::string engine_version;  // Of the headers that it was compiled with.
  std::string path;            // Absolute, without links.
  std::string digest;          // XXH3-128 of its operators' specs, in hexadecimal.
  std::string registry;        // Its operators as JSON, of the form of operators/registry.json.
  std::vector<LoadedOperator> operators;
};

// In the order of loading; a plug-in keeps its place, and lives until the process ends.
std::span<const LoadedPlugin* const> loaded_plugins();

// Adds a plug-in, and returns it as it is known from then on: that is an earlier one, if one of the same name, version and
// digest was there. Another one of the same name is refused.
StatusOr<const LoadedPlugin*> add_plugin(LoadedPlugin plugin);

// The name by which programs call an operator: with the prefix of its plug-in.
std::string full_name(const Operator& op);

// What a plan needs of a plug-in: the version that it was compiled with, and the operators that it calls, each with the
// signatures that its overloads had.
struct RequiredOperator {
  std::string name;
  std::vector<std::string> signatures;
};
struct RequiredPlugin {
  std::string name;
  std::string version;
  std::string digest;
  std::vector<RequiredOperator> operators;
};

// Says whether the loaded plug-ins serve, and if not, what is missing and what to do. A plug-in serves plans that were
// compiled with the same major version (with the same minor version while the major version is 0), and not with a later one.
Status check_required_plugin(const RequiredPlugin& required);

// MAJOR.MINOR.PATCH, each a number below 1,000,000; false for anything else.
struct PluginVersion {
  int64_t parts[3] = {0, 0, 0};
};
bool parse_plugin_version(std::string_view text, PluginVersion* version);

}  // namespace feature_extractor
