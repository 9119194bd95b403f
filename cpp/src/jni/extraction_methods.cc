// What was extracted.
#include <memory>
#include <vector>

#include "arrow/abi.h"
#include "jni/entry.h"
#include "jni/methods.h"
#include "jni/session.h"

namespace feature_extractor::jni {
namespace {

constexpr size_t kHeader = 2;
constexpr size_t kNumbersPerFeature = 5;

void describe_extraction(JNIEnv* env, jlong extraction, jlongArray numbers, jint features) {
  const auto* handle = pointer<fx_extraction>(extraction);
  std::vector<jlong> values(kHeader + static_cast<size_t>(features) * kNumbersPerFeature);
  values[0] = fx_extraction_rows(handle);
  values[1] = fx_extraction_requests(handle);
  for (size_t f = 0; f < static_cast<size_t>(features); ++f) {
    fx_column column = {};
    column.struct_size = sizeof(column);
    check(env, fx_extraction_column(handle, f, &column), nullptr);
    jlong* feature = values.data() + kHeader + f * kNumbersPerFeature;
    feature[0] = address(column.values);
    feature[1] = address(column.offsets);
    feature[2] = address(column.weights);
    feature[3] = column.elements;
    feature[4] = fx_extraction_defaulted(handle, f);
  }
  env->SetLongArrayRegion(numbers, 0, static_cast<jsize>(values.size()), values.data());
}

void input_counts(JNIEnv* env, jlong extraction, jint input, jlongArray numbers) {
  fx_input_counts counts = {};
  counts.struct_size = sizeof(counts);
  check(env, fx_extraction_input_counts(pointer<fx_extraction>(extraction), static_cast<size_t>(input), &counts),
        nullptr);
  const jlong values[5] = {counts.nulls, counts.not_finite, counts.not_utf8, counts.out_of_range, counts.wrong_size};
  env->SetLongArrayRegion(numbers, 0, 5, values);
}

// An exported array gives memory back to the session when it is released, which may be after Java has closed everything: the account
// lives as long.
struct ExportedArray {
  ArrowArray array;
  ReservationAccount* account;
};

void release_exported(ArrowArray* array) {
  auto* exported = static_cast<ExportedArray*>(array->private_data);
  if (exported->array.release != nullptr) exported->array.release(&exported->array);
  if (exported->account != nullptr) exported->account->release();
  delete exported;
  array->release = nullptr;
}

void export_arrow(JNIEnv* env, jlong session, jlong extraction, jlong array) {
  ReservationAccount* account = pointer<JavaSession>(session)->account;
  auto exported = std::make_unique<ExportedArray>(ExportedArray{{}, account});
  auto* target = pointer<ArrowArray>(array);
  fx_error* error = nullptr;
  const fx_code code = fx_extraction_export(pointer<fx_extraction>(extraction), &exported->array, &error);
  check(env, code, error);
  if (account != nullptr) account->retain();
  *target = exported->array;
  target->private_data = exported.release();
  target->release = &release_exported;
}

// Structures for Java to hand over: it has no other memory that stays where it is.
struct ArrowStructures {
  ArrowSchema schema = {};
  ArrowArray array = {};
};

void new_arrow_structures(JNIEnv* env, jlongArray addresses) {
  auto structures = std::make_unique<ArrowStructures>();
  const jlong values[3] = {address(structures.get()), address(&structures->schema), address(&structures->array)};
  env->SetLongArrayRegion(addresses, 0, 3, values);
  check_pending(env);
  static_cast<void>(structures.release());
}

void free_arrow_structures(JNIEnv*, jlong structures) {
  const std::unique_ptr<ArrowStructures> owned(pointer<ArrowStructures>(structures));
  if (owned->array.release != nullptr) owned->array.release(&owned->array);
  if (owned->schema.release != nullptr) owned->schema.release(&owned->schema);
}

// Fills {low, high} for each column, and then for the rows.
void digest_table(JNIEnv* env, jlong schema, jlong array, jlongArray numbers) {
  std::vector<fx_digest128> digests(static_cast<size_t>(env->GetArrayLength(numbers)) / 2);
  fx_error* error = nullptr;
  const fx_code code = fx_digest_table(pointer<ArrowSchema>(schema), pointer<ArrowArray>(array), digests.data(),
                                       digests.size() - 1, &digests.back(), &error);
  check(env, code, error);
  std::vector<jlong> values;
  for (const fx_digest128& digest : digests) {
    values.push_back(static_cast<jlong>(digest.low));
    values.push_back(static_cast<jlong>(digest.high));
  }
  env->SetLongArrayRegion(numbers, 0, static_cast<jsize>(values.size()), values.data());
}

void free_extraction(JNIEnv*, jlong extraction) { fx_extraction_free(pointer<fx_extraction>(extraction)); }

}  // namespace

void add_extraction_methods(std::vector<JNINativeMethod>* methods) {
  methods->insert(methods->end(), {
                                      native_method("describeExtraction", "(J[JI)V", entry<describe_extraction>()),
                                      native_method("inputCounts", "(JI[J)V", entry<input_counts>()),
                                      native_method("exportArrow", "(JJJ)V", entry<export_arrow>()),
                                      native_method("digestTable", "(JJ[J)V", entry<digest_table>()),
                                      native_method("newArrowStructures", "([J)V", entry<new_arrow_structures>()),
                                      native_method("freeArrowStructures", "(J)V", entry<free_arrow_structures>()),
                                      native_method("freeExtraction", "(J)V", entry<free_extraction>()),
                                  });
}

}  // namespace feature_extractor::jni
