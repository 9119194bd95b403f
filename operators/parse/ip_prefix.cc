// ip_prefix(text, ipv4_bits, ipv6_bits): the network of an IP address.
#include "feature_extractor/ip_address.h"
#include "feature_extractor/operator.h"

#include <optional>

namespace feature_extractor {
namespace {

struct IpPrefix {
  struct State {
    int ipv4_bits;
    int ipv6_bits;
  };
  static std::optional<State> bind(int64_t ipv4_bits, int64_t ipv6_bits, BindError& error) {
    if (ipv4_bits < 0 || ipv4_bits > 32 || ipv6_bits < 0 || ipv6_bits > 128) {
      error.set("The bits of a prefix are from 0 to 32 for IPv4, and from 0 to 128 for IPv6.");
      return std::nullopt;
    }
    return State{static_cast<int>(ipv4_bits), static_cast<int>(ipv6_bits)};
  }
  static Nullable<Text> eval(Arena& arena, const State& state, Text text) {
    ip::Address address = ip::read(text);
    if (address.size == 0) return null;
    const int bits = address.size == 4 ? state.ipv4_bits : state.ipv6_bits;
    for (int i = 0; i < address.size; ++i) {
      const int kept = bits - 8 * i;
      if (kept < 8) address.bytes[i] &= kept <= 0 ? 0 : static_cast<uint8_t>(0xFF << (8 - kept));
    }
    char* const out = arena.allocate(48);
    char* to = address.size == 4 ? write_v4(address.bytes, out) : write_v6(address.bytes, out);
    *to++ = '/';
    to = write_number(bits, to);
    return Text(out, static_cast<size_t>(to - out));
  }

 private:
  static char* write_number(int value, char* to) {
    if (value >= 100) *to++ = static_cast<char>('0' + value / 100);
    if (value >= 10) *to++ = static_cast<char>('0' + value / 10 % 10);
    *to++ = static_cast<char>('0' + value % 10);
    return to;
  }
  static char* write_v4(const uint8_t* bytes, char* to) {
    for (int i = 0; i < 4; ++i) {
      if (i > 0) *to++ = '.';
      to = write_number(bytes[i], to);
    }
    return to;
  }
  // The first longest run of two or more zero groups becomes `::` (RFC 5952, section 4).
  static char* write_v6(const uint8_t* bytes, char* to) {
    const auto group = [bytes](int i) { return static_cast<unsigned>(bytes[2 * i] << 8 | bytes[2 * i + 1]); };
    int first = 8;
    int longest = 1;
    for (int i = 0; i < 8; ++i) {
      int run = 0;
      while (i + run < 8 && group(i + run) == 0) ++run;
      if (run > longest) {
        longest = run;
        first = i;
      }
    }
    for (int i = 0; i < 8; ++i) {
      if (i == first) {
        *to++ = ':';
        *to++ = ':';
        i += longest - 1;
        continue;
      }
      if (i > 0 && i != first + longest) *to++ = ':';
      bool started = false;
      for (int shift = 12; shift >= 0; shift -= 4) {
        const unsigned digit = group(i) >> shift & 15;
        started = started || digit != 0 || shift == 0;
        if (started) *to++ = "0123456789abcdef"[digit];
      }
    }
    return to;
  }
};

constexpr Operator kOperator = {
    .name = "ip_prefix",
    .summary = "Name the network of an IP address: its first bits",
    .detail =
        "The bits behind the prefix become 0, and the result is written as `address/bits`, an IPv6 address in the "
        "short form of RFC 5952, with hexadecimal groups only.",
    .parameters = {{"text", "an IPv4 or IPv6 address"},
                   {"ipv4_bits", "the length of the prefix of an IPv4 address"},
                   {"ipv6_bits", "the length of the prefix of an IPv6 address"}},
    .overloads = {overload<"(text: string, ipv4_bits: const int[0..32] = 24, ipv6_bits: const int[0..128] = 48) -> "
                           "string?",
                           IpPrefix>()},
    .edges = {{"the text is no IP address, or empty", "null"},
              {"an IPv4 address with leading zeros, as in `010.0.0.1`", "null"},
              {"an IPv6 address with a zone, as in `fe80::1%eth0`", "null"},
              {"an IPv4 address within IPv6, as in `::ffff:1.2.3.4`", "an IPv6 address"},
              {"a prefix of all bits", "the address itself"}},
    .examples = {{"ip_prefix(\"192.168.1.20\")", "\"192.168.1.0/24\""},
                 {"ip_prefix(\"2001:db8:0:12::7\", ipv6_bits = 64)", "\"2001:db8:0:12::/64\""},
                 {"ip_prefix(\"300.1.1.1\")", "null"}},
    .cost = {.per_row = 40.0, .per_element = 1.0},
    .aliases = "ip_subnet IPv4CIDRToRange ip_network cidr ipaddress_prefix subnet",
    .see_also = "ip_to_int",
    .source = "https://www.rfc-editor.org/rfc/rfc4291 and https://www.rfc-editor.org/rfc/rfc5952",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
