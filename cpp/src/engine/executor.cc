#include "engine/executor.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "engine/kernel_guard.h"
#include "engine/write_output.h"
#include "engine/write_value.h"

namespace feature_extractor {
namespace {

void grow_register(GrowingColumn* column, uint32_t minimum) {
  auto* reg = static_cast<Register*>(column->owner);
  uint32_t capacity = column->capacity < 512 ? 1024 : column->capacity * 2;
  if (minimum > kMaximumElements) throw std::length_error("elements");
  if (capacity < minimum) capacity = minimum;
  reg->values.reserve(static_cast<size_t>(capacity) * column->value_size,
                      static_cast<size_t>(column->size) * column->value_size);
  reg->valid.reserve(capacity, column->size);
  column->data = reg->values.as<void>();
  column->valid = reg->valid.as<uint8_t>();
  column->capacity = capacity;
}

void grow_positions(GrowingColumn* column, uint32_t minimum) {
  auto* buffer = static_cast<Buffer*>(column->owner);
  uint32_t capacity = column->capacity < 512 ? 1024 : column->capacity * 2;
  if (minimum > kMaximumElements) throw std::length_error("elements");
  if (capacity < minimum) capacity = minimum;
  column->data = buffer->reserve_array<uint32_t>(capacity, column->size);
  column->capacity = capacity;
}

}  // namespace

Workspace::Workspace(const Program& program)
    : columns(program.slots_.size()),
      registers(program.register_value_size_.size()),
      domains(program.plan().domains.size()),
      entry_maps(program.entry_maps_.size()),
      index_maps(program.index_maps_.size()),
      operands(static_cast<size_t>(program.maximum_operand_columns_) + 8),
      input_counts(program.plan().inputs.size()),
      invented_nulls(program.plan().sites.size()) {
  domains[kConstantDomain].rows = 1;
  if (program.constants_ == nullptr) return;
  // Constants, and the domains of constant lists, are the same for all workspaces.
  const Workspace& constants = *program.constants_;
  for (size_t s = 0; s < columns.size(); ++s) {
    if (program.slots_[s].root == kConstantDomain) columns[s] = constants.columns[s];
  }
  for (size_t d = 3; d < domains.size(); ++d) {
    if (program.plan().root_of(static_cast<int>(d)) != kConstantDomain) continue;
    const DomainState& known = constants.domains[d];
    domains[d].rows = known.rows;
    // Where a selection was taken from, and whose list was fetched: maps from deeper domains go through these.
    if (known.positions.capacity() > 0) {
      std::memcpy(domains[d].positions.reserve_array<uint32_t>(known.rows), known.positions.as<uint32_t>(),
                  sizeof(uint32_t) * known.rows);
    }
    if (known.owners.capacity() > 0) {
      const uint32_t parents = constants.domains[program.plan().domains[d].parent].rows;
      std::memcpy(domains[d].owners.reserve_array<uint32_t>(parents), known.owners.as<uint32_t>(),
                  sizeof(uint32_t) * parents);
    }
  }
}

uint8_t* Executor::valid_of(int slot, uint32_t rows) {
  return work_.registers[program_.slots_[slot].reg].valid.reserve_array<uint8_t>(rows);
}

char* Executor::values_of(int slot, uint32_t rows) {
  const BoundSlot& bound = program_.slots_[slot];
  return work_.registers[bound.reg].values.reserve_array<char>(static_cast<size_t>(rows) * bound.value_size);
}

void Executor::reset_maps(int root) {
  for (size_t m = 0; m < work_.entry_maps.size(); ++m) {
    if (program_.plan().root_of(program_.entry_maps_[m].domain) >= root) work_.entry_maps[m].ready = false;
  }
  for (size_t m = 0; m < work_.index_maps.size(); ++m) {
    if (program_.plan().root_of(program_.index_maps_[m].from) >= root) work_.index_maps[m].ready = false;
  }
}

void Executor::run_constant_step(const BoundStep& step) { run_step(step); }

void Executor::begin_requests(const InputTable* table, std::span<const RowRange> ranges, uint32_t rows) {
  tables_[kRequestDomain] = table;
  request_ranges_ = ranges;
  work_.arenas[kRequestDomain].reset();
  work_.arenas[kCandidateDomain].reset();
  work_.domains[kRequestDomain].rows = rows;
  reset_maps(kRequestDomain);
}

void Executor::run_requests(FeatureBuffers* out, int64_t out_row) {
  out_ = out;
  out_row_ = out_row;
  run_stage(kRequestDomain);
}

void Executor::run_candidates(const InputTable* table, RowRange range, const uint32_t* owners, FeatureBuffers* out,
                              int64_t out_row) {
  candidate_range_ = {range.begin + (table != nullptr ? table->row_shift() : 0), range.count};
  owners_ = owners;
  out_ = out;
  out_row_ = out_row;
  begin_candidates(table, {&candidate_range_, 1}, static_cast<uint32_t>(range.count));
  run_stage(kCandidateDomain);
}

void Executor::begin_candidates(const InputTable* table, std::span<const RowRange> ranges, uint32_t rows) {
  tables_[kCandidateDomain] = table;
  candidate_ranges_ = ranges;
  work_.arenas[kCandidateDomain].reset();
  work_.domains[kCandidateDomain].rows = rows;
  reset_maps(kCandidateDomain);
}

uint32_t Executor::largest_domain(int root) const {
  uint32_t largest = 0;
  for (size_t d = 3; d < work_.domains.size(); ++d) {
    if (program_.plan().root_of(static_cast<int>(d)) == root) largest = std::max(largest, work_.domains[d].rows);
  }
  return largest;
}

void Executor::run_stage(int stage) {
  if (work_.step_nanoseconds.empty()) {
    for (const BoundStep& step : program_.stages_[stage]) run_step(step);
    return;
  }
  for (const BoundStep& step : program_.stages_[stage]) {
    const auto start = std::chrono::steady_clock::now();
    run_step(step);
    const auto end = std::chrono::steady_clock::now();
    const size_t index = step.feature >= 0 ? program_.plan().steps.size() + static_cast<size_t>(step.feature)
                                           : static_cast<size_t>(step.step - program_.plan().steps.data());
    work_.step_nanoseconds[index] += std::chrono::duration_cast<std::chrono::nanoseconds>(end - start).count();
  }
}

void Executor::run_step(const BoundStep& step) {
  if (step.feature >= 0) {
    write_feature(step.feature);
    return;
  }
  switch (step.kind) {
    case Step::Kind::kInput:
      run_input(step);
      break;
    case Step::Kind::kConstant:
      run_constant(step);
      break;
    case Step::Kind::kCall:
      run_call(step);
      break;
    case Step::Kind::kLift:
      run_lift(step);
      break;
    case Step::Kind::kFetch:
      run_fetch(step);
      break;
    case Step::Kind::kCollect:
      run_collect(step);
      break;
    case Step::Kind::kFromRecord:
      read_records();
      break;
    case Step::Kind::kToRecord:
      write_records(step);
      break;
  }
}

// One list per request: its candidates, which lie side by side. The chunk holds all of them.
void Executor::run_collect(const BoundStep& step) {
  const int slot = step.step->results[0];
  const uint32_t requests = work_.domains[kRequestDomain].rows;
  const uint32_t candidates = work_.domains[kCandidateDomain].rows;
  auto* lists = reinterpret_cast<ListEntry*>(values_of(slot, requests));
  uint32_t next = 0;
  for (uint32_t request = 0; request < requests; ++request) {
    const uint32_t begin = next;
    while (next < candidates && owners_[next] == request) ++next;
    lists[request] = {begin, next - begin};
  }
  Column& column = work_.columns[slot];
  column.data = lists;
  column.valid = nullptr;
  shape_written(slot, 0, false);
}

void Executor::write_feature(int feature) {
  const BoundFeature& bound = program_.features_[feature];
  const uint32_t rows = work_.domains[program_.plan().output_domain].rows;
  if (bound.declaration->kind == FeatureKind::kValue) {
    write_value(program_.plan(), bound.declaration->value, operand_tree(bound.value), rows, &(*out_)[feature]);
    return;
  }
  const Column& value = work_.columns[bound.value.slot];
  Column elements[2];
  for (size_t e = 0; e < bound.value.elements.size(); ++e) elements[e] = work_.columns[bound.value.elements[e].slot];
  OutputValue output;
  output.level = program_.simd_level_;
  output.value = value;
  output.elements = elements;
  if (!bound.value.elements.empty()) output.entries = entries(bound.value);
  if (work_.record.counts_rows) {
    write_feature_by_row(*bound.declaration, output, feature, rows);
    return;
  }
  write_output(*bound.declaration, output, rows, out_row_, &(*out_)[feature]);
}

// --- inputs and constants ---

void Executor::run_input(const BoundStep& step) {
  const Step& input = *step.step;
  const int slot = input.results[0];
  const BoundSlot& bound = program_.slots_[slot];
  const InputTable* table = tables_[bound.root];
  const uint32_t rows = work_.domains[step.domain].rows;
  std::span<const RowRange> ranges;
  if (step.domain == kRequestDomain) {
    ranges = request_ranges_;
  } else if (step.domain == kCandidateDomain) {
    ranges = candidate_ranges_;
  } else {
    ranges = work_.domains[step.domain].input_ranges;
  }
  const LeafAccess leaf = table->leaf(input.input, input.path);
  ReadTarget target;
  target.values = values_of(slot, rows);
  target.valid = valid_of(slot, rows);
  InputCounts& counts = work_.input_counts[input.input];
  Column& column = work_.columns[slot];
  column.width = bound.width;
  if (bound.type != StorageKind::kList) {
    read_leaf(leaf, bound.type, bound.width, ranges, &target, &counts);
  } else if (leaf.node->layout == Layout::kNull) {
    std::memset(target.values, 0, sizeof(ListEntry) * rows);
    std::memset(target.valid, 0, rows);
    target.data = target.values;
    target.has_nulls = true;
    counts.nulls += rows;
    for (const int d : program_.domains_of_shape_[slot]) work_.domains[d].input_ranges.clear();
    shape_written(slot, 0, true);
  } else {
    work_.child_ranges.clear();
    const int64_t elements = read_list(leaf, ranges, &target, &work_.child_ranges, &counts);
    if (elements > int64_t{kMaximumElements}) throw std::length_error("elements");
    for (const int d : program_.domains_of_shape_[slot]) {
      if (program_.plan().domains[d].origin < 0) work_.domains[d].input_ranges = work_.child_ranges;
    }
    shape_written(slot, static_cast<uint32_t>(elements), true);
  }
  column.data = target.data;
  column.valid = target.has_nulls ? target.valid : nullptr;
  if (work_.record.counts_inputs && target.has_nulls) count_inputs_by_row(step, leaf, ranges, target);
}

void Executor::run_constant(const BoundStep& step) {
  const auto store = [&](const ConstantValue& value, int slot, uint32_t row) {
    const BoundSlot& bound = program_.slots_[slot];
    char* out = work_.registers[bound.reg].values.as<char>() + static_cast<size_t>(row) * bound.value_size;
    switch (bound.type) {
      case StorageKind::kBool:
        *out = value.bool_value ? 1 : 0;
        break;
      case StorageKind::kInt:
        std::memcpy(out, &value.int_value, 8);
        break;
      case StorageKind::kVector:
        std::memset(out, 0, bound.value_size);
        break;
      case StorageKind::kFloat: {
        const double number =
            value.kind == ConstantValue::Kind::kInt ? static_cast<double>(value.int_value) : value.float_value;
        std::memcpy(out, &number, 8);
        break;
      }
      default: {
        const Text text = value.text_value;
        std::memcpy(out, &text, sizeof(text));
        break;
      }
    }
    const bool is_null = value.kind == ConstantValue::Kind::kNull;
    work_.registers[bound.reg].valid.as<uint8_t>()[row] = is_null ? 0 : 1;
    if (is_null) work_.columns[slot].valid = work_.registers[bound.reg].valid.as<uint8_t>();
  };
  const ConstantValue& value = step.step->value;
  const int slot = step.step->results[0];
  Column& column = work_.columns[slot];
  column.data = values_of(slot, 1);
  column.width = program_.slots_[slot].width;
  valid_of(slot, 1);
  if (program_.slots_[slot].type != StorageKind::kList) {
    store(value, slot, 0);
    return;
  }
  const int elements = step.step->results[1];
  const auto count = static_cast<uint32_t>(value.list.size());
  work_.columns[elements].data = values_of(elements, count);
  valid_of(elements, count);
  for (uint32_t i = 0; i < count; ++i) store(value.list[i], elements, i);
  const ListEntry entry{0, count};
  std::memcpy(values_of(slot, 1), &entry, sizeof(entry));
  *valid_of(slot, 1) = value.kind == ConstantValue::Kind::kNull ? 0 : 1;
  column.valid = value.kind == ConstantValue::Kind::kNull ? valid_of(slot, 1) : nullptr;
  shape_written(slot, count, true);
}

// --- calls ---

// Fills `target`; children are taken from `next` on. Returns the first column that is still free.
Column* Executor::operand_column(const BoundOperand& operand, Column* next, Column* target) {
  *target = work_.columns[operand.slot];
  if (operand.entry_map >= 0) target->data = entry_map(operand.entry_map);
  if (operand.elements.empty()) return next;
  Column* children = next;
  next += operand.elements.size();
  for (size_t e = 0; e < operand.elements.size(); ++e) next = operand_column(operand.elements[e], next, &children[e]);
  target->children = children;
  return next;
}

void Executor::run_call(const BoundStep& step) {
  const Step& call = *step.step;
  const uint32_t rows = work_.domains[step.domain].rows;
  const int slot = call.results[0];
  const BoundSlot& bound = program_.slots_[slot];
  Column* arguments = work_.operands.data();
  Column* next = arguments + step.operands.size();
  for (size_t a = 0; a < step.operands.size(); ++a) next = operand_column(step.operands[a], next, &arguments[a]);

  char* values = values_of(slot, rows);
  uint8_t* valid = valid_of(slot, rows);
  GrowingColumn grown[2];
  const bool is_list = step.shape == ResultShape::kList || step.shape == ResultShape::kMap;
  if (is_list) {
    for (size_t r = 1; r < call.results.size(); ++r) {
      const BoundSlot& element = program_.slots_[call.results[r]];
      Register& reg = work_.registers[element.reg];
      grown[r - 1].owner = &reg;
      grown[r - 1].value_size = element.value_size;
      grown[r - 1].grow = &grow_register;
      grown[r - 1].data = reg.values.as<void>();
      grown[r - 1].valid = reg.valid.as<uint8_t>();
      grown[r - 1].capacity =
          static_cast<uint32_t>(std::min(reg.values.capacity() / element.value_size, reg.valid.capacity()));
    }
  } else if (step.shape == ResultShape::kSelection) {
    Buffer& positions = work_.domains[step.elements_domain].positions;
    grown[0].owner = &positions;
    grown[0].value_size = sizeof(uint32_t);
    grown[0].grow = &grow_positions;
    grown[0].data = positions.as<void>();
    grown[0].capacity = static_cast<uint32_t>(positions.capacity() / sizeof(uint32_t));
  }

  Result result;
  result.width = bound.width;
  result.children = grown;
  KernelCall kernel;
  kernel.arguments = arguments;
  kernel.argument_count = static_cast<uint32_t>(step.operands.size());
  kernel.result = &result;
  kernel.state = step.state;
  kernel.arena = &work_.arenas[bound.root];
  kernel.block_loops = program_.block_loops_;
  bool has_nulls = false;
  // Flat results come in blocks, as kernel.h promises to kernels; lists do where a constant is laid out for a block only.
  const bool is_flat = step.shape == ResultShape::kFlat || step.shape == ResultShape::kVector;
  const uint32_t block = step.in_blocks || is_flat ? kBlockRows : std::max(rows, 1U);
  for (uint32_t begin = 0; begin < rows; begin += block) {
    kernel.rows = std::min(block, rows - begin);
    if (begin > 0) {
      for (size_t a = 0; a < step.operands.size(); ++a) {
        const BoundSlot& operand = program_.slots_[step.operands[a].slot];
        if (operand.broadcast && operand.domain == kConstantDomain) continue;
        arguments[a].data =
            static_cast<const char*>(arguments[a].data) + static_cast<size_t>(block) * operand.value_size;
        if (arguments[a].valid != nullptr) arguments[a].valid += block;
      }
    }
    result.data = values + static_cast<size_t>(begin) * bound.value_size;
    result.valid = valid + begin;
    result.has_nulls = false;
    {
      const Register& written = work_.registers[bound.reg];
      const KernelGuard values_guard(written.values,
                                     values + static_cast<size_t>(begin + kernel.rows) * bound.value_size);
      const KernelGuard valid_guard(written.valid, valid + begin + kernel.rows);
      step.run(kernel);
    }
    if (result.has_nulls && !has_nulls) std::memset(valid, 1, begin);
    if (!result.has_nulls && has_nulls) std::memset(valid + begin, 1, kernel.rows);
    has_nulls = has_nulls || result.has_nulls;
    if (result.has_nulls && call.site >= 0) count_invented(step, begin, result, kernel);
  }

  Column& column = work_.columns[slot];
  column.data = values;
  column.valid = has_nulls ? valid : nullptr;
  column.width = bound.width;
  if (step.shape == ResultShape::kSpan || step.shape == ResultShape::kElement) {
    // The kernel speaks of positions within each row's list.
    const Domain& domain = program_.plan().domains[step.elements_domain];
    const ListEntry* origin =
        step.origin_entries >= 0
            ? entry_map(step.origin_entries)
            : static_cast<const ListEntry*>(work_.columns[program_.plan().domains[domain.origin].shape].data);
    auto* spans = reinterpret_cast<ListEntry*>(values);
    for (uint32_t i = 0; i < rows; ++i) spans[i].begin += origin[i].begin;
    shape_written(slot, 0, false);
  } else if (is_list) {
    for (size_t r = 1; r < call.results.size(); ++r) {
      Column& elements = work_.columns[call.results[r]];
      elements.data = grown[r - 1].data;
      elements.valid = grown[r - 1].has_nulls ? grown[r - 1].valid : nullptr;
    }
    shape_written(slot, grown[0].size, true);
  } else if (step.shape == ResultShape::kSelection) {
    shape_written(slot, grown[0].size, true);
  }
}

// Nulls of the result in rows whose arguments all have values: the operator itself had no result to give. Column by column,
// so that the loops are over bytes only.
void Executor::count_invented(const BoundStep& step, uint32_t first, const Result& result, const KernelCall& call) {
  constexpr uint32_t kTile = 255;  // As many as a byte counts.
  int64_t count = 0;
  for (uint32_t begin = 0; begin < call.rows; begin += kTile) {
    const uint32_t rows = std::min(kTile, call.rows - begin);
    uint8_t invented[kTile];
    for (uint32_t i = 0; i < rows; ++i) invented[i] = result.valid[begin + i] == 0 ? 1 : 0;
    for (uint32_t a = 0; a < call.argument_count; ++a) {
      const uint8_t* valid = call.arguments[a].valid;
      if (valid == nullptr) continue;
      for (uint32_t i = 0; i < rows; ++i) invented[i] &= valid[begin + i] != 0 ? 1 : 0;
    }
    uint8_t of_tile = 0;
    for (uint32_t i = 0; i < rows; ++i) of_tile = static_cast<uint8_t>(of_tile + invented[i]);
    count += of_tile;
    if (!work_.record.counts_rows || of_tile == 0) continue;
    const uint32_t* candidates = candidates_of(step.domain);
    for (uint32_t i = 0; i < rows; ++i) {
      if (invented[i] != 0) count_for_row(candidates[first + begin + i], static_cast<uint32_t>(step.step->site), 1);
    }
  }
  work_.invented_nulls[step.step->site] += count;
}

}  // namespace feature_extractor
