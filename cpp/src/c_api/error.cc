// Versions and errors.
#include <cstdlib>

#include "c_api/handles.h"

namespace {

constinit fx_error out_of_memory = {FX_OUT_OF_MEMORY, true, "There is not enough memory."};

void set_error(fx_code code, const char* message, size_t size, fx_error** error) noexcept {
  if (error == nullptr) return;
  auto* made = static_cast<fx_error*>(std::malloc(sizeof(fx_error) + size + 1));
  if (made == nullptr) {
    *error = &out_of_memory;
    return;
  }
  char* text = reinterpret_cast<char*>(made + 1);
  std::memcpy(text, message, size);
  text[size] = '\0';
  *made = {code, false, text};
  *error = made;
}

}  // namespace

namespace feature_extractor {

fx_code report(const Status& status, fx_error** error) noexcept {
  static_assert(static_cast<int>(ErrorCode::kInvalidArgument) == FX_INVALID_ARGUMENT);
  static_assert(static_cast<int>(ErrorCode::kNotFound) == FX_NOT_FOUND);
  static_assert(static_cast<int>(ErrorCode::kIo) == FX_IO);
  static_assert(static_cast<int>(ErrorCode::kCorrupt) == FX_CORRUPT);
  static_assert(static_cast<int>(ErrorCode::kUnsupportedVersion) == FX_UNSUPPORTED_VERSION);
  static_assert(static_cast<int>(ErrorCode::kInvalidPlan) == FX_INVALID_PLAN);
  static_assert(static_cast<int>(ErrorCode::kLimit) == FX_LIMIT);
  static_assert(static_cast<int>(ErrorCode::kOutOfMemory) == FX_OUT_OF_MEMORY);
  static_assert(static_cast<int>(ErrorCode::kDifferentValues) == FX_DIFFERENT_VALUES);
  const auto code = static_cast<fx_code>(status.code);
  if (code != FX_OK) set_error(code, status.message.data(), status.message.size(), error);
  return code;
}

fx_code report_out_of_memory(fx_error** error) noexcept {
  if (error != nullptr) *error = &out_of_memory;
  return FX_OUT_OF_MEMORY;
}

fx_code report_defect(const char* what, fx_error** error) noexcept {
  set_error(FX_INTERNAL, what, std::strlen(what), error);
  return FX_INTERNAL;
}

}  // namespace feature_extractor

uint32_t fx_abi_version(void) { return FX_ABI_VERSION; }

const char* fx_version(void) { return FEATURE_EXTRACTOR_VERSION; }

const char* fx_code_name(fx_code code) {
  switch (code) {
    case FX_OK:
      return "ok";
    case FX_INVALID_ARGUMENT:
      return "invalid_argument";
    case FX_NOT_FOUND:
      return "not_found";
    case FX_IO:
      return "io";
    case FX_CORRUPT:
      return "corrupt";
    case FX_UNSUPPORTED_VERSION:
      return "unsupported_version";
    case FX_INVALID_PLAN:
      return "invalid_plan";
    case FX_LIMIT:
      return "limit";
    case FX_OUT_OF_MEMORY:
      return "out_of_memory";
    case FX_INTERNAL:
      return "internal";
    case FX_DIFFERENT_VALUES:
      return "different_values";
  }
  return "unknown";
}

fx_code fx_error_code(const fx_error* error) { return error == nullptr ? FX_OK : error->code; }

const char* fx_error_message(const fx_error* error) { return error == nullptr ? "" : error->message; }

void fx_error_free(fx_error* error) {
  if (error != nullptr && !error->is_static) std::free(error);
}
