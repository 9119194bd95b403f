// The call interface between the engine and a compiled kernel.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor {

class Vocabulary;
class Table;
class TimeZone;

// Calls with flat results come in blocks of at most this many rows, so that a constant can be laid out once.
inline constexpr uint32_t kBlockRows = 1024;

// The engine's own buffers are this much larger than what they hold.
inline constexpr size_t kPadding = 64;

enum class SimdLevel : uint8_t { kBaseline = 0, kX86V3 = 1, kX86V4 = 2 };
inline constexpr int kSimdLevels = 3;

// Where a kernel writes. For flat results `data` has room for all rows; for lists `data` holds the entries and
// the elements go to `children`; for selections children[0] holds positions.
struct Result {
  void* data = nullptr;
  uint8_t* valid = nullptr;  // One byte per row; a kernel writes all of it if it sets has_nulls.
  bool has_nulls = false;    // Set by the kernel if some row is null.
  uint32_t width = 0;        // Floats per row of a vector result.
  GrowingColumn* children = nullptr;
};

struct KernelCall;

// What many kernels do with a block of rows beside their own work. The engine has it compiled, once for each SIMD level, so
// that it is not part of every kernel.
struct BlockLoops {
  // Writes the conjunction of the strict arguments' validity to `valid`. Returns false, and writes nothing, if no strict
  // argument has a null. Bit i of the mask says that argument i is strict, the last bit speaks for all arguments after it.
  bool (*combine_validity)(const KernelCall& call, uint64_t strict_mask, uint8_t* valid);
  // Where a value is infinite or NaN, writes 0.0 over it and 0 to `valid`.
  void (*clear_missing)(size_t rows, double* values, uint8_t* valid);
  // Whether a row is null.
  bool (*has_null)(size_t rows, const uint8_t* valid);
};

struct KernelCall {
  uint32_t rows = 0;
  const Column* arguments = nullptr;  // The arguments that are not bound, in the order of the parameters.
  uint32_t argument_count = 0;
  Result* result = nullptr;
  const void* state = nullptr;  // What bind returned.
  Arena* arena = nullptr;
  const BlockLoops* block_loops = nullptr;
};

using KernelFunction = void (*)(const KernelCall&);

// One argument of bind: a column with a single row, or a resource.
struct BoundArgument {
  Column column;
  const Vocabulary* vocabulary = nullptr;
  const Table* table = nullptr;
  const TimeZone* time_zone = nullptr;
};

// Why a constant argument cannot be used; the text is a full sentence for the author of the program.
struct BindError {
  static constexpr size_t kCapacity = 240;
  char message[kCapacity] = {};

  void set(std::string_view text) {
    const size_t size = text.size() < kCapacity - 1 ? text.size() : kCapacity - 1;
    __builtin_memcpy(message, text.data(), size);
    message[size] = '\0';
  }
};

enum class ResultShape : uint8_t { kFlat, kVector, kList, kMap, kSelection, kSpan, kElement, kMapping };
enum class StorageKind : uint8_t { kNone, kBool, kInt, kFloat, kText, kVector, kList };

struct Kernel {
  const char* bindings = nullptr;        // "T=int, U=text", or "" for an overload without type variables.
  KernelFunction run[kSimdLevels] = {};  // nullptr at a level: the level below serves.
  KernelFunction reference = nullptr;    // The row-by-row form of a kernel that has a column form too.
  void* (*bind)(const BoundArgument*, BindError*) = nullptr;
  void (*destroy)(void*) = nullptr;
  uint32_t bound_arguments = 0;
  ResultShape shape = ResultShape::kFlat;
  StorageKind result[2] = {};  // The storage of the result, or of its elements, or of keys and values.
};

}  // namespace feature_extractor
