// Decoders of messages for threads of Python: each call has a reader of its own while it runs.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <mutex>
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

 private:
  std::unique_ptr<RequestReader> take();

  const std::shared_ptr<const RequestDecoder> decoder_;
  const bool reads_text_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<RequestReader>> idle_;
};

}  // namespace feature_extractor
