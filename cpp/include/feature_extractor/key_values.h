// Texts that hold a map: items between separators, each a key and a value.
#pragma once

#include "feature_extractor/hash_index.h"
#include "feature_extractor/kernel.h"
#include "feature_extractor/number_text.h"
#include "feature_extractor/text.h"

#include <optional>
#include <string>

namespace feature_extractor {

// The separators, which are constants of the program.
struct KeyValueSeparators {
  std::string item;
  std::string key_value;

  static std::optional<KeyValueSeparators> bind(Text item, Text key_value, BindError& error) {
    if (!item.empty() && !key_value.empty() && item != key_value) {
      return KeyValueSeparators{std::string(item), std::string(key_value)};
    }
    error.set("The separator of items and that of key and value must be two different texts that are not empty.");
    return std::nullopt;
  }
};

// Calls `found(item)` for each part of a text between separators; none for an empty text.
template <class Found>
void for_each_item(Text text, Text separator, Found&& found) {
  if (text.empty()) return;
  for (size_t begin = 0;;) {
    const size_t end = text::find(text, separator, begin);
    if (end == text::kNotFound) {
      found(text.substr(begin));
      return;
    }
    found(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
}

// Reads a map. `read_key(Text)` and `read_value(Text)` give a Nullable; an item of which either is null, or which has no
// separator, is skipped. Of equal keys the last one counts, at the place of the first.
template <class K, class V, class ReadKey, class ReadValue>
void read_key_values(const KeyValueSeparators& separators, Text text, Arena& arena, MapBuilder<K, V>& result,
                     ReadKey&& read_key, ReadValue&& read_value) {
  Arena::Scope scope(arena);
  uint32_t most = 0;
  for_each_item(text, separators.item, [&](Text) { ++most; });
  HashIndex<K> ids;
  ids.start(most, arena);
  K* const keys = arena.allocate_array<K>(most);
  V* const values = arena.allocate_array<V>(most);
  for_each_item(text, separators.item, [&](Text item) {
    const size_t at = text::find(item, separators.key_value);
    if (at == text::kNotFound) return;
    const Nullable<K> key = read_key(item.substr(0, at));
    const Nullable<V> value = read_value(item.substr(at + separators.key_value.size()));
    if (!key.has_value() || !value.has_value()) return;
    const uint32_t id = ids.insert(*key);
    keys[id] = *key;
    values[id] = *value;
  });
  for (uint32_t i = 0; i < ids.size(); ++i) result.push_back(keys[i], values[i]);
}

inline Nullable<Text> text_key(Text text) { return Nullable<Text>::where(!text.empty(), text); }

}  // namespace feature_extractor
