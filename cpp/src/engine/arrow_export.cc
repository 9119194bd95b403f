#include "engine/arrow_export.h"

#include <string>
#include <utility>
#include <vector>

#include "arrow/schema_builder.h"

namespace feature_extractor {
namespace {

struct OwnedArray {
  std::shared_ptr<HeldExtraction> held;
  std::vector<const void*> buffers;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> pointers;

  ~OwnedArray() {
    for (ArrowArray& child : children) {
      if (child.release != nullptr) child.release(&child);
    }
  }
};

void release_array(ArrowArray* array) {
  delete static_cast<OwnedArray*>(array->private_data);
  array->release = nullptr;
}

ArrowArray array_of(const std::shared_ptr<HeldExtraction>& held, int64_t length, std::vector<const void*> buffers,
                    std::vector<ArrowArray> children = {}) {
  auto owned = std::make_unique<OwnedArray>();
  owned->held = held;
  owned->buffers = std::move(buffers);
  owned->children = std::move(children);
  for (ArrowArray& child : owned->children) owned->pointers.push_back(&child);
  ArrowArray array{};
  array.length = length;
  array.n_buffers = static_cast<int64_t>(owned->buffers.size());
  array.buffers = owned->buffers.data();
  array.n_children = static_cast<int64_t>(owned->pointers.size());
  array.children = owned->pointers.data();
  array.release = &release_array;
  array.private_data = owned.release();
  return array;
}

ArrowSchema feature_schema(const FeatureDeclaration& feature) {
  switch (feature.kind) {
    case FeatureKind::kDense:
    case FeatureKind::kLabel:
      if (feature.value.slot >= 0 && feature.width == 1) return make_arrow_schema("f", feature.name);
      return make_arrow_schema("+w:" + std::to_string(feature.width), feature.name, {make_arrow_schema("f", "item")});
    case FeatureKind::kId:
      return make_arrow_schema("l", feature.name);
    case FeatureKind::kIds:
      return make_arrow_schema("+L", feature.name, {make_arrow_schema("l", "item")});
    case FeatureKind::kWeighted:
      return make_arrow_schema(
          "+L", feature.name,
          {make_arrow_schema("+s", "item", {make_arrow_schema("l", "id"), make_arrow_schema("f", "weight")})});
    case FeatureKind::kText:
      return make_arrow_schema("U", feature.name);
    case FeatureKind::kValue:
      return make_arrow_schema("Z", feature.name);
  }
  return make_arrow_schema("n", feature.name);
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

ArrowSchema output_arrow_schema(const Plan& plan) {
  std::vector<ArrowSchema> fields;
  for (const FeatureDeclaration& feature : plan.features) fields.push_back(feature_schema(feature));
  return make_arrow_schema("+s", "", std::move(fields));
}

ArrowArray export_arrow_array(const std::shared_ptr<HeldExtraction>& held) {
  const Plan& plan = held->plan();
  std::vector<ArrowArray> columns;
  for (size_t f = 0; f < plan.features.size(); ++f) {
    columns.push_back(feature_array(held, plan.features[f], held->extraction->features[f]));
  }
  return array_of(held, held->extraction->rows, {nullptr}, std::move(columns));
}

}  // namespace feature_extractor
