// Packages and services.
#include "arrow/abi.h"
#include "jni/entry.h"
#include "jni/methods.h"

namespace feature_extractor::jni {
namespace {

fx_load_options load_options(jboolean skip_resource_digests, jboolean skip_golden_rows) {
  fx_load_options options = {};
  options.struct_size = sizeof(options);
  options.skip_resource_digests = skip_resource_digests != JNI_FALSE ? 1 : 0;
  options.skip_golden_rows = skip_golden_rows != JNI_FALSE ? 1 : 0;
  return options;
}

jint abi_version(JNIEnv*) { return static_cast<jint>(fx_abi_version()); }

jbyteArray version(JNIEnv* env) { return bytes_of(env, fx_version()); }

jlong load_file(JNIEnv* env, jbyteArray path, jboolean skip_resource_digests, jboolean skip_golden_rows) {
  const fx_load_options options = load_options(skip_resource_digests, skip_golden_rows);
  fx_extractor* extractor = nullptr;
  fx_error* error = nullptr;
  const fx_code code = fx_load_file(text_of(env, path).c_str(), &options, &extractor, &error);
  check(env, code, error);
  return address(extractor);
}

jlong load_bytes(JNIEnv* env, jbyteArray bytes, jboolean skip_resource_digests, jboolean skip_golden_rows) {
  const fx_load_options options = load_options(skip_resource_digests, skip_golden_rows);
  const std::string copy = text_of(env, bytes);
  fx_extractor* extractor = nullptr;
  fx_error* error = nullptr;
  const fx_code code = fx_load_bytes(copy.data(), copy.size(), &options, &extractor, &error);
  check(env, code, error);
  return address(extractor);
}

jlong retain_extractor(JNIEnv*, jlong extractor) {
  return address(fx_extractor_retain(pointer<fx_extractor>(extractor)));
}

void free_extractor(JNIEnv*, jlong extractor) { fx_extractor_free(pointer<fx_extractor>(extractor)); }

jbyteArray extractor_text(JNIEnv* env, jlong extractor, jint which) {
  const auto* handle = pointer<fx_extractor>(extractor);
  return bytes_of(env, which == 0   ? fx_extractor_name(handle)
                       : which == 1 ? fx_extractor_digest(handle)
                                    : fx_extractor_manifest(handle));
}

jint output_domain(JNIEnv*, jlong extractor) {
  return static_cast<jint>(fx_extractor_output_domain(pointer<fx_extractor>(extractor)));
}

jint input_count(JNIEnv*, jlong extractor) {
  return static_cast<jint>(fx_extractor_input_count(pointer<fx_extractor>(extractor)));
}

jint feature_count(JNIEnv*, jlong extractor) {
  return static_cast<jint>(fx_extractor_feature_count(pointer<fx_extractor>(extractor)));
}

jobjectArray input(JNIEnv* env, jlong extractor, jint index, jintArray numbers) {
  fx_input_info info = {};
  info.struct_size = sizeof(info);
  check(env, fx_extractor_input(pointer<fx_extractor>(extractor), static_cast<size_t>(index), &info), nullptr);
  const jint values[2] = {static_cast<jint>(info.domain), info.used};
  env->SetIntArrayRegion(numbers, 0, 2, values);
  check_pending(env);
  jclass bytes = env->FindClass("[B");
  if (bytes == nullptr) throw JavaExceptionPending();
  jobjectArray texts = env->NewObjectArray(2, bytes, nullptr);
  if (texts == nullptr) throw JavaExceptionPending();
  env->SetObjectArrayElement(texts, 0, bytes_of(env, info.name));
  env->SetObjectArrayElement(texts, 1, bytes_of(env, info.type));
  check_pending(env);
  return texts;
}

jbyteArray feature(JNIEnv* env, jlong extractor, jint index, jlongArray numbers) {
  fx_feature_info info = {};
  info.struct_size = sizeof(info);
  check(env, fx_extractor_feature(pointer<fx_extractor>(extractor), static_cast<size_t>(index), &info), nullptr);
  const jlong values[4] = {static_cast<jlong>(info.kind), info.width, info.maximum, info.size};
  env->SetLongArrayRegion(numbers, 0, 4, values);
  check_pending(env);
  return bytes_of(env, info.name);
}

void load_plugin(JNIEnv* env, jbyteArray path) {
  fx_error* error = nullptr;
  const fx_code code = fx_plugin_load(text_of(env, path).c_str(), &error);
  check(env, code, error);
}

jint plugin_count(JNIEnv*) { return static_cast<jint>(fx_plugin_count()); }

// {name, version, path, digest}
jobjectArray plugin(JNIEnv* env, jint index) {
  fx_plugin_info info = {};
  info.struct_size = sizeof(info);
  check(env, fx_plugin(static_cast<size_t>(index), &info), nullptr);
  jclass bytes = env->FindClass("[B");
  if (bytes == nullptr) throw JavaExceptionPending();
  jobjectArray texts = env->NewObjectArray(4, bytes, nullptr);
  if (texts == nullptr) throw JavaExceptionPending();
  const char* const values[] = {info.name, info.version, info.path, info.digest};
  for (jsize i = 0; i < 4; ++i) {
    env->SetObjectArrayElement(texts, i, bytes_of(env, values[i]));
    check_pending(env);
  }
  return texts;
}

void export_output_schema(JNIEnv* env, jlong extractor, jlong schema) {
  fx_error* error = nullptr;
  const fx_code code =
      fx_extractor_output_schema(pointer<fx_extractor>(extractor), pointer<ArrowSchema>(schema), &error);
  check(env, code, error);
}

jlong new_service(JNIEnv* env, jlong extractor) {
  fx_service* service = nullptr;
  fx_error* error = nullptr;
  const fx_code code = fx_service_new(pointer<fx_extractor>(extractor), &service, &error);
  check(env, code, error);
  return address(service);
}

jlong current_extractor(JNIEnv*, jlong service) { return address(fx_service_current(pointer<fx_service>(service))); }

void swap_service(JNIEnv* env, jlong service, jlong extractor, jboolean same_outputs) {
  fx_error* error = nullptr;
  const fx_code code = fx_service_swap(pointer<fx_service>(service), pointer<fx_extractor>(extractor),
                                       same_outputs != JNI_FALSE ? 1 : 0, &error);
  check(env, code, error);
}

void free_service(JNIEnv*, jlong service) { fx_service_free(pointer<fx_service>(service)); }

}  // namespace

void add_extractor_methods(std::vector<JNINativeMethod>* methods) {
  methods->insert(methods->end(), {
                                      native_method("abiVersion", "()I", entry<abi_version>()),
                                      native_method("version", "()[B", entry<version>()),
                                      native_method("loadPlugin", "([B)V", entry<load_plugin>()),
                                      native_method("pluginCount", "()I", entry<plugin_count>()),
                                      native_method("plugin", "(I)[[B", entry<plugin>()),
                                      native_method("loadFile", "([BZZ)J", entry<load_file>()),
                                      native_method("loadBytes", "([BZZ)J", entry<load_bytes>()),
                                      native_method("retainExtractor", "(J)J", entry<retain_extractor>()),
                                      native_method("freeExtractor", "(J)V", entry<free_extractor>()),
                                      native_method("extractorText", "(JI)[B", entry<extractor_text>()),
                                      native_method("outputDomain", "(J)I", entry<output_domain>()),
                                      native_method("inputCount", "(J)I", entry<input_count>()),
                                      native_method("featureCount", "(J)I", entry<feature_count>()),
                                      native_method("input", "(JI[I)[[B", entry<input>()),
                                      native_method("feature", "(JI[J)[B", entry<feature>()),
                                      native_method("exportOutputSchema", "(JJ)V", entry<export_output_schema>()),
                                      native_method("newService", "(J)J", entry<new_service>()),
                                      native_method("currentExtractor", "(J)J", entry<current_extractor>()),
                                      native_method("swapService", "(JJZ)V", entry<swap_service>()),
                                      native_method("freeService", "(J)V", entry<free_service>()),
                                  });
}

}  // namespace feature_extractor::jni
