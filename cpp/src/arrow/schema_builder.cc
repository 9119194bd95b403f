#include "arrow/schema_builder.h"

#include <memory>

namespace feature_extractor {
namespace {

struct OwnedSchema {
  std::string format;
  std::string name;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;

  ~OwnedSchema() {
    for (ArrowSchema& child : children) {
      if (child.release != nullptr) child.release(&child);
    }
  }
};

void release_schema(ArrowSchema* schema) {
  delete static_cast<OwnedSchema*>(schema->private_data);
  schema->release = nullptr;
}

}  // namespace

ArrowSchema make_arrow_schema(std::string format, std::string name, std::vector<ArrowSchema> children, int64_t flags) {
  auto owned = std::make_unique<OwnedSchema>();
  owned->format = std::move(format);
  owned->name = std::move(name);
  owned->children = std::move(children);
  for (ArrowSchema& child : owned->children) owned->pointers.push_back(&child);
  ArrowSchema schema{};
  schema.format = owned->format.c_str();
  schema.name = owned->name.c_str();
  schema.flags = flags;
  schema.n_children = static_cast<int64_t>(owned->pointers.size());
  schema.children = owned->pointers.data();
  schema.release = &release_schema;
  schema.private_data = owned.release();
  return schema;
}

}  // namespace feature_extractor
