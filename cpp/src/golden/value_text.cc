#include "golden/value_text.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace feature_extractor {
namespace {

constexpr int64_t kShown = 8;  // Elements of a list.
constexpr int64_t kShownBytes = 60;

std::string float_text(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  return {text, end.ptr};
}

std::string quoted(const char* bytes, int64_t size) {
  std::string text = "\"";
  for (int64_t i = 0; i < size && i < kShownBytes; ++i) {
    const char letter = bytes[i];
    // Text may be cut inside of a character, and must not steer a terminal.
    text += letter >= 0x20 && letter < 0x7F ? letter : '?';
  }
  return text + (size > kShownBytes ? "...\"" : "\"");
}

std::string elements_text(const ArrowSchema& schema, const ArrowArray& array, int64_t begin, int64_t end) {
  std::string text = "[";
  for (int64_t i = begin; i < end; ++i) {
    if (i > begin) text += ", ";
    if (i == begin + kShown) return text + "... " + std::to_string(end - i) + " more]";
    text += value_text(schema, array, i);
  }
  return text + "]";
}

}  // namespace

std::string value_text(const ArrowSchema& schema, const ArrowArray& array, int64_t row) {
  const std::string_view format = schema.format;
  const int64_t at = row + array.offset;
  if (format == "f") return float_text(static_cast<const float*>(array.buffers[1])[at]);
  if (format == "l") return std::to_string(static_cast<const int64_t*>(array.buffers[1])[at]);
  if (format == "U" || format == "Z") {
    const auto* offsets = static_cast<const int64_t*>(array.buffers[1]);
    return quoted(static_cast<const char*>(array.buffers[2]) + offsets[at], offsets[at + 1] - offsets[at]);
  }
  if (format == "+L") {
    const auto* offsets = static_cast<const int64_t*>(array.buffers[1]);
    return elements_text(*schema.children[0], *array.children[0], offsets[at], offsets[at + 1]);
  }
  if (format.starts_with("+w:")) {
    const int64_t width = std::strtoll(schema.format + 3, nullptr, 10);
    return elements_text(*schema.children[0], *array.children[0], at * width, (at + 1) * width);
  }
  if (format == "+s") {
    std::string text = "(";
    for (int64_t c = 0; c < schema.n_children; ++c) {
      if (c > 0) text += ", ";
      text += value_text(*schema.children[c], *array.children[c], at);
    }
    return text + ")";
  }
  return "a value";
}

}  // namespace feature_extractor
