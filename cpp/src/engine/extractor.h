// A loaded program, ready to be shared between threads.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "arrow/abi.h"
#include "engine/executor.h"
#include "engine/program.h"

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
  std::vector<int64_t> offsets;
};

struct ExtractionOptions {
  int threads = 1;
  int64_t chunk_rows = 1024;  // Results do not depend on it.
  bool profile = false;       // Measure the time of each step; costs about 50 ns per step and chunk.
};

// The values of all features, in the order of the program, and what was counted on the way.
struct Extraction {
  int64_t rows = 0;
  int64_t requests = 0;
  std::vector<FeatureBuffer> features;
  std::vector<InputCounts> input_counts;
  std::vector<int64_t> invented_nulls;    // By site of the plan.
  int64_t heap_allocations = 0;           // Taken while the chunks ran; none once the workspaces are warm.
  std::vector<int64_t> step_nanoseconds;  // If profiled: by step of the plan, then by feature.
};

class Extractor : public std::enable_shared_from_this<Extractor> {
 public:
  // `owner` keeps the memory behind the resources alive.
  Extractor(std::unique_ptr<Program> program, std::shared_ptr<void> owner)
      : program_(std::move(program)), owner_(std::move(owner)) {}

  const Plan& plan() const { return program_->plan(); }
  const Program& program() const { return *program_; }

  StatusOr<std::unique_ptr<Extraction>> extract(const ExtractionInput& input, const ExtractionOptions& options) const;

  // Gives the memory of an extraction back for the next one.
  void recycle(std::unique_ptr<Extraction> extraction) const;

 private:
  struct Job;
  std::unique_ptr<Workspace> take_workspace() const;
  void give_workspace(std::unique_ptr<Workspace> workspace) const;
  std::unique_ptr<Extraction> take_extraction() const;
  void run_part(const Job& job, int64_t first, int64_t last, Workspace* work, std::vector<FeatureBuffer>* out) const;

  void run_thread(const Job& job, int64_t first, int64_t last, Workspace* work, Extraction* extraction,
                  std::vector<FeatureBuffer>* part) const;

  std::unique_ptr<Program> program_;
  std::shared_ptr<void> owner_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Workspace>> workspaces_;
  mutable std::vector<std::unique_ptr<Extraction>> extractions_;
};

// The values of a plan's `constants` as a JSON list, for the compiler.
std::string constants_json(const Program& program);

}  // namespace feature_extractor
