// crc32(x): the checksum of ZIP and Ethernet.
#include "feature_extractor/cyclic_redundancy.h"
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct Crc32 {
  static int64_t eval(T x) { return static_cast<int64_t>(CyclicRedundancy<0xEDB88320u>::checksum(Storage<T>::to(x))); }
};

constexpr Operator kOperator = {
    .name = "crc32",
    .summary = "Take the CRC-32 of text or bytes",
    .detail =
        "The cyclic redundancy check of ISO 3309, as zlib, Spark, Hive and MySQL have it. A string counts as its bytes "
        "in UTF-8. The result is from 0 to 2^32 - 1.",
    .parameters = {{"x", "the text or bytes"}},
    .overloads = {overload<"(x: string) -> int", Crc32<Text>>(), overload<"(x: bytes) -> int", Crc32<Bytes>>()},
    .edges = {{"`x` is null", "null"}, {"`x` is empty", "the hash of no bytes, a number like any other"}},
    .examples = {{"crc32(\"abc\")", "891568578"}, {"crc32(b\"\\x00\\xFF\")", "1826356594"}},
    .cost = {.per_row = 4.0, .per_element = 0.8},
    .aliases = "crc CRC32 cyclic_redundancy checksum zlib_crc32",
    .see_also = "crc32c xxhash32",
    .source = "ISO 3309; RFC 1952, section 8",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
