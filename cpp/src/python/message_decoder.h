// Decoders of messages for threads of Python: each call has a reader of its own while it runs.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "request/request_reader.h"

namespace feature_extractor {

class PyMessageDecoder {
 public:
  // `reads_text`: a str is a message as well, in UTF-8.
  PyMessageDecoder(std::shared_ptr<const RequestDecoder> decoder, bool reads_text)
      : decoder_(std::move(decoder)), reads_text_(reads_text) {}

  // The tables of the messages in a list; the reader must be given back. Raises what does not fit.
  std::unique_ptr<RequestReader> read(const pybind11::list& messages);
  void give_back(std::unique_ptr<RequestReader> reader);

  // The tables of the messages in a list, for a host that keeps or looks at them: the requests and their candidates as pairs of
  // Arrow capsules, and the offsets of the candidates. Candidates and offsets are None for a program without candidates. Raises
  // what does not fit.
  pybind11::tuple decode(const pybind11::list& messages);

  // See RequestDecoder.
  std::vector<std::string> request_fields() const { return decoder_->request_fields(); }
  std::vector<std::string> candidate_fields() const { return decoder_->candidate_fields(); }

 private:
  std::unique_ptr<RequestReader> take();

  const std::shared_ptr<const RequestDecoder> decoder_;
  const bool reads_text_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<RequestReader>> idle_;
};

}  // namespace feature_extractor
