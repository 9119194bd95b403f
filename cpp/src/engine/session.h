// The memory that batches are extracted in: taken once, used again and again.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "engine/executor.h"
#include "engine/memory.h"
#include "engine/program.h"

namespace feature_extractor {

// The values of all features, in the order of the program, and what was counted on the way.
struct Extraction {
  int64_t rows = 0;
  int64_t requests = 0;
  FeatureBuffers features;
  AccountedVector<InputCounts> input_counts;
  AccountedVector<int64_t> invented_nulls;    // By site of the plan.
  int64_t unknown_keys = 0;                   // Candidates that a catalogue does not have.
  int64_t heap_allocations = 0;               // Taken while the chunks ran; none once the workspaces are warm.
  AccountedVector<int64_t> step_nanoseconds;  // If profiled: by step of the plan, then by feature.
};

// Workspaces and extractions that wait to be used again. All of their memory belongs to the session's account, also while they
// are in use. Safe to share between threads, but meant for one thread, task or connection, whose memory it then is.
class Session {
 public:
  // The program must outlive the session.
  explicit Session(const Program& program) : program_(program) {}
  Session(const Program& program, MemoryAccount::Reserve reserve, void* context, int64_t step)
      : account_(reserve, context, step), program_(program) {}

  const Program& program() const { return program_; }
  MemoryAccount& account() { return account_; }
  const MemoryAccount& account() const { return account_; }

  std::unique_ptr<Workspace> take_workspace();
  void give_workspace(std::unique_ptr<Workspace> workspace);
  std::unique_ptr<Extraction> take_extraction();
  // Gives the memory of an extraction back for the next one.
  void recycle(std::unique_ptr<Extraction> extraction);

  // Frees what is not in use.
  void trim();
  // The same, and nothing is kept any more.
  void close();

 private:
  // First, so that it outlives everything that was taken from it.
  MemoryAccount account_;
  const Program& program_;
  std::mutex mutex_;
  bool closed_ = false;
  std::vector<std::unique_ptr<Workspace>> workspaces_;
  std::vector<std::unique_ptr<Extraction>> extractions_;
};

// An extraction in use, given back to its session when the last user lets go of it. The pointer to the session keeps alive all
// that the session needs.
struct HeldExtraction {
  std::shared_ptr<Session> session;
  std::unique_ptr<Extraction> extraction;

  HeldExtraction(std::shared_ptr<Session> from, std::unique_ptr<Extraction> values)
      : session(std::move(from)), extraction(std::move(values)) {}
  HeldExtraction(const HeldExtraction&) = delete;
  HeldExtraction& operator=(const HeldExtraction&) = delete;
  ~HeldExtraction() { session->recycle(std::move(extraction)); }

  const Plan& plan() const { return session->program().plan(); }
};

}  // namespace feature_extractor
