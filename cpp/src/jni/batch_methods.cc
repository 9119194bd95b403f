// The memory of batches. Java accounts for it; here it is only taken and given back.
#include <cstdlib>
#include <memory>

#include "jni/batch_schema.h"
#include "jni/entry.h"
#include "jni/methods.h"

namespace feature_extractor::jni {
namespace {

std::vector<std::string> texts_of(JNIEnv* env, jobjectArray array) {
  std::vector<std::string> texts;
  const jsize count = env->GetArrayLength(array);
  texts.reserve(static_cast<size_t>(count));
  for (jsize i = 0; i < count; ++i) {
    auto* bytes = static_cast<jbyteArray>(env->GetObjectArrayElement(array, i));
    check_pending(env);
    texts.push_back(text_of(env, bytes));
    env->DeleteLocalRef(bytes);
  }
  return texts;
}

jlong new_batch_schema(JNIEnv* env, jobjectArray formats, jobjectArray names, jintArray child_counts) {
  std::vector<int32_t> counts(static_cast<size_t>(env->GetArrayLength(child_counts)));
  env->GetIntArrayRegion(child_counts, 0, static_cast<jsize>(counts.size()), counts.data());
  check_pending(env);
  auto schema = std::make_unique<BatchSchema>();
  if (!schema->build(texts_of(env, formats), texts_of(env, names), counts)) {
    raise(env, FX_INTERNAL, "The columns of a batch do not make a tree.");
    return 0;
  }
  return address(schema.release());
}

void free_batch_schema(JNIEnv*, jlong schema) { delete pointer<BatchSchema>(schema); }

// 0 if the system has no more; the memory then stays as it was. Grows no memory at 0.
jlong reallocate(JNIEnv*, jlong memory, jint bytes) {
  return address(std::realloc(pointer<void>(memory), static_cast<size_t>(bytes)));
}

void free_memory(JNIEnv*, jlong memory) { std::free(pointer<void>(memory)); }

jobject view(JNIEnv* env, jlong memory, jint bytes) { return env->NewDirectByteBuffer(pointer<void>(memory), bytes); }

}  // namespace

void add_batch_methods(std::vector<JNINativeMethod>* methods) {
  methods->insert(methods->end(), {
                                      native_method("newBatchSchema", "([[B[[B[I)J", entry<new_batch_schema>()),
                                      native_method("freeBatchSchema", "(J)V", entry<free_batch_schema>()),
                                      native_method("reallocate", "(JI)J", entry<reallocate>()),
                                      native_method("free", "(J)V", entry<free_memory>()),
                                      native_method("view", "(JI)Ljava/nio/ByteBuffer;", entry<view>()),
                                  });
}

}  // namespace feature_extractor::jni
