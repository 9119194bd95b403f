// Asks a Java object for memory, for as long as anything holds memory that it granted.
#pragma once

#include <atomic>
#include <mutex>

#include "jni/entry.h"

namespace feature_extractor::jni {

// Counted: by the session, and by each Arrow array that shares the memory of its extractions.
class ReservationAccount {
 public:
  ReservationAccount(JNIEnv* env, jobject reservation) : reservation_(env->NewGlobalRef(reservation)) {}

  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release();

  // For fx_session_options: `context` is the account.
  static int32_t reserve(void* context, int64_t bytes) noexcept;

  // What the Java object threw since the last call, as a local reference, or nullptr.
  jthrowable take_exception(JNIEnv* env);

  bool valid() const { return reservation_ != nullptr; }

 private:
  ~ReservationAccount() = default;
  int32_t ask(JNIEnv* env, int64_t bytes);

  jobject reservation_;
  std::atomic<int> references_{1};
  std::mutex mutex_;
  jthrowable exception_ = nullptr;  // A global reference to the first one.
};

}  // namespace feature_extractor::jni
