// user_agent_os(user_agent): the operating system of a user agent.
#include "feature_extractor/operator.h"
#include "feature_extractor/user_agent.h"

namespace feature_extractor {
namespace {

constexpr UserAgentRule kOsRules[] = {
    {"Windows Phone", "windows_phone"},
    {"Windows", "windows"},
    {"iPhone", "ios"},
    {"iPad", "ios"},
    {"iPod", "ios"},
    {"HarmonyOS", "harmonyos"},
    {"OpenHarmony", "harmonyos"},
    {"Tizen", "tizen"},
    {"webOS", "webos"},
    {"Web0S", "webos"},
    {"Android", "android"},
    {"CrOS", "chromeos"},
    {"Mac OS X", "macos"},
    {"Macintosh", "macos"},
    {"Linux", "linux"},
    {"X11", "linux"},
};

struct UserAgentOs {
  static constexpr bool kRepeats = true;
  static Text eval(Text user_agent) { return first_rule(kOsRules, user_agent); }
};

constexpr Operator kOperator = {
    .name = "user_agent_os",
    .summary = "Name the operating system of a user agent",
    .detail =
        "The rules are tried in this order: `windows_phone`, `windows`, `ios`, `harmonyos`, `tizen`, `webos`, "
        "`android`, `chromeos`, `macos`, `linux`; then `other`.",
    .parameters = {{"user_agent", "the value of the HTTP header User-Agent"}},
    .overloads = {overload<"(user_agent: string) -> string", UserAgentOs>()},
    .edges = {{"no token of a rule occurs, or the text is empty", "`other`"},
              {"upper and lower case", "count: user agents write their tokens in one way"},
              {"an iPad that asks for desktop pages", "`macos`: it says so itself"}},
    .examples = {{"user_agent_os(\"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
                  "like Gecko) Version/17.5 Mobile/15E148 Safari/604.1\")",
                  "\"ios\""},
                 {"user_agent_os(\"curl/8.5.0\")", "\"other\""}},
    .cost = {.per_row = 150.0, .per_element = 0.5},
    .aliases = "ua_parse parse_user_agent ua_os user_agent",
    .see_also = "user_agent_browser user_agent_device",
    .source =
        "https://www.rfc-editor.org/rfc/rfc9110 (section 10.1.5) for the header; the tokens are those that browsers "
        "send",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
