// Filters of JSONPath queries (`?` of RFC 9535), as the reader of paths leaves them and the walk tests them.
#pragma once

#include "feature_extractor/json_path.h"

#include <re2/re2.h>

#include <memory>
#include <string>
#include <vector>

namespace feature_extractor::json {

// A query inside a filter: `@.price` begins at the value that is tested, `$.limit` at the whole document.
struct Query {
  bool is_absolute = false;
  std::vector<Segment> segments;

  // Whether it selects one value at most: names and single positions only.
  bool is_singular() const {
    for (const Segment& segment : segments) {
      if (segment.of_descendants || segment.selectors.size() != 1) return false;
      const Selector::Kind kind = segment.selectors[0].kind;
      if (kind != Selector::Kind::kName && kind != Selector::Kind::kIndex) return false;
    }
    return true;
  }
};

// A number of a document or of a filter: exact where an int of 64 bits holds it, else the nearest float, infinite where
// it is too large for one.
struct Number {
  bool is_int = false;
  int64_t exact = 0;
  double nearest = 0.0;

  static Number read(Text digits);
};

// One side of a comparison, or an argument of a function.
struct Operand {
  enum class Kind : uint8_t { kLiteral, kQuery, kLength, kCount, kValue };
  Kind kind = Kind::kLiteral;
  json::Kind literal = json::Kind::kNull;  // kNull, kFalse, kTrue, kNumber or kString.
  std::string text;
  Number number;
  Query query;                        // Of kQuery, kCount and kValue.
  std::unique_ptr<Operand> argument;  // Of kLength.
};

enum class Comparison : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

struct Condition {
  enum class Kind : uint8_t { kOr, kAnd, kNot, kExists, kCompare, kMatch };
  Kind kind = Kind::kExists;
  std::vector<Condition> parts;  // Of kOr, kAnd and kNot.
  Query query;                   // Of kExists.
  Comparison comparison = Comparison::kEqual;
  std::vector<Operand> operands;  // The two of kCompare, the one of kMatch.
  // Of kMatch: nullptr for a pattern that is no string, which matches nothing.
  std::unique_ptr<RE2> pattern;
  bool is_whole = false;  // `match` is about the whole text, `search` about a part of it.
};

struct Filter {
  Condition condition;
};

}  // namespace feature_extractor::json
