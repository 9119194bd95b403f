// slot_id(id, slot, id_bits): an id with the number of its slot in front.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

struct SlotId {
  static Nullable<int64_t> eval(int64_t id, int64_t slot, int64_t id_bits) {
    // The range of `id_bits` is checked when the program is compiled; the mask keeps the shifts defined.
    const auto bits = static_cast<int>(id_bits & 63);
    const uint64_t kept = static_cast<uint64_t>(id) & ((uint64_t{1} << bits) - 1);
    const uint64_t packed = static_cast<uint64_t>(slot) << bits | kept;
    return Nullable<int64_t>::where(static_cast<uint64_t>(slot) >> ((64 - bits) & 63) == 0,
                                    static_cast<int64_t>(packed));
  }
};

constexpr Operator kOperator = {
    .name = "slot_id",
    .summary = "Pack the number of a slot and an id into one int",
    .detail =
        "slot * 2^id_bits + the lowest `id_bits` bits of the id, so that one table serves the ids of many features. "
        "With 48 bits it is Monolith's fid of version 2, with 54 that of version 1. The inverses are `slot_of` and "
        "`signature_of`.",
    .parameters = {{"id", "the id, usually a hash"},
                   {"slot", "the number of the slot"},
                   {"id_bits", "how many bits of the id stay"}},
    .overloads = {overload<"(id: int, slot: int, id_bits: const int[1..63] = 48) -> int", SlotId>()},
    .edges = {{"`slot` is negative or 2^(64 - id_bits) or more", "null: it has no room"},
              {"`slot` is 2^(63 - id_bits) or more", "a negative int, of the same bits"},
              {"`id` has more bits, or is negative", "its lowest bits count"}},
    .examples = {{"slot_id(5, 3)", "844424930131973"}, {"slot_id(-1, 0, 8)", "255"}, {"slot_id(1, 65536)", "null"}},
    .cost = {.per_row = 0.8},
    .aliases = "switch_slot fid pack_slot feature_id fid_v2 slot_key",
    .see_also = "slot_of signature_of hash",
    .source = "Monolith: Real Time Recommendation System With Collisionless Embedding Table (2022)",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
