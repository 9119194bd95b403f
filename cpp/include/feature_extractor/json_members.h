// The members of one object in a JSON text, each name once.
#pragma once

#include "feature_extractor/hash_index.h"
#include "feature_extractor/json_path.h"

namespace feature_extractor::json {

// Calls `found(document, name, value)` for the members of the first value that a path selects. False where the text is not
// JSON or that value is no object.
template <class Found>
bool for_each_member(const Path& path, Text text, Arena& arena, Found&& found) {
  // Names without escapes are views of the text; where there are none, everything in the arena is scratch.
  std::optional<Arena::Scope> scope;
  if (text.find('\\') == Text::npos) scope.emplace(arena);
  Document document;
  if (!document.read(text, arena)) return false;
  uint32_t number = kNone;
  const auto one = [](void* at, uint32_t selected) {
    *static_cast<uint32_t*>(at) = selected;
    return false;
  };
  walk(document, path, one, &number);
  if (number == kNone || document[number].kind != Kind::kObject) return false;
  const Node object = document[number];
  HashIndex<Text> names;
  names.start(object.count, arena);
  for (uint32_t i = number + 1; i < object.next; i = document[i + 1].next) {
    const Text name = *document.text_of(document[i], arena);
    const uint32_t before = names.size();
    if (names.insert(name) == before) found(document, name, document[i + 1]);
  }
  return true;
}

}  // namespace feature_extractor::json
