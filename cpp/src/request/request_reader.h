// Requests in the bytes that servers receive, read into the columns of an extraction.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/extractor.h"
#include "feature_extractor/column.h"
#include "request/column_writer.h"
#include "status.h"

namespace feature_extractor {

// What a message may ask for before it is refused.
struct RequestLimits {
  int64_t bytes = int64_t{64} << 20;      // Of one message.
  int64_t candidates = int64_t{1} << 20;  // Of one call, with all of its requests.
};

// Messages of a host that fetches some of the inputs: what their type has no field for is left out of the columns, and the fields
// that it is fetched by are columns too.
struct FetchedFields {
  std::vector<std::string> inputs;
  std::vector<std::string> keys;
};

// Inputs that are no columns, by domain.
struct LeftOutInputs {
  std::vector<std::string> request;
  std::vector<std::string> candidate;
};

// Reads messages, one thread at a time. Its memory is used again by the next call, and belongs to the account that is current while
// it grows.
class RequestReader {
 public:
  // The extractor must outlive the reader.
  RequestReader(const Extractor& extractor, const RequestLimits& limits, const LeftOutInputs& left_out = {});
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  virtual ~RequestReader() = default;

  // Reads all requests of all messages, in their order. An error names the request, the field and the byte.
  Status read(std::span<const Text> messages);
  // The tables with what was read last; they stay until the next call.
  ExtractionInput input();

 protected:
  // Reads one message: adds a row to each column of `requests_` for each of its requests, and calls end_request().
  virtual Status read_message(Text message) = 0;

  int64_t request_count() const { return static_cast<int64_t>(offsets_.size()) - 1; }
  bool has_candidates() const { return has_candidates_; }
  // False where that would be more candidates than the limit allows.
  bool add_candidates(int64_t count) {
    candidate_count_ += count;
    return candidate_count_ <= limits_.candidates;
  }
  Status too_many_candidates() const;
  void end_request() { offsets_.push_back(candidate_count_); }

  TableWriter requests_;  // A column for each input that some feature reads, in the order of the program.
  TableWriter candidates_;

 private:
  const RequestLimits limits_;
  bool has_candidates_ = false;
  int64_t candidate_count_ = 0;
  AccountedVector<int64_t> offsets_;
};

// How messages of one format fit one extractor. It never changes, and threads may share it.
class RequestDecoder {
 public:
  explicit RequestDecoder(std::shared_ptr<const Extractor> extractor) : extractor_(std::move(extractor)) {}
  virtual ~RequestDecoder() = default;

  const Extractor& extractor() const { return *extractor_; }
  // The decoder must outlive the reader.
  virtual std::unique_ptr<RequestReader> new_reader() const = 0;
  // The fields of the messages of requests, and of those of candidates; none for a format that declares no fields.
  virtual std::vector<std::string> request_fields() const { return {}; }
  virtual std::vector<std::string> candidate_fields() const { return {}; }

 private:
  const std::shared_ptr<const Extractor> extractor_;
};

// For JSON: an object per request with a member per input, and the candidates in its member `candidates` (docs/requests.md).
std::shared_ptr<const RequestDecoder> make_json_decoder(std::shared_ptr<const Extractor> extractor,
                                                        const RequestLimits& limits);

// For Protocol Buffers: a message per request with a field per input, and a repeated message of candidates in the field of this
// name. `descriptor_set` is a serialised google.protobuf.FileDescriptorSet. Fails where the message does not fit the program.
StatusOr<std::shared_ptr<const RequestDecoder>> make_protobuf_decoder(
    std::shared_ptr<const Extractor> extractor, std::string_view descriptor_set, std::string_view message,
    std::string_view candidates, const RequestLimits& limits, FetchedFields fetched = {});

}  // namespace feature_extractor
