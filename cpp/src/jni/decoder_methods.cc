// Decoders of messages, and what is extracted from messages.
#include <memory>
#include <vector>

#include "jni/entry.h"
#include "jni/methods.h"
#include "jni/session.h"

namespace feature_extractor::jni {
namespace {

fx_decoder_options decoder_options(jlong maximum_bytes, jlong maximum_candidates) {
  fx_decoder_options options = {};
  options.struct_size = sizeof(options);
  options.maximum_bytes = maximum_bytes;
  options.maximum_candidates = maximum_candidates;
  return options;
}

jlong new_json_decoder(JNIEnv* env, jlong extractor, jlong maximum_bytes, jlong maximum_candidates) {
  const fx_decoder_options options = decoder_options(maximum_bytes, maximum_candidates);
  fx_decoder* decoder = nullptr;
  fx_error* error = nullptr;
  const fx_code code = fx_decoder_json(pointer<fx_extractor>(extractor), &options, &decoder, &error);
  check(env, code, error);
  return address(decoder);
}

jlong new_protobuf_decoder(JNIEnv* env, jlong extractor, jbyteArray descriptor_set, jbyteArray message,
                           jbyteArray candidates, jlong maximum_bytes, jlong maximum_candidates) {
  const fx_decoder_options options = decoder_options(maximum_bytes, maximum_candidates);
  const std::string set = text_of(env, descriptor_set);
  fx_decoder* decoder = nullptr;
  fx_error* error = nullptr;
  const fx_code code =
      fx_decoder_protobuf(pointer<fx_extractor>(extractor), set.data(), set.size(), text_of(env, message).c_str(),
                          text_of(env, candidates).c_str(), &options, &decoder, &error);
  check(env, code, error);
  return address(decoder);
}

void free_decoder(JNIEnv*, jlong decoder) { fx_decoder_free(pointer<fx_decoder>(decoder)); }

// A reference to an element of an array, which ends with this object: there is room for few at a time.
class Element {
 public:
  Element(JNIEnv* env, jobjectArray array, jsize index) : env_(env), object_(env->GetObjectArrayElement(array, index)) {
    check_pending(env);
  }
  Element(const Element&) = delete;
  Element& operator=(const Element&) = delete;
  ~Element() { env_->DeleteLocalRef(object_); }
  jobject get() const { return object_; }

 private:
  JNIEnv* env_;
  jobject object_;
};

// The bytes of messages. Those of direct buffers are read where they are, which the array of the buffers keeps alive; those of arrays
// are copied, because Java may move an array while the core reads, or while it asks Java for memory.
class Messages {
 public:
  Messages(JNIEnv* env, jobjectArray blocks, jintArray places)
      : bytes_(static_cast<size_t>(env->GetArrayLength(blocks))) {
    std::vector<jint> numbers(2 * bytes_.size());
    env->GetIntArrayRegion(places, 0, static_cast<jsize>(numbers.size()), numbers.data());
    check_pending(env);
    std::vector<size_t> copied;
    size_t size = 0;
    for (size_t i = 0; i < bytes_.size(); ++i) {
      const Element block(env, blocks, static_cast<jsize>(i));
      bytes_[i].size = static_cast<size_t>(numbers[2 * i + 1]);
      if (const auto* begin = static_cast<const char*>(env->GetDirectBufferAddress(block.get()))) {
        bytes_[i].data = begin + numbers[2 * i];
      } else {
        copied.push_back(i);
        size += bytes_[i].size;
      }
    }
    copies_.reset(new char[size]);
    size_t at = 0;
    for (const size_t i : copied) {
      const Element block(env, blocks, static_cast<jsize>(i));
      char* target = copies_.get() + at;
      env->GetByteArrayRegion(static_cast<jbyteArray>(block.get()), numbers[2 * i], numbers[2 * i + 1],
                              reinterpret_cast<jbyte*>(target));
      check_pending(env);
      bytes_[i].data = target;
      at += bytes_[i].size;
    }
  }

  const fx_bytes* data() const { return bytes_.data(); }
  size_t size() const { return bytes_.size(); }

 private:
  std::vector<fx_bytes> bytes_;
  std::unique_ptr<char[]> copies_;
};

jlong extract_messages(JNIEnv* env, jlong session, jlong decoder, jobjectArray blocks, jintArray places) {
  const Messages messages(env, blocks, places);
  auto* handle = pointer<JavaSession>(session);
  fx_extraction* extraction = nullptr;
  fx_error* error = nullptr;
  const fx_code code = fx_extract_messages(handle->session, pointer<fx_decoder>(decoder), messages.data(),
                                           messages.size(), &extraction, &error);
  handle->check(env, code, error);
  return address(extraction);
}

}  // namespace

void add_decoder_methods(std::vector<JNINativeMethod>* methods) {
  methods->insert(methods->end(),
                  {
                      native_method("newJsonDecoder", "(JJJ)J", entry<new_json_decoder>()),
                      native_method("newProtobufDecoder", "(J[B[B[BJJ)J", entry<new_protobuf_decoder>()),
                      native_method("freeDecoder", "(J)V", entry<free_decoder>()),
                      native_method("extractMessages", "(JJ[Ljava/lang/Object;[I)J", entry<extract_messages>()),
                  });
}

}  // namespace feature_extractor::jni
