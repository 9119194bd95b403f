// Runs the stages of a program over one chunk of rows.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "arrow/input_table.h"
#include "engine/memory.h"
#include "engine/program.h"
#include "plan/split.h"

namespace feature_extractor {

// The most elements that the lists of one chunk may have together: entries are 32 bits wide, and memory is finite.
inline constexpr uint32_t kMaximumElements = 1U << 28;

struct Register {
  Buffer values;
  Buffer valid;
};

// Where a feature's values go: fixed-size values to their rows, ragged ones behind those that are there.
struct FeatureBuffer {
  Buffer values;   // float32, or int64 ids, or the bytes of text.
  Buffer offsets;  // int64, rows + 1, of ragged kinds.
  Buffer weights;  // float32, of weighted ids.
  int64_t rows = 0;
  int64_t elements = 0;  // Ids or bytes written.
  int64_t defaulted = 0;
};

using FeatureBuffers = AccountedVector<FeatureBuffer>;

// What is counted for one row while its record is computed.
struct RowCount {
  uint32_t row;
  uint32_t number;  // Which count it is: see RecordLayout.
  uint32_t count;
};

// Where a thread keeps the records of a chunk, those that it reads and those that it makes.
struct RecordWork {
  // To be read: for each candidate of the chunk its record.
  AccountedVector<const std::byte*> found;
  AccountedVector<uint64_t> validity;  // Scratch: which values all of them have.
  uint32_t largest_domain = 0;         // The most elements of a list while records were made for this chunk.
  int64_t unknown_keys = 0;            // In the last run.
  Buffer keys;                         // Scratch of the search: keys, or digests of the inputs,
  Buffer key_validity;
  AccountedVector<RowRange> missing;        // the rows that have no record yet, and
  Buffer copies;                            // records that may go while they are read,
  AccountedVector<size_t> copy_begins;      // each from where on.
  std::unique_ptr<struct Workspace> maker;  // Of the program that makes records.

  // Made: they stand one behind the other in `bytes`, from `begins` to the next.
  Buffer bytes;
  AccountedVector<size_t> begins;
  AccountedVector<RowCount> counts;
  FeatureBuffers features;
  AccountedVector<uint32_t> owners;  // Scratch: the candidates of elements.
  bool counts_rows = false;          // Records shall hold what was counted ...
  bool counts_inputs = false;        // ... also at the boundary.
};

// The memory of one thread: everything that is written while a chunk runs. It grows to what the largest chunk needed.
struct Workspace {
  explicit Workspace(const Program& program);

  struct DomainState {
    uint32_t rows = 0;
    AccountedVector<RowRange> input_ranges;  // Of elements that are read from Arrow.
    Buffer positions;                        // Of a selection.
    Buffer owners;                           // Of a fetched list: the row of the list that it was fetched from.
  };
  struct Map {
    Buffer values;
    bool ready = false;
  };

  AccountedVector<Column> columns;  // By slot.
  AccountedVector<Register> registers;
  AccountedVector<DomainState> domains;
  AccountedVector<Map> entry_maps;
  AccountedVector<Map> index_maps;
  AccountedVector<Column> operands;
  ChunkArena arenas[3];                       // By root.
  AccountedVector<Buffer> broadcasts;         // Only in the workspace of the constants.
  AccountedVector<InputCounts> input_counts;  // By input.
  AccountedVector<int64_t> invented_nulls;    // By site.
  AccountedVector<int64_t> step_nanoseconds;  // By step, then by feature; empty unless the run is profiled.
  int64_t heap_allocations = 0;               // In the last run.
  AccountedVector<RowRange> child_ranges;     // Scratch of an input step.
  Buffer fetch_index;                         // Scratch of a fetch.
  Buffer fetch_present;
  AccountedVector<RowRange> request_ranges;  // Of the group of requests that is being run.
  AccountedVector<uint32_t> owners;          // For each candidate of the chunk, its request within the group.
  FeatureBuffers part;                       // What a further thread of a call wrote, until the parts are put together.
  RecordWork record;

  void clear_counts() {
    input_counts.assign(input_counts.size(), {});
    invented_nulls.assign(invented_nulls.size(), 0);
    step_nanoseconds.clear();
    record.unknown_keys = 0;
  }
};

struct OutputValue;
struct RecordListReader;

class Executor {
 public:
  Executor(const Program& program, Workspace* workspace) : program_(program), work_(*workspace) {}

  // One step of the constant stage; its value stays in the workspace.
  void run_constant_step(const BoundStep& step);

  // Requests whose rows in the request table are the ranges; then their candidates, chunk by chunk.
  void begin_requests(const InputTable* table, std::span<const RowRange> ranges, uint32_t rows);
  void run_requests(FeatureBuffers* out, int64_t out_row);
  // Candidates [range) of the candidate table; `owners` gives for each the request (0-based within the group).
  void run_candidates(const InputTable* table, RowRange range, const uint32_t* owners, FeatureBuffers* out,
                      int64_t out_row);

  // Of a program that makes records: reads the inputs of rows of the candidate table, or makes their records as well. The ranges
  // count from the beginning of the columns.
  void read_inputs(const InputTable* table, std::span<const RowRange> ranges, uint32_t rows);
  void make_records(const InputTable* table, std::span<const RowRange> ranges, uint32_t rows);
  // What an input step read last.
  const Column& column(int slot) const { return work_.columns[slot]; }
  uint32_t rows_of(int domain) const { return work_.domains[domain].rows; }

  // An operand with the columns of its elements; it stands until the next one is asked for.
  const Column& operand_tree(const BoundOperand& operand) {
    Column* tree = work_.operands.data();
    operand_column(operand, tree + 1, tree);
    return *tree;
  }

  // The largest number of elements that a list of this stage had in the last run.
  uint32_t largest_domain(int root) const;

 private:
  void run_stage(int stage);
  void run_step(const BoundStep& step);
  void run_input(const BoundStep& step);
  void run_constant(const BoundStep& step);
  void run_call(const BoundStep& step);
  void run_lift(const BoundStep& step);
  bool repeat_for_elements(const BoundStep& step);
  void lift_from_one_row(const BoundStep& step, uint32_t rows);
  void run_fetch(const BoundStep& step);
  void run_collect(const BoundStep& step);
  void write_feature(int feature);
  void begin_candidates(const InputTable* table, std::span<const RowRange> ranges, uint32_t rows);
  void read_records();
  RecordListReader begin_lists(const RecordColumn& list, uint32_t rows, uint64_t total);
  void end_lists(const RecordListReader& reader);
  void write_records(const BoundStep& step);
  void write_feature_by_row(const FeatureDeclaration& feature, const OutputValue& output, int index, uint32_t rows);
  void count_inputs_by_row(const BoundStep& step, const LeafAccess& leaf, std::span<const RowRange> ranges,
                           const ReadTarget& read);
  const uint32_t* candidates_of(int domain);
  void add_count(uint32_t number, uint32_t count);
  void count_for_row(uint32_t row, uint32_t number, int64_t count);
  void reset_maps(int root);

  void shape_written(int slot, uint32_t own_rows, bool own_rows_known);
  const ListEntry* entries(const BoundOperand& operand);
  const ListEntry* entry_map(int id);
  void write_entries(int domain, int storage, const ListEntry* shape, ListEntry* out, uint32_t rows);
  const ListEntry* origin_entries(int domain, int storage);
  const uint32_t* index_map(int id);
  int find_index_map(int from, int to) const;
  void gather(int source, const uint32_t* index, uint32_t rows, int result, const uint8_t* present);
  Column* operand_column(const BoundOperand& operand, Column* next, Column* target);
  uint8_t* valid_of(int slot, uint32_t rows);
  char* values_of(int slot, uint32_t rows);
  void count_invented(const BoundStep& step, uint32_t begin, const Result& result, const KernelCall& call);

  const Program& program_;
  Workspace& work_;
  const InputTable* tables_[3] = {};
  std::span<const RowRange> request_ranges_;
  RowRange candidate_range_{0, 0};
  std::span<const RowRange> candidate_ranges_;
  const uint32_t* owners_ = nullptr;
  FeatureBuffers* out_ = nullptr;
  int64_t out_row_ = 0;
};

}  // namespace feature_extractor
