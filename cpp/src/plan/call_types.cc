#include "plan/call_types.h"

#include <algorithm>

namespace feature_extractor {
namespace {

// The storage types that the type variables stand for in one kernel.
class Bindings {
 public:
  Bindings(const ParsedSignature& signature, const Kernel& kernel) {
    // A kernel binds the first variable that is neither `any` nor a size.
    for (const SignatureVariable& variable : signature.variables) {
      if (variable.constraint == "any" || variable.constraint == "size") continue;
      if (*kernel.bindings != '\0') {
        name_ = variable.name;
        type_ = kernel.bindings;
      }
      break;
    }
  }

  bool fits(std::string_view variable, StorageKind type) const {
    return !is_bound(variable) || type_ == storage_name(type);
  }
  bool is_bound(std::string_view variable) const { return !type_.empty() && variable == name_; }

 private:
  std::string_view name_;
  std::string_view type_;
};

std::string check_type(const Plan& plan, const Bindings& bindings, const DeclaredType& type, const Argument& argument,
                       uint32_t* width) {
  using Kind = DeclaredType::Kind;
  if (argument.slot < 0) return "a resource stands where a value is expected";
  const Slot& slot = plan.slots[argument.slot];
  if (type.kind == Kind::kVariable) {
    if (!bindings.fits(type.name, slot.type)) return "an argument does not fit the kernel's type";
    return "";
  }
  if (type.storage() != slot.type) {
    return std::string("an argument is ") + storage_name(slot.type) + " where " + type.text() + " is expected";
  }
  if (type.kind == Kind::kVector) {
    if (*width == 0) *width = slot.width;
    if (*width != slot.width) return "two vectors differ in size";
  }
  if (type.kind != Kind::kList && type.kind != Kind::kMap) return "";
  std::string why = check_list(plan, argument);
  if (!why.empty()) return why;
  const auto& children = type.children;
  const bool looked_at = [&] {
    for (const DeclaredType& child : children) {
      if (child.kind != Kind::kVariable || bindings.is_bound(child.name)) return true;
    }
    return false;
  }();
  if (!looked_at) return "";
  if (type.kind == Kind::kMap ? argument.elements.empty() || argument.elements.size() > 2
                              : argument.elements.size() != 1) {
    return "a list argument has the wrong number of element columns";
  }
  for (size_t i = 0; i < argument.elements.size(); ++i) {
    const DeclaredType& child = children[type.kind == Kind::kMap ? i : 0];
    if (child.kind == Kind::kVariable && !bindings.is_bound(child.name)) continue;
    why = check_type(plan, bindings, child, argument.elements[i], width);
    if (!why.empty()) return why;
  }
  if (type.kind == Kind::kMap && argument.elements.size() == 1 &&
      (children[1].kind != Kind::kVariable || bindings.is_bound(children[1].name))) {
    return "a map argument lacks its values";
  }
  return "";
}

}  // namespace

bool is_storage_of(const Plan& plan, int domain, int storage) {
  while (domain > kCandidateDomain) {
    if (domain == storage) return true;
    if (!plan.domains[domain].view) return false;
    domain = plan.domains[domain].origin;
  }
  // A list of candidates has no storage but the candidates themselves.
  return domain == kCandidateDomain && storage == kCandidateDomain;
}

std::string check_list(const Plan& plan, const Argument& argument) {
  if (argument.elements.empty()) return "";
  const int first = plan.slots[argument.elements[0].slot].domain;
  for (const Argument& element : argument.elements) {
    if (element.slot < 0) return "a resource stands among the elements of a list";
    if (plan.slots[element.slot].domain != first) return "the columns of a list's elements are in different domains";
  }
  // Any domain with this shape will do: they all have the same entries.
  for (const int domain : plan.domains_of_shape[argument.slot]) {
    if (is_storage_of(plan, domain, first)) return "";
  }
  return "the elements of a list argument do not belong to its shape";
}

int first_container(const Plan& plan, const Step& step) {
  for (size_t i = 0; i < step.arguments.size(); ++i) {
    const int slot = step.arguments[i].slot;
    if (slot >= 0 && plan.slots[slot].type == StorageKind::kList) return static_cast<int>(i);
  }
  return -1;
}

bool is_bound(const SignatureParameter& parameter, const Kernel& kernel) {
  return kernel.bind != nullptr && (parameter.is_constant || parameter.type.is_resource());
}

namespace {

// `vector<size>` with a constant parameter `size`: the planner knows the constant, and the kernel writes as many numbers as
// the plan says.
bool is_sized_by_constant(const ParsedSignature& signature) {
  return std::any_of(signature.parameters.begin(), signature.parameters.end(),
                     [&](const SignatureParameter& parameter) {
                       return parameter.is_constant && parameter.name == signature.result.name;
                     });
}

}  // namespace

std::string check_call(const Plan& plan, const Step& step) {
  const ParsedSignature& signature = *step.signature;
  const Bindings bindings(signature, *step.kernel);
  if (step.results.empty()) return "it has no result";
  const Slot& result = plan.slots[step.results[0]];
  uint32_t width = 0;

  const auto& parameters = signature.parameters;
  const bool variadic = !parameters.empty() && parameters.back().is_variadic;
  if (variadic ? step.arguments.size() < parameters.size() : step.arguments.size() != parameters.size()) {
    return "it has " + std::to_string(step.arguments.size()) + " arguments";
  }
  for (size_t i = 0; i < step.arguments.size(); ++i) {
    const SignatureParameter& parameter = parameters[std::min(i, parameters.size() - 1)];
    const Argument& argument = step.arguments[i];
    if (parameter.type.is_resource()) {
      const char* kind = parameter.type.kind == DeclaredType::Kind::kVocabulary ? "vocabulary"
                         : parameter.type.kind == DeclaredType::Kind::kTable    ? "table"
                                                                                : "zone";
      if (argument.resource < 0 || plan.resources[argument.resource].kind != kind) {
        return std::string("an argument is not a ") + kind;
      }
      continue;
    }
    DeclaredType list;
    if (parameter.is_lambda) {
      list.kind = DeclaredType::Kind::kList;
      list.children.push_back(parameter.type);
    }
    std::string why = check_type(plan, bindings, parameter.is_lambda ? list : parameter.type, argument, &width);
    if (!why.empty()) return why;
    const int domain = plan.slots[argument.slot].domain;
    if (domain != kConstantDomain && (domain != result.domain || is_bound(parameter, *step.kernel))) {
      return "an argument is in another domain than the result";
    }
  }

  const ResultShape shape = step.kernel->shape;
  const size_t results = shape == ResultShape::kList ? 2 : shape == ResultShape::kMap ? 3 : 1;
  if (step.results.size() != results) return "it has the wrong number of results";
  if (shape == ResultShape::kFlat || shape == ResultShape::kVector) {
    if (result.type != step.kernel->result[0]) return "its result has the wrong type";
    if (shape == ResultShape::kVector) {
      if (is_sized_by_constant(signature)) return "";
      if (width == 0) return "the size of its vector is not known";
      if (result.width != width) return "its result has the wrong size";
    }
    return "";
  }
  if (result.type != StorageKind::kList) return "its result is not a list";
  const std::vector<int>& domains = plan.domains_of_shape[step.results[0]];
  if (domains.empty()) return "its result has no domain";
  const int elements = domains[0];
  for (size_t i = 1; i < step.results.size(); ++i) {
    const Slot& slot = plan.slots[step.results[i]];
    if (slot.domain != elements || slot.type != step.kernel->result[i - 1])
      return "the elements of its result are wrong";
    if (slot.type == StorageKind::kVector || slot.type == StorageKind::kList) return "its elements must be scalars";
  }
  return "";
}

}  // namespace feature_extractor
