#include "python/arrow_export.h"

#include <string>
#include <vector>

namespace feature_extractor {
namespace {

struct OwnedSchema {
  std::string format;
  std::string name;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> pointers;
};

void release_schema(ArrowSchema* schema) {
  auto* owned = static_cast<OwnedSchema*>(schema->private_data);
  for (ArrowSchema& child : owned->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete owned;
  schema->release = nullptr;
}

void make_schema(std::string format, std::string name, std::vector<ArrowSchema> children, ArrowSchema* schema) {
  auto* owned = new OwnedSchema{std::move(format), std::move(name), std::move(children), {}};
  for (ArrowSchema& child : owned->children) owned->pointers.push_back(&child);
  *schema = {};
  schema->format = owned->format.c_str();
  schema->name = owned->name.c_str();
  schema->n_children = static_cast<int64_t>(owned->pointers.size());
  schema->children = owned->pointers.data();
  schema->release = &release_schema;
  schema->private_data = owned;
}

struct OwnedArray {
  std::shared_ptr<HeldExtraction> held;
  std::vector<const void*> buffers;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;
};

void release_array(ArrowArray* array) {
  auto* owned = static_cast<OwnedArray*>(array->private_data);
  for (ArrowArray& child : owned->children) {
    if (child.release != nullptr) child.release(&child);
  }
  delete owned;
  array->release = nullptr;
}

void make_array(const std::shared_ptr<HeldExtraction>& held, int64_t length, std::vector<const void*> buffers,
                std::vector<ArrowArray> children, ArrowArray* array) {
  auto* owned = new OwnedArray{held, std::move(buffers), std::move(children), {}};
  for (ArrowArray& child : owned->children) owned->pointers.push_back(&child);
  *array = {};
  array->length = length;
  array->n_buffers = static_cast<int64_t>(owned->buffers.size());
  array->buffers = owned->buffers.data();
  array->n_children = static_cast<int64_t>(owned->pointers.size());
  array->children = owned->pointers.data();
  array->release = &release_array;
  array->private_data = owned;
}

ArrowSchema schema_of(std::string format, std::string name, std::vector<ArrowSchema> children = {}) {
  ArrowSchema schema;
  make_schema(std::move(format), std::move(name), std::move(children), &schema);
  return schema;
}

ArrowArray array_of(const std::shared_ptr<HeldExtraction>& held, int64_t length, std::vector<const void*> buffers,
                    std::vector<ArrowArray> children = {}) {
  ArrowArray array;
  make_array(held, length, std::move(buffers), std::move(children), &array);
  return array;
}

ArrowSchema feature_schema(const FeatureDeclaration& feature) {
  switch (feature.kind) {
    case FeatureKind::kDense:
    case FeatureKind::kLabel:
      if (feature.value.slot >= 0 && feature.width == 1) return schema_of("f", feature.name);
      return schema_of("+w:" + std::to_string(feature.width), feature.name, {schema_of("f", "item")});
    case FeatureKind::kId:
      return schema_of("l", feature.name);
    case FeatureKind::kIds:
      return schema_of("+L", feature.name, {schema_of("l", "item")});
    case FeatureKind::kWeighted:
      return schema_of("+L", feature.name, {schema_of("+s", "item", {schema_of("l", "id"), schema_of("f", "weight")})});
    case FeatureKind::kText:
      return schema_of("U", feature.name);
    case FeatureKind::kValue:
      return schema_of("Z", feature.name);
  }
  return schema_of("n", feature.name);
}

ArrowArray feature_array(const std::shared_ptr<HeldExtraction>& held, const FeatureDeclaration& feature,
                         const FeatureBuffer& buffer) {
  const int64_t rows = held->extraction->rows;
  const void* values = buffer.values.as<void>();
  const void* offsets = buffer.offsets.as<void>();
  switch (feature.kind) {
    case FeatureKind::kDense:
    case FeatureKind::kLabel:
      if (feature.width == 1) return array_of(held, rows, {nullptr, values});
      return array_of(held, rows, {nullptr}, {array_of(held, rows * feature.width, {nullptr, values})});
    case FeatureKind::kId:
      return array_of(held, rows, {nullptr, values});
    case FeatureKind::kIds:
      return array_of(held, rows, {nullptr, offsets}, {array_of(held, buffer.elements, {nullptr, values})});
    case FeatureKind::kWeighted:
      return array_of(held, rows, {nullptr, offsets},
                      {array_of(held, buffer.elements, {nullptr},
                                {array_of(held, buffer.elements, {nullptr, values}),
                                 array_of(held, buffer.elements, {nullptr, buffer.weights.as<void>()})})});
    case FeatureKind::kText:
    case FeatureKind::kValue:
      return array_of(held, rows, {nullptr, offsets, values});
  }
  return array_of(held, rows, {});
}

}  // namespace

void export_schema(const Plan& plan, ArrowSchema* schema) {
  std::vector<ArrowSchema> children;
  for (const FeatureDeclaration& feature : plan.features) children.push_back(feature_schema(feature));
  make_schema("+s", "", std::move(children), schema);
}

void export_array(const std::shared_ptr<HeldExtraction>& held, ArrowArray* array) {
  const Plan& plan = held->extractor->plan();
  std::vector<ArrowArray> children;
  for (size_t f = 0; f < plan.features.size(); ++f) {
    children.push_back(feature_array(held, plan.features[f], held->extraction->features[f]));
  }
  make_array(held, held->extraction->rows, {nullptr}, std::move(children), array);
}

}  // namespace feature_extractor
