#include "arrow/input_schema.h"

#include <string>
#include <utility>
#include <vector>

#include "arrow/schema_builder.h"

namespace feature_extractor {
namespace {

ArrowSchema schema_of(const DeclaredType& type, std::string name) {
  const int64_t flags = type.nullable ? ARROW_FLAG_NULLABLE : 0;
  using Kind = DeclaredType::Kind;
  std::string format;
  std::vector<ArrowSchema> children;
  switch (type.kind) {
    case Kind::kBool:
      format = "b";
      break;
    case Kind::kInt:
      format = "l";
      break;
    case Kind::kFloat:
      format = "g";
      break;
    case Kind::kString:
      format = "U";
      break;
    case Kind::kBytes:
      format = "Z";
      break;
    case Kind::kTimestamp:
      format = "tsu:UTC";
      break;
    case Kind::kDuration:
      format = "tDu";
      break;
    case Kind::kList:
      format = "+L";
      children.push_back(schema_of(type.children[0], "item"));
      break;
    case Kind::kVector:
      format = "+w:" + std::to_string(type.size);
      children.push_back(make_arrow_schema("f", "item"));
      break;
    case Kind::kMap: {
      format = "+m";
      std::vector<ArrowSchema> entry;
      entry.push_back(schema_of(type.children[0], "key"));
      entry.push_back(schema_of(type.children[1], "value"));
      children.push_back(make_arrow_schema("+s", "entries", std::move(entry)));
      break;
    }
    case Kind::kStruct:
      format = "+s";
      for (size_t f = 0; f < type.children.size(); ++f) {
        children.push_back(schema_of(type.children[f], type.field_names[f]));
      }
      break;
    default:
      format = "n";  // No input has a type variable or a resource for its type.
      break;
  }
  return make_arrow_schema(std::move(format), std::move(name), std::move(children), flags);
}

}  // namespace

ArrowSchema input_arrow_schema(const Plan& plan, int domain) {
  std::vector<ArrowSchema> fields;
  for (const InputDeclaration& input : plan.inputs) {
    if (input.domain == domain) fields.push_back(schema_of(input.type, input.name));
  }
  return make_arrow_schema("+s", "", std::move(fields));
}

}  // namespace feature_extractor
