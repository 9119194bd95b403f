// Rules that name a user agent by the tokens that it holds.
#pragma once

#include "feature_extractor/text.h"

namespace feature_extractor {

struct UserAgentRule {
  Text token;
  Text name;
};

// The name of the first rule whose token occurs, or "other". Tokens are compared byte by byte, as they are in user agents.
template <size_t N>
Text first_rule(const UserAgentRule (&rules)[N], Text user_agent) {
  for (const UserAgentRule& rule : rules) {
    if (text::contains(user_agent, rule.token)) return rule.name;
  }
  return "other";
}

}  // namespace feature_extractor
