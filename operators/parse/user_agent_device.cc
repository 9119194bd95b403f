// user_agent_device(user_agent): the kind of device of a user agent.
#include "feature_extractor/operator.h"
#include "feature_extractor/user_agent.h"

namespace feature_extractor {
namespace {

constexpr UserAgentRule kDeviceRules[] = {
    {"bot", "bot"},
    {"Bot", "bot"},
    {"spider", "bot"},
    {"Spider", "bot"},
    {"crawl", "bot"},
    {"Crawl", "bot"},
    {"Slurp", "bot"},
    {"facebookexternalhit", "bot"},
    {"HeadlessChrome", "bot"},
    {"iPad", "tablet"},
    {"Tablet", "tablet"},
    {"PlayBook", "tablet"},
    {"Kindle", "tablet"},
    {"Silk/", "tablet"},
    {"SmartTV", "tv"},
    {"SMART-TV", "tv"},
    {"Smart-TV", "tv"},
    {"SmartHub", "tv"},
    {"HbbTV", "tv"},
    {"AppleTV", "tv"},
    {"Apple TV", "tv"},
    {"GoogleTV", "tv"},
    {"Android TV", "tv"},
    {"BRAVIA", "tv"},
    {"CrKey", "tv"},
    {"Web0S", "tv"},
    {"PlayStation", "console"},
    {"Xbox", "console"},
    {"Nintendo", "console"},
    {"iPhone", "phone"},
    {"iPod", "phone"},
    {"Mobi", "phone"},
    {"Windows Phone", "phone"},
    {"Android", "tablet"},
    {"Windows", "desktop"},
    {"Macintosh", "desktop"},
    {"CrOS", "desktop"},
    {"X11", "desktop"},
    {"Linux", "desktop"},
};

struct UserAgentDevice {
  static constexpr bool kRepeats = true;
  static Text eval(Text user_agent) { return first_rule(kDeviceRules, user_agent); }
};

constexpr Operator kOperator = {
    .name = "user_agent_device",
    .summary = "Name the kind of device of a user agent",
    .detail =
        "One of `bot`, `tablet`, `tv`, `console`, `phone`, `desktop` and `other`, tried in this order. A phone with "
        "Android says `Mobile`; one without it is a tablet.",
    .parameters = {{"user_agent", "the value of the HTTP header User-Agent"}},
    .overloads = {overload<"(user_agent: string) -> string", UserAgentDevice>()},
    .edges = {{"no token of a rule occurs, or the text is empty", "`other`"},
              {"upper and lower case", "count: user agents write their tokens in one way"},
              {"an iPad that asks for desktop pages", "`desktop`: it says so itself"}},
    .examples = {{"user_agent_device(\"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
                  "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1\")",
                  "\"phone\""},
                 {"user_agent_device(\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                  "Gecko) Chrome/126.0.0.0 Safari/537.36\")",
                  "\"desktop\""}},
    .cost = {.per_row = 150.0, .per_element = 0.5},
    .aliases = "ua_parse parse_user_agent ua_device user_agent",
    .see_also = "user_agent_browser user_agent_os",
    .source =
        "https://www.rfc-editor.org/rfc/rfc9110 (section 10.1.5) for the header; the tokens are those that browsers "
        "send",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
