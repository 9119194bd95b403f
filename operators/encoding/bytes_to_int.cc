// bytes_to_int(b, start, size, order): a number that some bytes hold.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct BytesToInt {
  static Nullable<int64_t> eval(Bytes b, int64_t start, int64_t size, Text order) {
    const Text bytes = b.value;
    const auto available = static_cast<int64_t>(bytes.size());
    if (size < 1 || size > 8 || start < 0 || start > available - size) return null;
    const auto* at = reinterpret_cast<const uint8_t*>(bytes.data()) + start;
    uint64_t value = 0;
    for (int64_t i = 0; i < size; ++i) value = value << 8 | at[order == "big" ? i : size - 1 - i];
    return static_cast<int64_t>(value);
  }
};

constexpr Operator kOperator = {
    .name = "bytes_to_int",
    .summary = "Read an unsigned number from bytes",
    .detail =
        "`size` bytes from position `start` on. With 8 bytes the result is the same 64 bits as a signed int. "
        "`bytes_to_int(md5(s))` is the number of the first 16 hexadecimal digits of the digest. For a signed number of "
        "fewer bytes add `sign_extend`.",
    .parameters = {{"b", "the bytes"},
                   {"start", "the position of the first byte, from 0"},
                   {"size", "how many bytes"},
                   {"order", "\"big\": the highest byte comes first; \"little\": the lowest"}},
    .overloads = {overload<"(b: bytes, start: int = 0, size: const int[1..8] = 8, "
                           "order: const string{\"big\",\"little\"} = \"big\") -> int?",
                           BytesToInt>()},
    .edges = {{"there are fewer bytes", "null"}, {"`start` is negative", "null"}},
    .examples = {{"bytes_to_int(b\"\\x00\\x01\\x02\", 1, 2)", "258"},
                 {"bytes_to_int(b\"\\x02\\x01\\x00\\x00\", size = 4, order = \"little\")", "258"},
                 {"bytes_to_int(b\"\\x01\")", "null"}},
    .cost = {.per_row = 6.0},
    .aliases = "from_bytes int_from_bytes from_big_endian_64 unpack",
    .see_also = "to_bytes sign_extend md5",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
