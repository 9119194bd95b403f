// Packages: loading them, and what they say about themselves.
#include <algorithm>
#include <span>

#include "arrow/input_schema.h"
#include "c_api/handles.h"
#include "engine/arrow_export.h"
#include "golden/verified_load.h"
#include "package/package.h"

namespace feature_extractor {

StatusOr<fx_extractor*> load_handle(const char* path, const void* bytes, size_t size, const fx_load_options* given) {
  fx_load_options options;
  if (Status status = read_options(given, &options); !status.ok()) return status;
  if (options.simd_level_bound < 0 || options.simd_level_bound > kSimdLevels) {
    return Status::error(ErrorCode::kInvalidArgument, "simd_level_bound must be from 0 to 3.");
  }
  const Verification verification =
      options.skip_resource_digests != 0 ? Verification::kWithoutResources : Verification::kComplete;
  auto package = path != nullptr ? load_package(std::string(path), verification)
                                 : load_package(std::span(static_cast<const std::byte*>(bytes), size), verification);
  if (!package.ok()) return package.status();
  auto handle = std::make_unique<fx_extractor>();
  handle->name = package->name();
  handle->digest = package->digest();
  handle->manifest = std::string(package->manifest());
  LoadOptions load_options;
  if (options.simd_level_bound > 0) load_options.simd_level = static_cast<SimdLevel>(options.simd_level_bound - 1);
  auto extractor = load_verified_extractor(*std::move(package), load_options, options.skip_golden_rows == 0);
  if (!extractor.ok()) return extractor.status();
  handle->extractor = *std::move(extractor);
  for (const InputDeclaration& input : handle->extractor->plan().inputs) {
    handle->input_types.push_back(input.type.text());
  }
  return handle.release();
}

}  // namespace feature_extractor

using namespace feature_extractor;

fx_code fx_load_file(const char* path, const fx_load_options* options, fx_extractor** extractor, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (path == nullptr) return missing_argument("path");
    if (extractor == nullptr) return missing_argument("extractor");
    auto handle = load_handle(path, nullptr, 0, options);
    if (handle.ok()) *extractor = *handle;
    return handle.status();
  });
}

fx_code fx_load_bytes(const void* bytes, size_t size, const fx_load_options* options, fx_extractor** extractor,
                      fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (bytes == nullptr) return missing_argument("bytes");
    if (extractor == nullptr) return missing_argument("extractor");
    auto handle = load_handle(nullptr, bytes, size, options);
    if (handle.ok()) *extractor = *handle;
    return handle.status();
  });
}

fx_extractor* fx_extractor_retain(fx_extractor* extractor) {
  if (extractor != nullptr) extractor->references.fetch_add(1, std::memory_order_relaxed);
  return extractor;
}

void fx_extractor_free(fx_extractor* extractor) {
  if (extractor != nullptr && extractor->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete extractor;
}

const char* fx_extractor_name(const fx_extractor* extractor) {
  return extractor == nullptr ? "" : extractor->name.c_str();
}

const char* fx_extractor_digest(const fx_extractor* extractor) {
  return extractor == nullptr ? "" : extractor->digest.c_str();
}

const char* fx_extractor_manifest(const fx_extractor* extractor) {
  return extractor == nullptr ? "" : extractor->manifest.c_str();
}

size_t fx_extractor_input_count(const fx_extractor* extractor) {
  return extractor == nullptr ? 0 : extractor->extractor->plan().inputs.size();
}

size_t fx_extractor_feature_count(const fx_extractor* extractor) {
  return extractor == nullptr ? 0 : extractor->extractor->plan().features.size();
}

fx_code fx_extractor_input(const fx_extractor* extractor, size_t index, fx_input_info* info) {
  if (index >= fx_extractor_input_count(extractor)) return FX_INVALID_ARGUMENT;
  const InputDeclaration& input = extractor->extractor->plan().inputs[index];
  fx_input_info values{};
  values.name = input.name.c_str();
  values.type = extractor->input_types[index].c_str();
  values.domain = static_cast<fx_domain>(input.domain);
  values.nullable = input.type.nullable ? 1 : 0;
  values.used = extractor->extractor->program().used_inputs()[index] ? 1 : 0;
  return write_structure(values, info);
}

fx_code fx_extractor_feature(const fx_extractor* extractor, size_t index, fx_feature_info* info) {
  static_assert(static_cast<int>(FeatureKind::kDense) == FX_DENSE);
  static_assert(static_cast<int>(FeatureKind::kId) == FX_ID);
  static_assert(static_cast<int>(FeatureKind::kIds) == FX_IDS);
  static_assert(static_cast<int>(FeatureKind::kWeighted) == FX_WEIGHTED);
  static_assert(static_cast<int>(FeatureKind::kText) == FX_TEXT);
  static_assert(static_cast<int>(FeatureKind::kLabel) == FX_LABEL);
  static_assert(static_cast<int>(FeatureKind::kValue) == FX_VALUE);
  if (index >= fx_extractor_feature_count(extractor)) return FX_INVALID_ARGUMENT;
  const FeatureDeclaration& feature = extractor->extractor->plan().features[index];
  const bool is_ragged_ids = feature.kind == FeatureKind::kIds || feature.kind == FeatureKind::kWeighted;
  fx_feature_info values{};
  values.name = feature.name.c_str();
  values.kind = static_cast<fx_kind>(feature.kind);
  values.width = feature.width;
  values.maximum = is_ragged_ids && feature.maximum != UINT32_MAX ? feature.maximum : 0;
  values.size = is_ragged_ids || feature.kind == FeatureKind::kId ? feature.size : 0;
  return write_structure(values, info);
}

fx_domain fx_extractor_output_domain(const fx_extractor* extractor) {
  static_assert(FX_REQUEST == kRequestDomain && FX_CANDIDATE == kCandidateDomain);
  return extractor == nullptr ? FX_REQUEST : static_cast<fx_domain>(extractor->extractor->plan().output_domain);
}

fx_code fx_extractor_input_schema(const fx_extractor* extractor, fx_domain domain, ArrowSchema* schema,
                                  fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (extractor == nullptr) return missing_argument("extractor");
    if (schema == nullptr) return missing_argument("schema");
    if (domain != FX_REQUEST && domain != FX_CANDIDATE) {
      return Status::error(ErrorCode::kInvalidArgument, "The domain must be FX_REQUEST or FX_CANDIDATE.");
    }
    *schema = input_arrow_schema(extractor->extractor->plan(), domain);
    return Status::success();
  });
}

fx_code fx_extractor_output_schema(const fx_extractor* extractor, ArrowSchema* schema, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (extractor == nullptr) return missing_argument("extractor");
    if (schema == nullptr) return missing_argument("schema");
    *schema = output_arrow_schema(extractor->extractor->plan());
    return Status::success();
  });
}
