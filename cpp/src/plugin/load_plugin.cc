#include "plugin/load_plugin.h"

#include <dlfcn.h>

#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "arrow/utf8.h"
#include "feature_extractor/plugin.h"
#include "package/digest.h"
#include "plan/declared_type.h"
#include "plugin/shared_object.h"
#include "registry/registry.h"

namespace feature_extractor {
namespace {

constexpr uint64_t kMostTraits = 1000;
constexpr uint64_t kMostOperators = 10'000;
constexpr const char* kBuildAgain =
    " Build it again with the headers of this engine; `fx plugin headers` names their folder.";

struct CloseLibrary {
  void operator()(void* library) const { ::dlclose(library); }
};
using Library = std::unique_ptr<void, CloseLibrary>;

bool is_word(const char* text) {
  if (text == nullptr || *text < 'a' || *text > 'z') return false;
  const std::string_view word = text;
  return word.size() <= 64 && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

bool is_text(const char* text) { return text != nullptr && is_valid_utf8(text); }

// The checks of one plug-in; messages start with its path.
class Check {
 public:
  Check(std::string path, const PluginDescriptor& descriptor) : path_(std::move(path)), plugin_(descriptor) {}

  // Whether descriptor and engine speak of the same things; before that nothing behind the first members is read.
  Status interface() {
    if (std::memcmp(plugin_.magic, kPluginMagic, sizeof(kPluginMagic)) != 0) {
      return Status::error(ErrorCode::kCorrupt, path_ + ": This is not a plug-in: its descriptor is of another kind.");
    }
    if (plugin_.interface_version != kPluginInterface || plugin_.descriptor_size != sizeof(PluginDescriptor)) {
      return refused("it has version " + std::to_string(plugin_.interface_version) + " of the interface (" +
                     std::to_string(plugin_.descriptor_size) + " bytes), and this engine version " +
                     std::to_string(kPluginInterface) + " (" + std::to_string(sizeof(PluginDescriptor)) + " bytes)");
    }
    if (!is_text(plugin_.engine_version)) return malformed("it does not say for which engine it was built");
    return Status::success();
  }

  Status traits() {
    if (plugin_.traits == nullptr || plugin_.trait_count > kMostTraits) return malformed("it has no traits");
    const std::span<const PluginTrait> found(plugin_.traits, plugin_.trait_count);
    for (const PluginTrait& trait : found) {
      if (!is_text(trait.name)) return malformed("a trait has no name");
    }
    for (const PluginTrait& expected : plugin::kTraits) {
      const PluginTrait* other = nullptr;
      for (const PluginTrait& trait : found) {
        if (std::strcmp(trait.name, expected.name) == 0) other = &trait;
      }
      if (other == nullptr) return refused("it does not tell its " + std::string(expected.name));
      if (other->value != expected.value) {
        return refused(std::string(expected.name) + " is " + std::to_string(other->value) + " in the plug-in and " +
                       std::to_string(expected.value) + " in the engine");
      }
    }
    if (found.size() != std::size(plugin::kTraits)) return refused("it has traits that this engine does not know");
    return Status::success();
  }

  // The bits of a result depend on these, and the promise is that they are the same everywhere.
  Status arithmetic() {
    if ((plugin_.forbidden_flags & kBuiltWithExceptions) != 0) {
      return flag("with C++ exceptions, and none may leave a kernel", "-fno-exceptions");
    }
    if ((plugin_.forbidden_flags & kBuiltWithFastMath) != 0) {
      return flag("with -ffast-math or -ffinite-math-only, which change results", "-fno-fast-math");
    }
    if (plugin_.product_sum == nullptr || plugin_.sum_difference == nullptr) return malformed("it has no probes");
    // The product is 1 + 2^-26 + 2^-54; rounding drops its last part, a fused operation keeps it.
    constexpr double kFactor = 1.0 + 0x1p-27;
    const bool has_fused = [] {
#if defined(__x86_64__)
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
             __builtin_cpu_supports("fma");
#else
      return true;
#endif
    }();
    if (has_fused && plugin_.product_sum(kFactor, kFactor, -(1.0 + 0x1p-26)) != 0.0) {
      return flag("so that a * b + c is one operation, which changes results", "-ffp-contract=off");
    }
    if (plugin_.sum_difference(1.0, 0x1p-60) != 0.0) {
      return flag("so that sums are reordered, which changes results", "-fno-associative-math");
    }
    return Status::success();
  }

  Status names() {
    if (!is_word(plugin_.name)) {
      return malformed("its name is not a word of lower-case letters, digits and underscores");
    }
    PluginVersion version;
    if (!is_text(plugin_.version) || !parse_plugin_version(plugin_.version, &version)) {
      return malformed("its version is not of the form MAJOR.MINOR.PATCH");
    }
    return Status::success();
  }

  Status operators() {
    if (plugin_.operators == nullptr || plugin_.operator_count == 0 || plugin_.operator_count > kMostOperators) {
      return malformed("it has no operators");
    }
    std::set<std::string_view> names;
    for (uint64_t i = 0; i < plugin_.operator_count; ++i) {
      const PluginOperator& entry = plugin_.operators[i];
      const Operator* const op = entry.descriptor == nullptr ? nullptr : entry.descriptor();
      if (op == nullptr || !is_word(op->name) || !is_word(entry.family)) {
        return malformed("the name or the family of operator " + std::to_string(i + 1) +
                         " is not a word of lower-case letters, digits and underscores");
      }
      if (!names.insert(op->name).second) return malformed("it has two operators " + std::string(op->name));
      if (std::string why = check_operator(*op); !why.empty()) {
        return malformed("the operator " + std::string(op->name) + " " + why);
      }
    }
    return Status::success();
  }

 private:
  static std::string check_operator(const Operator& op) {
    for (const char* text : {op.summary, op.detail, op.syntax, op.nulls, op.algebra, op.equi_join, op.membership_join,
                             op.role, op.aliases, op.see_also, op.source, op.since, op.deprecated}) {
      if (!is_text(text)) return "has a text that is missing or not UTF-8";
    }
    if (*op.syntax != '\0' || *op.role != '\0')
      return "has a syntax or a role, which only the engine's own operators have";
    if (*op.equi_join != '\0' || *op.membership_join != '\0') {
      return "has an equi-join, which only the engine's own operators have";
    }
    if (overload_count(op) == 0) return "has no overload";
    for (int o = 0; o < overload_count(op); ++o) {
      const Overload& overload = op.overloads[o];
      const auto signature = parse_signature(overload.signature);
      if (!signature.ok()) return std::string("has a signature that cannot be read: ") + overload.signature;
      for (const SignatureParameter& parameter : signature->parameters) {
        if (parameter.type.is_resource()) {
          return "takes a resource, which only the engine's own operators do; let it take what is looked up";
        }
      }
      if (kernel_count(overload) == 0) return "has no kernel";
      for (int k = 0; k < kernel_count(overload); ++k) {
        const Kernel& kernel = overload.kernels[k];
        if (kernel.run[0] == nullptr || kernel.shape == ResultShape::kMapping) return "has a kernel that cannot run";
        if ((kernel.bind == nullptr) != (kernel.destroy == nullptr)) return "has a state that is not destroyed";
      }
    }
    return "";
  }

  std::string shown() const {
    const bool has_name = is_word(plugin_.name) && is_text(plugin_.version);
    return has_name ? std::string(plugin_.name) + " " + plugin_.version : "the plug-in";
  }

  Status malformed(const std::string& why) const {
    return Status::error(ErrorCode::kCorrupt, path_ + ": The plug-in cannot be used: " + why + ".");
  }

  Status refused(const std::string& why) const {
    // Only the members before the traits are known to be where they are expected.
    const std::string engine = is_text(plugin_.engine_version) ? plugin_.engine_version : "another version";
    return Status::error(ErrorCode::kUnsupportedVersion,
                         path_ + ": The plug-in was built for feature_extractor " + engine + ", and this is " +
                             FEATURE_EXTRACTOR_HEADER_VERSION + ": " + why + "." + kBuildAgain);
  }

  Status flag(const std::string& built, const char* option) const {
    return Status::error(ErrorCode::kUnsupportedVersion, path_ + ": " + shown() + " was compiled " + built +
                                                             ". Compile it with " + option +
                                                             ", as feature_extractor_add_plugin does.");
  }

  std::string path_;
  const PluginDescriptor& plugin_;
};

LoadedPlugin describe(const PluginDescriptor& descriptor, const std::string& path) {
  LoadedPlugin plugin;
  plugin.name = descriptor.name;
  plugin.version = descriptor.version;
  plugin.engine_version = descriptor.engine_version;
  plugin.path = path;
  const std::string prefix = plugin.name + ".";
  std::vector<RegistryEntry> entries;
  for (uint64_t i = 0; i < descriptor.operator_count; ++i) {
    const PluginOperator& entry = descriptor.operators[i];
    entries.push_back({entry.family, entry.file_name, entry.descriptor});
    const Operator* const op = entry.descriptor();
    plugin.operators.push_back({prefix + op->name, op});
  }
  const std::string operators = operators_json(entries, prefix);
  plugin.digest = digest_hex(std::as_bytes(std::span<const char>(operators)));
  const nlohmann::ordered_json header = {{"name", plugin.name},
                                         {"version", plugin.version},
                                         {"engine", plugin.engine_version},
                                         {"interface", kPluginInterface},
                                         {"digest", plugin.digest}};
  plugin.registry =
      "{\"format\": 1,\n\"engine\": \"" FEATURE_EXTRACTOR_HEADER_VERSION "\",\n\"plugin\": " + header.dump() +
      ",\n\"operators\": " + operators + "}\n";
  return plugin;
}

}  // namespace

StatusOr<const LoadedPlugin*> load_plugin(const std::string& given) {
  auto resolved = resolve_file(given);
  if (!resolved.ok()) return resolved.status();
  const std::string& path = *resolved;
  if (Status status = check_shared_object(path, kPluginSymbol); !status.ok()) return status;
  // Its own symbols only: neither the host's nor another plug-in's may get in between.
  Library library(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (library == nullptr) {
    const char* why = ::dlerror();
    return Status::error(
        ErrorCode::kCorrupt,
        path + ": The plug-in cannot be loaded: " + (why == nullptr ? "the system gives no reason" : why) +
            ". Link into it what it needs, or build it on a system like this one.");
  }
  const auto function = reinterpret_cast<PluginFunction>(::dlsym(library.get(), kPluginSymbol));
  const PluginDescriptor* const descriptor = function == nullptr ? nullptr : function();
  if (descriptor == nullptr) {
    return Status::error(ErrorCode::kCorrupt, path + ": This is not a plug-in: it has no descriptor.");
  }
  Check check(path, *descriptor);
  for (const auto step : {&Check::interface, &Check::traits, &Check::arithmetic, &Check::names, &Check::operators}) {
    if (Status status = (check.*step)(); !status.ok()) return status;
  }
  auto added = add_plugin(describe(*descriptor, path));
  // What was added points into the library for ever; one that was known already keeps its own reference.
  if (added.ok()) static_cast<void>(library.release());
  return added;
}

}  // namespace feature_extractor
