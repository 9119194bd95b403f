// Prints operators/registry.json to standard output.
#include <cstdio>
#include <string>

#include "registry/registry.h"

int main() {
  const std::string json = feature_extractor::registry_json();
  return std::fwrite(json.data(), 1, json.size(), stdout) == json.size() ? 0 : 1;
}
