#include "jni/reservation_account.h"

namespace feature_extractor::jni {
namespace {

// The environment of this thread. Threads of the engine, and those that release Arrow arrays, may be unknown to Java: they are attached
// for the time of one question, which is rare, since memory is asked for in large steps and only until a session is warm.
class AttachedThread {
 public:
  AttachedThread() {
    JavaVM* machine = java_classes.machine;
    if (machine->GetEnv(reinterpret_cast<void**>(&env_), JNI_VERSION_10) == JNI_OK) return;
    env_ = nullptr;
    if (machine->AttachCurrentThreadAsDaemon(reinterpret_cast<void**>(&env_), nullptr) != JNI_OK) {
      env_ = nullptr;
      return;
    }
    attached_ = true;
  }
  ~AttachedThread() {
    if (attached_) java_classes.machine->DetachCurrentThread();
  }
  AttachedThread(const AttachedThread&) = delete;
  AttachedThread& operator=(const AttachedThread&) = delete;

  JNIEnv* env() const { return env_; }

 private:
  JNIEnv* env_ = nullptr;
  bool attached_ = false;
};

}  // namespace

int32_t ReservationAccount::reserve(void* context, int64_t bytes) noexcept {
  const AttachedThread thread;
  if (thread.env() == nullptr) return 1;
  return static_cast<ReservationAccount*>(context)->ask(thread.env(), bytes);
}

int32_t ReservationAccount::ask(JNIEnv* env, int64_t bytes) {
  if (env->ExceptionCheck() != JNI_FALSE) return 1;  // Java cannot be called before the exception is handled.
  const jboolean granted = env->CallBooleanMethod(reservation_, java_classes.reserve, static_cast<jlong>(bytes));
  jthrowable thrown = env->ExceptionOccurred();
  if (thrown == nullptr) return granted != JNI_FALSE ? 0 : 1;
  env->ExceptionClear();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (exception_ == nullptr) exception_ = static_cast<jthrowable>(env->NewGlobalRef(thrown));
  }
  env->DeleteLocalRef(thrown);
  return 1;
}

jthrowable ReservationAccount::take_exception(JNIEnv* env) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (exception_ == nullptr) return nullptr;
  auto* local = static_cast<jthrowable>(env->NewLocalRef(exception_));
  env->DeleteGlobalRef(exception_);
  exception_ = nullptr;
  return local;
}

void ReservationAccount::release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const AttachedThread thread;
  if (thread.env() != nullptr) {
    thread.env()->DeleteGlobalRef(reservation_);
    if (exception_ != nullptr) thread.env()->DeleteGlobalRef(exception_);
  }
  delete this;
}

}  // namespace feature_extractor::jni
