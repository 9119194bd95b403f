// Results: features in place, as a matrix, as Arrow; and what was counted.
#include "c_api/handles.h"
#include "engine/arrow_export.h"

using namespace feature_extractor;

namespace {

const Plan& plan_of(const fx_extraction* extraction) { return extraction->held->plan(); }

Status fill_matrix(const fx_extraction* extraction, const size_t* features, size_t feature_count, float* matrix,
                   int64_t stride) {
  const Plan& plan = plan_of(extraction);
  const Extraction& values = *extraction->held->extraction;
  int64_t width = 0;
  for (size_t i = 0; i < feature_count; ++i) {
    if (features[i] >= plan.features.size()) {
      return Status::error(ErrorCode::kInvalidArgument, "There is no feature number " + std::to_string(features[i]) +
                                                            "; the program has " +
                                                            std::to_string(plan.features.size()) + " features.");
    }
    const FeatureDeclaration& feature = plan.features[features[i]];
    if (feature.kind != FeatureKind::kDense && feature.kind != FeatureKind::kLabel) {
      return Status::error(ErrorCode::kInvalidArgument,
                           "Feature '" + feature.name + "' is not dense; a matrix holds dense features and labels.");
    }
    width += feature.width;
  }
  if (stride < width) {
    return Status::error(ErrorCode::kInvalidArgument, "The stride is " + std::to_string(stride) +
                                                          " floats, but a row of the features has " +
                                                          std::to_string(width) + ".");
  }
  int64_t column = 0;
  for (size_t i = 0; i < feature_count; ++i) {
    const uint32_t feature_width = plan.features[features[i]].width;
    const float* from = values.features[features[i]].values.as<float>();
    float* to = matrix + column;
    if (feature_width == 1) {
      for (int64_t row = 0; row < values.rows; ++row) to[row * stride] = from[row];
    } else {
      for (int64_t row = 0; row < values.rows; ++row) {
        std::memcpy(to + row * stride, from + row * feature_width, sizeof(float) * feature_width);
      }
    }
    column += feature_width;
  }
  return Status::success();
}

}  // namespace

int64_t fx_extraction_rows(const fx_extraction* extraction) {
  return extraction == nullptr ? 0 : extraction->held->extraction->rows;
}

int64_t fx_extraction_requests(const fx_extraction* extraction) {
  return extraction == nullptr ? 0 : extraction->held->extraction->requests;
}

fx_code fx_extraction_column(const fx_extraction* extraction, size_t feature, fx_column* column) {
  if (extraction == nullptr || feature >= plan_of(extraction).features.size()) return FX_INVALID_ARGUMENT;
  const FeatureDeclaration& declaration = plan_of(extraction).features[feature];
  const FeatureBuffer& buffer = extraction->held->extraction->features[feature];
  fx_column values{};
  values.values = buffer.values.as<void>();
  switch (declaration.kind) {
    case FeatureKind::kDense:
    case FeatureKind::kLabel:
      values.elements = extraction->held->extraction->rows * declaration.width;
      break;
    case FeatureKind::kId:
      values.elements = extraction->held->extraction->rows;
      break;
    case FeatureKind::kWeighted:
      values.weights = buffer.weights.as<float>();
      [[fallthrough]];
    case FeatureKind::kIds:
    case FeatureKind::kText:
    case FeatureKind::kValue:
      values.offsets = buffer.offsets.as<int64_t>();
      values.elements = buffer.elements;
      break;
  }
  return write_structure(values, column);
}

fx_code fx_extraction_matrix(const fx_extraction* extraction, const size_t* features, size_t feature_count,
                             float* matrix, int64_t stride, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (extraction == nullptr) return missing_argument("extraction");
    if (features == nullptr && feature_count > 0) return missing_argument("features");
    if (matrix == nullptr && feature_count > 0 && extraction->held->extraction->rows > 0) {
      return missing_argument("matrix");
    }
    return fill_matrix(extraction, features, feature_count, matrix, stride);
  });
}

fx_code fx_extraction_export(const fx_extraction* extraction, ArrowArray* array, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (extraction == nullptr) return missing_argument("extraction");
    if (array == nullptr) return missing_argument("array");
    *array = export_arrow_array(extraction->held);
    return Status::success();
  });
}

void fx_extraction_free(fx_extraction* extraction) { delete extraction; }

fx_code fx_extraction_input_counts(const fx_extraction* extraction, size_t input, fx_input_counts* counts) {
  if (extraction == nullptr || input >= plan_of(extraction).inputs.size()) return FX_INVALID_ARGUMENT;
  const InputCounts& counted = extraction->held->extraction->input_counts[input];
  fx_input_counts values{};
  values.nulls = counted.nulls;
  values.not_finite = counted.not_finite;
  values.not_utf8 = counted.not_utf8;
  values.out_of_range = counted.out_of_range;
  values.wrong_size = counted.wrong_size;
  return write_structure(values, counts);
}

int64_t fx_extraction_defaulted(const fx_extraction* extraction, size_t feature) {
  if (extraction == nullptr || feature >= plan_of(extraction).features.size()) return -1;
  return extraction->held->extraction->features[feature].defaulted;
}
