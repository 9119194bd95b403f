// Types as they are written in declarations and signatures: `list<{movie: int, at: timestamp?}>`, `map<K, V>`, `T?`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "feature_extractor/kernel.h"
#include "status.h"

namespace feature_extractor {

struct DeclaredType {
  enum class Kind : uint8_t {
    kBool,
    kInt,
    kFloat,
    kString,
    kBytes,
    kTimestamp,
    kDuration,
    kList,
    kMap,
    kVector,
    kStruct,
    kVariable,
    kVocabulary,
    kTable,
    kZone,
    kRow,
  };
  Kind kind = Kind::kInt;
  bool nullable = false;
  uint32_t size = 0;                     // Of a vector; 0 where it is a variable.
  std::string name;                      // Of a type variable.
  std::vector<DeclaredType> children;    // Element; key and value; fields.
  std::vector<std::string> field_names;  // Of a struct.

  bool is_scalar() const { return kind <= Kind::kDuration; }
  bool is_resource() const { return kind == Kind::kVocabulary || kind == Kind::kTable || kind == Kind::kZone; }
  // kNone for structs, variables and resources.
  StorageKind storage() const;
  std::string text() const;
};

StatusOr<DeclaredType> parse_declared_type(std::string_view text);

struct SignatureParameter {
  std::string name;
  DeclaredType type;
  bool is_constant = false;
  bool is_variadic = false;
  bool is_lambda = false;  // `type` is then the type of the lambda's body.
};

struct SignatureVariable {
  std::string name;
  std::string constraint;
};

struct ParsedSignature {
  std::vector<SignatureVariable> variables;
  std::vector<SignatureParameter> parameters;
  DeclaredType result;
};

StatusOr<ParsedSignature> parse_signature(std::string_view text);

}  // namespace feature_extractor
