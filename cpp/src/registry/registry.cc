#include "registry/registry.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "feature_extractor/plugin.h"

namespace feature_extractor {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson words(const char* text) {
  OrderedJson list = OrderedJson::array();
  std::string_view rest = text;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find_first_of(" ,"), rest.size());
    if (end > 0) list.push_back(std::string(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return list;
}

const char* shape_name(ResultShape shape) {
  switch (shape) {
    case ResultShape::kFlat:
      return "flat";
    case ResultShape::kVector:
      return "vector";
    case ResultShape::kList:
      return "list";
    case ResultShape::kMap:
      return "map";
    case ResultShape::kSelection:
      return "selection";
    case ResultShape::kSpan:
      return "span";
    case ResultShape::kElement:
      return "element";
    case ResultShape::kMapping:
      return "mapping";
  }
  return "";
}

// The type variable for which a generic overload is compiled: the first one that is neither `any` nor a size.
std::string instantiated_variable(std::string_view signature) {
  if (!signature.starts_with("<")) return "";
  std::string_view rest = signature.substr(1, signature.find('>') - 1);
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view declaration = rest.substr(0, comma);
    const std::string_view constraint = declaration.substr(declaration.find(':') + 2);
    if (constraint != "any" && constraint != "size") return std::string(declaration.substr(0, declaration.find(':')));
    rest.remove_prefix(std::min(comma + 2, rest.size()));
  }
  return "";
}

OrderedJson overload_json(const Overload& overload) {
  OrderedJson instances = OrderedJson::array();
  for (int k = 0; k < kernel_count(overload); ++k) {
    OrderedJson instance = OrderedJson::object();
    if (*overload.kernels[k].bindings != '\0')
      instance[instantiated_variable(overload.signature)] = overload.kernels[k].bindings;
    instances.push_back(std::move(instance));
  }
  return {{"signature", overload.signature},
          {"shape", shape_name(overload.kernels[0].shape)},
          {"instances", std::move(instances)}};
}

template <class T, size_t N, class Write>
OrderedJson until_end(const T (&items)[N], Write&& write) {
  OrderedJson list = OrderedJson::array();
  for (const T& item : items) {
    if (!write(item, list)) break;
  }
  return list;
}

OrderedJson operator_json(const RegistryEntry& entry, const std::string& prefix) {
  const Operator& op = *entry.descriptor();
  OrderedJson json;
  json["name"] = prefix + op.name;
  json["family"] = prefix + entry.family;
  json["summary"] = op.summary;
  json["detail"] = op.detail;
  json["syntax"] = op.syntax;
  json["aliases"] = words(op.aliases);
  json["parameters"] = until_end(op.parameters, [](const Parameter& p, OrderedJson& list) {
    if (p.name == nullptr) return false;
    list.push_back({{"name", p.name}, {"description", p.description}});
    return true;
  });
  json["overloads"] = until_end(op.overloads, [](const Overload& o, OrderedJson& list) {
    if (o.signature == nullptr) return false;
    list.push_back(overload_json(o));
    return true;
  });
  json["nulls"] = words(op.nulls);
  json["edges"] = until_end(op.edges, [](const Edge& e, OrderedJson& list) {
    if (e.when == nullptr) return false;
    list.push_back({{"when", e.when}, {"result", e.result}});
    return true;
  });
  json["examples"] = until_end(op.examples, [](const Example& e, OrderedJson& list) {
    if (e.expression == nullptr) return false;
    list.push_back({{"expression", e.expression}, {"result", e.result}});
    return true;
  });
  json["cost"] = {{"per_row", op.cost.per_row}, {"per_element", op.cost.per_element}};
  json["determinism"] = "pure";
  json["algebra"] = words(op.algebra);
  json["equi_join"] = op.equi_join;
  json["membership_join"] = op.membership_join;
  json["mapping"] = op.overloads[0].kernels[0].shape == ResultShape::kMapping;
  json["role"] = op.role;
  json["see_also"] = words(op.see_also);
  json["source"] = op.source;
  json["since"] = op.since;
  json["deprecated"] = *op.deprecated == '\0' ? OrderedJson(nullptr) : OrderedJson(op.deprecated);
  return json;
}

}  // namespace

int overload_count(const Operator& op) {
  int count = 0;
  while (count < static_cast<int>(std::size(op.overloads)) && op.overloads[count].signature != nullptr) ++count;
  return count;
}

int kernel_count(const Overload& overload) {
  int count = 0;
  while (count < static_cast<int>(std::size(overload.kernels)) && overload.kernels[count].bindings != nullptr) ++count;
  return count;
}

std::string operators_json(std::span<const RegistryEntry> entries, const std::string& prefix) {
  OrderedJson operators = OrderedJson::array();
  for (const RegistryEntry& entry : entries) operators.push_back(operator_json(entry, prefix));
  return operators.dump(1, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string registry_json() {
  OrderedJson operators = OrderedJson::array();
  for (const RegistryEntry& entry : registry_entries()) operators.push_back(operator_json(entry, ""));
  const OrderedJson root = {
      {"format", 1}, {"engine", FEATURE_EXTRACTOR_HEADER_VERSION}, {"operators", std::move(operators)}};
  return root.dump(1) + "\n";
}

}  // namespace feature_extractor
