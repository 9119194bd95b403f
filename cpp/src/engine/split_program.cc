#include "engine/split_program.h"

#include <algorithm>

namespace feature_extractor {

// The maps of a program know best which shapes they go through: those of domains that no step names are easily forgotten. So what a
// record leaves out is asked of the bound program, instead of telling the ways of maps a second time.
std::vector<int> Program::unknown_domains() const {
  enum class Written : uint8_t { kNever, kFromRecord, kComputed };
  std::vector<Written> written(plan_.slots.size(), Written::kNever);
  for (const auto& stage : stages_) {
    for (const BoundStep& step : stage) {
      if (step.feature >= 0) continue;
      const bool is_record = step.kind == Step::Kind::kFromRecord;
      for (const int slot : step.step->results) written[slot] = is_record ? Written::kFromRecord : Written::kComputed;
    }
  }
  std::vector<bool> found(plan_.domains.size(), false);
  const auto need = [&](int domain, Written least) {
    if (domain > kCandidateDomain && written[plan_.domains[domain].shape] < least) found[domain] = true;
  };
  const auto need_entries = [&](int domain, int storage) {
    if (domain <= kCandidateDomain) return;
    need(domain, Written::kFromRecord);
    if (storage == (plan_.domains[domain].view ? plan_.domains[domain].origin : domain)) return;
    const bool has_map = std::any_of(entry_maps_.begin(), entry_maps_.end(), [&](const EntryMap& map) {
      return map.domain == domain && map.storage == storage;
    });
    if (!has_map) found[domain] = true;
  };
  for (const EntryMap& map : entry_maps_) {
    need(map.domain, Written::kFromRecord);
    if (map.storage == map.domain) continue;
    // What a fetch leaves behind, and where a selection took its elements from, is in no record.
    need(map.domain, Written::kComputed);
    const int origin = plan_.domains[map.domain].origin;
    need_entries(origin, origin);
    need_entries(origin, map.storage);
  }
  for (const IndexMap& map : index_maps_) {
    if (map.to == kConstantDomain || map.first >= 0 || map.from <= kCandidateDomain) continue;
    need(map.from, Written::kFromRecord);
    if (!map.by_origin) continue;
    if (plan_.domains[map.from].view) {
      need_entries(map.from, map.to);
    } else {
      need(map.from, Written::kComputed);
      need_entries(plan_.domains[map.from].origin, map.to);
    }
  }
  std::vector<int> domains;
  for (size_t d = 0; d < found.size(); ++d) {
    if (found[d]) domains.push_back(static_cast<int>(d));
  }
  return domains;
}

StatusOr<SplitProgram> split_program(const Program& whole, const std::vector<bool>& held,
                                     const std::function<void(Plan*)>& adapt_live) {
  std::vector<int> computed;
  for (;;) {
    SplitPlan parts = split_plan(whole.plan(), held, computed);
    adapt_live(&parts.live);
    auto live = whole.bind_part(std::move(parts.live));
    if (!live.ok()) return live.status();
    const std::vector<int> unknown = (*live)->unknown_domains();
    if (unknown.empty()) {
      auto fixed = whole.bind_part(std::move(parts.fixed));
      if (!fixed.ok()) return fixed.status();
      return SplitProgram{*std::move(fixed), *std::move(live)};
    }
    const size_t before = computed.size();
    for (const int domain : unknown) {
      if (std::find(computed.begin(), computed.end(), domain) == computed.end()) computed.push_back(domain);
    }
    if (computed.size() == before) {
      return Status::error(ErrorCode::kInvalidPlan,
                           "The program cannot be divided: use it without a catalogue and without a cache.");
    }
  }
}

}  // namespace feature_extractor
