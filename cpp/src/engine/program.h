// A plan that is ready to run: kernels chosen, constants computed, states bound, slots laid onto registers.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/memory.h"
#include "feature_extractor/kernel.h"
#include "plan/plan.h"
#include "status.h"

namespace feature_extractor {

// The resources of a package, opened; they live as long as the program that uses them.
struct OpenResource {
  const Vocabulary* vocabulary = nullptr;
  const Table* table = nullptr;
  const TimeZone* time_zone = nullptr;
};

// How the entries of a domain are found in a storage other than the one that its shape slot speaks of.
struct EntryMap {
  int domain = -1;
  int storage = -1;  // The domain itself: dense entries of a view. Else an origin of its origin.
};

// For each row of `from`, its row in `to`: the parent, the origin, or (`via` >= 0) two other maps in turn.
struct IndexMap {
  int from = -1;
  int to = -1;
  bool by_origin = false;  // Of a single hop: to the origin rather than to the parent.
  int first = -1;          // The map from `from` to the next domain on the way; -1 where `to` is the next one.
  int second = -1;         // The map from there to `to`.
};

struct BoundSlot {
  StorageKind type = StorageKind::kNone;
  uint32_t width = 0;
  uint32_t value_size = 0;
  int domain = 0;
  int root = 0;
  int reg = -1;
  bool broadcast = false;  // A constant that stands beside rows.
};

// An argument as it is given to a kernel.
struct BoundOperand {
  int slot = -1;
  int entry_map = -1;  // Entries other than those of the shape slot.
  std::vector<BoundOperand> elements;
};

struct BoundStep {
  Step::Kind kind = Step::Kind::kCall;
  const Step* step = nullptr;
  int domain = 0;  // Of the results.
  KernelFunction run = nullptr;
  const void* state = nullptr;
  ResultShape shape = ResultShape::kFlat;
  std::vector<BoundOperand> operands;
  int operand_columns = 0;   // Columns in all, children included.
  bool in_blocks = false;    // Some operand is a broadcast constant.
  int elements_domain = -1;  // Of a list-like result; or the domain whose elements an input step reads.
  int origin_entries = -1;   // Spans: entry map of the origin's dense entries; -1: the origin's shape slot.
  int lifted_entries = -1;   // Of a fetched list: entry map of the dense elements of its origin, if that is a view.
  int index_map = -1;        // Lifts, and fetches of values behind other origins.
  int feature = -1;          // An output instead of a step.
};

struct BoundFeature {
  const FeatureDeclaration* declaration = nullptr;
  BoundOperand value;
};

class Program {
 public:
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  // Binds a plan. `simd_level` is an upper bound; the CPU may lower it. `use_reference` takes the row-by-row form of each kernel.
  static StatusOr<std::unique_ptr<Program>> bind(Plan plan, std::vector<OpenResource> resources, SimdLevel simd_level,
                                                 bool use_reference);

  // Binds a part of this program's plan, with its resources and in its way. Whatever owns the resources must outlive both.
  StatusOr<std::unique_ptr<Program>> bind_part(Plan part) const {
    return bind(std::move(part), resources_, simd_level_, use_reference_);
  }

  // Domains of lists whose elements some map of the program must find, although no step says where they are.
  std::vector<int> unknown_domains() const;

  const Plan& plan() const { return plan_; }
  // Says that these inputs are read as well, by whoever makes the records that the program reads.
  void use_inputs(const std::vector<bool>& inputs) {
    for (size_t i = 0; i < inputs.size(); ++i) used_inputs_[i] = used_inputs_[i] || inputs[i];
  }
  // By input: whether any feature reads it, or it is the key of records.
  const std::vector<bool>& used_inputs() const { return used_inputs_; }

 private:
  friend class Binder;
  friend class Executor;
  friend class Extractor;
  friend struct Workspace;
  friend std::string constants_json(const Program& program);

  struct State {
    void* value;
    void (*destroy)(void*);
  };

  Plan plan_;
  std::vector<OpenResource> resources_;
  SimdLevel simd_level_ = SimdLevel::kBaseline;
  bool use_reference_ = false;
  const BlockLoops* block_loops_ = nullptr;
  std::vector<BoundSlot> slots_;
  std::vector<BoundStep> stages_[3];  // By root: constant, request, candidate.
  std::vector<BoundFeature> features_;
  std::vector<BoundOperand> constant_values_;  // Of a plan for folding.
  std::vector<EntryMap> entry_maps_;
  std::vector<IndexMap> index_maps_;
  std::vector<std::vector<int>> domains_of_shape_;  // For each slot.
  std::vector<uint32_t> register_value_size_;
  std::vector<State> states_;
  std::vector<bool> used_inputs_;
  std::vector<bool> is_fetched_;  // By domain: its shape was fetched from a list of lists.
  int maximum_operand_columns_ = 1;
  std::unique_ptr<struct Workspace> constants_;  // Holds the values of the constant stage.
};

// The level of this CPU.
SimdLevel detect_simd_level();

}  // namespace feature_extractor
