// What the types of a C++ function say about the kernel that is made of it: which parameters the engine provides, which are
// null-aware, what is stored of a value, and how columns of plain values are read.
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

}  // namespace adapter
}  // namespace feature_extractor
