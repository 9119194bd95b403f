// Makes a program of a plan.
#include <algorithm>
#include <functional>

#include "engine/block_loops.h"
#include "engine/executor.h"
#include "engine/program.h"
#include "plan/call_types.h"
#include "registry/plugin_table.h"

namespace feature_extractor {

SimdLevel detect_simd_level() {
#if defined(__x86_64__)
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                  __builtin_cpu_supports("fma");
  if (!v3) return SimdLevel::kBaseline;
  const bool v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  return v4 ? SimdLevel::kX86V4 : SimdLevel::kX86V3;
#else
  return SimdLevel::kBaseline;
#endif
}

Program::~Program() {
  for (const State& state : states_) state.destroy(state.value);
}

class Binder {
 public:
  Binder(Program* program, SimdLevel level, bool use_reference)
      : program_(*program),
        plan_(program->plan_),
        level_(std::min(level, detect_simd_level())),
        use_reference_(use_reference) {}

  Status bind() {
    bind_slots();
    slot_stage_.assign(plan_.slots.size(), 0);
    for (const Step& step : plan_.steps) {
      BoundStep bound = bind_step(step);
      const int stage = stage_of(step, bound);
      for (const int slot : step.results) slot_stage_[slot] = stage;
      program_.stages_[stage].push_back(std::move(bound));
    }
    bind_features();
    allocate_registers();
    program_.constants_ = std::make_unique<Workspace>(program_);
    // Constants are computed in the order of the plan; a call that binds constants can only do so once they are known.
    for (BoundStep& step : program_.stages_[0]) {
      if (Status status = bind_state(&step); !status.ok()) return status;
      run_constant_step(step);
    }
    for (int stage = 1; stage < 3; ++stage) {
      for (BoundStep& step : program_.stages_[stage]) {
        if (Status status = bind_state(&step); !status.ok()) return status;
      }
    }
    return Status::success();
  }

 private:
  // When a step runs: with the root of its domain, or with the candidates if it reads a list of them. Such a value belongs to
  // the request, but is only known once its candidates are.
  int stage_of(const Step& step, const BoundStep& bound) const {
    if (step.kind == Step::Kind::kCollect) return kCandidateDomain;
    int stage = plan_.root_of(bound.domain);
    if (!plan_.collects || stage == kConstantDomain) return stage;
    const auto read_domain = [&](int domain) {
      for (; domain > kCandidateDomain; domain = plan_.domains[domain].parent) {
        stage = std::max(stage, slot_stage_[plan_.domains[domain].shape]);
      }
    };
    const std::function<void(const Argument&)> read = [&](const Argument& argument) {
      if (argument.slot < 0) return;
      stage = std::max(stage, slot_stage_[argument.slot]);
      read_domain(plan_.slots[argument.slot].domain);
      for (const Argument& element : argument.elements) read(element);
    };
    for (const Argument& argument : step.arguments) read(argument);
    if (step.source >= 0) {
      stage = std::max(stage, slot_stage_[step.source]);
      read_domain(plan_.slots[step.source].domain);
    }
    if (step.kind == Step::Kind::kFetch) read_domain(step.domain);
    // The shapes that the step itself writes are in no domain that it needs.
    if (step.kind != Step::Kind::kCall) read_domain(bound.domain);
    return stage;
  }

  static uint32_t value_size(const Slot& slot) {
    switch (slot.type) {
      case StorageKind::kBool:
        return 1;
      case StorageKind::kText:
        return sizeof(Text);
      case StorageKind::kVector:
        return 4 * slot.width;
      default:
        return 8;
    }
  }

  void bind_slots() {
    program_.domains_of_shape_ = plan_.domains_of_shape;
    for (const Slot& slot : plan_.slots) {
      BoundSlot bound;
      bound.type = slot.type;
      bound.width = slot.width;
      bound.value_size = value_size(slot);
      bound.domain = slot.domain;
      bound.root = plan_.root_of(slot.domain);
      program_.slots_.push_back(bound);
    }
    program_.is_fetched_.assign(plan_.domains.size(), false);
    program_.used_inputs_.assign(plan_.inputs.size(), false);
    for (size_t i = 0; i < plan_.inputs.size(); ++i) program_.used_inputs_[i] = plan_.inputs[i].is_key;
  }

  int entry_map(int domain, int storage) {
    const auto [found, added] =
        entry_ids_.try_emplace({domain, storage}, static_cast<int>(program_.entry_maps_.size()));
    if (added) {
      program_.entry_maps_.push_back({domain, storage});
      // Entries in a deeper storage are computed from those of the origin.
      if (storage != domain) {
        const int origin = plan_.domains[domain].origin;
        need_entries(origin, storage);
        need_entries(origin, origin);
        parent_map(domain, origin);
      }
    }
    return found->second;
  }

  // The map of the entries of `domain` in `storage`, or -1 where the shape slot itself holds them.
  int need_entries(int domain, int storage) {
    const Domain& d = plan_.domains[domain];
    const int held = d.view ? d.origin : domain;
    return storage == held ? -1 : entry_map(domain, storage);
  }

  int index_map(int from, int to, Step::Through through = Step::Through::kAny) {
    const std::vector<int> way{from, to, static_cast<int>(through)};
    const auto found = index_ids_.find(way);
    if (found != index_ids_.end()) return found->second;
    const bool is_owner = through == Step::Through::kAny &&
                          (to == kRequestDomain || (to == kCandidateDomain && plan_.root_of(from) == kCandidateDomain));
    // A lift that says which way it takes is one hop.
    const std::vector<int> path = through != Step::Through::kAny ? std::vector<int>{from, to}
                                  : is_owner                     ? owner_path(from, to)
                                                                 : lift_path(plan_, from, to);
    IndexMap map;
    map.from = from;
    map.to = to;
    map.by_origin = through == Step::Through::kAny ? path.size() == 2 && plan_.domains[from].origin == to
                                                   : through == Step::Through::kOrigin;
    const size_t hop = through == Step::Through::kAny ? first_hop(path) : 1;
    if (hop + 1 < path.size()) {
      map.first = index_map(from, path[hop]);
      map.second = index_map(path[hop], to);
    } else if (from > kCandidateDomain && hop > 0 && (map.by_origin || hop > 1)) {
      // The direct hops need the entries that they expand.
      map.by_origin = true;
      need_entries(plan_.domains[from].view ? from : plan_.domains[from].origin, to);
    }
    program_.index_maps_.push_back(map);
    const int id = static_cast<int>(program_.index_maps_.size()) - 1;
    index_ids_[way] = id;
    return id;
  }

  // The way to the request or candidate of an element, from owner to owner. The one through the origin leads to the same row,
  // but where the origin is a list lifted to candidates, it would lay out that list for each of them.
  std::vector<int> owner_path(int from, int to) const {
    std::vector<int> path{from};
    while (path.back() > to) path.push_back(plan_.domains[path.back()].parent);
    return path;
  }

  // How far one hop leads on a path. Elements of a view are not laid out to find those of its storage: a list lifted to
  // candidates has as many elements as there are candidates, times its length.
  size_t first_hop(const std::vector<int>& path) const {
    if (path.size() < 2 || path[0] <= kCandidateDomain || plan_.domains[path[0]].origin != path[1]) return 1;
    size_t hop = 1;
    while (hop + 1 < path.size() && plan_.domains[path[hop]].view && plan_.domains[path[hop]].origin == path[hop + 1])
      ++hop;
    return hop;
  }

  // The map from the rows that own the lists of a lifted domain to those that own the lists of its origin; -1 if the same.
  int parent_map(int domain, int origin) {
    if (program_.is_fetched_[domain]) return -1;  // The fetch itself leaves the map behind.
    const int from = plan_.domains[domain].parent;
    const int to = plan_.domains[origin].parent;
    return from == to ? -1 : index_map(from, to);
  }

  BoundOperand bind_operand(const Argument& argument) {
    BoundOperand operand;
    operand.slot = argument.slot;
    for (const Argument& element : argument.elements) operand.elements.push_back(bind_operand(element));
    if (!operand.elements.empty()) {
      const int storage = plan_.slots[operand.elements[0].slot].domain;
      for (const int d : program_.domains_of_shape_[argument.slot]) {
        if (is_storage_of(plan_, d, storage)) {
          operand.entry_map = need_entries(d, storage);
          break;
        }
      }
    }
    return operand;
  }

  static int column_count(const BoundOperand& operand) {
    int count = 1;
    for (const BoundOperand& element : operand.elements) count += column_count(element);
    return count;
  }

  // Constants beside rows are laid out for a block of rows.
  bool mark_broadcast(const BoundOperand& operand, int domain) {
    BoundSlot& slot = program_.slots_[operand.slot];
    if (slot.domain != kConstantDomain || domain == kConstantDomain) return false;
    slot.broadcast = true;
    return true;
  }

  BoundStep bind_step(const Step& step) {
    BoundStep bound;
    bound.kind = step.kind;
    bound.step = &step;
    bound.domain = step.results.empty() ? kCandidateDomain : plan_.slots[step.results[0]].domain;
    switch (step.kind) {
      case Step::Kind::kInput:
        program_.used_inputs_[step.input] = true;
        bound.elements_domain = bound.domain;
        break;
      case Step::Kind::kConstant:
      case Step::Kind::kCollect:
        break;
      case Step::Kind::kLift: {
        const int from = plan_.slots[step.source].domain;
        bound.index_map = index_map(bound.domain, from, step.through);
        for (const int d : program_.domains_of_shape_[step.results[0]]) {
          const int origin = plan_.domains[d].origin;
          bound.elements_domain = d;
          bound.origin_entries = need_entries(origin, origin);
        }
        break;
      }
      case Step::Kind::kFetch: {
        const int storage = plan_.slots[step.source].domain;
        bound.elements_domain = step.domain;
        bound.origin_entries = need_entries(step.domain, storage);
        for (const int d : program_.domains_of_shape_[step.results[0]]) {
          const int origin = plan_.domains[d].origin;
          bound.lifted_entries = need_entries(origin, origin);
          program_.is_fetched_[d] = true;
        }
        break;
      }
      case Step::Kind::kCall:
        bind_call(step, &bound);
        break;
      case Step::Kind::kFromRecord:
        bound.domain = kCandidateDomain;
        break;
      case Step::Kind::kToRecord:
        for (const Argument& argument : step.arguments) bound.operands.push_back(bind_operand(argument));
        break;
    }
    return bound;
  }

  void bind_call(const Step& step, BoundStep* bound) {
    const Kernel& kernel = *step.kernel;
    bound->shape = kernel.shape;
    bound->run = kernel.run[0];
    for (int level = 1; level <= static_cast<int>(level_); ++level) {
      if (kernel.run[level] != nullptr) bound->run = kernel.run[level];
    }
    if (use_reference_ && kernel.reference != nullptr) bound->run = kernel.reference;
    const ParsedSignature& signature = *step.signature;
    for (size_t i = 0; i < step.arguments.size(); ++i) {
      const SignatureParameter& parameter = signature.parameters[std::min(i, signature.parameters.size() - 1)];
      if (is_bound(parameter, kernel)) continue;
      BoundOperand operand = bind_operand(step.arguments[i]);
      bound->in_blocks = mark_broadcast(operand, bound->domain) || bound->in_blocks;
      bound->operand_columns += column_count(operand);
      bound->operands.push_back(std::move(operand));
    }
    program_.maximum_operand_columns_ = std::max(program_.maximum_operand_columns_, bound->operand_columns);
    if (bound->shape != ResultShape::kFlat && bound->shape != ResultShape::kVector) {
      bound->elements_domain = program_.domains_of_shape_[step.results[0]][0];
      const Domain& domain = plan_.domains[bound->elements_domain];
      if (domain.view) bound->origin_entries = need_entries(domain.origin, domain.origin);
    }
  }

  void bind_features() {
    for (const FeatureDeclaration& feature : plan_.features) {
      program_.features_.push_back({&feature, feature.is_computed ? bind_operand(feature.value) : BoundOperand()});
      program_.maximum_operand_columns_ =
          std::max(program_.maximum_operand_columns_, column_count(program_.features_.back().value));
    }
    for (const Argument& constant : plan_.constants) {
      program_.constant_values_.push_back(bind_operand(constant));
      program_.maximum_operand_columns_ =
          std::max(program_.maximum_operand_columns_, column_count(program_.constant_values_.back()));
    }
    // Each feature is written out as soon as its value is there, so that the value's memory can serve again.
    const int stage = plan_.output_domain;
    std::vector<BoundStep>& steps = program_.stages_[stage];
    std::vector<int> writer(plan_.slots.size(), -1);
    for (size_t s = 0; s < steps.size(); ++s) {
      for (const int slot : steps[s].step->results) writer[slot] = static_cast<int>(s);
    }
    std::vector<std::vector<int>> after(steps.size() + 1);
    const std::function<int(const BoundOperand&)> last = [&](const BoundOperand& operand) {
      int position = writer[operand.slot];
      for (const BoundOperand& element : operand.elements) position = std::max(position, last(element));
      return position;
    };
    for (size_t f = 0; f < program_.features_.size(); ++f) {
      if (plan_.features[f].is_computed) after[last(program_.features_[f].value) + 1].push_back(static_cast<int>(f));
    }
    std::vector<BoundStep> ordered;
    for (size_t s = 0; s <= steps.size(); ++s) {
      for (const int f : after[s]) {
        BoundStep output;
        output.feature = f;
        output.domain = plan_.output_domain;
        ordered.push_back(std::move(output));
      }
      if (s < steps.size()) ordered.push_back(std::move(steps[s]));
    }
    steps = std::move(ordered);
  }

  // A register serves one slot after another within a stage. Shapes, and values that a later stage reads, keep theirs.
  void allocate_registers() {
    std::vector<std::pair<int, int>> last_use(plan_.slots.size(), {-1, -1});  // Stage, position.
    const auto use = [&](int slot, int stage, int position) {
      last_use[slot] = std::max(last_use[slot], {stage, position});
    };
    const std::function<void(const BoundOperand&, int, int)> use_operand = [&](const BoundOperand& operand, int stage,
                                                                               int position) {
      use(operand.slot, stage, position);
      for (const BoundOperand& element : operand.elements) use_operand(element, stage, position);
    };
    for (int stage = 0; stage < 3; ++stage) {
      for (size_t p = 0; p < program_.stages_[stage].size(); ++p) {
        const BoundStep& step = program_.stages_[stage][p];
        const int position = static_cast<int>(p);
        if (step.feature >= 0) {
          use_operand(program_.features_[step.feature].value, stage, position);
          continue;
        }
        for (const BoundOperand& operand : step.operands) use_operand(operand, stage, position);
        if (step.step->source >= 0) use(step.step->source, stage, position);
        for (const int slot : step.step->results) use(slot, stage, position);
      }
    }
    // Where records are made, inputs are read by themselves, to see which records are there already.
    std::vector<bool> is_input_of_record(plan_.slots.size(), false);
    if (!plan_.steps.empty() && plan_.steps.back().kind == Step::Kind::kToRecord) {
      for (const Step& step : plan_.steps) {
        if (step.kind == Step::Kind::kInput) is_input_of_record[step.results[0]] = true;
      }
    }
    std::map<uint32_t, std::vector<int>> free;
    for (int stage = 0; stage < 3; ++stage) {
      free.clear();
      std::vector<std::vector<int>> ends(program_.stages_[stage].size());
      for (size_t s = 0; s < plan_.slots.size(); ++s) {
        const BoundSlot& slot = program_.slots_[s];
        if (slot.root == stage && stage != 0 && slot.type != StorageKind::kList && last_use[s].first == stage &&
            !is_input_of_record[s]) {
          ends[last_use[s].second].push_back(static_cast<int>(s));
        }
      }
      for (size_t p = 0; p < program_.stages_[stage].size(); ++p) {
        const BoundStep& step = program_.stages_[stage][p];
        if (step.feature < 0) {
          for (const int slot : step.step->results) {
            std::vector<int>& pool = free[program_.slots_[slot].value_size];
            if (pool.empty()) {
              pool.push_back(static_cast<int>(program_.register_value_size_.size()));
              program_.register_value_size_.push_back(program_.slots_[slot].value_size);
            }
            program_.slots_[slot].reg = pool.back();
            pool.pop_back();
          }
        }
        for (const int slot : ends[p]) free[program_.slots_[slot].value_size].push_back(program_.slots_[slot].reg);
      }
    }
  }

  void run_constant_step(const BoundStep& step);
  void lay_out_broadcast(int slot);

  Status bind_state(BoundStep* step) {
    if (step->feature >= 0 || step->kind != Step::Kind::kCall || step->step->kernel->bind == nullptr)
      return Status::success();
    const Step& call = *step->step;
    const ParsedSignature& signature = *call.signature;
    std::vector<BoundArgument> arguments;
    std::vector<std::unique_ptr<Column[]>> children;
    for (size_t i = 0; i < call.arguments.size(); ++i) {
      const SignatureParameter& parameter = signature.parameters[std::min(i, signature.parameters.size() - 1)];
      if (!is_bound(parameter, *call.kernel)) continue;
      const Argument& argument = call.arguments[i];
      BoundArgument bound;
      if (argument.resource >= 0) {
        const OpenResource& resource = program_.resources_[argument.resource];
        bound.vocabulary = resource.vocabulary;
        bound.table = resource.table;
        bound.time_zone = resource.time_zone;
      } else {
        bound.column = program_.constants_->columns[argument.slot];
        if (!argument.elements.empty()) {
          children.push_back(std::make_unique<Column[]>(argument.elements.size()));
          for (size_t e = 0; e < argument.elements.size(); ++e) {
            children.back()[e] = program_.constants_->columns[argument.elements[e].slot];
          }
          bound.column.children = children.back().get();
        }
        if (bound.column.is_null(0)) {
          return bind_failure(call, "Argument '" + parameter.name + "' is null; it must be a constant value.");
        }
      }
      arguments.push_back(bound);
    }
    BindError error;
    void* state = call.kernel->bind(arguments.data(), &error);
    if (state == nullptr) return bind_failure(call, error.message);
    program_.states_.push_back({state, call.kernel->destroy});
    step->state = state;
    return Status::success();
  }

  Status bind_failure(const Step& call, std::string_view message) {
    std::string text = "Operator '" + full_name(*call.op) + "'";
    if (call.site >= 0) text += " at " + plan_.sites[call.site];
    return Status::error(ErrorCode::kInvalidArgument, text + ": " + std::string(message));
  }

  Program& program_;
  Plan& plan_;
  SimdLevel level_;
  bool use_reference_;
  std::map<std::pair<int, int>, int> entry_ids_;
  std::map<std::vector<int>, int> index_ids_;
  std::vector<int> slot_stage_;
};

void Binder::run_constant_step(const BoundStep& step) {
  // One step at a time: the executor runs the stage that it is given.
  Executor(program_, program_.constants_.get()).run_constant_step(step);
  for (const int slot : step.step->results) {
    if (program_.slots_[slot].broadcast) lay_out_broadcast(slot);
  }
}

// Repeats a constant for a block of rows. Row 0 stays what it was, so whoever reads the constant alone sees no difference.
void Binder::lay_out_broadcast(int index) {
  Workspace& work = *program_.constants_;
  const BoundSlot& slot = program_.slots_[index];
  Column& column = work.columns[index];
  Buffer values;
  char* out = values.reserve_array<char>(static_cast<size_t>(slot.value_size) * kBlockRows);
  for (uint32_t i = 0; i < kBlockRows; ++i) {
    std::memcpy(out + static_cast<size_t>(i) * slot.value_size, column.data, slot.value_size);
  }
  const bool is_null = column.is_null(0);
  column.data = out;
  column.valid = nullptr;
  work.broadcasts.push_back(std::move(values));
  if (!is_null) return;
  Buffer valid;
  column.valid = static_cast<uint8_t*>(std::memset(valid.reserve_array<uint8_t>(kBlockRows), 0, kBlockRows));
  work.broadcasts.push_back(std::move(valid));
}

StatusOr<std::unique_ptr<Program>> Program::bind(Plan plan, std::vector<OpenResource> resources, SimdLevel simd_level,
                                                 bool use_reference) {
  auto program = std::make_unique<Program>();
  program->plan_ = std::move(plan);
  program->resources_ = std::move(resources);
  program->simd_level_ = std::min(simd_level, detect_simd_level());
  program->use_reference_ = use_reference;
  program->block_loops_ = &block_loops(program->simd_level_);
  try {
    Binder binder(program.get(), simd_level, use_reference);
    if (Status status = binder.bind(); !status.ok()) return status;
  } catch (const std::bad_alloc&) {
    return Status::error(ErrorCode::kOutOfMemory, "There is not enough memory to load the program.");
  }
  return program;
}

}  // namespace feature_extractor
