// in(x, values): whether a value is among those of a list.
#include "feature_extractor/operator.h"

namespace feature_extractor {
namespace {

template <class T>
struct In {
  static bool eval(T x, List<T> values) {
    const auto* data = values.data();
    const uint8_t* valid = values.valid();
    const auto stored = Storage<T>::to(x);
    bool found = false;
    for (uint32_t i = 0; i < values.size(); ++i) found |= (valid == nullptr || valid[i] != 0) & (data[i] == stored);
    return found;
  }

  // Few values are compared one after the other with all rows; many are put into a table of open addressing.
  class Index {
   public:
    using Stored = typename Storage<T>::Type;

    void build(List<T> values, Arena& arena) {
      data_ = arena.allocate_array<Stored>(values.size() + size_t{1});
      size_ = 0;
      const uint8_t* valid = values.valid();
      for (uint32_t i = 0; i < values.size(); ++i) {
        if (valid == nullptr || valid[i] != 0) data_[size_++] = values.data()[i];
      }
      table_ = nullptr;
      if (size_ <= kCompared) return;
      shift_ = 64;
      uint64_t slots = 1;
      while (slots < uint64_t{2} * size_) slots *= 2, --shift_;
      mask_ = slots - 1;
      table_ = arena.allocate_array<uint32_t>(slots);
      __builtin_memset(table_, 0, slots * sizeof(uint32_t));
      for (uint32_t i = 0; i < size_; ++i) {
        uint64_t slot = hash(data_[i]) >> shift_;
        while (table_[slot] != 0 && data_[table_[slot] - 1] != data_[i]) slot = (slot + 1) & mask_;
        table_[slot] = i + 1;
      }
    }

    void probe_rows(const Stored* x, size_t rows, uint8_t* __restrict out) const {
      if (table_ == nullptr) {
        __builtin_memset(out, 0, rows);
        for (uint32_t k = 0; k < size_; ++k) {
          const Stored value = data_[k];
          FEATURE_EXTRACTOR_INDEPENDENT_LOOP
          for (size_t i = 0; i < rows; ++i) out[i] |= static_cast<uint8_t>(x[i] == value);
        }
        return;
      }
      for (size_t i = 0; i < rows; ++i) {
        uint64_t slot = hash(x[i]) >> shift_;
        while (table_[slot] != 0 && data_[table_[slot] - 1] != x[i]) slot = (slot + 1) & mask_;
        out[i] = table_[slot] != 0;
      }
    }

   private:
    static constexpr uint32_t kCompared = std::is_same_v<T, Text> ? 4 : 24;

    // Any hash serves: it decides how fast an answer comes, never which. The multiplier is 2^64 divided by the golden ratio
    // (Knuth, The Art of Computer Programming, volume 3, section 6.4).
    static uint64_t hash(uint64_t bits) { return (bits ^ bits >> 32) * 0x9e3779b97f4a7c15u; }
    static uint64_t hash(uint8_t x) { return hash(uint64_t{x}); }
    static uint64_t hash(int64_t x) { return hash(static_cast<uint64_t>(x)); }
    // Adding zero gives the negative zero the bits of the positive one.
    static uint64_t hash(double x) { return hash(__builtin_bit_cast(uint64_t, x + 0.0)); }
    static uint64_t hash(Text x) {
      uint64_t state = x.size();
      size_t at = 0;
      for (; at + 8 <= x.size(); at += 8) {
        uint64_t word;
        __builtin_memcpy(&word, x.data() + at, 8);
        state = hash(state ^ word);
      }
      uint64_t rest = 0;
      for (; at < x.size(); ++at) rest = rest << 8 | static_cast<uint8_t>(x[at]);
      return hash(state ^ rest);
    }

    Stored* data_ = nullptr;
    uint32_t* table_ = nullptr;
    uint64_t mask_ = 0;
    uint32_t size_ = 0;
    int shift_ = 64;
  };
};

constexpr Operator kOperator = {
    .name = "in",
    .summary = "Tell whether a value is among those of a list",
    .detail = "`x in values`. Where many rows share a list, a table of its values is built once.",
    .syntax = "in",
    .parameters = {{"x", "the value to look for"}, {"values", "the list to look in"}},
    .overloads = {generic_overload<"<T: scalar>(x: T, values: list<T>) -> bool", In, bool, int64_t, double, Text>()},
    .edges = {{"the list is empty", "false"},
              {"a null element", "equals nothing; unlike in SQL it never makes the result null"},
              {"`x` is null, or the list is", "null"}},
    .examples = {{"2 in [1, 2, 3]", "true"}, {"\"x\" in [\"a\", \"b\"]", "false"}, {"1 in [null, 2]", "false"}},
    .cost = {.per_row = 2.0, .per_element = 0.1},
    .aliases = "isin is_in member_of",
    .see_also = "contains equal",
};

}  // namespace
}  // namespace feature_extractor

FEATURE_EXTRACTOR_OPERATOR(kOperator)
