// user_agent_browser(user_agent): the browser of a user agent.
#include "feature_extractor/operator.h"
#include "feature_extractor/user_agent.h"

namespace feature_extractor {
namespace {

constexpr UserAgentRule kBrowserRules[] = {
    {"MicroMessenger/", "wechat"},
    {"UCBrowser/", "uc"},
    {"UCWEB/", "uc"},
    {"SamsungBrowser/", "samsung"},
    {"YaBrowser/", "yandex"},
    {"MiuiBrowser/", "miui"},
    {"HuaweiBrowser/", "huawei"},
    {"QQBrowser/", "qq"},
    {"Edg/", "edge"},
    {"EdgA/", "edge"},
    {"EdgiOS/", "edge"},
    {"Edge/", "edge"},
    {"OPR/", "opera"},
    {"OPiOS/", "opera"},
    {"OPT/", "opera"},
    {"Opera", "opera"},
    {"FxiOS/", "firefox"},
    {"Firefox/", "firefox"},
    {"CriOS/", "chrome"},
    {"Chrome/", "chrome"},
    {"Chromium/", "chrome"},
    {"MSIE ", "internet_explorer"},
    {"Trident/", "internet_explorer"},
    {"Safari/", "safari"},
};

struct UserAgentBrowser {
  static constexpr bool kRepeats = true;
  static Text eval(Text user_agent) { return first_rule(kBrowserRules, user_agent); }
};

constexpr Operator kOperator = {
    .name = "user_agent_browser",
    .summary = "Name the browser of a user agent",
    .detail =
        "Browsers also send the tokens of those that they descend from, so the rules are tried in this order: "
        "`wechat`, `uc`, `samsung`, `yandex`, `miui`, `huawei`, `qq`, `edge`, `opera`, `firefox`, `chrome`, "
        "`internet_explorer`, `safari`; then `other`. There is no database: rare browsers count as the one that they "
        "descend from.",
    .parameters = {{"user_agent", "the value of the HTTP header User-Agent"}},
    .overloads = {overload<"(user_agent: string) -> string", UserAgentBrowser>()},
    .edges = {{"no token of a rule occurs, or the text is empty", "`other`"},
              {"upper and lower case", "count: user agents write their tokens in one way"}},
    .examples = {{"user_agent_browser(\"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                  "Gecko) Chrome/126.0.0.0 Safari/537.36\")",
                  "\"chrome\""},
                 {"user_agent_browser(\"curl/8.5.0\")", "\"other\""}},
    .cost = {.per_row = 150.0, .per_element = 0.5},
    .aliases = "ua_parse parse_user_agent ua_browser user_agent",
    .see_also = "user_agent_os user_agent_device",
    .source =
        "https://www.rfc-editor.org/rfc/rfc9110 (section 10.1.5) for the header; the tokens are those that browsers "
        "send",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
