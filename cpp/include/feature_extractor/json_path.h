// JSONPath queries (RFC 9535): read once per load, then walked over the values of a JSON text.
#pragma once

#include "feature_extractor/json.h"
#include "feature_extractor/kernel.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace feature_extractor::json {

struct Filter;

struct Selector {
  enum class Kind : uint8_t { kName, kIndex, kSlice, kWildcard, kFilter };
  Kind kind = Kind::kWildcard;
  std::string name;
  std::optional<int64_t> start;  // Also the index.
  std::optional<int64_t> end;
  int64_t step = 1;
  std::shared_ptr<const Filter> filter;
};

struct Segment {
  bool of_descendants = false;
  std::vector<Selector> selectors;
};

struct Path {
  // Walking recurses once per segment and once per level of a filter, so both have a bound for the whole query.
  static constexpr size_t kMostSegments = 64;
  static constexpr size_t kMostNesting = 32;
  std::vector<Segment> segments;

  static std::optional<Path> read(Text query, BindError& error);
};

// Is told the number of a value in its document. False where it needs no more.
using Found = bool(void* context, uint32_t number);

// Calls `found` for each value that a path selects, in the order of RFC 9535. False where the path asks for too much work,
// which takes several descendant segments or a filter over filters on a large text.
bool walk(const Document& document, const Path& path, Found* found, void* context);

// The first value that a path selects in a text, if the text is JSON and the path selects something.
struct First {
  Document document;
  Nullable<Node> node = null;

  First(const Path& path, Text text, Arena& arena) {
    Arena::Scope scope(arena);
    if (!document.read(text, arena)) return;
    const auto found = [](void* first, uint32_t number) {
      static_cast<First*>(first)->node = static_cast<First*>(first)->document[number];
      return false;
    };
    walk(document, path, found, this);
  }
};

// Calls `found(document, node)` for each value that a path selects. False where the text is not JSON, or the path asks
// for too much work; what was found before is then to be forgotten.
template <class Each>
bool for_each(const Path& path, Text text, Arena& arena, Each&& found) {
  // Texts are copied for their escapes only; where there are none, everything in the arena is scratch.
  std::optional<Arena::Scope> scope;
  if (text.find('\\') == Text::npos) scope.emplace(arena);
  Document document;
  if (!document.read(text, arena)) return false;
  struct Context {
    const Document& document;
    Each& found;
  } context{document, found};
  const auto one = [](void* at, uint32_t number) {
    const auto& [values, each] = *static_cast<Context*>(at);
    each(values, values[number]);
    return true;
  };
  return walk(document, path, one, &context);
}

}  // namespace feature_extractor::json
