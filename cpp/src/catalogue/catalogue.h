// Candidates whose values are computed before any request asks for them, found by a key.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/extractor.h"
#include "engine/record_source.h"
#include "status.h"

namespace feature_extractor {

struct CatalogueOptions {
  std::string key;  // The column that names a candidate: integers or text, no nulls, each once.
  int threads = 1;
};

// More than any candidate has that a model could use.
inline constexpr size_t kMaximumRecordBytes = size_t{16} << 20;

class Catalogue : public RecordSource {
 public:
  const std::string& key() const { return key_; }
  bool has_text_keys() const { return has_text_keys_; }
  int64_t rows() const { return static_cast<int64_t>(records_.size()); }
  // What it takes of memory.
  int64_t bytes() const { return bytes_; }

  // The row of a key in the table that was imported, or -1. It is the one of the two that fits has_text_keys().
  int64_t row_of(int64_t key) const;
  int64_t row_of(Text key) const;

  // The records of the keys in the key column; for a key that is null or unknown, that of a candidate without any value.
  void find(const InputTable& candidates, RowRange rows, Workspace* work) const override;

 private:
  friend class CatalogueBuilder;

  struct Slot {
    uint64_t key;  // Or, of a text, its hash.
    uint32_t row_plus_one;
  };

  uint64_t slot_of(uint64_t hash) const { return hash & (slots_.size() - 1); }
  std::string key_;
  bool has_text_keys_ = false;
  int key_input_ = -1;                     // Of the program that reads the records.
  std::vector<Buffer> blocks_;             // Hold the records ...
  std::vector<Buffer> key_blocks_;         // ... and the texts of keys.
  std::vector<const std::byte*> records_;  // By row.
  std::vector<Text> texts_;                // By row.
  std::vector<Slot> slots_;                // A power of two, at most three quarters full; linear probing.
  Buffer unknown_;                         // The record of a candidate without any value.
  int64_t bytes_ = 0;
};

// An extractor whose candidates are given by keys, and the catalogue that it looks them up in.
struct CatalogueExtractor {
  std::shared_ptr<Extractor> extractor;
  std::shared_ptr<const Catalogue> catalogue;
};

// Computes what depends on the candidate alone for each row of a table. Candidate inputs that the table does not have come with the
// requests, as before, beside the key column. The table is read, not kept. Fails where a key is null or comes twice, where no
// column is an input of the program, and where a column has another type than the program declares.
StatusOr<CatalogueExtractor> with_catalogue(std::shared_ptr<const Extractor> extractor, const ArrowSchema& schema,
                                            const ArrowArray& table, const CatalogueOptions& options);

}  // namespace feature_extractor
