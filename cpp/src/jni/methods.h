// The native methods of the Java class NativeMethods, by what they work on.
#pragma once

#include <jni.h>

#include <vector>

namespace feature_extractor::jni {

void add_batch_methods(std::vector<JNINativeMethod>* methods);
void add_decoder_methods(std::vector<JNINativeMethod>* methods);
void add_extraction_methods(std::vector<JNINativeMethod>* methods);
void add_extractor_methods(std::vector<JNINativeMethod>* methods);
void add_session_methods(std::vector<JNINativeMethod>* methods);

// JNI takes names that it does not change as `char*`.
inline JNINativeMethod native_method(const char* name, const char* signature, void* function) {
  return {const_cast<char*>(name), const_cast<char*>(signature), function};
}

}  // namespace feature_extractor::jni
