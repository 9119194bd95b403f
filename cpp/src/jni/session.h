// A session of the C interface with the Java object that accounts for its memory.
#pragma once

#include "jni/reservation_account.h"

namespace feature_extractor::jni {

struct JavaSession {
  fx_session* session = nullptr;
  ReservationAccount* account = nullptr;  // nullptr: nobody is asked.

  JavaSession() = default;
  JavaSession(const JavaSession&) = delete;
  JavaSession& operator=(const JavaSession&) = delete;
  ~JavaSession() {
    fx_session_free(session);
    if (account != nullptr) account->release();
  }

  // Throws in Java if a call failed; the cause is what the account threw meanwhile.
  void check(JNIEnv* env, fx_code code, fx_error* error) {
    jthrowable cause = account != nullptr ? account->take_exception(env) : nullptr;
    if (code != FX_OK) fail(env, code, error, code == FX_OUT_OF_MEMORY ? cause : nullptr);
  }
};

}  // namespace feature_extractor::jni
