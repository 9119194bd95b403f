// What the handles of the C interface are, and how its functions report. Only cpp/src/c_api includes this.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

#include "arrow/abi.h"
#include "engine/extractor.h"
#include "engine/session.h"
#include "feature_extractor/c_api.h"
#include "request/request_reader.h"
#include "status.h"

struct fx_error {
  fx_code code;
  bool is_static;       // Not from the heap: for when there is no more of it.
  const char* message;  // Behind the structure, unless it is static.
};

// Shared by all who retained it.
struct fx_extractor {
  std::atomic<int64_t> references{1};
  std::shared_ptr<feature_extractor::Extractor> extractor;
  std::string name;
  std::string digest;
  std::string manifest;
  std::vector<std::string> input_types;
};

struct fx_session {
  std::shared_ptr<feature_extractor::Extractor> extractor;
  std::shared_ptr<feature_extractor::Session> session;
  feature_extractor::ExtractionOptions options;
  // The memory that messages are read into, for the decoder that was used last. It is freed before the session.
  std::shared_ptr<const feature_extractor::RequestDecoder> decoder;
  std::unique_ptr<feature_extractor::RequestReader> reader;
};

struct fx_decoder {
  std::shared_ptr<const feature_extractor::RequestDecoder> decoder;
};

struct fx_extraction {
  std::shared_ptr<feature_extractor::HeldExtraction> held;
};

struct fx_service {
  mutable std::mutex mutex;
  fx_extractor* current;
};

namespace feature_extractor {

// Hands a failure over; success passes. `error` may be nullptr.
fx_code report(const Status& status, fx_error** error) noexcept;
fx_code report_out_of_memory(fx_error** error) noexcept;
fx_code report_defect(const char* what, fx_error** error) noexcept;

// Runs the body of a function, which returns a Status, and lets no exception pass.
template <class Body>
fx_code guarded(fx_error** error, Body&& body) noexcept {
  try {
    return report(body(), error);
  } catch (const std::bad_alloc&) {
    return report_out_of_memory(error);
  } catch (const std::exception& exception) {
    return report_defect(exception.what(), error);
  } catch (...) {
    return report_defect("unknown exception", error);
  }
}

inline Status missing_argument(const char* name) {
  return Status::error(ErrorCode::kInvalidArgument, std::string("The argument '") + name + "' must not be NULL.");
}

// Options as this library knows them: what the caller's structure does not have is zero.
template <class Options>
Status read_options(const Options* given, Options* options) {
  static_assert(std::is_trivially_copyable_v<Options>);
  std::memset(options, 0, sizeof(Options));
  if (given == nullptr) return Status::success();
  if (given->struct_size < sizeof(size_t)) {
    return Status::error(ErrorCode::kInvalidArgument, "Set struct_size of the options to the size of the structure.");
  }
  std::memcpy(options, given, given->struct_size < sizeof(Options) ? given->struct_size : sizeof(Options));
  options->struct_size = sizeof(Options);
  return Status::success();
}

// Fills as much of the caller's structure as it has.
template <class Structure>
fx_code write_structure(const Structure& values, Structure* out) {
  static_assert(std::is_trivially_copyable_v<Structure>);
  if (out == nullptr || out->struct_size < sizeof(size_t)) return FX_INVALID_ARGUMENT;
  const size_t size = out->struct_size < sizeof(Structure) ? out->struct_size : sizeof(Structure);
  std::memcpy(reinterpret_cast<char*>(out) + sizeof(size_t), reinterpret_cast<const char*>(&values) + sizeof(size_t),
              size - sizeof(size_t));
  return FX_OK;
}

// Extracts from tables in Arrow, in the memory of the session.
Status extract_into(fx_session* session, const ExtractionInput& input, fx_extraction** extraction);

// Takes a package; the caller has the first reference.
StatusOr<fx_extractor*> load_handle(const char* path, const void* bytes, size_t size, const fx_load_options* options);

}  // namespace feature_extractor
