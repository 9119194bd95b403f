// A loaded program, ready to be shared between threads.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "arrow/abi.h"
#include "engine/program.h"
#include "engine/record_source.h"
#include "engine/session.h"

namespace feature_extractor {

// What to extract from. The arrays are only read, and must live until the call returns.
struct ExtractionInput {
  // The table that has the request inputs; nullptr if the program has none.
  const ArrowSchema* request_schema = nullptr;
  const ArrowArray* request = nullptr;
  // The table that has the candidate inputs; nullptr if the program has none. It may be the same as the request table: then
  // each row is a candidate together with its request, and consecutive rows with equal requests share one computation.
  const ArrowSchema* candidate_schema = nullptr;
  const ArrowArray* candidate = nullptr;
  // With two tables: request r has the candidates [offsets[r], offsets[r + 1]). Empty: all candidates belong to one request.
  std::span<const int64_t> offsets;
  // If the candidates of a request do not always follow those of the one before: the first row of each request. The caller has
  // made sure that all of them are rows of the table. Empty: they do.
  std::span<const int64_t> candidate_begins;
};

struct ExtractionOptions {
  int threads = 1;
  int64_t chunk_rows = 1024;  // Results do not depend on it.
  bool profile = false;       // Measure the time of each step; costs about 50 ns per step and chunk.
};

class Extractor : public std::enable_shared_from_this<Extractor> {
 public:
  // `owner` keeps the memory behind the resources alive. A program that reads records has a source of them.
  Extractor(std::unique_ptr<Program> program, std::shared_ptr<const void> owner,
            std::shared_ptr<const RecordSource> records = nullptr)
      : program_(std::move(program)), owner_(std::move(owner)), records_(std::move(records)), session_(*program_) {}

  const Plan& plan() const { return program_->plan(); }
  const Program& program() const { return *program_; }
  // Where its candidates' records come from; nullptr if all is computed from inputs.
  const RecordSource* records() const { return records_.get(); }

  // Extracts in the memory of a session of this very extractor.
  StatusOr<std::unique_ptr<Extraction>> extract(const ExtractionInput& input, const ExtractionOptions& options,
                                                Session* session) const;

  // The session of a host that does not tell memory apart. It keeps the extractor alive.
  std::shared_ptr<Session> default_session() const { return {shared_from_this(), &session_}; }

 private:
  struct Job;
  StatusOr<std::unique_ptr<Extraction>> extract_batch(const ExtractionInput& input, const ExtractionOptions& options,
                                                      Session* session) const;
  void run_part(const Job& job, int64_t first, int64_t last, Workspace* work, FeatureBuffers* out) const;
  void run_thread(const Job& job, int64_t first, int64_t last, Workspace* work, Extraction* extraction) const;

  std::unique_ptr<Program> program_;
  std::shared_ptr<const void> owner_;
  std::shared_ptr<const RecordSource> records_;
  mutable Session session_;
};

// The values of a plan's `constants` as a JSON list, for the compiler.
std::string constants_json(const Program& program);

}  // namespace feature_extractor
