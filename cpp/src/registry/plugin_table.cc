#include "registry/plugin_table.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mutex>
#include <utility>

#include "registry/registry.h"

namespace feature_extractor {
namespace {

// An immutable list of all plug-ins. A new one is made for each that is added; the older ones stay, because somebody may read
// them still, and there are never many.
struct PluginTable {
  std::vector<const LoadedPlugin*> plugins;
  std::unique_ptr<const LoadedPlugin> last;  // The plug-in that this table added.
  std::unique_ptr<const PluginTable> previous;
};

constinit std::atomic<const PluginTable*> current = nullptr;
constinit std::mutex adding;

const LoadedPlugin* find_plugin(std::string_view name) {
  for (const LoadedPlugin* plugin : loaded_plugins()) {
    if (plugin->name == name) return plugin;
  }
  return nullptr;
}

// True if a plug-in of the version `has` serves a plan that was compiled with `wanted`.
bool serves(const PluginVersion& has, const PluginVersion& wanted) {
  if (has.parts[0] != wanted.parts[0]) return false;
  if (has.parts[0] == 0 && has.parts[1] != wanted.parts[1]) return false;
  return std::lexicographical_compare(std::begin(wanted.parts), std::end(wanted.parts), std::begin(has.parts),
                                      std::end(has.parts)) ||
         std::equal(std::begin(wanted.parts), std::end(wanted.parts), std::begin(has.parts));
}

std::string accepted_versions(const PluginVersion& wanted) {
  const std::string first = std::to_string(wanted.parts[0]);
  const std::string line = wanted.parts[0] == 0 ? first + "." + std::to_string(wanted.parts[1]) : first;
  return "a version " + line + ".x that is not older";
}

}  // namespace

std::span<const LoadedPlugin* const> loaded_plugins() {
  const PluginTable* const table = current.load(std::memory_order_acquire);
  if (table == nullptr) return {};
  return table->plugins;
}

StatusOr<const LoadedPlugin*> add_plugin(LoadedPlugin plugin) {
  const std::lock_guard lock(adding);
  if (const LoadedPlugin* known = find_plugin(plugin.name); known != nullptr) {
    if (known->version == plugin.version && known->digest == plugin.digest) return known;
    return Status::error(ErrorCode::kInvalidArgument,
                         plugin.path + ": this process has the plug-in " + known->name + " already, version " +
                             known->version + " from " + known->path + ", and this is " +
                             (known->version == plugin.version ? "another build of it with other operators"
                                                               : "version " + plugin.version) +
                             ". A process keeps the plug-ins that it loaded: start another one, or give the plug-ins "
                             "different names.");
  }
  auto table = std::make_unique<PluginTable>();
  table->last = std::make_unique<const LoadedPlugin>(std::move(plugin));
  const LoadedPlugin* const added = table->last.get();
  const auto before = loaded_plugins();
  table->plugins.assign(before.begin(), before.end());
  table->plugins.push_back(added);
  table->previous.reset(current.load(std::memory_order_relaxed));
  current.store(table.release(), std::memory_order_release);
  return added;
}

const Operator* find_operator(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) {
    for (const RegistryEntry& entry : registry_entries()) {
      if (name == entry.descriptor()->name) return entry.descriptor();
    }
    return nullptr;
  }
  const LoadedPlugin* const plugin = find_plugin(name.substr(0, dot));
  if (plugin == nullptr) return nullptr;
  for (const LoadedOperator& op : plugin->operators) {
    if (name == op.name) return op.descriptor;
  }
  return nullptr;
}

std::string full_name(const Operator& op) {
  for (const LoadedPlugin* plugin : loaded_plugins()) {
    for (const LoadedOperator& loaded : plugin->operators) {
      if (loaded.descriptor == &op) return loaded.name;
    }
  }
  return op.name;
}

Status check_required_plugin(const RequiredPlugin& required) {
  const std::string wanted = "the plug-in " + required.name + " " + required.version;
  const LoadedPlugin* const plugin = find_plugin(required.name);
  if (plugin == nullptr) {
    return Status::error(ErrorCode::kNotFound,
                         "The program needs " + wanted +
                             ", which is not loaded. Load it before the package: `fx --plugin FILE ...` on the command "
                             "line, load_plugin in Python and Java, fx_plugin_load in C, or name its file in the "
                             "environment variable FEATURE_EXTRACTOR_PLUGINS of Python and Java.");
  }
  PluginVersion has;
  PluginVersion asked;
  if (!parse_plugin_version(required.version, &asked) || !parse_plugin_version(plugin->version, &has)) {
    return Status::error(ErrorCode::kInvalidPlan, "The plan is not valid: a plug-in has no version.");
  }
  const std::string found = "version " + plugin->version + " is loaded, from " + plugin->path + ".";
  if (!serves(has, asked)) {
    return Status::error(ErrorCode::kUnsupportedVersion,
                         "The program was compiled with " + wanted + ", and " + found + " Load " +
                             accepted_versions(asked) +
                             ", or compile the program again with the version that is loaded.");
  }
  if (plugin->version == required.version && plugin->digest != required.digest) {
    return Status::error(
        ErrorCode::kUnsupportedVersion,
        "The program was compiled with another build of " + wanted + ": its operators have the digest " +
            required.digest + ", those from " + plugin->path + " " + plugin->digest +
            ". Load the build that the program was compiled with, or compile the program again; and give "
            "each build with other operators a version of its own.");
  }
  for (const RequiredOperator& op : required.operators) {
    const Operator* const descriptor = find_operator(op.name);
    bool fits = descriptor != nullptr && static_cast<size_t>(overload_count(*descriptor)) >= op.signatures.size();
    for (size_t i = 0; fits && i < op.signatures.size(); ++i) {
      fits = op.signatures[i] == descriptor->overloads[i].signature;
    }
    if (!fits) {
      return Status::error(ErrorCode::kUnsupportedVersion,
                           "The program was compiled with " + wanted + ", whose operator " + op.name +
                               " has other signatures than in the version that is loaded, " + plugin->version +
                               " from " + plugin->path +
                               ". Compile the program again; and keep the signatures within a major version.");
    }
  }
  return Status::success();
}

bool parse_plugin_version(std::string_view text, PluginVersion* version) {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (int i = 0; i < 3; ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return false;
    const char* const begin = at;
    const auto read = std::from_chars(at, end, version->parts[i]);
    if (read.ec != std::errc() || *begin == '-' || read.ptr - begin > 6 || (*begin == '0' && read.ptr - begin > 1)) {
      return false;
    }
    at = read.ptr;
  }
  return at == end;
}

}  // namespace feature_extractor
