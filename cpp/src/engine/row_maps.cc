// How rows of one domain find their rows in another: the executor's lifts and fetches.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "engine/executor.h"

namespace feature_extractor {
namespace {

// A vector of 16 floats, the smallest that is common.
struct Line {
  uint64_t words[8];
};

// Whether all of some values are the first one; in blocks, so that it takes next to no time where they are.
template <class T>
bool are_equal(const T* values, uint32_t count) {
  constexpr uint32_t kBlock = 32;
  static_assert(sizeof(T) % sizeof(uint32_t) == 0);
  constexpr uint32_t kWords = sizeof(T) / sizeof(uint32_t);
  uint32_t first[kWords];
  std::memcpy(first, values, sizeof(first));
  for (uint32_t begin = 0; begin < count; begin += kBlock) {
    const uint32_t size = std::min(kBlock, count - begin);
    uint32_t differs = 0;
    for (uint32_t i = 0; i < size; ++i) {
      uint32_t words[kWords];
      std::memcpy(words, values + begin + i, sizeof(words));
      for (uint32_t k = 0; k < kWords; ++k) differs |= words[k] ^ first[k];
    }
    if (differs != 0) return false;
  }
  return true;
}

template <class T>
void gather_values(const void* source, const uint32_t* index, uint32_t rows, void* target) {
  const T* from = static_cast<const T*>(source);
  T* to = static_cast<T*>(target);
  for (uint32_t i = 0; i < rows; ++i) to[i] = from[index[i]];
}

}  // namespace

// Sets the number of rows of the elements of a shape. Own elements are as many as were written; those of a view are the sum
// of its entries.
void Executor::shape_written(int slot, uint32_t own_rows, bool own_rows_known) {
  uint64_t view_rows = 0;
  const auto* list = static_cast<const ListEntry*>(work_.columns[slot].data);
  for (const int d : program_.domains_of_shape_[slot]) {
    if (own_rows_known && !program_.plan().domains[d].view) {
      work_.domains[d].rows = own_rows;
      continue;
    }
    if (view_rows == 0) {
      const uint32_t rows = work_.domains[program_.slots_[slot].domain].rows;
      for (uint32_t i = 0; i < rows; ++i) view_rows += list[i].size;
    }
    if (view_rows > kMaximumElements) throw std::length_error("elements");
    work_.domains[d].rows = static_cast<uint32_t>(view_rows);
  }
}

const ListEntry* Executor::entry_map(int id) {
  Workspace::Map& map = work_.entry_maps[id];
  if (map.ready) return map.values.as<ListEntry>();
  const auto [domain, storage] = program_.entry_maps_[id];
  const Domain& d = program_.plan().domains[domain];
  const uint32_t rows = work_.domains[d.parent].rows;
  // A constant list stands beside rows: like its shape, its entry is laid out for a block of them.
  const bool is_constant = d.parent == kConstantDomain;
  auto* out = map.values.reserve_array<ListEntry>(is_constant ? kBlockRows : rows);
  const auto* shape = static_cast<const ListEntry*>(work_.columns[d.shape].data);
  map.ready = true;
  write_entries(domain, storage, shape, out, rows);
  if (is_constant) std::fill(out + 1, out + kBlockRows, out[0]);
  return out;
}

void Executor::write_entries(int domain, int storage, const ListEntry* shape, ListEntry* out, uint32_t rows) {
  const Domain& d = program_.plan().domains[domain];
  if (storage == domain) {
    uint32_t next = 0;
    for (uint32_t i = 0; i < rows; ++i) {
      out[i] = {next, shape[i].size};
      next += shape[i].size;
    }
    return;
  }
  // The shape speaks of the origin's dense elements; the same elements lie elsewhere in the deeper storage, row by row.
  const ListEntry* dense = origin_entries(d.origin, d.origin);
  const ListEntry* deep = origin_entries(d.origin, storage);
  const int origin_parent = program_.plan().domains[d.origin].parent;
  const uint32_t* owner = program_.is_fetched_[domain] ? work_.domains[domain].owners.as<uint32_t>()
                          : origin_parent == d.parent  ? nullptr
                                                       : index_map(find_index_map(d.parent, origin_parent));
  // A list of the request that its candidates look at: there is one answer for all of them. Sizes come first: a fetch from lists
  // that hold nothing at all leaves no owners behind.
  if (owner != nullptr && rows > 1 && are_equal(shape, rows)) {
    const ListEntry first = shape[0];
    if (first.size == 0 || (owner[0] == owner[rows - 1] && are_equal(owner, rows))) {
      const ListEntry entry = first.size == 0
                                  ? ListEntry{0, 0}
                                  : ListEntry{deep[owner[0]].begin + (first.begin - dense[owner[0]].begin), first.size};
      std::fill_n(out, rows, entry);
      return;
    }
  }
  for (uint32_t i = 0; i < rows; ++i) {
    if (shape[i].size == 0) {
      out[i] = {0, 0};
      continue;
    }
    const uint32_t row = owner == nullptr ? i : owner[i];
    out[i] = {deep[row].begin + (shape[i].begin - dense[row].begin), shape[i].size};
  }
}

// The entries of a domain in one of its storages.
const ListEntry* Executor::origin_entries(int domain, int storage) {
  const Domain& d = program_.plan().domains[domain];
  if (storage == (d.view ? d.origin : domain)) return static_cast<const ListEntry*>(work_.columns[d.shape].data);
  for (size_t m = 0; m < program_.entry_maps_.size(); ++m) {
    if (program_.entry_maps_[m].domain == domain && program_.entry_maps_[m].storage == storage) {
      return entry_map(static_cast<int>(m));
    }
  }
  return nullptr;
}

int Executor::find_index_map(int from, int to) const {
  for (size_t m = 0; m < program_.index_maps_.size(); ++m) {
    if (program_.index_maps_[m].from == from && program_.index_maps_[m].to == to) return static_cast<int>(m);
  }
  return -1;
}

const uint32_t* Executor::index_map(int id) {
  Workspace::Map& map = work_.index_maps[id];
  if (map.ready) return map.values.as<uint32_t>();
  const IndexMap& index = program_.index_maps_[id];
  const uint32_t rows = work_.domains[index.from].rows;
  auto* out = map.values.reserve_array<uint32_t>(rows);
  map.ready = true;
  if (index.to == kConstantDomain) {
    std::memset(out, 0, sizeof(uint32_t) * rows);
    return out;
  }
  if (index.first >= 0) {
    const uint32_t* first = index_map(index.first);
    const uint32_t* second = index_map(index.second);
    for (uint32_t i = 0; i < rows; ++i) out[i] = second[first[i]];
    return out;
  }
  if (index.from == kCandidateDomain) {
    std::memcpy(out, owners_, sizeof(uint32_t) * rows);
    return out;
  }
  const Domain& d = program_.plan().domains[index.from];
  const uint32_t owners = work_.domains[d.parent].rows;
  const auto* shape = static_cast<const ListEntry*>(work_.columns[d.shape].data);
  uint32_t next = 0;
  if (!index.by_origin) {
    for (uint32_t row = 0; row < owners; ++row) {
      const uint32_t size = shape[row].size;
      for (uint32_t k = 0; k < size; ++k) out[next + k] = row;
      next += size;
    }
  } else if (d.view) {
    const ListEntry* list = origin_entries(index.from, index.to);
    for (uint32_t row = 0; row < owners; ++row) {
      for (uint32_t k = 0; k < shape[row].size; ++k) out[next++] = list[row].begin + k;
    }
  } else {
    const auto* positions = work_.domains[index.from].positions.as<uint32_t>();
    const ListEntry* origin = origin_entries(d.origin, index.to);
    for (uint32_t row = 0; row < owners; ++row) {
      for (uint32_t k = 0; k < shape[row].size; ++k, ++next) out[next] = origin[row].begin + positions[next];
    }
  }
  return out;
}

const ListEntry* Executor::entries(const BoundOperand& operand) {
  if (operand.entry_map >= 0) return entry_map(operand.entry_map);
  return static_cast<const ListEntry*>(work_.columns[operand.slot].data);
}

// --- lifts and fetches ---

// `present` (one byte per row, or nullptr) says for which rows there is a source row at all.
void Executor::gather(int source, const uint32_t* index, uint32_t rows, int result, const uint8_t* present) {
  const BoundSlot& bound = program_.slots_[result];
  const Column& from = work_.columns[source];
  Column& to = work_.columns[result];
  char* out = values_of(result, rows);
  switch (bound.value_size) {
    case 1:
      gather_values<uint8_t>(from.data, index, rows, out);
      break;
    case 8:
      gather_values<uint64_t>(from.data, index, rows, out);
      break;
    case 16:
      gather_values<Text>(from.data, index, rows, out);
      break;
    case 64:
      gather_values<Line>(from.data, index, rows, out);
      break;
    default:
      for (uint32_t i = 0; i < rows; ++i) {
        std::memcpy(out + static_cast<size_t>(i) * bound.value_size,
                    static_cast<const char*>(from.data) + static_cast<size_t>(index[i]) * bound.value_size,
                    bound.value_size);
      }
      break;
  }
  to.data = out;
  to.width = bound.width;
  to.valid = nullptr;
  if (from.valid == nullptr && present == nullptr) return;
  uint8_t* valid = valid_of(result, rows);
  if (from.valid != nullptr) {
    gather_values<uint8_t>(from.valid, index, rows, valid);
  } else {
    std::memset(valid, 1, rows);
  }
  if (present != nullptr) {
    for (uint32_t i = 0; i < rows; ++i) valid[i] &= present[i];
  }
  to.valid = valid;
}

namespace {

template <class T>
void repeat_values(const void* source, const ListEntry* list, uint32_t owners, void* target) {
  const T* from = static_cast<const T*>(source);
  T* to = static_cast<T*>(target);
  for (uint32_t row = 0; row < owners; ++row) {
    const T value = from[row];
    const uint32_t size = list[row].size;
    for (uint32_t k = 0; k < size; ++k) to[k] = value;
    to += size;
  }
}

}  // namespace

namespace {

// Writes one value to all rows.
void fill_values(const char* value, uint32_t size, uint32_t rows, char* out) {
  if (size == 1) {
    std::memset(out, *value, rows);
  } else if (size == 8) {
    std::fill_n(reinterpret_cast<uint64_t*>(out), rows, *reinterpret_cast<const uint64_t*>(value));
  } else if (size == sizeof(Text)) {
    std::fill_n(reinterpret_cast<Text*>(out), rows, *reinterpret_cast<const Text*>(value));
  } else {
    for (uint32_t i = 0; i < rows; ++i) std::memcpy(out + static_cast<size_t>(i) * size, value, size);
  }
}

}  // namespace

// Gives each element the value of the row that owns it. Needs no index, and writes in order.
bool Executor::repeat_for_elements(const BoundStep& step) {
  const IndexMap& map = program_.index_maps_[step.index_map];
  const int result = step.step->results[0];
  const BoundSlot& bound = program_.slots_[result];
  if (map.from <= kCandidateDomain || map.first >= 0 || map.by_origin || map.to == kConstantDomain) return false;
  if (bound.type == StorageKind::kList || bound.type == StorageKind::kVector) return false;
  const Domain& domain = program_.plan().domains[map.from];
  const auto* list = static_cast<const ListEntry*>(work_.columns[domain.shape].data);
  const uint32_t owners = work_.domains[domain.parent].rows;
  const uint32_t rows = work_.domains[step.domain].rows;
  const Column& from = work_.columns[step.step->source];
  Column& to = work_.columns[result];
  char* out = values_of(result, rows);
  if (bound.value_size == 1) {
    repeat_values<uint8_t>(from.data, list, owners, out);
  } else if (bound.value_size == 8) {
    repeat_values<uint64_t>(from.data, list, owners, out);
  } else {
    repeat_values<Text>(from.data, list, owners, out);
  }
  to.data = out;
  to.valid = nullptr;
  if (from.valid != nullptr) {
    uint8_t* valid = valid_of(result, rows);
    repeat_values<uint8_t>(from.valid, list, owners, valid);
    to.valid = valid;
  }
  return true;
}

// Where all rows have the value of one row, that is of the candidates' request.
void Executor::lift_from_one_row(const BoundStep& step, uint32_t rows) {
  const int result = step.step->results[0];
  const BoundSlot& bound = program_.slots_[result];
  const Column& from = work_.columns[step.step->source];
  const uint32_t row = owners_[0];
  const char* value = static_cast<const char*>(from.data) + size_t{row} * bound.value_size;
  // A lifted list whose origin is itself a view points to that one's dense elements.
  if (bound.type == StorageKind::kList && step.origin_entries >= 0) {
    value = reinterpret_cast<const char*>(entry_map(step.origin_entries) + row);
  }
  char* out = values_of(result, rows);
  fill_values(value, bound.value_size, rows, out);
  Column& to = work_.columns[result];
  to.data = out;
  to.width = bound.width;
  to.valid = nullptr;
  if (from.valid != nullptr && from.valid[row] == 0) {
    to.valid = static_cast<uint8_t*>(std::memset(valid_of(result, rows), 0, rows));
  }
  if (bound.type == StorageKind::kList) shape_written(result, 0, false);
}

void Executor::run_lift(const BoundStep& step) {
  if (repeat_for_elements(step)) return;
  const int source = step.step->source;
  const int result = step.step->results[0];
  const uint32_t rows = work_.domains[step.domain].rows;
  const IndexMap& map = program_.index_maps_[step.index_map];
  // The candidates of a chunk come in the order of their requests: often all are of one.
  if (map.from == kCandidateDomain && map.to == kRequestDomain && rows > 0 && owners_[0] == owners_[rows - 1]) {
    lift_from_one_row(step, rows);
    return;
  }
  const uint32_t* index = index_map(step.index_map);
  gather(source, index, rows, result, nullptr);
  if (program_.slots_[result].type != StorageKind::kList) return;
  if (step.origin_entries >= 0) {
    // The lifted list's origin is itself a view: point to its dense elements.
    const ListEntry* dense = entry_map(step.origin_entries);
    auto* out = static_cast<ListEntry*>(const_cast<void*>(work_.columns[result].data));
    for (uint32_t i = 0; i < rows; ++i) out[i] = dense[index[i]];
  }
  shape_written(result, 0, false);
}

void Executor::run_fetch(const BoundStep& step) {
  const int result = step.step->results[0];
  const Domain& domain = program_.plan().domains[step.elements_domain];
  const uint32_t rows = work_.domains[step.domain].rows;
  const ListEntry* list = step.origin_entries >= 0 ? entry_map(step.origin_entries)
                                                   : static_cast<const ListEntry*>(work_.columns[domain.shape].data);
  auto* index = work_.fetch_index.reserve_array<uint32_t>(rows);
  auto* present = work_.fetch_present.reserve_array<uint8_t>(rows);
  const uint32_t available = work_.domains[program_.slots_[step.step->source].domain].rows;
  uint8_t all = 1;
  for (uint32_t i = 0; i < rows; ++i) {
    const uint8_t is_there = list[i].size > 0 ? 1 : 0;
    index[i] = is_there != 0 ? list[i].begin : 0;
    present[i] = is_there;
    all &= is_there;
  }
  const Column& shape = work_.columns[domain.shape];
  if (shape.valid != nullptr) {
    for (uint32_t i = 0; i < rows; ++i) present[i] &= shape.valid[i];
    all = 0;
  }
  if (available == 0) {
    // There is nothing to point at, not even for rows that have nothing.
    const BoundSlot& bound = program_.slots_[result];
    Column& column = work_.columns[result];
    column.data = std::memset(values_of(result, rows), 0, static_cast<size_t>(rows) * bound.value_size);
    column.valid = static_cast<uint8_t*>(std::memset(valid_of(result, rows), 0, rows));
    column.width = bound.width;
    if (bound.type == StorageKind::kList) shape_written(result, 0, false);
    return;
  }
  gather(step.step->source, index, rows, result, all != 0 ? nullptr : present);
  if (program_.slots_[result].type == StorageKind::kList) {
    auto* out = static_cast<ListEntry*>(const_cast<void*>(work_.columns[result].data));
    const ListEntry* dense = step.lifted_entries >= 0 ? entry_map(step.lifted_entries) : nullptr;
    for (uint32_t i = 0; i < rows; ++i) {
      if (present[i] == 0) {
        out[i] = {0, 0};
      } else if (dense != nullptr) {
        out[i] = dense[index[i]];
      }
    }
    for (const int d : program_.domains_of_shape_[result]) {
      std::memcpy(work_.domains[d].owners.reserve_array<uint32_t>(rows), index, sizeof(uint32_t) * rows);
    }
    shape_written(result, 0, false);
  }
  if (program_.slots_[result].type == StorageKind::kText && all == 0) {
    auto* texts = static_cast<Text*>(const_cast<void*>(work_.columns[result].data));
    for (uint32_t i = 0; i < rows; ++i) {
      if (present[i] == 0) texts[i] = Text();
    }
  }
}

}  // namespace feature_extractor
