// Tables of Arrow whose buffers lie in a package.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "arrow/abi.h"
#include "status.h"

namespace feature_extractor {

// A buffer of a table, by its place in the bytes of a member; 0 and 0 for a validity bitmap that is not there.
struct StoredBuffer {
  uint64_t offset = 0;
  uint64_t size = 0;
};

// A struct array over memory that somebody else keeps. Package members are written as Arrow IPC files, which any tool reads; their
// index says where each buffer lies, so that the core needs no reader for the format around them.
class StoredTable {
 public:
  // Takes the schema over, which is released with the table. `buffers` are those of the columns, depth first. Everything is
  // verified: that buffers lie inside of `bytes` and are long enough, and that offsets rise. So no look at the table can leave the
  // memory, whatever the package says.
  static StatusOr<std::unique_ptr<StoredTable>> open(ArrowSchema schema, int64_t rows,
                                                     std::span<const StoredBuffer> buffers,
                                                     std::span<const std::byte> bytes);

  ~StoredTable();
  StoredTable(const StoredTable&) = delete;
  StoredTable& operator=(const StoredTable&) = delete;

  const ArrowSchema& schema() const { return schema_; }
  const ArrowArray& array() const { return nodes_.front().array; }

 private:
  struct Node {
    ArrowArray array{};
    std::vector<const void*> buffers;
    std::vector<ArrowArray*> children;
  };
  class Reader;

  explicit StoredTable(ArrowSchema schema) : schema_(schema) {}

  ArrowSchema schema_;
  std::deque<Node> nodes_;  // The table itself is the first.
};

}  // namespace feature_extractor
