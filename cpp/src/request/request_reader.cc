#include "request/request_reader.h"

#include <algorithm>

#include "arrow/utf8.h"

namespace feature_extractor {
namespace {

// Messages quote what they found, which may be no text at all.
void make_valid_utf8(std::string* text) {
  if (is_valid_utf8(*text)) return;
  for (char& c : *text) {
    if (static_cast<uint8_t>(c) >= 0x80) c = '?';
  }
}

}  // namespace

RequestReader::RequestReader(const Extractor& extractor, const RequestLimits& limits, const LeftOutInputs& left_out)
    : limits_(limits), has_candidates_(extractor.plan().output_domain == kCandidateDomain) {
  const Plan& plan = extractor.plan();
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    if (!extractor.program().used_inputs()[i]) continue;
    const bool is_of_request = plan.inputs[i].domain == kRequestDomain;
    const std::vector<std::string>& missing = is_of_request ? left_out.request : left_out.candidate;
    if (std::find(missing.begin(), missing.end(), plan.inputs[i].name) != missing.end()) continue;
    (is_of_request ? requests_ : candidates_).add(plan.inputs[i].name, plan.inputs[i].type);
  }
}

Status RequestReader::read(std::span<const Text> messages) {
  requests_.clear();
  candidates_.clear();
  candidate_count_ = 0;
  offsets_.assign(1, 0);
  for (size_t i = 0; i < messages.size(); ++i) {
    const auto size = static_cast<int64_t>(messages[i].size());
    Status status =
        size <= limits_.bytes
            ? read_message(messages[i])
            : Status::error(ErrorCode::kLimit, "The message has " + std::to_string(size) + " bytes; at most " +
                                                   std::to_string(limits_.bytes) +
                                                   " are read. Raise the limit of the decoder, or split it.");
    if (!status.ok()) {
      make_valid_utf8(&status.message);
      if (messages.size() > 1) status.message = "Message " + std::to_string(i) + ": " + status.message;
      return status;
    }
  }
  if (Status status = requests_.finish(request_count()); !status.ok()) return status;
  return candidates_.finish(candidate_count_);
}

ExtractionInput RequestReader::input() {
  ExtractionInput input;
  input.request_schema = requests_.schema();
  input.request = requests_.array();
  if (has_candidates_) {
    input.candidate_schema = candidates_.schema();
    input.candidate = candidates_.array();
    input.offsets = offsets_;
  }
  return input;
}

Status RequestReader::too_many_candidates() const {
  return Status::error(ErrorCode::kLimit, "Request " + std::to_string(request_count()) +
                                              ": with its candidates there are " + std::to_string(candidate_count_) +
                                              " in one call; at most " + std::to_string(limits_.candidates) +
                                              " are read. Raise the limit of the decoder, or split the batch.");
}

}  // namespace feature_extractor
