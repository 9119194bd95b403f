// Where the records of candidates come from: a catalogue that was imported, or a cache of what requests brought.
#pragma once

#include "engine/executor.h"

namespace feature_extractor {

// Safe to share between threads.
class RecordSource {
 public:
  RecordSource() = default;
  RecordSource(const RecordSource&) = delete;
  RecordSource& operator=(const RecordSource&) = delete;
  virtual ~RecordSource() = default;

  // Puts a record for each of these rows of the candidate table into `work->record.found`; it stands until the next call with this
  // workspace. Throws std::bad_alloc, and std::length_error for lists that are too long.
  virtual void find(const InputTable& candidates, RowRange rows, Workspace* work) const = 0;
};

}  // namespace feature_extractor
