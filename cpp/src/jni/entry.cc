#include "jni/entry.h"

namespace feature_extractor::jni {

JavaClasses java_classes;

void raise(JNIEnv* env, fx_code code, std::string_view message, jthrowable cause) noexcept {
  if (env->ExceptionCheck() != JNI_FALSE) return;  // The first one says more.
  const auto length = static_cast<jsize>(message.size() > 100'000 ? 100'000 : message.size());
  jbyteArray bytes = env->NewByteArray(length);
  if (bytes == nullptr) return;  // An OutOfMemoryError is pending.
  env->SetByteArrayRegion(bytes, 0, length, reinterpret_cast<const jbyte*>(message.data()));
  // The class lives at least as long as its class loader, which has loaded this library.
  auto* exception_class = static_cast<jclass>(env->NewLocalRef(java_classes.exception));
  if (exception_class == nullptr) return;
  auto* exception = static_cast<jthrowable>(
      env->NewObject(exception_class, java_classes.exception_constructor, static_cast<jint>(code), bytes, cause));
  if (exception != nullptr) env->Throw(exception);
}

void fail(JNIEnv* env, fx_code code, fx_error* error, jthrowable cause) {
  const std::string_view message = fx_error_message(error);
  raise(env, code, message.empty() ? fx_code_name(code) : message, cause);
  fx_error_free(error);
  throw JavaExceptionPending();
}

std::string text_of(JNIEnv* env, jbyteArray bytes) {
  std::string text(static_cast<size_t>(env->GetArrayLength(bytes)), '\0');
  env->GetByteArrayRegion(bytes, 0, static_cast<jsize>(text.size()), reinterpret_cast<jbyte*>(text.data()));
  check_pending(env);
  return text;
}

jbyteArray bytes_of(JNIEnv* env, std::string_view text) {
  jbyteArray bytes = env->NewByteArray(static_cast<jsize>(text.size()));
  if (bytes == nullptr) throw JavaExceptionPending();
  env->SetByteArrayRegion(bytes, 0, static_cast<jsize>(text.size()), reinterpret_cast<const jbyte*>(text.data()));
  check_pending(env);
  return bytes;
}

}  // namespace feature_extractor::jni
