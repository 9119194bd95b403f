#include "engine/replacement.h"

#include <algorithm>
#include <string>

namespace feature_extractor {
namespace {

// Names up to three features of one plan that the other does not have.
std::string only_in(const Plan& plan, const Plan& other) {
  constexpr int kShown = 3;
  std::string names;
  int found = 0;
  for (const FeatureDeclaration& feature : plan.features) {
    const auto is_same = [&](const FeatureDeclaration& one) { return one.name == feature.name; };
    if (std::any_of(other.features.begin(), other.features.end(), is_same)) continue;
    if (++found <= kShown) names += (names.empty() ? "'" : ", '") + feature.name + "'";
  }
  return found > kShown ? names + " and others" : names;
}

Status check_same_outputs(const Plan& old, const Plan& fresh) {
  const auto differs = [](const std::string& what) {
    return Status::error(ErrorCode::kInvalidArgument, "The program cannot take the place of the current one: " + what);
  };
  if (old.output_domain != fresh.output_domain) {
    return differs("one gives a row per candidate, the other per request.");
  }
  if (old.features.size() != fresh.features.size()) {
    const size_t count = fresh.features.size();
    std::string what = "it has " + std::to_string(count) + (count == 1 ? " feature" : " features") + " instead of " +
                       std::to_string(old.features.size());
    const std::string more = only_in(fresh, old);
    const std::string less = only_in(old, fresh);
    if (!more.empty()) what += "; new is " + more;
    if (!less.empty()) what += "; missing is " + less;
    return differs(what + ".");
  }
  for (size_t f = 0; f < old.features.size(); ++f) {
    const FeatureDeclaration& was = old.features[f];
    const FeatureDeclaration& is = fresh.features[f];
    const std::string place = "feature number " + std::to_string(f + 1);
    if (was.name != is.name) return differs(place + " is '" + is.name + "' instead of '" + was.name + "'.");
    if (was.kind != is.kind) return differs("feature '" + is.name + "' is of another kind.");
    if (was.width != is.width) {
      return differs("feature '" + is.name + "' is " + std::to_string(is.width) + " wide instead of " +
                     std::to_string(was.width) + ".");
    }
  }
  return Status::success();
}

Status check_same_inputs(const Plan& old, const Program& fresh) {
  for (size_t i = 0; i < fresh.plan().inputs.size(); ++i) {
    const InputDeclaration& input = fresh.plan().inputs[i];
    if (!fresh.used_inputs()[i]) continue;
    const InputDeclaration* known = nullptr;
    for (const InputDeclaration& candidate : old.inputs) {
      // What the records of the current one hold is not what its host gives.
      const bool is_given = !candidate.is_held || candidate.is_key;
      if (is_given && candidate.domain == input.domain && candidate.name == input.name) known = &candidate;
    }
    if (known != nullptr && known->type.text() == input.type.text()) continue;
    return Status::error(ErrorCode::kInvalidArgument,
                         "The program cannot take the place of the current one: it reads input '" + input.name +
                             "' of type " + input.type.text() +
                             (known == nullptr ? ", which the current one does not declare."
                                               : ", which the current one declares as " + known->type.text() + "."));
  }
  return Status::success();
}

}  // namespace

Status check_replacement(const Program& old, const Program& fresh) {
  if (Status status = check_same_outputs(old.plan(), fresh.plan()); !status.ok()) return status;
  return check_same_inputs(old.plan(), fresh);
}

}  // namespace feature_extractor
