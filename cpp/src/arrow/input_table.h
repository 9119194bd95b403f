// Arrow arrays matched to the declared inputs of a program, and read into flat columns.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "arrow/abi.h"
#include "engine/memory.h"
#include "plan/plan.h"

namespace feature_extractor {

// How values lie in an Arrow array.
enum class Layout : uint8_t {
  kNull,
  kBool,
  kInt8,
  kUInt8,
  kInt16,
  kUInt16,
  kInt32,
  kUInt32,
  kInt64,
  kUInt64,
  kFloat16,
  kFloat32,
  kFloat64,
  kText32,
  kText64,
  kTextView,
  kList32,
  kList64,
  kFixedList,
  kStruct,
};

// An array whose values were copied to where the processor may read them as numbers.
struct AlignedArray {
  ArrowArray array;
  std::vector<const void*> buffers;
  std::vector<uint64_t> values;
};

// One array of the tree, with what was found out when it was matched.
struct InputNode {
  Layout layout = Layout::kNull;
  const ArrowArray* array = nullptr;
  int64_t multiply = 1;  // Of time values, to microseconds ...
  int64_t divide = 1;    // ... rounded towards minus infinity.
  uint32_t fixed_size = 0;
  bool is_bytes = false;  // No UTF-8 check.
  std::vector<std::unique_ptr<InputNode>> children;
  std::vector<std::string> names;  // Of the fields of a struct.
  std::unique_ptr<InputNode> dictionary;
  std::unique_ptr<AlignedArray> aligned;  // What `array` points to, where the given values lie at odd addresses.
};

// Rows [begin, begin + count) of an array.
struct RowRange {
  int64_t begin;
  int64_t count;
};

// What was put in the place of values that do not exist inside.
struct InputCounts {
  int64_t nulls = 0;       // Rows that were null already.
  int64_t not_finite = 0;  // NaN and infinities.
  int64_t not_utf8 = 0;
  int64_t out_of_range = 0;  // An integer or an instant that does not fit 64 bits.
  int64_t wrong_size = 0;    // A vector with another number of elements.

  void add(const InputCounts& other) {
    nulls += other.nulls;
    not_finite += other.not_finite;
    not_utf8 += other.not_utf8;
    out_of_range += other.out_of_range;
    wrong_size += other.wrong_size;
  }
};

// The leaf that a path leads to, and the structs passed on the way since the last list.
struct LeafAccess {
  const InputNode* node = nullptr;
  struct Enclosing {
    const InputNode* node;
    int64_t shift;
  };
  Enclosing structs[kMaximumNesting + 1];
  int struct_count = 0;
  int64_t shift = 0;  // To be added to a row before it is looked up in `node`.
};

class InputTable {
 public:
  // Matches the columns of a struct array to the inputs of one domain. Columns that no input names are ignored. An error
  // names the column, what was expected and what was given.
  Status match(const ArrowSchema& schema, const ArrowArray& array, const Plan& plan, int domain,
               const std::vector<bool>& used_inputs);

  int64_t rows() const { return rows_; }
  const InputNode* column(int input) const { return columns_[input].get(); }
  // The part of an input that a path leads to.
  LeafAccess leaf(int input, std::span<const std::string> path) const;
  // True if a row is null as a whole: then all of its inputs are null, whatever the columns hold.
  bool is_null_row(int64_t row) const;
  // Row r of the table is row r + row_shift() of each column.
  int64_t row_shift() const { return row_shift_; }

 private:
  std::vector<std::unique_ptr<InputNode>> columns_;
  std::unique_ptr<InputNode> nullable_rows_;  // The table itself, if some of its rows may be null.
  int64_t rows_ = 0;
  int64_t row_shift_ = 0;
};

// Where one flat column goes: the caller provides room for all rows. `data` may be set to point into the Arrow array instead.
struct ReadTarget {
  void* values = nullptr;      // Room for the values, in the storage type.
  uint8_t* valid = nullptr;    // Room for one byte per row.
  const void* data = nullptr;  // Result: values, or the array's own buffer.
  bool has_nulls = false;      // Result.
};

// Reads the rows of the ranges, one after the other. `width` is that of a vector.
void read_leaf(const LeafAccess& leaf, StorageKind type, uint32_t width, std::span<const RowRange> ranges,
               ReadTarget* target, InputCounts* counts);

// Reads the entries of a list or map: dense entries to target->values, and the ranges of the child's rows.
// Returns the number of elements.
int64_t read_list(const LeafAccess& leaf, std::span<const RowRange> ranges, ReadTarget* target,
                  AccountedVector<RowRange>* child_ranges, InputCounts* counts);

// True if two rows of a column hold the same value; nested values are compared deeply.
bool rows_equal(const InputNode& node, int64_t first, int64_t second);

}  // namespace feature_extractor
