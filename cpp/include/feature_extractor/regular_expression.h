// Regular expressions of constant patterns, compiled once per load.
#pragma once

#include "feature_extractor/kernel.h"

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>

namespace feature_extractor {

// Compiles a pattern in the syntax of RE2 over UTF-8. RE2 runs in time linear in the text for any pattern, and in bounded
// memory. A pattern that is not one gives nullptr, and `error` holds RE2's reason.
inline std::unique_ptr<RE2> compile_pattern(Text pattern, BindError& error) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(int64_t{4} << 20);
  auto expression = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (expression->ok()) return expression;
  error.set("The pattern is not a regular expression that RE2 knows: " + expression->error() + ".");
  return nullptr;
}

// An empty text has an address too, so that a group without one is a group that took no part in a match.
inline re2::StringPiece to_piece(Text text) { return {text.empty() ? "" : text.data(), text.size()}; }

}  // namespace feature_extractor
