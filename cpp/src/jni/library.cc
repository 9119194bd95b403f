// What Java calls when it loads and unloads the library.
#include <exception>
#include <string>
#include <vector>

#include "jni/entry.h"
#include "jni/methods.h"

namespace feature_extractor::jni {
namespace {

// Frees the local references of a call of JNI_OnLoad, which may otherwise live as long as the thread.
class LocalFrame {
 public:
  explicit LocalFrame(JNIEnv* env) : env_(env), pushed_(env->PushLocalFrame(64) == JNI_OK) {}
  ~LocalFrame() {
    if (pushed_) env_->PopLocalFrame(nullptr);
  }
  LocalFrame(const LocalFrame&) = delete;
  LocalFrame& operator=(const LocalFrame&) = delete;
  bool pushed() const { return pushed_; }

 private:
  JNIEnv* env_;
  bool pushed_;
};

std::string java_string(JNIEnv* env, jstring text) {
  const char* characters = env->GetStringUTFChars(text, nullptr);
  if (characters == nullptr) throw JavaExceptionPending();
  std::string copy = characters;
  env->ReleaseStringUTFChars(text, characters);
  return copy;
}

template <class T>
T checked(JNIEnv* env, T result) {
  check_pending(env);
  return result;
}

// The package of the Java classes, such as "org/featureextractor/". A build tool may have moved them to another, so it is that of the class
// NativeLibrary that is loading this library right now: the first of that name on the stack of this thread.
std::string find_package(JNIEnv* env) {
  jclass thread_class = checked(env, env->FindClass("java/lang/Thread"));
  jmethodID current_thread =
      checked(env, env->GetStaticMethodID(thread_class, "currentThread", "()Ljava/lang/Thread;"));
  jmethodID stack_trace =
      checked(env, env->GetMethodID(thread_class, "getStackTrace", "()[Ljava/lang/StackTraceElement;"));
  jclass frame_class = checked(env, env->FindClass("java/lang/StackTraceElement"));
  jmethodID class_name = checked(env, env->GetMethodID(frame_class, "getClassName", "()Ljava/lang/String;"));
  jobject thread = checked(env, env->CallStaticObjectMethod(thread_class, current_thread));
  auto* frames = static_cast<jobjectArray>(checked(env, env->CallObjectMethod(thread, stack_trace)));
  const jsize count = env->GetArrayLength(frames);
  for (jsize i = 0; i < count; ++i) {
    jobject frame = checked(env, env->GetObjectArrayElement(frames, i));
    auto* text = static_cast<jstring>(checked(env, env->CallObjectMethod(frame, class_name)));
    std::string name = java_string(env, text);
    env->DeleteLocalRef(text);
    env->DeleteLocalRef(frame);
    constexpr std::string_view kLoader = "NativeLibrary";
    if (!name.ends_with(kLoader)) continue;
    name.resize(name.size() - kLoader.size());
    if (!name.empty() && name.back() != '.') continue;
    for (char& c : name) c = c == '.' ? '/' : c;
    return name;
  }
  jclass error = checked(env, env->FindClass("java/lang/UnsatisfiedLinkError"));
  env->ThrowNew(
      error, "This library is loaded by the Java classes of feature_extractor, not by System.load of other classes.");
  throw JavaExceptionPending();
}

jint load(JNIEnv* env, JavaVM* machine) {
  const LocalFrame frame(env);
  if (!frame.pushed()) return JNI_ERR;
  const std::string package = find_package(env);
  java_classes.machine = machine;
  jclass exception = checked(env, env->FindClass((package + "FeatureExtractorException").c_str()));
  java_classes.exception_constructor =
      checked(env, env->GetMethodID(exception, "<init>", "(I[BLjava/lang/Throwable;)V"));
  java_classes.exception = env->NewWeakGlobalRef(exception);
  check_pending(env);
  jclass reservation = checked(env, env->FindClass((package + "MemoryReservation").c_str()));
  java_classes.reserve = checked(env, env->GetMethodID(reservation, "reserve", "(J)Z"));

  std::vector<JNINativeMethod> methods;
  add_batch_methods(&methods);
  add_decoder_methods(&methods);
  add_extraction_methods(&methods);
  add_extractor_methods(&methods);
  add_session_methods(&methods);
  jclass native_methods = checked(env, env->FindClass((package + "NativeMethods").c_str()));
  if (env->RegisterNatives(native_methods, methods.data(), static_cast<jint>(methods.size())) != JNI_OK) {
    throw JavaExceptionPending();
  }
  return JNI_VERSION_10;
}

}  // namespace
}  // namespace feature_extractor::jni

extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* machine, void*) {
  using namespace feature_extractor::jni;
  JNIEnv* env = nullptr;
  if (machine->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_10) != JNI_OK) return JNI_ERR;
  try {
    return load(env, machine);
  } catch (...) {
    // A pending exception says why; without one Java says that the version is not supported.
    return JNI_ERR;
  }
}

extern "C" JNIEXPORT void JNICALL JNI_OnUnload(JavaVM* machine, void*) {
  using namespace feature_extractor::jni;
  JNIEnv* env = nullptr;
  if (machine->GetEnv(reinterpret_cast<void**>(&env), JNI_VERSION_10) != JNI_OK) return;
  if (java_classes.exception != nullptr) env->DeleteWeakGlobalRef(java_classes.exception);
  java_classes = JavaClasses();
}
