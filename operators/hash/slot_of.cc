// slot_of(x, id_bits): the number of the slot in an id.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SlotOf {
  static int64_t eval(int64_t x, int64_t id_bits) {
    return static_cast<int64_t>(static_cast<uint64_t>(x) >> (id_bits & 63));
  }
};

constexpr Operator kOperator = {
    .name = "slot_of",
    .summary = "Read the number of the slot from an id that `slot_id` made",
    .detail = "The bits above the lowest `id_bits` ones.",
    .parameters = {{"x", "the packed id"}, {"id_bits", "how many bits the id has in it"}},
    .overloads = {overload<"(x: int, id_bits: const int[1..63] = 48) -> int", SlotOf>()},
    .edges = {{"`x` is negative", "its highest bit counts as any other"}},
    .examples = {{"slot_of(844424930131973)", "3"}, {"slot_of(-1)", "65535"}},
    .cost = {.per_row = 0.5},
    .aliases = "get_slot extract_slot fid_slot",
    .see_also = "slot_id signature_of shift_right_unsigned",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
