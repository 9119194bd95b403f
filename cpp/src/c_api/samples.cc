// Extractions as records of a TFRecord file.
#include "samples/tfrecord.h"

#include "c_api/handles.h"
#include "engine/arrow_export.h"

using namespace feature_extractor;

namespace {

// Records are handed over when they have about this size together.
constexpr size_t kChunkBytes = size_t{1} << 20;

// The arrays of an extraction for as long as they are read.
struct ExportedExtraction {
  explicit ExportedExtraction(const std::shared_ptr<HeldExtraction>& held) : schema(output_arrow_schema(held->plan())) {
    try {
      array = export_arrow_array(held);
    } catch (...) {
      schema.release(&schema);
      throw;
    }
  }
  ExportedExtraction(const ExportedExtraction&) = delete;
  ExportedExtraction& operator=(const ExportedExtraction&) = delete;
  ~ExportedExtraction() {
    array.release(&array);
    schema.release(&schema);
  }

  ArrowSchema schema;
  ArrowArray array{};
};

}  // namespace

fx_code fx_extraction_tfrecord(const fx_extraction* extraction, const fx_tfrecord_options* given,
                               int32_t (*write)(void* context, const void* bytes, size_t size), void* write_context,
                               fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (extraction == nullptr) return missing_argument("extraction");
    if (write == nullptr) return missing_argument("write");
    fx_tfrecord_options options;
    if (Status status = read_options(given, &options); !status.ok()) return status;
    const ExportedExtraction exported(extraction->held);
    auto encoder = SampleEncoder::make(exported.schema, exported.array,
                                       options.sequence != 0 ? SampleForm::kSequenceExample : SampleForm::kExample);
    if (!encoder.ok()) return encoder.status();
    RecordBuffer records;
    for (int64_t row = 0; row < encoder->rows(); ++row) {
      if (Status status = encoder->append_record(row, &records); !status.ok()) return status;
      if (records.size() < kChunkBytes && row + 1 < encoder->rows()) continue;
      if (write(write_context, records.data(), records.size()) != 0) {
        return Status::error(ErrorCode::kIo, "The caller's write refused to take records.");
      }
      records.clear();
    }
    return Status::success();
  });
}
