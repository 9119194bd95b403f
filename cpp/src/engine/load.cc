#include "engine/load.h"

#include <functional>

#include "resource/resource_reader.h"
#include "resource/time_zone_reader.h"

namespace feature_extractor {
namespace {

// Everything that a program points into.
struct Owner {
  std::unique_ptr<Package> package;
  std::map<std::string, std::string> bytes;
  std::vector<std::unique_ptr<Vocabulary>> vocabularies;
  std::vector<std::unique_ptr<Table>> tables;
  std::vector<std::unique_ptr<TimeZone>> time_zones;
};

StatusOr<std::shared_ptr<Extractor>> load(
    std::string_view plan_json, std::shared_ptr<Owner> owner,
    const std::function<bool(const std::string&, std::span<const std::byte>*)>& find, const LoadOptions& options) {
  auto plan = read_plan(plan_json);
  if (!plan.ok()) return plan.status();
  std::vector<OpenResource> resources;
  for (const ResourceDeclaration& declaration : plan->resources) {
    std::span<const std::byte> bytes;
    if (!find(declaration.member, &bytes)) {
      return Status::error(ErrorCode::kCorrupt, "Resource '" + declaration.name + "' is missing: there is no member '" +
                                                    declaration.member + "'.");
    }
    OpenResource open;
    const std::string place = "Resource '" + declaration.name + "': ";
    if (declaration.kind == "vocabulary") {
      auto vocabulary = ResourceReader::open_vocabulary(bytes);
      if (!vocabulary.ok()) return Status::error(vocabulary.code(), place + vocabulary.message());
      owner->vocabularies.push_back(std::make_unique<Vocabulary>(*std::move(vocabulary)));
      open.vocabulary = owner->vocabularies.back().get();
    } else if (declaration.kind == "table") {
      auto table = ResourceReader::open_table(bytes);
      if (!table.ok()) return Status::error(table.code(), place + table.message());
      owner->tables.push_back(std::make_unique<Table>(*std::move(table)));
      open.table = owner->tables.back().get();
    } else {
      std::string error;
      auto zone = read_time_zone(bytes, &error);
      if (!zone) return Status::error(ErrorCode::kCorrupt, place + error);
      owner->time_zones.push_back(std::move(zone));
      open.time_zone = owner->time_zones.back().get();
    }
    resources.push_back(open);
  }
  auto program = Program::bind(*std::move(plan), std::move(resources), options.simd_level, options.use_reference);
  if (!program.ok()) return program.status();
  return std::make_shared<Extractor>(*std::move(program), std::move(owner));
}

}  // namespace

StatusOr<std::shared_ptr<Extractor>> load_extractor(Package package, const LoadOptions& options) {
  auto owner = std::make_shared<Owner>();
  owner->package = std::make_unique<Package>(std::move(package));
  const Package& opened = *owner->package;
  return load(
      opened.plan(), owner,
      [&](const std::string& member, std::span<const std::byte>* bytes) {
        const PackageMember* found = opened.find_resource(member);
        if (found != nullptr) *bytes = found->bytes;
        return found != nullptr;
      },
      options);
}

StatusOr<std::shared_ptr<Extractor>> load_extractor(std::string_view plan, std::map<std::string, std::string> resources,
                                                    const LoadOptions& options) {
  auto owner = std::make_shared<Owner>();
  owner->bytes = std::move(resources);
  return load(
      plan, owner,
      [&](const std::string& member, std::span<const std::byte>* bytes) {
        const auto found = owner->bytes.find(member);
        if (found == owner->bytes.end()) return false;
        *bytes = std::as_bytes(std::span<const char>(found->second.data(), found->second.size()));
        return true;
      },
      options);
}

}  // namespace feature_extractor
