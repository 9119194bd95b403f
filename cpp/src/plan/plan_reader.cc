// Reads plan.json and verifies all of it, so that nothing needs to be checked again while the plan runs.
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "plan/call_types.h"
#include "plan/plan.h"
#include "registry/plugin_table.h"
#include "registry/registry.h"

namespace feature_extractor {
namespace {

using Json = nlohmann::json;

class Reader {
 public:
  StatusOr<Plan> read(std::string_view text) {
    const Json root = Json::parse(text, nullptr, false);
    if (root.is_discarded() || !root.is_object()) return Status::error(ErrorCode::kCorrupt, "The plan is not JSON.");
    const int64_t format = integer(root, "format", -1);
    if (format != 1) {
      return Status::error(ErrorCode::kUnsupportedVersion,
                           "The plan has format " + std::to_string(format) +
                               ", and this engine reads format 1. Compile the program with a matching version.");
    }
    if (Status status = check_plugins(root); !status.ok()) return status;
    if (!read_domains(root) || !read_slots(root) || !read_inputs(root) || !read_resources(root) || !read_sites(root) ||
        !read_steps(root) || !check_domains() || !read_features(root)) {
      return Status::error(ErrorCode::kInvalidPlan, "The plan is not valid: " + error_);
    }
    return std::move(plan_);
  }

 private:
  bool fail(std::string message) {
    if (error_.empty()) error_ = where_ + message + ".";
    return false;
  }

  static int64_t integer(const Json& object, const char* key, int64_t missing) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer()) return missing;
    return found->get<int64_t>();
  }

  static std::string text(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) return "";
    return found->get<std::string>();
  }

  const Json* array(const Json& object, const char* key, size_t maximum) {
    const auto found = object.find(key);
    if (found == object.end()) return &empty_;
    if (!found->is_array() || found->size() > maximum) {
      fail(std::string("'") + key + "' is not a list of a permitted length");
      return nullptr;
    }
    return &*found;
  }

  // The plug-ins come first: without them the steps that call their operators cannot be read.
  Status check_plugins(const Json& root) {
    const auto malformed = Status::error(ErrorCode::kInvalidPlan, "The plan is not valid: 'plugins' is malformed.");
    const Json* list = array(root, "plugins", 1000);
    if (list == nullptr) return malformed;
    for (const Json& item : *list) {
      if (!item.is_object()) return malformed;
      RequiredPlugin plugin{text(item, "name"), text(item, "version"), text(item, "digest"), {}};
      const Json* operators = array(item, "operators", 10'000);
      if (operators == nullptr) return malformed;
      for (const Json& entry : *operators) {
        if (!entry.is_object()) return malformed;
        RequiredOperator op{text(entry, "name"), {}};
        const Json* signatures = array(entry, "signatures", 100);
        if (signatures == nullptr) return malformed;
        for (const Json& signature : *signatures) {
          if (!signature.is_string()) return malformed;
          op.signatures.push_back(signature.get<std::string>());
        }
        plugin.operators.push_back(std::move(op));
      }
      if (Status status = check_required_plugin(plugin); !status.ok()) return status;
    }
    return Status::success();
  }

  bool read_domains(const Json& root) {
    const Json* list = array(root, "domains", kMaximumDomains);
    if (list == nullptr) return false;
    static constexpr const char* kRoots[] = {"constant", "request", "candidate"};
    for (const Json& item : *list) {
      if (!item.is_object()) return fail("a domain is not an object");
      const int index = static_cast<int>(plan_.domains.size());
      const std::string kind = text(item, "kind");
      Domain domain;
      if (index < 3) {
        if (kind != kRoots[index]) return fail("domain " + std::to_string(index) + " must be '" + kRoots[index] + "'");
        domain.kind = static_cast<DomainKind>(index);
        domain.parent = index - 1;
      } else {
        if (kind != "elements") return fail("domain " + std::to_string(index) + " must be 'elements'");
        domain.parent = static_cast<int>(integer(item, "parent", -1));
        domain.shape = static_cast<int>(integer(item, "shape", -1));
        domain.origin = static_cast<int>(integer(item, "origin", -1));
        domain.view = item.value("view", Json(false)) == Json(true);
        if (domain.parent < 0 || domain.parent >= index)
          return fail("domain " + std::to_string(index) + " has no parent");
        // Only a list of candidates has a root for an origin; that its shape is such a list is checked with the steps.
        const bool of_candidates = domain.origin == kCandidateDomain && domain.parent == kRequestDomain && domain.view;
        if (domain.origin >= index || (domain.origin >= 0 && domain.origin <= kCandidateDomain && !of_candidates)) {
          return fail("domain " + std::to_string(index) + " has an unusable origin");
        }
        if (domain.view && domain.origin < 0) return fail("domain " + std::to_string(index) + " is a view of nothing");
      }
      plan_.domains.push_back(domain);
    }
    return plan_.domains.size() >= 3 || fail("the three root domains are missing");
  }

  bool read_slots(const Json& root) {
    const Json* list = array(root, "slots", kMaximumSteps);
    if (list == nullptr) return false;
    for (const Json& item : *list) {
      Slot slot;
      slot.domain = item.is_object() ? static_cast<int>(integer(item, "domain", -1)) : -1;
      if (slot.domain < 0 || slot.domain >= static_cast<int>(plan_.domains.size())) {
        return fail("slot " + std::to_string(plan_.slots.size()) + " has no domain");
      }
      const std::string type = text(item, "type");
      for (const StorageKind kind : {StorageKind::kBool, StorageKind::kInt, StorageKind::kFloat, StorageKind::kText,
                                     StorageKind::kVector, StorageKind::kList}) {
        if (type == storage_name(kind)) slot.type = kind;
      }
      if (slot.type == StorageKind::kNone) return fail("slot " + std::to_string(plan_.slots.size()) + " has no type");
      if (slot.type == StorageKind::kVector) {
        const int64_t width = integer(item, "width", 0);
        if (width < 1 || width > 65536) return fail("a vector's width must be from 1 to 65536");
        slot.width = static_cast<uint32_t>(width);
      }
      plan_.slots.push_back(slot);
    }
    written_.assign(plan_.slots.size(), false);
    plan_.domains_of_shape.resize(plan_.slots.size());
    for (size_t d = 3; d < plan_.domains.size(); ++d) {
      const Domain& domain = plan_.domains[d];
      if (!slot_ok(domain.shape) || plan_.slots[domain.shape].type != StorageKind::kList ||
          plan_.slots[domain.shape].domain != domain.parent) {
        return fail("domain " + std::to_string(d) + " has no shape in its parent");
      }
      plan_.domains_of_shape[domain.shape].push_back(static_cast<int>(d));
    }
    return true;
  }

  bool read_inputs(const Json& root) {
    const Json* list = array(root, "inputs", 100'000);
    if (list == nullptr) return false;
    for (const Json& item : *list) {
      if (!item.is_object()) return fail("an input is not an object");
      InputDeclaration input;
      const std::string domain = text(item, "domain");
      if (domain != "request" && domain != "candidate") return fail("an input's domain is unknown");
      input.domain = domain == "request" ? kRequestDomain : kCandidateDomain;
      input.name = text(item, "name");
      auto type = parse_declared_type(text(item, "type"));
      if (!type.ok() || input.name.empty()) return fail("input '" + input.name + "' has no usable type");
      input.type = *std::move(type);
      if (item.value("nullable", Json(false)) == Json(true)) input.type.nullable = true;
      if (input.domain == kCandidateDomain) plan_.output_domain = kCandidateDomain;
      plan_.inputs.push_back(std::move(input));
    }
    return true;
  }

  bool read_resources(const Json& root) {
    const Json* list = array(root, "resources", 100'000);
    if (list == nullptr) return false;
    for (const Json& item : *list) {
      if (!item.is_object()) return fail("a resource is not an object");
      ResourceDeclaration resource{text(item, "name"), text(item, "kind"), text(item, "member")};
      if (resource.kind != "vocabulary" && resource.kind != "table" && resource.kind != "zone") {
        return fail("resource '" + resource.name + "' has the unknown kind '" + resource.kind + "'");
      }
      plan_.resources.push_back(std::move(resource));
    }
    return true;
  }

  bool read_sites(const Json& root) {
    const Json* list = array(root, "sites", kMaximumSteps);
    if (list == nullptr) return false;
    for (const Json& item : *list) plan_.sites.push_back(item.is_string() ? item.get<std::string>() : "");
    return true;
  }

  bool slot_ok(int slot) const { return slot >= 0 && slot < static_cast<int>(plan_.slots.size()); }

  // A slot that an earlier step has written.
  bool readable(int slot) { return (slot_ok(slot) && written_[slot]) || fail("a slot is read before it is written"); }

  bool write(int slot) {
    if (!slot_ok(slot)) return fail("a result slot does not exist");
    if (written_[slot]) return fail("a slot is written twice");
    written_[slot] = true;
    return true;
  }

  bool read_argument(const Json& item, Argument* argument, int depth) {
    if (!item.is_object() || depth > kMaximumNesting) return fail("an argument is not an object");
    if (item.contains("resource")) {
      argument->resource = static_cast<int>(integer(item, "resource", -1));
      return (argument->resource >= 0 && argument->resource < static_cast<int>(plan_.resources.size())) ||
             fail("an argument names a resource that does not exist");
    }
    argument->slot = static_cast<int>(integer(item, "slot", -1));
    if (!readable(argument->slot)) return false;
    const Json* elements = array(item, "elements", 4096);
    if (elements == nullptr) return false;
    for (const Json& element : *elements) {
      if (!read_argument(element, &argument->elements.emplace_back(), depth + 1)) return false;
    }
    if (!argument->elements.empty() && plan_.slots[argument->slot].type != StorageKind::kList) {
      return fail("a flat argument has elements");
    }
    return true;
  }

  bool read_constant(const Json& item, ConstantValue* value, int depth) {
    using Kind = ConstantValue::Kind;
    if (depth > kMaximumNesting) return fail("a constant is nested too deeply");
    if (item.is_null()) {
      value->kind = Kind::kNull;
    } else if (item.is_boolean()) {
      value->kind = Kind::kBool;
      value->bool_value = item.get<bool>();
    } else if (item.is_number_unsigned() && item.get<uint64_t>() > INT64_MAX) {
      return fail("an integer constant does not fit 64 bits");
    } else if (item.is_number_integer()) {
      value->kind = Kind::kInt;
      value->int_value = item.get<int64_t>();
    } else if (item.is_number_float()) {
      value->kind = Kind::kFloat;
      value->float_value = item.get<double>();
      if (!std::isfinite(value->float_value)) return fail("a constant is not finite");
    } else if (item.is_string()) {
      value->kind = Kind::kText;
      value->text_value = item.get<std::string>();
    } else if (item.is_object() && item.contains("bytes") && item["bytes"].is_string()) {
      value->kind = Kind::kText;
      const std::string hex = item["bytes"].get<std::string>();
      for (size_t i = 0; i + 1 < hex.size(); i += 2) {
        value->text_value.push_back(static_cast<char>(std::strtol(hex.substr(i, 2).c_str(), nullptr, 16)));
      }
    } else if (item.is_array()) {
      value->kind = Kind::kList;
      for (const Json& element : item) {
        if (!read_constant(element, &value->list.emplace_back(), depth + 1)) return false;
      }
    } else {
      return fail("a constant has no known form");
    }
    return true;
  }

  bool constant_fits(const ConstantValue& value, StorageKind type) {
    using Kind = ConstantValue::Kind;
    switch (value.kind) {
      case Kind::kNull:
        return true;
      case Kind::kBool:
        return type == StorageKind::kBool;
      case Kind::kInt:
        return type == StorageKind::kInt || type == StorageKind::kFloat;
      case Kind::kFloat:
        return type == StorageKind::kFloat;
      case Kind::kText:
        return type == StorageKind::kText;
      case Kind::kList:
        return false;
    }
    return false;
  }

  bool read_steps(const Json& root) {
    const Json* list = array(root, "steps", kMaximumSteps);
    if (list == nullptr) return false;
    plan_.steps.reserve(list->size());
    for (const Json& item : *list) {
      where_ = "step " + std::to_string(plan_.steps.size()) + ": ";
      if (!item.is_object()) return fail("it is not an object");
      Step step;
      const std::string kind = text(item, "do");
      bool ok = false;
      if (kind == "input") {
        ok = read_input_step(item, &step);
      } else if (kind == "constant") {
        ok = read_constant_step(item, &step);
      } else if (kind == "call") {
        ok = read_call(item, &step);
      } else if (kind == "lift") {
        ok = read_lift(item, &step);
      } else if (kind == "fetch") {
        ok = read_fetch(item, &step);
      } else if (kind == "collect") {
        ok = read_collect(item, &step);
      } else {
        return fail("'" + kind + "' is not a kind of step");
      }
      if (!ok) return fail("it is malformed");
      plan_.steps.push_back(std::move(step));
    }
    where_.clear();
    return true;
  }

  bool result_slot(const Json& item, Step* step) {
    const int slot = static_cast<int>(integer(item, "result", -1));
    step->results = {slot};
    return write(slot);
  }

  bool read_input_step(const Json& item, Step* step) {
    step->kind = Step::Kind::kInput;
    step->input = static_cast<int>(integer(item, "input", -1));
    if (step->input < 0 || step->input >= static_cast<int>(plan_.inputs.size()))
      return fail("the input does not exist");
    const Json* path = array(item, "path", kMaximumNesting);
    if (path == nullptr || !result_slot(item, step)) return false;
    const Slot& slot = plan_.slots[step->results[0]];
    const InputDeclaration& input = plan_.inputs[step->input];
    const DeclaredType* type = &input.type;
    // Walk the declared type and, from the inside out, the domains of the result.
    std::vector<int> chain;
    for (int d = slot.domain; d > kCandidateDomain; d = plan_.domains[d].parent) {
      if (plan_.domains[d].origin >= 0) return fail("an input can only be read into elements of an input");
      chain.push_back(d);
    }
    if (plan_.root_of(slot.domain) != input.domain) return fail("the result is not in the input's domain");
    size_t depth = 0;
    for (const Json& word : *path) {
      if (!word.is_string()) return fail("the path is malformed");
      const std::string part = word.get<std::string>();
      step->path.push_back(part);
      if (part == "*" && type->kind == DeclaredType::Kind::kList) {
        type = &type->children[0];
        ++depth;
      } else if ((part == "key" || part == "value") && type->kind == DeclaredType::Kind::kMap) {
        type = &type->children[part == "key" ? 0 : 1];
        ++depth;
      } else if (type->kind == DeclaredType::Kind::kStruct) {
        const auto found = std::find(type->field_names.begin(), type->field_names.end(), part);
        if (found == type->field_names.end()) return fail("the path names no field of the input");
        type = &type->children[found - type->field_names.begin()];
      } else {
        return fail("the path does not fit the input's type");
      }
    }
    if (depth != chain.size()) return fail("the result is not in the elements that the path leads to");
    // The elements of a list are read after its shape, and the shape must be the same list's.
    for (size_t i = 0; i < chain.size(); ++i) {
      const int shape = plan_.domains[chain[i]].shape;
      if (!readable(shape)) return false;
      const size_t level = chain.size() - 1 - i;
      if (input_shape_.count(shape) == 0 || input_shape_[shape].first != step->input ||
          !same_list(input_shape_[shape].second, step->path, level)) {
        return fail("the elements belong to another list");
      }
    }
    if (type->storage() != slot.type || (type->kind == DeclaredType::Kind::kVector && type->size != slot.width)) {
      return fail("the result's type is not that of the input");
    }
    if (slot.type == StorageKind::kList) input_shape_[step->results[0]] = {step->input, step->path};
    return true;
  }

  // True if `list` is the path of the list whose elements `path` enters at its step number `level`.
  static bool same_list(const std::vector<std::string>& list, const std::vector<std::string>& path, size_t level) {
    size_t entered = 0;
    for (size_t i = 0; i < path.size(); ++i) {
      const bool enters = path[i] == "*" || path[i] == "key" || path[i] == "value";
      if (enters && entered++ == level) {
        return list.size() == i &&
               std::equal(list.begin(), list.end(), path.begin(), [](const auto& a, const auto& b) { return a == b; });
      }
    }
    return false;
  }

  bool read_constant_step(const Json& item, Step* step) {
    step->kind = Step::Kind::kConstant;
    if (!item.contains("value") || !read_constant(item["value"], &step->value, 0) || !result_slot(item, step)) {
      return false;
    }
    const Slot& slot = plan_.slots[step->results[0]];
    if (slot.domain != kConstantDomain) return fail("a constant is not in the constant domain");
    if (slot.type != StorageKind::kList) {
      return (slot.type == StorageKind::kVector ? step->value.kind == ConstantValue::Kind::kNull
                                                : constant_fits(step->value, slot.type)) ||
             fail("the constant does not fit its slot");
    }
    const int elements = static_cast<int>(integer(item, "elements", -1));
    if (!write(elements)) return false;
    step->results.push_back(elements);
    const Slot& element_slot = plan_.slots[elements];
    if (element_slot.domain <= kCandidateDomain || plan_.domains[element_slot.domain].shape != step->results[0] ||
        plan_.domains[element_slot.domain].origin >= 0) {
      return fail("the elements are not in the elements of the constant's shape");
    }
    if (step->value.kind == ConstantValue::Kind::kNull) return true;
    if (step->value.kind != ConstantValue::Kind::kList) return fail("the constant is not a list");
    return std::all_of(step->value.list.begin(), step->value.list.end(),
                       [&](const ConstantValue& v) { return constant_fits(v, element_slot.type); }) ||
           fail("an element does not fit its slot");
  }

  bool read_call(const Json& item, Step* step) {
    step->kind = Step::Kind::kCall;
    const std::string name = text(item, "operator");
    where_ += "operator '" + name + "': ";
    step->op = find_operator(name);
    if (step->op == nullptr)
      return fail("this engine does not have it; it was added in a later version, or by a plug-in that is not loaded");
    step->overload = static_cast<int>(integer(item, "overload", -1));
    if (step->overload < 0 || step->overload >= overload_count(*step->op)) return fail("the overload does not exist");
    const Overload& overload = step->op->overloads[step->overload];
    const int64_t kernel = integer(item, "kernel", 0);
    if (kernel < 0 || kernel >= kernel_count(overload)) return fail("the kernel does not exist");
    step->kernel = &overload.kernels[kernel];
    if (step->kernel->shape == ResultShape::kMapping) return fail("it has no kernel");
    std::shared_ptr<const ParsedSignature>& signature = signatures_[&overload];
    if (signature == nullptr) {
      auto parsed = parse_signature(overload.signature);
      if (!parsed.ok()) return fail("its signature cannot be read");
      signature = std::make_shared<const ParsedSignature>(*std::move(parsed));
    }
    step->signature = signature;
    step->site = static_cast<int>(integer(item, "site", -1));
    if (step->site >= static_cast<int>(plan_.sites.size())) step->site = -1;
    const Json* arguments = array(item, "arguments", 4096);
    const Json* results = array(item, "results", 3);
    if (arguments == nullptr || results == nullptr) return false;
    for (const Json& argument : *arguments) {
      if (!read_argument(argument, &step->arguments.emplace_back(), 0)) return false;
    }
    for (const Json& result : *results) {
      const int slot = result.is_number_integer() ? result.get<int>() : -1;
      if (!write(slot)) return false;
      step->results.push_back(slot);
    }
    std::string why = check_call(plan_, *step);
    return why.empty() || fail(std::move(why));
  }

  bool read_lift(const Json& item, Step* step) {
    step->kind = Step::Kind::kLift;
    step->source = static_cast<int>(integer(item, "slot", -1));
    if (!readable(step->source) || !result_slot(item, step)) return false;
    const Slot& from = plan_.slots[step->source];
    const Slot& to = plan_.slots[step->results[0]];
    if (from.type != to.type || from.width != to.width) return fail("a lift changes the type");
    if (from.domain == to.domain || lift_path(plan_, to.domain, from.domain).empty()) {
      return fail("the value cannot be lifted to this domain");
    }
    const std::string through = text(item, "through");
    if (!through.empty()) {
      const Domain& domain = plan_.domains[to.domain];
      if (through != "parent" && through != "origin") return fail("a lift goes through an unknown way");
      step->through = through == "parent" ? Step::Through::kParent : Step::Through::kOrigin;
      if ((through == "parent" ? domain.parent : domain.origin) != from.domain) {
        return fail("a lift goes through another domain than the value's");
      }
    }
    for (const int d : lift_path(plan_, to.domain, from.domain)) {
      if (d > kCandidateDomain && d != from.domain && !readable(plan_.domains[d].shape)) return false;
    }
    return true;
  }

  bool read_fetch(const Json& item, Step* step) {
    step->kind = Step::Kind::kFetch;
    step->source = static_cast<int>(integer(item, "slot", -1));
    step->domain = static_cast<int>(integer(item, "domain", -1));
    if (!readable(step->source) || !result_slot(item, step)) return false;
    if (step->domain <= kCandidateDomain || step->domain >= static_cast<int>(plan_.domains.size())) {
      return fail("a fetch names no elements");
    }
    const Domain& domain = plan_.domains[step->domain];
    const Slot& from = plan_.slots[step->source];
    const Slot& to = plan_.slots[step->results[0]];
    if (!readable(domain.shape) || !domain.view || to.domain != domain.parent)
      return fail("a fetch has no usable domain");
    if (from.type != to.type || from.width != to.width) return fail("a fetch changes the type");
    return is_storage_of(plan_, step->domain, from.domain) || fail("the value is not among the fetched elements");
  }

  bool read_collect(const Json& item, Step* step) {
    step->kind = Step::Kind::kCollect;
    if (!result_slot(item, step)) return false;
    const Slot& slot = plan_.slots[step->results[0]];
    plan_.collects = true;
    return (slot.domain == kRequestDomain && slot.type == StorageKind::kList &&
            plan_.output_domain == kCandidateDomain) ||
           fail("a list of candidates is not a list of requests");
  }

  // The steps that write shapes say what kind of domain they make; the declaration must agree.
  bool check_domains() {
    std::vector<const Step*> writer(plan_.slots.size(), nullptr);
    for (const Step& step : plan_.steps) {
      for (const int slot : step.results) writer[slot] = &step;
    }
    std::vector<bool> is_used(plan_.domains.size(), false);
    for (size_t s = 0; s < plan_.slots.size(); ++s) {
      if (written_[s]) is_used[plan_.slots[s].domain] = true;
    }
    for (size_t d = 3; d < plan_.domains.size(); ++d) {
      const Domain& domain = plan_.domains[d];
      const Step* step = writer[domain.shape];
      where_ = "domain " + std::to_string(d) + ": ";
      if (step == nullptr) {
        if (is_used[d]) return fail("its shape is never written");
        continue;
      }
      if ((step->kind == Step::Kind::kCollect) != (domain.origin == kCandidateDomain)) {
        return fail("a list of candidates must be a view of them, and no other list can be");
      }
      if (step->kind == Step::Kind::kCollect) continue;
      if (step->kind == Step::Kind::kLift || step->kind == Step::Kind::kFetch) {
        const Slot& from = plan_.slots[step->source];
        if (!domain.view || domain.origin < 0 || plan_.domains[domain.origin].shape != step->source ||
            plan_.domains[domain.origin].parent != from.domain) {
          return fail("a lifted list must be a view of the list it was lifted from");
        }
      } else if (step->kind == Step::Kind::kCall) {
        const ResultShape shape = step->kernel->shape;
        const bool from_origin =
            shape == ResultShape::kSelection || shape == ResultShape::kSpan || shape == ResultShape::kElement;
        if (from_origin != (domain.origin >= 0)) return fail("its origin does not fit the operator");
        if (from_origin) {
          if (domain.view != (shape != ResultShape::kSelection)) return fail("it must be a view just for spans");
          const int list = first_container(plan_, *step);
          if (list < 0 || plan_.domains[domain.origin].shape != step->arguments[list].slot ||
              plan_.domains[domain.origin].parent != domain.parent) {
            return fail("its origin is not the operator's list");
          }
        }
      } else if (domain.origin >= 0) {
        return fail("an input or a constant has no origin");
      }
    }
    where_.clear();
    return true;
  }

  bool feature_slot(const FeatureDeclaration& feature, int slot, StorageKind type) {
    return plan_.slots[slot].type == type || fail("feature '" + feature.name + "' has a value of the wrong type");
  }

  // Lists of a value give all their columns, down to flat ones.
  bool check_value(const Argument& value) {
    if (value.slot < 0) return fail("a value is a resource");
    if (plan_.slots[value.slot].type != StorageKind::kList) return true;
    if (value.elements.empty()) return fail("a list has no elements to write");
    std::string why = check_list(plan_, value);
    if (!why.empty()) return fail(std::move(why));
    return std::all_of(value.elements.begin(), value.elements.end(),
                       [&](const Argument& element) { return check_value(element); });
  }

  bool read_features(const Json& root) {
    const Json* list = array(root, "features", 100'000);
    const Json* constants = array(root, "constants", 1'000'000);
    if (list == nullptr || constants == nullptr) return false;
    for (const Json& item : *constants) {
      if (!read_argument(item, &plan_.constants.emplace_back(), 0)) return false;
      if (plan_.constants.back().slot < 0 || plan_.slots[plan_.constants.back().slot].domain != kConstantDomain) {
        return fail("a constant to evaluate is not constant");
      }
    }
    static const std::map<std::string, FeatureKind> kKinds = {
        {"dense", FeatureKind::kDense},       {"id", FeatureKind::kId},     {"ids", FeatureKind::kIds},
        {"weighted", FeatureKind::kWeighted}, {"text", FeatureKind::kText}, {"label", FeatureKind::kLabel},
        {"value", FeatureKind::kValue}};
    std::set<std::string> names;
    for (const Json& item : *list) {
      if (!item.is_object()) return fail("a feature is not an object");
      FeatureDeclaration feature;
      feature.name = text(item, "name");
      if (feature.name.empty() || !names.insert(feature.name).second) return fail("feature names must be unique");
      const auto kind = kKinds.find(text(item, "kind"));
      if (kind == kKinds.end()) return fail("feature '" + feature.name + "' has an unknown kind");
      feature.kind = kind->second;
      if (!item.contains("value") || !read_argument(item["value"], &feature.value, 0))
        return fail("a feature has no value");
      const int slot = feature.value.slot;
      if (slot < 0) return fail("feature '" + feature.name + "' is a resource");
      if (plan_.slots[slot].domain != plan_.output_domain)
        return fail("feature '" + feature.name + "' is not in the output domain");
      feature.width = static_cast<uint32_t>(std::max<int64_t>(1, integer(item, "width", 1)));
      feature.size = integer(item, "size", INT64_MAX);
      feature.maximum = static_cast<uint32_t>(std::clamp<int64_t>(integer(item, "max", UINT32_MAX), 0, UINT32_MAX));
      const auto value = item.find("default");
      if (value != item.end() && value->is_number()) feature.default_number = value->get<double>();
      if (value != item.end() && value->is_string()) feature.default_text = value->get<std::string>();
      switch (feature.kind) {
        case FeatureKind::kDense:
        case FeatureKind::kLabel:
          if (plan_.slots[slot].type == StorageKind::kVector) {
            feature.width = plan_.slots[slot].width;
          } else if (!feature_slot(feature, slot, StorageKind::kFloat)) {
            return false;
          } else {
            feature.width = 1;
          }
          break;
        case FeatureKind::kId:
          if (!feature_slot(feature, slot, StorageKind::kInt)) return false;
          break;
        case FeatureKind::kText:
          if (!feature_slot(feature, slot, StorageKind::kText)) return false;
          break;
        case FeatureKind::kIds:
        case FeatureKind::kWeighted: {
          const size_t columns = feature.kind == FeatureKind::kIds ? 1 : 2;
          if (!feature_slot(feature, slot, StorageKind::kList)) return false;
          if (feature.value.elements.size() != columns)
            return fail("feature '" + feature.name + "' has the wrong elements");
          if (!feature_slot(feature, feature.value.elements[0].slot, StorageKind::kInt)) return false;
          if (columns == 2 && !feature_slot(feature, feature.value.elements[1].slot, StorageKind::kFloat)) return false;
          std::string why = check_list(plan_, feature.value);
          if (!why.empty()) return fail(std::move(why));
          break;
        }
        case FeatureKind::kValue:
          if (!check_value(feature.value)) return false;
          break;
      }
      plan_.features.push_back(std::move(feature));
    }
    return true;
  }

  Plan plan_;
  std::vector<bool> written_;
  std::map<const Overload*, std::shared_ptr<const ParsedSignature>> signatures_;
  std::map<int, std::pair<int, std::vector<std::string>>> input_shape_;
  std::string error_;
  std::string where_;
  const Json empty_ = Json::array();
};

}  // namespace

const char* storage_name(StorageKind kind) {
  switch (kind) {
    case StorageKind::kBool:
      return "bool";
    case StorageKind::kInt:
      return "int";
    case StorageKind::kFloat:
      return "float";
    case StorageKind::kText:
      return "text";
    case StorageKind::kVector:
      return "vector";
    case StorageKind::kList:
      return "list";
    case StorageKind::kNone:
      break;
  }
  return "none";
}

std::vector<int> lift_path(const Plan& plan, int from, int to) {
  if (from == to) return {from};
  if (from == kConstantDomain || from < 0) return {};
  const Domain& domain = plan.domains[from];
  std::vector<int> rest;
  if (domain.origin >= 0) rest = lift_path(plan, domain.origin, to);
  if (rest.empty()) rest = lift_path(plan, domain.parent, to);
  if (rest.empty()) return {};
  rest.insert(rest.begin(), from);
  return rest;
}

StatusOr<Plan> read_plan(std::string_view json) { return Reader().read(json); }

}  // namespace feature_extractor
