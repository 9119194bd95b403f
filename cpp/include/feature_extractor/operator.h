// Everything that an operator file needs: the spec, and the adapters that make kernels of plain functions.
//
// How to write an operator is told in docs/design/0002-operators.md and in CONTRIBUTING.md; any file under
// operators/ is an example.
#pragma once

#include "feature_extractor/kernel.h"
#include "feature_extractor/signature.h"

#include <utility>

// Results never overlap arguments, so rows may be computed in any order.
#if defined(__clang__)
#define FEATURE_EXTRACTOR_INDEPENDENT_LOOP _Pragma("clang loop vectorize(assume_safety)")
#else
#define FEATURE_EXTRACTOR_INDEPENDENT_LOOP _Pragma("GCC ivdep")
#endif

namespace feature_extractor {

struct Parameter {
  const char* name;
  const char* description;
};

// What happens at an edge: "when" and "result" are phrases of the reference page.
struct Edge {
  const char* when;
  const char* result;
};

// An expression and its value as they are written in a .test file; each is run as a test.
struct Example {
  const char* expression;
  const char* result;
};

// Measured on one core, in nanoseconds.
struct Cost {
  double per_row = 1.0;
  double per_element = 0.0;  // Per element of the list arguments, or per byte of text.
};

struct Overload {
  const char* signature = nullptr;
  Kernel kernels[6] = {};
};

struct Operator {
  const char* name = nullptr;
  const char* summary = nullptr;  // One line, verb first, no final point.
  const char* detail = "";        // Full sentences: the meaning, the formula.
  const char* syntax = "";        // The token that stands for it, such as "+" or "??".
  Parameter parameters[8] = {};
  Overload overloads[10] = {};
  const char* nulls = "";  // Of the parameters with `?`: those whose null can make the result null.
  Edge edges[16] = {};
  Example examples[12] = {};
  Cost cost = {};
  const char* algebra = "";  // Words of: commutative associative idempotent.
  const char* equi_join = "";
  const char* membership_join = "";
  const char* role = "";     // "hidden" operators are written by the planner only.
  const char* aliases = "";  // What other systems call it, for did-you-mean; separated by spaces.
  const char* see_also = "";
  const char* source = "";  // Where the formula or the constants come from.
  const char* since = "0.1.0";
  const char* deprecated = "";
};

// The result of a vector kernel: the row's floats, to be written in full.
struct VectorResult {
  float* data;
  uint32_t size;
};

namespace adapter {

using signature::FixedString;
using signature::Types;

template <class Function>
struct Traits;
template <class R, class... A>
struct Traits<R (*)(A...)> {
  using Result = R;
  using Arguments = Types<A...>;
};
template <class R, class... A>
struct Traits<R (*)(A...) noexcept> : Traits<R (*)(A...)> {};

template <class T>
struct IsNullable : std::false_type {};
template <class T>
struct IsNullable<Nullable<T>> : std::true_type {};
template <class T>
struct IsVariadic : std::false_type {};
template <class T>
struct IsVariadic<Variadic<T>> : std::true_type {};
template <class T>
struct Unwrapped {
  using Type = T;
};
template <class T>
struct Unwrapped<Nullable<T>> {
  using Type = T;
};
template <class T>
struct IsContainer : std::false_type {};
template <class T>
struct IsContainer<List<T>> : std::true_type {};
template <class K, class V>
struct IsContainer<Map<K, V>> : std::true_type {};

template <class T>
struct IsListBuilder : std::false_type {};
template <class T>
struct IsListBuilder<ListBuilder<T>&> : std::true_type {
  using Element = T;
};
template <class T>
struct IsMapBuilder : std::false_type {};
template <class K, class V>
struct IsMapBuilder<MapBuilder<K, V>&> : std::true_type {
  using Key = K;
  using Value = V;
};

// Parameters that the engine provides and the signature does not name.
template <class Kernel, class T>
constexpr bool is_provided() {
  if constexpr (std::is_same_v<T, Arena&> || std::is_same_v<T, Selection&> || std::is_same_v<T, VectorResult> ||
                IsListBuilder<T>::value || IsMapBuilder<T>::value) {
    return true;
  } else if constexpr (requires { typename Kernel::State; }) {
    return std::is_same_v<T, const typename Kernel::State&>;
  } else {
    return false;
  }
}

template <class Kernel, class Done, class... Rest>
struct Filter;
template <class Kernel, class... Done>
struct Filter<Kernel, Types<Done...>> {
  using Type = Types<Done...>;
};
template <class Kernel, class... Done, class T, class... Rest>
struct Filter<Kernel, Types<Done...>, T, Rest...>
    : std::conditional_t<is_provided<Kernel, T>(), Filter<Kernel, Types<Done...>, Rest...>,
                         Filter<Kernel, Types<Done..., T>, Rest...>> {};

template <class Kernel, class List>
struct Evaluated;
template <class Kernel, class... A>
struct Evaluated<Kernel, Types<A...>> {
  using Type = typename Filter<Kernel, Types<>, A...>::Type;
};

template <class... A>
struct LastOf {
  using Type = void;
};
template <class T>
struct LastOf<T> {
  using Type = T;
};
template <class T, class U, class... A>
struct LastOf<T, U, A...> : LastOf<U, A...> {};

template <class List>
struct Last;
template <class... A>
struct Last<Types<A...>> : LastOf<A...> {};

template <class T>
constexpr StorageKind storage_kind() {
  using Type = typename Unwrapped<T>::Type;
  if constexpr (std::is_same_v<Type, Vector>) {
    return StorageKind::kVector;
  } else if constexpr (IsContainer<Type>::value) {
    return StorageKind::kList;
  } else {
    using Stored = typename Storage<Type>::Type;
    if constexpr (std::is_same_v<Stored, uint8_t>) return StorageKind::kBool;
    if constexpr (std::is_same_v<Stored, int64_t>) return StorageKind::kInt;
    if constexpr (std::is_same_v<Stored, double>) return StorageKind::kFloat;
    return StorageKind::kText;
  }
}

// Writes the conjunction of the strict arguments' validity to `valid`. Returns false, and writes nothing, if no strict
// argument has a null.
inline bool combine_validity(const KernelCall& call, uint64_t strict_mask, uint8_t* __restrict valid) {
  const size_t rows = call.rows;
  const uint32_t count = call.argument_count;
  const Column* arguments = call.arguments;
  bool any = false;
  for (uint32_t a = 0; a < count; ++a) {
    const uint8_t* __restrict source = arguments[a].valid;
    if (source == nullptr || (strict_mask >> (a < 63 ? a : 63) & 1) == 0) continue;
    if (!any) {
      __builtin_memcpy(valid, source, rows);
    } else {
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) valid[i] &= source[i];
    }
    any = true;
  }
  return any;
}

template <class T>
struct Evaluation {  // A value and whether it exists, for loops that the compiler vectorises.
  typename Storage<T>::Type value;
  bool valid;
};

constexpr double kLargestFinite = 1.7976931348623157e308;

template <class R, class Returned>
[[gnu::always_inline]] inline Evaluation<R> evaluation(Returned returned) {
  if constexpr (IsNullable<Returned>::value) {
    const bool exists = returned.has_value();
    const R value = *returned;
    if constexpr (std::is_same_v<R, double>) {
      return {value, exists && __builtin_fabs(value) <= kLargestFinite};
    } else {
      return {Storage<R>::to(value), exists};
    }
  } else if constexpr (std::is_same_v<R, double>) {
    return {returned, __builtin_fabs(returned) <= kLargestFinite};
  } else {
    return {Storage<R>::to(returned), true};
  }
}

// One plain argument as an array: strict, or with its validity.
template <class A>
struct PlainInput {
  const typename Storage<A>::Type* data;
  explicit PlainInput(const Column& column) : data(static_cast<const typename Storage<A>::Type*>(column.data)) {}
  [[gnu::always_inline]] A at(size_t row) const { return Storage<A>::from(data[row]); }
};

inline constexpr auto kAllValid = [] {
  struct Block {
    uint8_t bytes[kBlockRows + kPadding];
  } block{};
  for (auto& byte : block.bytes) byte = 1;
  return block;
}();

template <class T>
struct PlainInput<Nullable<T>> {
  const typename Storage<T>::Type* data;
  const uint8_t* valid;
  explicit PlainInput(const Column& column)
      : data(static_cast<const typename Storage<T>::Type*>(column.data)),
        valid(column.valid != nullptr ? column.valid : kAllValid.bytes) {}
  [[gnu::always_inline]] Nullable<T> at(size_t row) const {
    return Nullable<T>::where(valid[row] != 0, Storage<T>::from(data[row]));
  }
};

template <class T>
inline constexpr bool is_plain_parameter = is_plain<typename Unwrapped<T>::Type>;

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
    const bool strict_nulls = combine_validity(call, strict_mask(), valid);
    const auto one = [&](size_t row) __attribute__((always_inline)) {
      if constexpr (requires { typename Kernel::State; }) {
        return Kernel::eval(*static_cast<const typename Kernel::State*>(call.state), input.at(row)...);
      } else {
        return Kernel::eval(input.at(row)...);
      }
    };
    if constexpr (!kMayInvent) {
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) out[i] = Storage<R>::to(one(i));
      result.has_nulls = strict_nulls;
    } else {
      // Values first, and in one register whether any of them does not exist. That is rare; only then each row is asked.
      Wide missing = 0;
      FEATURE_EXTRACTOR_INDEPENDENT_LOOP
      for (size_t i = 0; i < rows; ++i) {
        const Returned returned = one(i);
        const auto value = stored(returned);
        out[i] = value;
        missing |= absence(returned, value);
      }
      result.has_nulls = strict_nulls || missing != 0;
      if (missing == 0) return;
      if (!strict_nulls) __builtin_memset(valid, 1, rows);
      constexpr size_t kTile = 256;
      for (size_t begin = 0; begin < rows; begin += kTile) {
        const size_t count = rows - begin < kTile ? rows - begin : kTile;
        Wide absent[kTile];
        FEATURE_EXTRACTOR_INDEPENDENT_LOOP
        for (size_t i = 0; i < count; ++i) {
          if constexpr (std::is_same_v<R, double>) {
            const double value = out[begin + i];
            absent[i] = is_not_finite(value);
            // A finite number stays behind the null, or what is computed from it would need this loop again.
            out[begin + i] = absent[i] != 0 ? 0.0 : value;
          } else {
            absent[i] = absence(one(begin + i), {});
          }
        }
        FEATURE_EXTRACTOR_INDEPENDENT_LOOP
        for (size_t i = 0; i < count; ++i) valid[begin + i] &= static_cast<uint8_t>(absent[i] ^ 1);
      }
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
    result.has_nulls = combine_validity(call, ~0ULL, result.valid);
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

inline bool has_null(const uint8_t* valid, size_t rows) {
  uint8_t all = 1;
  for (size_t i = 0; i < rows; ++i) all &= valid[i];
  return all == 0;
}

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
    if (kStrict == 0 || !combine_validity(call, kStrict, result.valid)) __builtin_memset(result.valid, 1, call.rows);
    auto* out = static_cast<typename Storage<R>::Type*>(result.data);
    [&]<size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
      if constexpr (requires { typename Kernel::State; }) {
        Kernel::run_nullable(*static_cast<const typename Kernel::State*>(call.state), call.rows,
                             column_input<A>(call.arguments[I])..., out, result.valid);
      } else {
        Kernel::run_nullable(call.rows, column_input<A>(call.arguments[I])..., out, result.valid);
      }
    }(std::make_index_sequence<sizeof...(A)>{});
    result.has_nulls = has_null(result.valid, call.rows);
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
    result.has_nulls = has_null(valid, rows);
  }
};

// Loads argument `I` of the signature at a row; a variadic one takes the columns from I on.
template <class A, size_t I>
[[gnu::always_inline]] inline auto load(const KernelCall& call, uint32_t row) {
  if constexpr (IsVariadic<A>::value) {
    return A(call.arguments + I, call.argument_count - static_cast<uint32_t>(I), row);
  } else {
    return Storage<A>::load(call.arguments[I], row);
  }
}

// Everything else: row by row, null rows skipped.
template <class Kernel>
struct RowLoop {
  using Function = Traits<decltype(&Kernel::eval)>;
  using Returned = typename Function::Result;
  using All = typename Function::Arguments;
  using Signature = typename Evaluated<Kernel, All>::Type;
  using LastArgument = typename Last<All>::Type;

  // Provided parameters come first (state, arena) or last (builders), so the signature's arguments are consecutive.
  template <class... A, class Out>
  static decltype(auto) invoke(const KernelCall& call, uint32_t row, Types<A...>, Out&& out) {
    return [&]<size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
      return with_leading(call, [&](auto&&... leading) -> decltype(auto) {
        if constexpr (std::is_same_v<std::remove_cvref_t<Out>, std::nullptr_t>) {
          return Kernel::eval(leading..., load<A, I>(call, row)...);
        } else {
          return Kernel::eval(leading..., load<A, I>(call, row)..., out);
        }
      });
    }(std::make_index_sequence<sizeof...(A)>{});
  }

  template <class Continue>
  static decltype(auto) with_leading(const KernelCall& call, Continue&& next) {
    return lead(call, next, All{});
  }
  template <class Continue, class First, class Second, class... Rest>
  static decltype(auto) lead(const KernelCall& call, Continue&& next, Types<First, Second, Rest...>) {
    if constexpr (std::is_same_v<First, Arena&>) {
      if constexpr (is_state<Second>()) {
        return next(*call.arena, state<Second>(call));
      } else {
        return next(*call.arena);
      }
    } else if constexpr (is_state<First>()) {
      if constexpr (std::is_same_v<Second, Arena&>) {
        return next(state<First>(call), *call.arena);
      } else {
        return next(state<First>(call));
      }
    } else {
      return next();
    }
  }
  template <class Continue, class First>
  static decltype(auto) lead(const KernelCall& call, Continue&& next, Types<First>) {
    if constexpr (std::is_same_v<First, Arena&>) {
      return next(*call.arena);
    } else if constexpr (is_state<First>()) {
      return next(state<First>(call));
    } else {
      return next();
    }
  }
  template <class Continue>
  static decltype(auto) lead(const KernelCall&, Continue&& next, Types<>) {
    return next();
  }
  template <class T>
  static constexpr bool is_state() {
    if constexpr (requires { typename Kernel::State; }) {
      return std::is_same_v<T, const typename Kernel::State&>;
    } else {
      return false;
    }
  }
  template <class T>
  static T state(const KernelCall& call) {
    return *static_cast<const std::remove_cvref_t<T>*>(call.state);
  }

  template <class... A>
  static constexpr uint64_t strict_mask(Types<A...>) {
    uint64_t mask = 0;
    uint32_t position = 0;
    bool open_end = false;
    ((IsVariadic<A>::value ? (open_end = true, mask) : (mask |= (IsNullable<A>::value ? 0ULL : 1ULL) << position++)),
     ...);
    if (open_end && requires { Kernel::kStrictVariadic; }) mask |= ~0ULL << position;
    return mask;
  }

  template <class Body>
  static void for_each_row(const KernelCall& call, Body&& body) {
    Result& result = *call.result;
    const bool strict_nulls = combine_validity(call, strict_mask(Signature{}), result.valid);
    if (!strict_nulls) __builtin_memset(result.valid, 1, call.rows);
    uint8_t all = 1;
    for (uint32_t i = 0; i < call.rows; ++i) {
      const bool ok = body(i, strict_nulls && result.valid[i] == 0);
      result.valid[i] = ok ? 1 : 0;
      all &= result.valid[i];
    }
    result.has_nulls = all == 0;
  }

  template <class R, class Produce>
  static void flat(const KernelCall& call, Produce&& produce) {
    auto* out = static_cast<typename Storage<R>::Type*>(call.result->data);
    for_each_row(call, [&](uint32_t i, bool is_null) {
      if (is_null) {
        out[i] = {};
        return false;
      }
      const Evaluation<R> e = evaluation<R>(produce(i));
      out[i] = e.valid ? e.value : typename Storage<R>::Type{};
      return e.valid;
    });
  }

  // The spans are relative to the row's entry of the first container argument; the engine adds its begin.
  template <class Produce>
  static void spans(const KernelCall& call, Produce&& produce) {
    auto* out = static_cast<ListEntry*>(call.result->data);
    for_each_row(call, [&](uint32_t i, bool is_null) {
      out[i] = {0, 0};
      if (is_null) return false;
      const Nullable<Span> span = produce(i);
      if (span.has_value()) out[i] = {(*span).begin, (*span).size};
      return span.has_value();
    });
  }

  static void run(const KernelCall& call) {
    run_with(call, [&](uint32_t row, auto&& out) -> decltype(auto) { return invoke(call, row, Signature{}, out); });
  }

  // `produce(row, out)` computes a row; `out` is the builder, or nullptr where the kernel returns its value.
  template <class Produce>
  static void run_with(const KernelCall& call, Produce&& produce) {
    if constexpr (IsListBuilder<LastArgument>::value) {
      using Element = typename IsListBuilder<LastArgument>::Element;
      GrowingColumn* grown = call.result->children;
      entries(call, grown, [&](uint32_t i) {
        ListBuilder<Element> builder(grown);
        return produced(produce, i, builder);
      });
    } else if constexpr (IsMapBuilder<LastArgument>::value) {
      GrowingColumn* grown = call.result->children;
      entries(call, grown, [&](uint32_t i) {
        std::remove_reference_t<LastArgument> builder(&grown[0], &grown[1]);
        return produced(produce, i, builder);
      });
    } else if constexpr (std::is_same_v<LastArgument, Selection&>) {
      GrowingColumn* grown = call.result->children;
      entries(call, grown, [&](uint32_t i) {
        Selection selection(grown);
        return produced(produce, i, selection);
      });
    } else if constexpr (std::is_same_v<LastArgument, VectorResult>) {
      Result& result = *call.result;
      auto* out = static_cast<float*>(result.data);
      for_each_row(call, [&](uint32_t i, bool is_null) {
        VectorResult row{out + static_cast<size_t>(i) * result.width, result.width};
        const bool ok = !is_null && produced(produce, i, row);
        if (!ok) __builtin_memset(row.data, 0, sizeof(float) * row.size);
        return ok;
      });
    } else if constexpr (std::is_same_v<typename Unwrapped<Returned>::Type, Span>) {
      spans(call, [&](uint32_t i) { return produce(i, nullptr); });
    } else {
      flat<typename Unwrapped<Returned>::Type>(call, [&](uint32_t i) { return produce(i, nullptr); });
    }
  }

  // A builder kernel returns void, or bool: false makes the row null.
  template <class Produce, class Out>
  static bool produced(Produce& produce, uint32_t row, Out& out) {
    if constexpr (std::is_same_v<Returned, bool>) {
      return produce(row, out);
    } else {
      produce(row, out);
      return true;
    }
  }

  template <class Produce>
  static void entries(const KernelCall& call, GrowingColumn* grown, Produce&& produce) {
    auto* out = static_cast<ListEntry*>(call.result->data);
    for_each_row(call, [&](uint32_t i, bool is_null) {
      const uint32_t begin = grown->size;
      const bool ok = !is_null && produce(i);
      if (!ok) grown->size = begin;
      out[i] = {begin, grown->size - begin};
      return ok;
    });
  }
};

template <size_t I, class T, class... Rest>
struct At : At<I - 1, Rest...> {};
template <class T, class... Rest>
struct At<0, T, Rest...> {
  using Type = T;
};

// An index over `Index::kLists` (1 if not said) neighbouring list arguments from number `First` on, built once for a run of
// rows in which all of them have the same entries.
template <class Index, size_t First>
struct SharedLists {
  static constexpr size_t kLists = [] {
    if constexpr (requires { Index::kLists; }) {
      return static_cast<size_t>(Index::kLists);
    } else {
      return size_t{1};
    }
  }();

  Index index;
  uint32_t end = 0;
  bool indexed = false;

  static const ListEntry* entries(const KernelCall& call, size_t list) {
    return static_cast<const ListEntry*>(call.arguments[First + list].data);
  }
  static bool same(const KernelCall& call, uint32_t row, uint32_t other) {
    for (size_t list = 0; list < kLists; ++list) {
      if (!(entries(call, list)[row] == entries(call, list)[other])) return false;
      const Column& column = call.arguments[First + list];
      if (column.is_null(row) != column.is_null(other)) return false;
    }
    return true;
  }

  // True if the index serves this row. Rows come in ascending order.
  template <class... A>
  bool serves(const KernelCall& call, uint32_t row, Types<A...>) {
    if (row < end) return indexed;
    end = row + 1;
    while (end < call.rows && same(call, row, end)) ++end;
    // Building costs a few probes per element; a short list or a short run is cheaper to scan.
    indexed = end - row >= 4 && entries(call, 0)[row].size >= 4;
    if (indexed) {
      [&]<size_t... I>(std::index_sequence<I...>) {
        index.build(load<typename At<First + I, A...>::Type, First + I>(call, row)..., *call.arena);
      }(std::make_index_sequence<kLists>{});
    }
    return indexed;
  }

  // Asks the index, with the arguments that it does not hold.
  template <class R, class... A, class Out>
  R probe(const KernelCall& call, uint32_t row, Types<A...>, Out&& out) {
    return [&]<size_t... I>(std::index_sequence<I...>) -> R {
      if constexpr (std::is_same_v<std::remove_cvref_t<Out>, std::nullptr_t>) {
        return R(index.probe(argument<I, A...>(call, row)...));
      } else {
        return index.probe(argument<I, A...>(call, row)..., out);
      }
    }(std::make_index_sequence<sizeof...(A) - kLists>{});
  }
  template <size_t I, class... A>
  static auto argument(const KernelCall& call, uint32_t row) {
    constexpr size_t position = I < First ? I : I + kLists;
    return load<typename At<position, A...>::Type, position>(call, row);
  }
};

struct NeverShared {
  template <class... A>
  bool serves(const KernelCall&, uint32_t, Types<A...>) {
    return false;
  }
};
template <class Kernel>
struct SecondShared {
  using Type = NeverShared;
};
template <class Kernel>
  requires requires { typename Kernel::SecondIndex; }
struct SecondShared<Kernel> {
  using Type = SharedLists<typename Kernel::SecondIndex, 1>;
};

// An expensive function of one text: rows of a block often repeat texts (a product's size, a query), so the result of an
// equal text is taken from the row that had it last. A kernel asks for this with `kRepeats`.
template <class Kernel, class R>
struct RepeatedTextLoop {
  static constexpr uint32_t kSlots = 512;

  // Where a text's last row is remembered; any function of the text will do, since the texts themselves are compared.
  static uint32_t slot(Text text) {
    uint64_t head = 0;
    uint64_t tail = 0;
    const size_t size = text.size() < 8 ? text.size() : 8;
    __builtin_memcpy(&head, text.data(), size);
    __builtin_memcpy(&tail, text.data() + text.size() - size, size);
    const uint64_t mixed = (head ^ (tail + text.size()) * 0x9E3779B97F4A7C15ULL) * 0xD6E8FEB86659FD93ULL;
    return static_cast<uint32_t>(mixed >> 55);
  }

  static void run(const KernelCall& call) {
    using Rows = RowLoop<Kernel>;
    uint32_t last[kSlots] = {};  // One more than the row; 0 for none.
    const auto* texts = static_cast<const Text*>(call.arguments[0].data);
    auto* out = static_cast<typename Storage<R>::Type*>(call.result->data);
    Rows::for_each_row(call, [&](uint32_t i, bool is_null) {
      if (is_null) {
        out[i] = {};
        return false;
      }
      uint32_t& remembered = last[texts[i].empty() ? 0 : slot(texts[i])];
      if (remembered != 0 && texts[remembered - 1] == texts[i]) {
        out[i] = out[remembered - 1];
        return call.result->valid[remembered - 1] != 0;
      }
      remembered = i + 1;
      const Evaluation<R> e = evaluation<R>(Rows::invoke(call, i, typename Rows::Signature{}, nullptr));
      out[i] = e.valid ? e.value : typename Storage<R>::Type{};
      return e.valid;
    });
  }
};

// Many rows that share one list: Kernel::Index is built once per run of rows with the same entry and probed per row.
// Index has `void build(Container, Arena&)` and `R probe(remaining arguments...)`, with the builder last if eval has one;
// eval is the meaning of both. Index::kLists = 2 says that build takes the first two lists. Kernel::SecondIndex is the same
// for rows that share their second list instead.
template <class Kernel>
struct IndexedLoop {
  using Function = Traits<decltype(&Kernel::eval)>;
  using Signature = typename Evaluated<Kernel, typename Function::Arguments>::Type;
  using Returned = typename Function::Result;

  static void run(const KernelCall& call) {
    SharedLists<typename Kernel::Index, 0> first;
    [[maybe_unused]] typename SecondShared<Kernel>::Type second;
    RowLoop<Kernel>::run_with(call, [&](uint32_t row, auto&& out) -> Returned {
      if (first.serves(call, row, Signature{})) {
        return first.template probe<Returned>(call, row, Signature{}, out);
      }
      if constexpr (requires { typename Kernel::SecondIndex; }) {
        if (second.serves(call, row, Signature{})) {
          return second.template probe<Returned>(call, row, Signature{}, out);
        }
      }
      return RowLoop<Kernel>::invoke(call, row, Signature{}, out);
    });
  }
};

template <class Loop>
void run_baseline(const KernelCall& call) {
  Loop::run(call);
}

#if defined(__x86_64__)
#if defined(__clang__)
#define FEATURE_EXTRACTOR_TARGET_V4 "arch=x86-64-v4"
#else
#define FEATURE_EXTRACTOR_TARGET_V4 "arch=x86-64-v4,prefer-vector-width=512"
#endif
template <class Loop>
[[gnu::target("arch=x86-64-v3"), gnu::flatten]] void run_x86_v3(const KernelCall& call) {
  Loop::run(call);
}
template <class Loop>
[[gnu::target(FEATURE_EXTRACTOR_TARGET_V4), gnu::flatten]] void run_x86_v4(const KernelCall& call) {
  Loop::run(call);
}
#endif

template <class Loop>
consteval void set_levels(Kernel& kernel) {
  kernel.run[0] = &run_baseline<Loop>;
#if defined(__x86_64__)
  kernel.run[1] = &run_x86_v3<Loop>;
  kernel.run[2] = &run_x86_v4<Loop>;
#endif
}

// Kernels with inner loops over elements that gain from wide registers say so with `kSimd`; for the others one level is enough.
template <class KernelType, class Loop>
consteval void set_row_levels(Kernel& kernel) {
  if constexpr (requires { KernelType::kSimd; }) {
    set_levels<Loop>(kernel);
  } else {
    kernel.run[0] = &run_baseline<Loop>;
  }
}

template <class T>
constexpr bool all_plain = false;
template <class... A>
constexpr bool all_plain<Types<A...>> = (is_plain_parameter<A> && ...);

template <class KernelType, class R, class... A>
consteval void set_plain(Kernel& kernel, Types<A...>) {
  set_levels<PlainLoop<KernelType, R, A...>>(kernel);
}
template <class KernelType, class R, class... A>
consteval void set_column(Kernel& kernel, Types<A...>) {
  set_levels<ColumnLoop<KernelType, R, A...>>(kernel);
}
template <class KernelType, class R, class... A>
consteval void set_nullable(Kernel& kernel, Types<A...>) {
  set_levels<NullableLoop<KernelType, R, A...>>(kernel);
}

template <class A>
auto bound(const BoundArgument& argument) {
  if constexpr (std::is_same_v<A, const Vocabulary*>) {
    return argument.vocabulary;
  } else if constexpr (std::is_same_v<A, const Table*>) {
    return argument.table;
  } else if constexpr (std::is_same_v<A, const TimeZone*>) {
    return argument.time_zone;
  } else {
    return Storage<A>::load(argument.column, 0);
  }
}

// Without the last parameter, the BindError&.
template <class Done, class... A>
struct DropLast;
template <class... Done, class Last>
struct DropLast<Types<Done...>, Last> {
  using Type = Types<Done...>;
};
template <class... Done, class T, class U, class... Rest>
struct DropLast<Types<Done...>, T, U, Rest...> : DropLast<Types<Done..., T>, U, Rest...> {};
template <class List>
struct BoundArguments;
template <class... A>
struct BoundArguments<Types<A...>> : DropLast<Types<>, A...> {};

template <class KernelType, class... A>
void* bind_state(const BoundArgument* arguments, BindError* error) {
  return [&]<size_t... I>(std::index_sequence<I...>) -> void* {
    auto state = KernelType::bind(bound<A>(arguments[I])..., *error);
    if (!state) return nullptr;
    return new typename KernelType::State(std::move(*state));
  }(std::make_index_sequence<sizeof...(A)>{});
}
template <class KernelType>
void destroy_state(void* state) {
  delete static_cast<typename KernelType::State*>(state);
}
template <class KernelType, class... A>
consteval void set_bind(Kernel& kernel, Types<A...>) {
  kernel.bind = &bind_state<KernelType, A...>;
  kernel.destroy = &destroy_state<KernelType>;
  kernel.bound_arguments = sizeof...(A);
}

template <class KernelType>
consteval auto bound_types() {
  if constexpr (requires { &KernelType::bind; }) {
    return typename BoundArguments<typename Traits<decltype(&KernelType::bind)>::Arguments>::Type{};
  } else {
    return Types<>{};
  }
}

// A span kernel whose signature returns a type variable gives one element of its list.
template <FixedString Signature>
consteval bool returns_element() {
  const std::string_view text = Signature.view();
  const std::string_view result = text.substr(text.rfind("-> ") + 3);
  return !result.starts_with("list") && !result.starts_with("map");
}

template <FixedString Signature, class KernelType>
consteval Kernel make_kernel(const char* bindings) {
  using Function = Traits<decltype(&KernelType::eval)>;
  using Arguments = typename Evaluated<KernelType, typename Function::Arguments>::Type;
  using Returned = typename Function::Result;
  using Value = typename Unwrapped<Returned>::Type;
  using LastArgument = typename Last<typename Function::Arguments>::Type;
  constexpr bool has_bind = requires { &KernelType::bind; };

  constexpr bool matches = [] {
    signature::Cursor cursor{Signature.view()};
    if (!signature::parse_variables(cursor)) return false;
    if (!signature::match_parameters<has_bind>(cursor, bound_types<KernelType>(), Arguments{})) return false;
    if constexpr (IsListBuilder<LastArgument>::value) {
      return signature::match_type<List<typename IsListBuilder<LastArgument>::Element>>(cursor);
    } else if constexpr (IsMapBuilder<LastArgument>::value) {
      return signature::match_type<
          Map<typename IsMapBuilder<LastArgument>::Key, typename IsMapBuilder<LastArgument>::Value>>(cursor);
    } else if constexpr (std::is_same_v<Value, Span>) {
      if (cursor.take("list") || cursor.take("map")) return true;
      return signature::match_variable(cursor) && cursor.take("?");
    } else if constexpr (std::is_same_v<LastArgument, Selection&>) {
      return cursor.take("list") || cursor.take("map");
    } else if constexpr (std::is_same_v<LastArgument, VectorResult>) {
      return cursor.take("vector") || signature::Matcher<Vector>::match(cursor);
    } else {
      if (cursor.take("row")) return std::is_same_v<Value, int64_t>;
      if (!signature::Matcher<Value>::match(cursor)) return false;
      // A result that the signature calls nullable needs a kernel that can say so.
      return !cursor.take("?") || IsNullable<Returned>::value;
    }
  }();
  static_assert(matches, "The signature does not agree with the C++ parameters of this kernel.");

  Kernel kernel;
  kernel.bindings = bindings;
  if constexpr (has_bind) set_bind<KernelType>(kernel, bound_types<KernelType>());
  if constexpr (IsListBuilder<LastArgument>::value) {
    kernel.shape = ResultShape::kList;
    kernel.result[0] = storage_kind<typename IsListBuilder<LastArgument>::Element>();
  } else if constexpr (IsMapBuilder<LastArgument>::value) {
    kernel.shape = ResultShape::kMap;
    kernel.result[0] = storage_kind<typename IsMapBuilder<LastArgument>::Key>();
    kernel.result[1] = storage_kind<typename IsMapBuilder<LastArgument>::Value>();
  } else if constexpr (std::is_same_v<LastArgument, Selection&>) {
    kernel.shape = ResultShape::kSelection;
  } else if constexpr (std::is_same_v<Value, Span>) {
    kernel.shape = returns_element<Signature>() ? ResultShape::kElement : ResultShape::kSpan;
  } else if constexpr (std::is_same_v<LastArgument, VectorResult>) {
    kernel.shape = ResultShape::kVector;
    kernel.result[0] = StorageKind::kVector;
  } else {
    kernel.shape = ResultShape::kFlat;
    kernel.result[0] = storage_kind<Value>();
  }

  if constexpr (requires { &KernelType::run; }) {
    set_column<KernelType, Value>(kernel, Arguments{});
    kernel.reference = &run_baseline<RowLoop<KernelType>>;
  } else if constexpr (requires { &KernelType::run_nullable; }) {
    set_nullable<KernelType, Value>(kernel, Arguments{});
    kernel.reference = &run_baseline<RowLoop<KernelType>>;
  } else if constexpr (requires { &KernelType::combine; }) {
    set_levels<FoldLoop<KernelType, Value>>(kernel);
    kernel.reference = &run_baseline<RowLoop<KernelType>>;
  } else if constexpr (requires { typename KernelType::Index; }) {
    set_row_levels<KernelType, IndexedLoop<KernelType>>(kernel);
    kernel.reference = &run_baseline<RowLoop<KernelType>>;
  } else if constexpr (requires { KernelType::kRepeats; }) {
    static_assert(std::is_same_v<Arguments, Types<Text>>, "Only functions of one text are remembered.");
    kernel.run[0] = &run_baseline<RepeatedTextLoop<KernelType, Value>>;
    kernel.reference = &run_baseline<RowLoop<KernelType>>;
  } else if constexpr (all_plain<Arguments> && is_plain<Value> && !requires { KernelType::kRowByRow; }) {
    set_plain<KernelType, Value>(kernel, Arguments{});
  } else {
    set_row_levels<KernelType, RowLoop<KernelType>>(kernel);
  }
  return kernel;
}

template <FixedString Signature>
inline constexpr auto signature_text = Signature;

template <class T>
consteval const char* binding_text() {
  if constexpr (std::is_same_v<T, bool>) return "bool";
  if constexpr (std::is_same_v<T, int64_t>) return "int";
  if constexpr (std::is_same_v<T, double>) return "float";
  if constexpr (std::is_same_v<T, Text>) return "text";
  if constexpr (std::is_same_v<T, Vector>) return "vector";
  return "any";
}

}  // namespace adapter

// An overload without type variables (or with `any` ones that the kernel never looks at).
template <signature::FixedString Signature, class KernelType>
consteval Overload overload() {
  Overload result;
  result.signature = adapter::signature_text<Signature>.text;
  result.kernels[0] = adapter::make_kernel<Signature, KernelType>("");
  return result;
}

// An overload with one type variable `T`, compiled for each storage type that is listed. The kernel is a template over
// the C++ type of T: bool, int64_t (also timestamps and durations), double, Text (also bytes), Vector.
template <signature::FixedString Signature, template <class> class KernelTemplate, class... T>
consteval Overload generic_overload() {
  static_assert(sizeof...(T) <= 6);
  Overload result;
  result.signature = adapter::signature_text<Signature>.text;
  int count = 0;
  ((result.kernels[count++] = adapter::make_kernel<Signature, KernelTemplate<T>>(adapter::binding_text<T>())), ...);
  return result;
}

// `map`: the lambda's column is the result; there is nothing to run.
template <signature::FixedString Signature>
consteval Overload mapping_overload() {
  Overload result;
  result.signature = adapter::signature_text<Signature>.text;
  result.kernels[0].bindings = "";
  result.kernels[0].shape = ResultShape::kMapping;
  return result;
}

}  // namespace feature_extractor

// Stands once at the end of an operator file, with the constexpr descriptor. CMake passes the symbol's name, which it
// takes from the file's path, so that the list of operators can be written without reading the files.
#ifndef FEATURE_EXTRACTOR_OPERATOR_SYMBOL
#define FEATURE_EXTRACTOR_OPERATOR_SYMBOL feature_extractor_operator
#endif
#define FEATURE_EXTRACTOR_OPERATOR(descriptor)                                \
  namespace feature_extractor {                                               \
  const Operator* FEATURE_EXTRACTOR_OPERATOR_SYMBOL();                        \
  const Operator* FEATURE_EXTRACTOR_OPERATOR_SYMBOL() { return &descriptor; } \
  }
