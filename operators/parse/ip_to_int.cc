// ip_to_int(text): an IPv4 address as a number.
#include "feature_extractor/ip_address.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct IpToInt {
  static Nullable<int64_t> eval(Text text) {
    const ip::Address address = ip::read(text);
    if (address.size != 4) return null;
    int64_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | address.bytes[i];
    return value;
  }
};

constexpr Operator kOperator = {
    .name = "ip_to_int",
    .summary = "Read an IPv4 address as a number from 0 to 2^32 - 1",
    .detail = "The first of the four numbers is the highest byte, so that the order is that of the networks.",
    .parameters = {{"text", "four numbers from 0 to 255 with points between them"}},
    .overloads = {overload<"(text: string) -> int?", IpToInt>()},
    .edges = {{"the text is no IPv4 address, or empty", "null"},
              {"an IPv6 address", "null: it has 128 bits; `ip_prefix` takes both"},
              {"leading zeros, as in `010.0.0.1`", "null: some programs read them as octal"},
              {"white space", "null"}},
    .examples = {{"ip_to_int(\"192.168.1.20\")", "3232235796"},
                 {"ip_to_int(\"0.0.0.0\")", "0"},
                 {"ip_to_int(\"256.1.1.1\")", "null"}},
    .cost = {.per_row = 15.0, .per_element = 1.0},
    .aliases = "IPv4StringToNum inet_aton ipv4_to_int ip_to_long inet_pton",
    .see_also = "ip_prefix",
    .source = "https://www.rfc-editor.org/rfc/rfc6943 (section 3.1.1)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
