// The plan as it was read and verified: see docs/design/0003-plan-and-package.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feature_extractor/operator_spec.h"
#include "plan/declared_type.h"
#include "status.h"

namespace feature_extractor {

inline constexpr int kConstantDomain = 0;
inline constexpr int kRequestDomain = 1;
inline constexpr int kCandidateDomain = 2;

enum class DomainKind : uint8_t { kConstant, kRequest, kCandidate, kElements };

struct Domain {
  DomainKind kind = DomainKind::kElements;
  int parent = -1;
  int shape = -1;   // The slot of the entries; -1 for the three roots.
  int origin = -1;  // The elements that a view or a selection was taken from.
  bool view = false;
};

struct Slot {
  int domain = 0;
  StorageKind type = StorageKind::kNone;
  uint32_t width = 0;  // Of a vector.
};

// A flat value (`slot`), a list (`slot` is its shape), a map, or a resource.
struct Argument {
  int slot = -1;
  int resource = -1;
  std::vector<Argument> elements;
};

// A constant as it stands in the plan; lists hold their elements.
struct ConstantValue {
  enum class Kind : uint8_t { kNull, kBool, kInt, kFloat, kText, kList };
  Kind kind = Kind::kNull;
  bool bool_value = false;
  int64_t int_value = 0;
  double float_value = 0;
  std::string text_value;
  std::vector<ConstantValue> list;
};

struct Step {
  // Records are in no plan that is read: splitting one adds them (split.h).
  enum class Kind : uint8_t { kInput, kConstant, kCall, kLift, kFetch, kCollect, kFromRecord, kToRecord };
  Kind kind = Kind::kCall;
  // kInput
  int input = -1;
  std::vector<std::string> path;
  // kConstant
  ConstantValue value;
  // kCall
  const Operator* op = nullptr;
  int overload = -1;
  const Kernel* kernel = nullptr;
  std::shared_ptr<const ParsedSignature> signature;  // Of the overload; all its calls share one.
  std::vector<Argument> arguments;
  int site = -1;
  // kLift, kFetch
  int source = -1;
  int domain = -1;  // kFetch: the view of at most one element per row.
  // kLift: the one hop to take where parent and origin are the same domain.
  enum class Through : uint8_t { kAny, kParent, kOrigin };
  Through through = Through::kAny;
  // The slots that the step writes, in order; a constant list writes its shape and its elements, and a step from a record all
  // values that the record holds, or none.
  std::vector<int> results;
};

struct InputDeclaration {
  int domain = kRequestDomain;
  std::string name;
  DeclaredType type;
  bool is_held = false;  // Its values are in records; the caller does not give them.
  bool is_key = false;   // The caller gives it to name the records; no step reads it.
};

struct ResourceDeclaration {
  std::string name;
  std::string kind;
  std::string member;
};

// `kValue` is for tools that look into a program: any value, encoded byte by byte (engine/write_value.h).
enum class FeatureKind : uint8_t { kDense, kId, kIds, kWeighted, kText, kLabel, kValue };

struct FeatureDeclaration {
  std::string name;
  FeatureKind kind = FeatureKind::kDense;
  Argument value;
  uint32_t width = 1;
  int64_t size = 0;
  uint32_t maximum = 0;
  double default_number = 0.0;
  std::string default_text;
  bool is_computed = true;  // False in the part of a split plan that leaves it to the other part.
};

struct RecordLayout;

struct Plan {
  std::vector<Domain> domains;
  std::vector<Slot> slots;
  std::vector<std::vector<int>> domains_of_shape;  // For each slot, the domains whose entries it holds.
  std::vector<InputDeclaration> inputs;
  std::vector<ResourceDeclaration> resources;
  std::vector<Step> steps;
  std::vector<FeatureDeclaration> features;
  std::vector<Argument> constants;  // Of a plan that is only evaluated, for constant folding.
  std::vector<std::string> sites;
  int output_domain = kRequestDomain;
  bool collects = false;                       // Some step looks from one candidate of a request to the others.
  std::shared_ptr<const RecordLayout> record;  // Of a part of a split plan.

  // The outermost domain that rows of `domain` belong to: constant, request or candidate.
  int root_of(int domain) const {
    while (domain > kCandidateDomain) domain = domains[domain].parent;
    return domain;
  }
};

// Limits of a plan; far above what a real program needs.
inline constexpr size_t kMaximumSteps = 1'000'000;
inline constexpr size_t kMaximumDomains = 100'000;
inline constexpr int kMaximumNesting = 32;

// Parses and verifies a plan: indices, order, domains, and the types of every call against its operator's signature.
StatusOr<Plan> read_plan(std::string_view json);

// How rows of `from` find their rows in `to`: the domains on the way, first `from`, last `to`; empty if there is no way. Each
// hop goes to the parent or to the origin of a domain.
std::vector<int> lift_path(const Plan& plan, int from, int to);

const char* storage_name(StorageKind kind);

}  // namespace feature_extractor
