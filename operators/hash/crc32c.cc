// crc32c(x): the checksum of iSCSI.
#include "feature_extractor/cyclic_redundancy.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Crc32c {
  static int64_t eval(T x) { return static_cast<int64_t>(CyclicRedundancy<0x82F63B78u>::checksum(Storage<T>::to(x))); }
};

constexpr Operator kOperator = {
    .name = "crc32c",
    .summary = "Take the CRC-32C of text or bytes",
    .detail =
        "The cyclic redundancy check with Castagnoli's polynomial, as in iSCSI, Snappy and TFRecord files. TFRecord "
        "masks it: `bit_and(bit_or(shift_right(c, 15), shift_left(c, 17)) + 2726488792, 4294967295)`. A string counts "
        "as its bytes in UTF-8. The result is from 0 to 2^32 - 1.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> int", Crc32c<Text>>(), overload<"(x: bytes) -> int", Crc32c<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"crc32c(\"abc\")", "910901175"}, {"crc32c(b\"\\x00\\xFF\")", "1545348227"}},
    .cost = {.per_row = 4.0, .per_element = 0.8},
    .aliases = "CRC32C castagnoli masked_crc32c",
    .see_also = "crc32 bit_and shift_right",
    .source = "RFC 3720, section 12.1 and appendix B.4",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
