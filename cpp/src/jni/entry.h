// How Java enters: no C++ exception leaves a native method, and after a Java exception is thrown nothing else is called.
#pragma once

#include <jni.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "feature_extractor/c_api.h"

namespace feature_extractor::jni {

// A Java exception is pending: unwinds to the entry, which returns to Java. It carries nothing.
struct JavaExceptionPending {};

// What the library knows about the classes of the class loader that loaded it. It is filled by JNI_OnLoad and never changes; each
// class loader has a copy of the library, and so of this, of its own.
struct JavaClasses {
  JavaVM* machine = nullptr;
  jweak exception = nullptr;                  // FeatureExtractorException; weak, so that the class loader can end
  jmethodID exception_constructor = nullptr;  // (int code, byte[] message, Throwable cause or null)
  jmethodID reserve = nullptr;                // MemoryReservation.reserve
};
extern JavaClasses java_classes;

// Throws a FeatureExtractorException in Java. The caller returns to Java at once.
void raise(JNIEnv* env, fx_code code, std::string_view message, jthrowable cause = nullptr) noexcept;

// Throws in Java what a function of the C interface reported, and unwinds. Frees the error.
[[noreturn]] void fail(JNIEnv* env, fx_code code, fx_error* error, jthrowable cause = nullptr);

// The code is that of a call which has returned: `check(env, f(&error), error)` may read the error before the call has set it.
inline void check(JNIEnv* env, fx_code code, fx_error* error) {
  if (code != FX_OK) fail(env, code, error);
}

// To be called after each function of JNI that may throw in Java.
inline void check_pending(JNIEnv* env) {
  if (env->ExceptionCheck() != JNI_FALSE) throw JavaExceptionPending();
}

template <auto method>
struct Entry;

// A native method as the Java machine calls it. Only entries can be registered, so every method is guarded.
template <class Result, class... Arguments, Result (*method)(JNIEnv*, Arguments...)>
struct Entry<method> {
  static Result JNICALL call(JNIEnv* env, jclass, Arguments... arguments) noexcept {
    try {
      return method(env, arguments...);
    } catch (const JavaExceptionPending&) {
      // Java finds it when this returns.
    } catch (const std::bad_alloc&) {
      raise(env, FX_OUT_OF_MEMORY, "The system has no more memory.");
    } catch (const std::exception& error) {
      raise(env, FX_INTERNAL, error.what());
    } catch (...) {
      raise(env, FX_INTERNAL, "An exception of an unknown kind.");
    }
    return Result();
  }
};

template <auto method>
void* entry() {
  return reinterpret_cast<void*>(&Entry<method>::call);
}

template <class T>
T* pointer(jlong address) {
  return reinterpret_cast<T*>(static_cast<uintptr_t>(address));
}

template <class T>
jlong address(T* pointer) {
  return static_cast<jlong>(reinterpret_cast<uintptr_t>(pointer));
}

std::string text_of(JNIEnv* env, jbyteArray bytes);
jbyteArray bytes_of(JNIEnv* env, std::string_view text);

}  // namespace feature_extractor::jni
