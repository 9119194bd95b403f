// Plug-ins of the process.
#include "plugin/load_plugin.h"

#include "c_api/handles.h"

using namespace feature_extractor;

fx_code fx_plugin_load(const char* path, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (path == nullptr) return missing_argument("path");
    return load_plugin(path).status();
  });
}

size_t fx_plugin_count(void) { return loaded_plugins().size(); }

fx_code fx_plugin(size_t index, fx_plugin_info* info) {
  const auto plugins = loaded_plugins();
  if (index >= plugins.size()) return FX_INVALID_ARGUMENT;
  const LoadedPlugin& plugin = *plugins[index];
  fx_plugin_info values{};
  values.name = plugin.name.c_str();
  values.version = plugin.version.c_str();
  values.path = plugin.path.c_str();
  values.digest = plugin.digest.c_str();
  values.registry = plugin.registry.c_str();
  return write_structure(values, info);
}
