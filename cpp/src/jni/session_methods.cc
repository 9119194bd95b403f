// Sessions, and what is extracted with them.
#include <memory>

#include "arrow/abi.h"
#include "jni/batch_schema.h"
#include "jni/entry.h"
#include "jni/methods.h"
#include "jni/session.h"

namespace feature_extractor::jni {
namespace {

jlong new_session(JNIEnv* env, jlong extractor, jint threads, jint chunk_rows, jobject reservation) {
  auto session = std::make_unique<JavaSession>();
  fx_session_options options = {};
  options.struct_size = sizeof(options);
  options.threads = threads;
  options.chunk_rows = chunk_rows;
  if (reservation != nullptr) {
    session->account = new ReservationAccount(env, reservation);
    options.reserve = &ReservationAccount::reserve;
    options.reserve_context = session->account;
  }
  fx_error* error = nullptr;
  const fx_code code = fx_session_new(pointer<fx_extractor>(extractor), &options, &session->session, &error);
  session->check(env, code, error);
  return address(session.release());
}

jlong session_memory(JNIEnv*, jlong session) { return fx_session_memory(pointer<JavaSession>(session)->session); }

void trim_session(JNIEnv*, jlong session) { fx_session_trim(pointer<JavaSession>(session)->session); }

void free_session(JNIEnv*, jlong session) { delete pointer<JavaSession>(session); }

// One of the two tables of a call, as Java describes it.
struct BatchTable {
  const ArrowSchema* schema = nullptr;
  const ArrowArray* array = nullptr;

  BatchTable(JNIEnv* env, jlong batch, jlongArray numbers) {
    if (batch == 0) return;
    auto* description = pointer<BatchSchema>(batch);
    constexpr size_t kOnStack = 1024;
    int64_t on_stack[kOnStack];
    std::vector<int64_t> on_heap;
    const auto count = static_cast<size_t>(env->GetArrayLength(numbers));
    if (count > kOnStack) on_heap.resize(count);
    int64_t* copy = count > kOnStack ? on_heap.data() : on_stack;
    static_assert(sizeof(jlong) == sizeof(int64_t));
    env->GetLongArrayRegion(numbers, 0, static_cast<jsize>(count), reinterpret_cast<jlong*>(copy));
    check_pending(env);
    schema = description->schema();
    array = description->fill({copy, count});
    if (array == nullptr) {
      raise(env, FX_INTERNAL, "The numbers of a batch do not fit its columns.");
      throw JavaExceptionPending();
    }
  }
};

// The offsets of the requests; empty where all candidates belong to one.
std::vector<int64_t> offsets_of(JNIEnv* env, jlongArray offsets, jint request_count) {
  if (offsets == nullptr) return {};
  std::vector<int64_t> copy(static_cast<size_t>(request_count) + 1);
  env->GetLongArrayRegion(offsets, 0, request_count + 1, reinterpret_cast<jlong*>(copy.data()));
  check_pending(env);
  return copy;
}

jlong extract_requests(JNIEnv* env, jlong session, const ArrowSchema* request_schema, const ArrowArray* requests,
                       const ArrowSchema* candidate_schema, const ArrowArray* candidates,
                       const std::vector<int64_t>& offsets) {
  auto* handle = pointer<JavaSession>(session);
  fx_extraction* extraction = nullptr;
  fx_error* error = nullptr;
  const fx_code code =
      fx_extract_requests(handle->session, request_schema, requests, candidate_schema, candidates,
                          offsets.empty() ? nullptr : offsets.data(), offsets.size(), &extraction, &error);
  handle->check(env, code, error);
  return address(extraction);
}

jlong extract_table(JNIEnv* env, jlong session, const ArrowSchema* schema, const ArrowArray* array) {
  auto* handle = pointer<JavaSession>(session);
  fx_extraction* extraction = nullptr;
  fx_error* error = nullptr;
  const fx_code code = fx_extract(handle->session, schema, array, &extraction, &error);
  handle->check(env, code, error);
  return address(extraction);
}

jlong extract_batches(JNIEnv* env, jlong session, jlong request_schema, jlongArray requests, jlong candidate_schema,
                      jlongArray candidates, jlongArray offsets, jint request_count) {
  const BatchTable request(env, request_schema, requests);
  const BatchTable candidate(env, candidate_schema, candidates);
  return extract_requests(env, session, request.schema, request.array, candidate.schema, candidate.array,
                          offsets_of(env, offsets, request_count));
}

jlong extract_batch(JNIEnv* env, jlong session, jlong schema, jlongArray numbers) {
  const BatchTable table(env, schema, numbers);
  return extract_table(env, session, table.schema, table.array);
}

jlong extract_arrow(JNIEnv* env, jlong session, jlong schema, jlong array) {
  return extract_table(env, session, pointer<ArrowSchema>(schema), pointer<ArrowArray>(array));
}

jlong extract_arrow_requests(JNIEnv* env, jlong session, jlong request_schema, jlong requests, jlong candidate_schema,
                             jlong candidates, jlongArray offsets, jint request_count) {
  return extract_requests(env, session, pointer<ArrowSchema>(request_schema), pointer<ArrowArray>(requests),
                          pointer<ArrowSchema>(candidate_schema), pointer<ArrowArray>(candidates),
                          offsets_of(env, offsets, request_count));
}

}  // namespace

void add_session_methods(std::vector<JNINativeMethod>* methods) {
  methods->insert(methods->end(),
                  {
                      native_method("newSession", "(JIILjava/lang/Object;)J", entry<new_session>()),
                      native_method("sessionMemory", "(J)J", entry<session_memory>()),
                      native_method("trimSession", "(J)V", entry<trim_session>()),
                      native_method("freeSession", "(J)V", entry<free_session>()),
                      native_method("extractBatches", "(JJ[JJ[J[JI)J", entry<extract_batches>()),
                      native_method("extractBatch", "(JJ[J)J", entry<extract_batch>()),
                      native_method("extractArrow", "(JJJ)J", entry<extract_arrow>()),
                      native_method("extractArrowRequests", "(JJJJJ[JI)J", entry<extract_arrow_requests>()),
                  });
}

}  // namespace feature_extractor::jni
