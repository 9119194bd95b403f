// signature_of(x, id_bits): the id without the number of its slot.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SignatureOf {
  static int64_t eval(int64_t x, int64_t id_bits) {
    return static_cast<int64_t>(static_cast<uint64_t>(x) & ((uint64_t{1} << (id_bits & 63)) - 1));
  }
};

constexpr Operator kOperator = {
    .name = "signature_of",
    .summary = "Read the id without its slot from an id that `slot_id` made",
    .detail = "The lowest `id_bits` bits.",
    .parameters = {{"x", "the packed id"}, {"id_bits", "how many bits the id has in it"}},
    .overloads = {overload<"(x: int, id_bits: const int[1..63] = 48) -> int", SignatureOf>()},
    .edges = {{"`x` is negative", "its lowest bits, a number that is not negative"}},
    .examples = {{"signature_of(844424930131973)", "5"}, {"signature_of(-1, 8)", "255"}},
    .cost = {.per_row = 0.5},
    .aliases = "get_signature extract_id fid_signature low_bits",
    .see_also = "slot_id slot_of bit_and",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
