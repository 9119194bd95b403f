#include "plan/split.h"

#include <algorithm>
#include <functional>

namespace feature_extractor {
namespace {

// Calls `read` for each slot of an argument.
void for_each_slot(const Argument& argument, const std::function<void(int)>& read) {
  if (argument.slot >= 0) read(argument.slot);
  for (const Argument& element : argument.elements) for_each_slot(element, read);
}

// Calls `read` for each slot that a step names.
void for_each_source(const Step& step, const std::function<void(int)>& read) {
  for (const Argument& argument : step.arguments) for_each_slot(argument, read);
  if (step.source >= 0) read(step.source);
}

class Splitter {
 public:
  Splitter(const Plan& plan, const std::vector<bool>& held) : plan_(plan), held_(held) {}

  SplitPlan split(const std::vector<int>& computed) {
    find_fixed();
    // A list that is chosen from another one is held by a record like any other, unless the live part goes from its elements to
    // those that they were taken from.
    is_holdable_.assign(plan_.domains.size(), true);
    for (size_t d = 3; d < plan_.domains.size(); ++d) is_holdable_[d] = !plan_.domains[d].view;
    for (const int domain : computed) is_holdable_[domain] = false;
    do {
      find_needed(computed);
    } while (forbid_selections());
    return {fixed_part(), live_part()};
  }

  std::vector<bool> inputs_of_work() {
    find_fixed();
    std::vector<int> input_of(plan_.slots.size(), -1);
    std::vector<bool> found(plan_.inputs.size(), false);
    const auto read = [&](int slot) {
      if (input_of[slot] >= 0) found[input_of[slot]] = true;
    };
    for (size_t s = 0; s < plan_.steps.size(); ++s) {
      const Step& step = plan_.steps[s];
      if (!is_fixed_step_[s]) continue;
      if (step.kind == Step::Kind::kInput) {
        input_of[step.results[0]] = step.input;
      } else if (step.kind == Step::Kind::kCall) {
        for_each_source(step, read);
      }
    }
    for (const FeatureDeclaration& feature : plan_.features) {
      if (is_fixed_feature(feature)) for_each_slot(feature.value, read);
    }
    return found;
  }

 private:
  bool is_constant(int slot) const { return plan_.root_of(plan_.slots[slot].domain) == kConstantDomain; }

  // True if the rows of a domain are known from the candidate alone.
  bool is_fixed_domain(int d) const {
    if (plan_.root_of(d) == kConstantDomain || d == kCandidateDomain) return true;
    if (plan_.root_of(d) != kCandidateDomain) return false;
    const Domain& domain = plan_.domains[d];
    return is_fixed_[domain.shape] && is_fixed_domain(domain.parent) &&
           (domain.origin < 0 || is_fixed_domain(domain.origin));
  }

  void find_fixed() {
    is_fixed_.assign(plan_.slots.size(), false);
    is_fixed_step_.assign(plan_.steps.size(), false);
    writer_.assign(plan_.slots.size(), -1);
    for (size_t s = 0; s < plan_.steps.size(); ++s) {
      const Step& step = plan_.steps[s];
      for (const int slot : step.results) writer_[slot] = static_cast<int>(s);
      is_fixed_step_[s] = is_fixed_step(step);
      for (const int slot : step.results) is_fixed_[slot] = is_fixed_step_[s];
    }
  }

  bool is_fixed_step(const Step& step) const {
    const int domain = plan_.slots[step.results[0]].domain;
    if (plan_.root_of(domain) != kCandidateDomain || !is_fixed_domain(domain)) return false;
    if (step.kind == Step::Kind::kInput) return held_[step.input];
    if (step.kind == Step::Kind::kFetch && !is_fixed_domain(step.domain)) return false;
    bool all = true;
    for_each_source(step, [&](int slot) { all = all && (is_fixed_[slot] || is_constant(slot)); });
    return all;
  }

  bool is_fixed_feature(const FeatureDeclaration& feature) const {
    bool all = true;
    for_each_slot(feature.value, [&](int slot) { all = all && (is_fixed_[slot] || is_constant(slot)); });
    return all;
  }

  // --- what the live part needs ---

  bool is_holdable_domain(int domain) const {
    for (; domain > kCandidateDomain; domain = plan_.domains[domain].parent) {
      if (!is_holdable_[domain]) return false;
    }
    return domain == kCandidateDomain;
  }

  // True if all values that a step writes can be in a record: all or none, as each slot has one writer.
  bool is_holdable(const Step& step) const {
    return std::all_of(step.results.begin(), step.results.end(), [&](int slot) {
      const std::vector<int>& elements = plan_.domains_of_shape[slot];
      return is_holdable_domain(plan_.slots[slot].domain) &&
             std::all_of(elements.begin(), elements.end(), [&](int domain) { return is_holdable_[domain]; });
    });
  }

  void find_needed(const std::vector<int>& computed) {
    is_in_record_.assign(plan_.slots.size(), false);
    is_live_step_.assign(plan_.steps.size(), false);
    for (size_t s = 0; s < plan_.steps.size(); ++s) {
      if (!is_fixed_step_[s]) need_step(s);
    }
    for (const FeatureDeclaration& feature : plan_.features) {
      if (!is_fixed_feature(feature)) for_each_slot(feature.value, [&](int slot) { need_value(slot); });
    }
    for (const int domain : computed) need_step(static_cast<size_t>(writer_[plan_.domains[domain].shape]));
  }

  void need_step(size_t s) {
    if (is_live_step_[s]) return;
    is_live_step_[s] = true;
    const Step& step = plan_.steps[s];
    for_each_source(step, [&](int slot) { need_value(slot); });
    if (step.kind == Step::Kind::kFetch) need_domain(step.domain);
    for (const int slot : step.results) {
      need_domain(plan_.slots[slot].domain);
      for (const int elements : plan_.domains_of_shape[slot]) need_domain(plan_.domains[elements].origin);
    }
  }

  // A value, the rows that it lives in, and, of a list, where its entries point to.
  void need_value(int slot) {
    need_slot(slot);
    need_domain(plan_.slots[slot].domain);
    for (const int elements : plan_.domains_of_shape[slot]) {
      if (plan_.domains[elements].view) need_domain(plan_.domains[elements].origin);
    }
  }

  void need_domain(int domain) {
    for (; domain > kCandidateDomain; domain = plan_.domains[domain].parent) {
      const Domain& d = plan_.domains[domain];
      need_slot(d.shape);
      if (!is_fixed_[d.shape] || !is_holdable_[domain]) need_domain(d.origin);
    }
  }

  void need_slot(int slot) {
    if (!is_fixed_[slot] || is_in_record_[slot]) return;
    const auto s = static_cast<size_t>(writer_[slot]);
    if (!is_holdable(plan_.steps[s])) {
      need_step(s);
      return;
    }
    is_in_record_[slot] = true;
    need_domain(plan_.slots[slot].domain);
  }

  // Finds selections in records which a lift of the live part leads through, to what they were taken from. True if there are any:
  // they are not held any more.
  bool forbid_selections() {
    bool found = false;
    for (size_t s = 0; s < plan_.steps.size(); ++s) {
      const Step& step = plan_.steps[s];
      if (!is_live_step_[s] || step.kind != Step::Kind::kLift) continue;
      const int from = plan_.slots[step.results[0]].domain;
      const int to = plan_.slots[step.source].domain;
      // To what owns the elements, the way is from owner to owner.
      if (step.through == Step::Through::kAny && (to == kRequestDomain || to == kCandidateDomain)) continue;
      const std::vector<int> path =
          step.through == Step::Through::kAny ? lift_path(plan_, from, to) : std::vector<int>{from, to};
      for (size_t hop = 0; hop + 1 < path.size(); ++hop) {
        const int domain = path[hop];
        if (domain <= kCandidateDomain || plan_.domains[domain].origin != path[hop + 1]) continue;
        if (!is_holdable_[domain] || !is_in_record_[plan_.domains[domain].shape]) continue;
        is_holdable_[domain] = false;
        found = true;
      }
    }
    return found;
  }

  // --- the parts ---

  std::shared_ptr<const RecordLayout> layout() const {
    auto layout = std::make_shared<RecordLayout>();
    layout->site_count = static_cast<uint32_t>(plan_.sites.size());
    layout->feature_count = static_cast<uint32_t>(plan_.features.size());
    layout->columns = columns_of(kCandidateDomain, layout.get());
    layout->validity_words = static_cast<uint32_t>((layout->columns.size() + 63) / 64);
    uint32_t next = kRecordHeaderBytes + 8 * layout->validity_words;
    const auto place = [&](uint32_t size) {
      const uint32_t offset = next;
      next += size;
      return offset;
    };
    // The larger first, so that all are aligned.
    for (RecordColumn& column : layout->columns) {
      if (column.type != StorageKind::kBool && column.type != StorageKind::kVector) column.offset = place(8);
    }
    for (size_t f = 0; f < plan_.features.size(); ++f) {
      const FeatureDeclaration& feature = plan_.features[f];
      if (!is_fixed_feature(feature)) continue;
      layout->features.push_back({static_cast<int>(f), feature.kind, feature.width, 0});
      const bool is_dense = feature.kind == FeatureKind::kDense || feature.kind == FeatureKind::kLabel;
      if (!is_dense) layout->features.back().offset = place(8);
    }
    for (RecordColumn& column : layout->columns) {
      if (column.type == StorageKind::kVector) column.offset = place(4 * column.width);
    }
    for (RecordFeature& feature : layout->features) {
      if (feature.offset == 0) feature.offset = place(4 * feature.width);
    }
    for (RecordColumn& column : layout->columns) {
      if (column.type == StorageKind::kBool) column.offset = place(1);
    }
    layout->fixed_bytes = (next + 7) / 8 * 8;
    return layout;
  }

  std::vector<RecordColumn> columns_of(int domain, RecordLayout* layout) const {
    std::vector<RecordColumn> columns;
    for (size_t s = 0; s < plan_.slots.size(); ++s) {
      const Slot& slot = plan_.slots[s];
      if (slot.domain != domain || !is_in_record_[s]) continue;
      RecordColumn column{static_cast<int>(s), slot.type, slot.width, 0, -1};
      if (slot.type == StorageKind::kList) {
        RecordList list;
        for (const int elements : plan_.domains_of_shape[s]) {
          for (RecordColumn& element : columns_of(elements, layout)) list.columns.push_back(element);
        }
        column.list = static_cast<int>(layout->lists.size());
        layout->lists.push_back(std::move(list));
      }
      columns.push_back(column);
    }
    return columns;
  }

  // The plan without steps.
  Plan empty_part() const {
    Plan part = plan_;
    part.steps.clear();
    part.collects = false;
    return part;
  }

  // The steps of constants, which both parts need, and those that are chosen.
  void add_steps(const std::function<bool(size_t)>& is_chosen, Plan* part) const {
    for (size_t s = 0; s < plan_.steps.size(); ++s) {
      if (is_constant(plan_.steps[s].results[0]) || is_chosen(s)) part->steps.push_back(plan_.steps[s]);
    }
  }

  Argument record_argument(const RecordLayout& layout, const RecordColumn& column) const {
    Argument argument;
    argument.slot = column.slot;
    if (column.list < 0) return argument;
    for (const RecordColumn& element : layout.lists[column.list].columns) {
      argument.elements.push_back(record_argument(layout, element));
    }
    return argument;
  }

  Plan fixed_part() {
    layout_ = layout();
    Plan part = empty_part();
    part.record = layout_;
    add_steps([&](size_t s) { return is_fixed_step_[s]; }, &part);
    // What the live part computes again is counted there.
    for (Step& step : part.steps) {
      const auto s = static_cast<size_t>(writer_[step.results[0]]);
      if (is_fixed_step_[s] && is_live_step_[s]) step.site = -1;
    }
    Step record;
    record.kind = Step::Kind::kToRecord;
    for (const RecordColumn& column : layout_->columns) record.arguments.push_back(record_argument(*layout_, column));
    part.steps.push_back(std::move(record));
    for (FeatureDeclaration& feature : part.features) feature.is_computed = is_fixed_feature(feature);
    return part;
  }

  Plan live_part() {
    Plan part = empty_part();
    part.record = layout_;
    part.collects = plan_.collects;
    Step record;
    record.kind = Step::Kind::kFromRecord;
    for (size_t s = 0; s < plan_.slots.size(); ++s) {
      if (is_in_record_[s]) record.results.push_back(static_cast<int>(s));
    }
    part.steps.push_back(std::move(record));
    add_steps([&](size_t s) { return is_live_step_[s]; }, &part);
    for (FeatureDeclaration& feature : part.features) feature.is_computed = !is_fixed_feature(feature);
    for (size_t i = 0; i < part.inputs.size(); ++i) part.inputs[i].is_held = held_[i];
    return part;
  }

  const Plan& plan_;
  const std::vector<bool>& held_;
  std::vector<bool> is_fixed_;       // By slot.
  std::vector<bool> is_fixed_step_;  // By step.
  std::vector<int> writer_;          // By slot: its step.
  std::vector<bool> is_holdable_;    // By domain.
  std::vector<bool> is_in_record_;   // By slot.
  std::vector<bool> is_live_step_;   // By step: the live part has it.
  std::shared_ptr<const RecordLayout> layout_;
};

}  // namespace

SplitPlan split_plan(const Plan& plan, const std::vector<bool>& held, const std::vector<int>& computed) {
  return Splitter(plan, held).split(computed);
}

std::vector<bool> inputs_worth_holding(const Plan& plan, const std::vector<bool>& held) {
  return Splitter(plan, held).inputs_of_work();
}

}  // namespace feature_extractor
