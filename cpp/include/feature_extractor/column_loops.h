// The loops of kernels over columns of plain values: without branches, compiled for each SIMD level.
#pragma once

#include "feature_extractor/kernel_traits.h"

namespace feature_extractor {
namespace adapter {

// Values of plain types: a loop without branches, compiled for each SIMD level. Null rows are computed too; the kernels
// are total, so what stands behind a null does no harm.
template <class Kernel, class R, class... A>
struct PlainLoop {
  using Returned = typename Traits<decltype(&Kernel::eval)>::Result;
  static constexpr bool kMayInvent = IsNullable<Returned>::value || std::is_same_v<R, double>;

  // The validity of a value while it is in a register: as wide as the value, so that one vector holds both.
  using Wide = std::conditional_t<sizeof(typename Storage<R>::Type) == 8, uint64_t, uint8_t>;
  template <class... Input>
  [[gnu::always_inline]] static void loop(const KernelCall& call, const Input&... input) {
    Result& result = *call.result;
    auto* __restrict out = static_cast<typename Storage<R>::Type*>(result.data);
    uint8_t* __restrict valid = result.valid;
    const size_t rows = call.rows;
    const bool strict_nulls = call.block_loops->combine_validity(call, strict_mask(), valid);
    if constexpr (!kMayInvent) {
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) out[i] = Storage<R>::to(one(call, i, input...));
      result.has_nulls = strict_nulls;
    } else {
      // Values first, and in one register whether any of them does not exist. That is rare; only then each row is asked.
      Wide missing = 0;
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) {
        const Returned returned = one(call, i, input...);
        const auto value = stored(returned);
        out[i] = value;
        missing |= absence(returned, value);
      }
      result.has_nulls = strict_nulls || missing != 0;
      if (missing == 0) return;
      if (!strict_nulls) __builtin_memset(valid, 1, rows);
      if constexpr (std::is_same_v<R, double>) {
        // A finite number stays behind the null, or what is computed from it would need this loop again.
        call.block_loops->clear_missing(rows, out, valid);
      } else {
        clear_absent(call, input...);
      }
    }
  }

  template <class... Input>
  [[gnu::always_inline]] static Returned one(const KernelCall& call, size_t row, const Input&... input) {
    if constexpr (requires { typename Kernel::State; }) {
      return Kernel::eval(*static_cast<const typename Kernel::State*>(call.state), input.at(row)...);
    } else {
      return Kernel::eval(input.at(row)...);
    }
  }

  // Asks each row once more whether it has a value. Compiled for one level only, as this is rare; by value, as
  // the caller's loops could not keep in registers what is seen from elsewhere.
  template <class... Input>
  [[gnu::noinline]] static void clear_absent(const KernelCall& call, const Input... input) {
    uint8_t* __restrict valid = call.result->valid;
    constexpr size_t kTile = 256;
    for (size_t begin = 0; begin < call.rows; begin += kTile) {
      const size_t count = call.rows - begin < kTile ? call.rows - begin : kTile;
      Wide absent[kTile];
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < count; ++i) absent[i] = absence(one(call, begin + i, input...), {});
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < count; ++i) valid[begin + i] &= static_cast<uint8_t>(absent[i] ^ 1);
    }
  }

  [[gnu::always_inline]] static uint64_t is_not_finite(double value) {
    // The exponent of infinity and NaN is all ones.
    return ((__builtin_bit_cast(uint64_t, value) >> 52 & 0x7FF) + 1) >> 11;
  }

  // The value to be stored. A float that does not exist is NaN, which no kernel returns as a value.
  [[gnu::always_inline]] static typename Storage<R>::Type stored(const Returned& returned) {
    if constexpr (IsNullable<Returned>::value && std::is_same_v<R, double>) {
      return returned.has_value() ? *returned : __builtin_nan("");
    } else if constexpr (IsNullable<Returned>::value) {
      return Storage<R>::to(*returned);
    } else {
      return Storage<R>::to(returned);
    }
  }

  // 1 where there is no value.
  [[gnu::always_inline]] static Wide absence(const Returned& returned, typename Storage<R>::Type value) {
    if constexpr (std::is_same_v<R, double>) {
      return is_not_finite(value);
    } else {
      return static_cast<Wide>(returned.has_value() ? 0 : 1);
    }
  }

  static constexpr uint64_t strict_mask() {
    uint64_t mask = 0;
    uint32_t position = 0;
    ((mask |= (IsNullable<A>::value ? 0ULL : 1ULL) << position++), ...);
    return mask;
  }

  [[gnu::always_inline]] static void run(const KernelCall& call) {
    [&]<size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
      loop(call, PlainInput<A>(call.arguments[I])...);
    }(std::make_index_sequence<sizeof...(A)>{});
  }
};

// The column form: Kernel::run(state?, rows, const Stored*..., Stored* out). Strict, and never invents a null.
template <class Kernel, class R, class... A>
struct ColumnLoop {
  [[gnu::always_inline]] static void run(const KernelCall& call) {
    Result& result = *call.result;
    result.has_nulls = call.block_loops->combine_validity(call, ~0ULL, result.valid);
    auto* out = static_cast<typename Storage<R>::Type*>(result.data);
    [&]<size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
      if constexpr (requires { typename Kernel::State; }) {
        Kernel::run(*static_cast<const typename Kernel::State*>(call.state), call.rows,
                    static_cast<const typename Storage<A>::Type*>(call.arguments[I].data)..., out);
      } else {
        Kernel::run(call.rows, static_cast<const typename Storage<A>::Type*>(call.arguments[I].data)..., out);
      }
    }(std::make_index_sequence<sizeof...(A)>{});
  }
};

}  // namespace adapter

// An argument `T?` of a column form: the values and, always there, a byte per row that is 1 where the value exists.
template <class Stored>
struct NullableValues {
  const Stored* data;
  const uint8_t* valid;
};

namespace adapter {

template <class A>
[[gnu::always_inline]] inline auto column_input(const Column& column) {
  if constexpr (IsNullable<A>::value) {
    using Stored = typename Storage<typename Unwrapped<A>::Type>::Type;
    return NullableValues<Stored>{static_cast<const Stored*>(column.data),
                                  column.valid != nullptr ? column.valid : kAllValid.bytes};
  } else {
    return static_cast<const typename Storage<A>::Type*>(column.data);
  }
}

// The column form that decides about nulls itself: Kernel::run_nullable(state?, rows, inputs..., Stored* out,
// uint8_t* valid), where an input is a `const Stored*`, or NullableValues<Stored> for a parameter `T?`. `valid` is 1 in
// each row whose strict arguments all exist; the kernel narrows or overwrites it, and leaves only finite floats valid.
template <class Kernel, class R, class... A>
struct NullableLoop {
  [[gnu::always_inline]] static void run(const KernelCall& call) {
    Result& result = *call.result;
    constexpr uint64_t kStrict = [] {
      uint64_t mask = 0;
      uint32_t position = 0;
      ((mask |= (IsNullable<A>::value ? 0ULL : 1ULL) << position++), ...);
      return mask;
    }();
    if (kStrict == 0 || !call.block_loops->combine_validity(call, kStrict, result.valid))
      __builtin_memset(result.valid, 1, call.rows);
    auto* out = static_cast<typename Storage<R>::Type*>(result.data);
    [&]<size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
      if constexpr (requires { typename Kernel::State; }) {
        Kernel::run_nullable(*static_cast<const typename Kernel::State*>(call.state), call.rows,
                             column_input<A>(call.arguments[I])..., out, result.valid);
      } else {
        Kernel::run_nullable(call.rows, column_input<A>(call.arguments[I])..., out, result.valid);
      }
    }(std::make_index_sequence<sizeof...(A)>{});
    result.has_nulls = call.block_loops->has_null(call.rows, result.valid);
  }
};

// A variadic reduction that skips nulls, column after column from the first on: Kernel::combine(R, R) must be associative.
template <class Kernel, class R>
struct FoldLoop {
  using Stored = typename Storage<R>::Type;

  [[gnu::always_inline]] static Stored combined(Stored x, Stored y) {
    return Storage<R>::to(Kernel::combine(Storage<R>::from(x), Storage<R>::from(y)));
  }

  [[gnu::always_inline]] static void run(const KernelCall& call) {
    Result& result = *call.result;
    const size_t rows = call.rows;
    auto* __restrict out = static_cast<Stored*>(result.data);
    bool nullable = false;
    for (uint32_t a = 0; a < call.argument_count; ++a) nullable |= call.arguments[a].valid != nullptr;
    const auto* first = static_cast<const Stored*>(call.arguments[0].data);
    if (call.argument_count == 1 || nullable) {
      __builtin_memcpy(out, first, rows * sizeof(Stored));
    } else {
      const auto* second = static_cast<const Stored*>(call.arguments[1].data);
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) out[i] = combined(first[i], second[i]);
    }
    result.has_nulls = false;
    if (!nullable) {
      for (uint32_t a = 2; a < call.argument_count; ++a) {
        const auto* next = static_cast<const Stored*>(call.arguments[a].data);
        FEATURE_EXTRACTOR_INDEPENDENT_LOOP
        for (size_t i = 0; i < rows; ++i) out[i] = combined(out[i], next[i]);
      }
      return;
    }
    uint8_t* __restrict valid = result.valid;
    const auto valid_of = [&](uint32_t a) {
      return call.arguments[a].valid != nullptr ? call.arguments[a].valid : kAllValid.bytes;
    };
    __builtin_memcpy(valid, valid_of(0), rows);
    for (uint32_t a = 1; a < call.argument_count; ++a) {
      const auto* next = static_cast<const Stored*>(call.arguments[a].data);
      const uint8_t* next_valid = valid_of(a);
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) {
        const Stored before = out[i];
        const Stored after = next[i];
        const Stored both = combined(before, after);
        const Stored either = next_valid[i] != 0 ? both : before;
        out[i] = valid[i] != 0 ? either : after;
      }
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) valid[i] |= next_valid[i];
    }
    result.has_nulls = call.block_loops->has_null(rows, valid);
  }
};

}  // namespace adapter
}  // namespace feature_extractor
