// Sessions: from Arrow data to extractions.
#include <algorithm>

#include "arrow/check_structure.h"
#include "arrow/nested_candidates.h"
#include "c_api/handles.h"

namespace feature_extractor {
namespace {

constexpr int64_t kReserveStep = 256 * 1024;

// What a session points to, in one block with it.
struct OwnedSession {
  std::shared_ptr<Extractor> extractor;
  Session session;

  OwnedSession(std::shared_ptr<Extractor> from, const fx_session_options& options)
      : extractor(std::move(from)),
        session(extractor->program(), options.reserve, options.reserve_context,
                options.reserve_step == 0 ? kReserveStep : options.reserve_step) {}
};

StatusOr<fx_session*> new_session(fx_extractor* extractor, const fx_session_options* given) {
  fx_session_options options;
  if (Status status = read_options(given, &options); !status.ok()) return status;
  if (options.threads < 0 || options.chunk_rows < 0 || options.reserve_step < 0) {
    return Status::error(ErrorCode::kInvalidArgument, "threads, chunk_rows and reserve_step must not be negative.");
  }
  auto owned = std::make_shared<OwnedSession>(extractor->extractor, options);
  auto handle = std::make_unique<fx_session>();
  handle->extractor = extractor->extractor;
  handle->session = {owned, &owned->session};
  if (options.threads > 0) handle->options.threads = options.threads;
  if (options.chunk_rows > 0) handle->options.chunk_rows = options.chunk_rows;
  return handle.release();
}

Status extract_table(fx_session* session, const ArrowSchema& schema, const ArrowArray& array,
                     fx_extraction** extraction) {
  if (Status status = check_structure(schema, array, "table"); !status.ok()) return status;
  ExtractionInput input;
  input.request_schema = input.candidate_schema = &schema;
  input.request = input.candidate = &array;
  const AccountScope scope(&session->session->account());
  NestedCandidates nested;
  if (session->extractor->plan().output_domain == kCandidateDomain) {
    const auto found = find_nested_candidates(schema, array, &nested);
    if (!found.ok()) return found.status();
    if (*found) {
      input.candidate_schema = nested.schema;
      input.candidate = &nested.array;
      input.offsets = nested.offsets;
      input.candidate_begins = nested.begins;
    }
  }
  return extract_into(session, input, extraction);
}

// A table without columns, for a side of which nothing is read.
struct EmptyTable {
  ArrowSchema schema{};
  ArrowArray array{};
  const void* buffers[1] = {nullptr};

  explicit EmptyTable(int64_t rows) {
    schema.format = "+s";
    schema.name = "";
    array.length = rows;
    array.n_buffers = 1;
    array.buffers = buffers;
  }
};

}  // namespace

Status extract_into(fx_session* session, const ExtractionInput& input, fx_extraction** extraction) {
  // First what can fail, so that nothing has to be taken back.
  auto handle = std::make_unique<fx_extraction>();
  auto result = session->extractor->extract(input, session->options, session->session.get());
  if (!result.ok()) return result.status();
  handle->held = std::make_shared<HeldExtraction>(session->session, *std::move(result));
  *extraction = handle.release();
  return Status::success();
}

}  // namespace feature_extractor

using namespace feature_extractor;

fx_code fx_session_new(fx_extractor* extractor, const fx_session_options* options, fx_session** session,
                       fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (extractor == nullptr) return missing_argument("extractor");
    if (session == nullptr) return missing_argument("session");
    auto handle = new_session(extractor, options);
    if (handle.ok()) *session = *handle;
    return handle.status();
  });
}

int64_t fx_session_memory(const fx_session* session) {
  return session == nullptr ? 0 : session->session->account().bytes();
}

void fx_session_trim(fx_session* session) {
  if (session == nullptr) return;
  session->reader.reset();
  session->decoder.reset();
  session->session->trim();
}

void fx_session_free(fx_session* session) {
  if (session == nullptr) return;
  session->session->close();
  delete session;
}

fx_code fx_extract(fx_session* session, const ArrowSchema* schema, const ArrowArray* array, fx_extraction** extraction,
                   fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (session == nullptr) return missing_argument("session");
    if (schema == nullptr) return missing_argument("schema");
    if (array == nullptr) return missing_argument("array");
    if (extraction == nullptr) return missing_argument("extraction");
    return extract_table(session, *schema, *array, extraction);
  });
}

fx_code fx_extract_requests(fx_session* session, const ArrowSchema* request_schema, const ArrowArray* requests,
                            const ArrowSchema* candidate_schema, const ArrowArray* candidates, const int64_t* offsets,
                            size_t offset_count, fx_extraction** extraction, fx_error** error) {
  return guarded(error, [&]() -> Status {
    if (session == nullptr) return missing_argument("session");
    if (extraction == nullptr) return missing_argument("extraction");
    if ((request_schema == nullptr) != (requests == nullptr)) {
      return missing_argument(requests == nullptr ? "requests" : "request_schema");
    }
    if ((candidate_schema == nullptr) != (candidates == nullptr)) {
      return missing_argument(candidates == nullptr ? "candidates" : "candidate_schema");
    }
    if (offsets == nullptr && offset_count > 0) return missing_argument("offsets");
    if (offsets != nullptr && offset_count == 0) {
      return Status::error(ErrorCode::kInvalidArgument, "offset_count must be the number of requests + 1.");
    }
    ExtractionInput input;
    if (requests != nullptr) {
      if (Status status = check_structure(*request_schema, *requests, "requests"); !status.ok()) return status;
    }
    if (candidates != nullptr) {
      if (Status status = check_structure(*candidate_schema, *candidates, "candidates"); !status.ok()) return status;
    }
    if (requests != nullptr && requests == candidates) {
      return Status::error(ErrorCode::kInvalidArgument,
                           "The requests and the candidates are one table; give it to fx_extract.");
    }
    if (offsets != nullptr) input.offsets = {offsets, offset_count};
    const EmptyTable no_requests(offset_count > 0 ? static_cast<int64_t>(offset_count) - 1 : 1);
    const EmptyTable no_candidates(offset_count > 0 ? std::max<int64_t>(0, offsets[offset_count - 1]) : 0);
    input.request_schema = requests != nullptr ? request_schema : &no_requests.schema;
    input.request = requests != nullptr ? requests : &no_requests.array;
    input.candidate_schema = candidates != nullptr ? candidate_schema : &no_candidates.schema;
    input.candidate = candidates != nullptr ? candidates : &no_candidates.array;
    return extract_into(session, input, extraction);
  });
}
