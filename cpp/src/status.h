// How the core reports errors: no exception leaves a function that can fail for a reason the caller
// may meet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace feature_extractor {

// What kind of error it is, for callers that act on it; the message is for people.
enum class ErrorCode : uint8_t {
  kNone = 0,
  kInvalidArgument,     // The caller passed something that cannot be used.
  kNotFound,            // A file or a name does not exist.
  kIo,                  // The operating system refused to read or map a file.
  kCorrupt,             // The bytes are damaged, truncated, or were changed after they were written.
  kUnsupportedVersion,  // Well-formed, but written for another version of the engine.
  kInvalidPlan,         // The plan breaks a rule that the loader verifies.
  kLimit,               // A documented limit is exceeded.
  kOutOfMemory,
  kDifferentValues = 10,  // The golden rows of a package give other values here; 9 is a defect, which is no status.
};

// Success, or why something failed. The message is one or more full sentences: what, where, and
// what to do.
struct [[nodiscard]] Status {
  ErrorCode code = ErrorCode::kNone;
  std::string message;

  bool ok() const { return code == ErrorCode::kNone; }

  static Status success() { return {}; }
  static Status error(ErrorCode code, std::string message) { return {code, std::move(message)}; }
};

// A value, or why there is none. `*x` and `x->` must only be used after ok() said yes. It is not
// called `Result` because that is what a kernel writes to (kernel.h).
template <class T>
class [[nodiscard]] StatusOr {
 public:
  StatusOr(T value) : value_(std::move(value)) {}
  // A status that is ok carries no value, and is not accepted as a success.
  StatusOr(Status status) : status_(std::move(status)) {
    if (status_.ok()) status_ = Status::error(ErrorCode::kInvalidArgument, "No value was given.");
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  ErrorCode code() const { return status_.code; }
  const std::string& message() const { return status_.message; }

  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace feature_extractor
