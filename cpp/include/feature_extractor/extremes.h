// The greatest or the least element of a list, and whether a list has a value, in loops without branches.
//
// An element may be looked at twice without harm, so a list is read in blocks of eight, and the last block overlaps the one
// before it instead of leaving a rest.
#pragma once

#include "feature_extractor/column.h"

namespace feature_extractor {

struct Greatest {
  template <class T>
  [[gnu::always_inline]] static T of(T x, T y) {
    return x > y ? x : y;
  }
  template <class T>
  static constexpr T kNeutral =
      std::is_same_v<T, double> ? static_cast<T>(-__builtin_inf()) : static_cast<T>(INT64_MIN);
};

struct Least {
  template <class T>
  [[gnu::always_inline]] static T of(T x, T y) {
    return x < y ? x : y;
  }
  template <class T>
  static constexpr T kNeutral = std::is_same_v<T, double> ? static_cast<T>(__builtin_inf()) : static_cast<T>(INT64_MAX);
};

// Two neighbours in one register.
template <class T>
struct PairOf {
  using Type __attribute__((vector_size(16))) = T;
  [[gnu::always_inline]] static Type load(const T* at) {
    Type pair;
    __builtin_memcpy(&pair, at, sizeof(pair));
    return pair;
  }
};

// The extreme of `size` > 0 values.
template <class Extreme, class T>
[[gnu::always_inline]] inline T extreme_of(const T* data, uint32_t size) {
  using Pair = PairOf<T>;
  if (size < 8) {
    T best = data[0];
    for (uint32_t i = 1; i < size; ++i) best = Extreme::of(data[i], best);
    return best;
  }
  typename Pair::Type a = Pair::load(data);
  typename Pair::Type b = Pair::load(data + 2);
  typename Pair::Type c = Pair::load(data + 4);
  typename Pair::Type d = Pair::load(data + 6);
  const auto take = [&](const T* at) __attribute__((always_inline)) {
    a = Extreme::of(Pair::load(at), a);
    b = Extreme::of(Pair::load(at + 2), b);
    c = Extreme::of(Pair::load(at + 4), c);
    d = Extreme::of(Pair::load(at + 6), d);
  };
  for (uint32_t i = 8; i + 8 <= size; i += 8) take(data + i);
  take(data + size - 8);
  a = Extreme::of(Extreme::of(a, b), Extreme::of(c, d));
  return Extreme::of(static_cast<T>(a[0]), static_cast<T>(a[1]));
}

// The extreme of a list's elements that are not null; null if there is none.
template <class Extreme, class T>
[[gnu::always_inline]] inline Nullable<T> extreme_of(List<T> xs) {
  const uint8_t* valid = xs.valid();
  if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, double>) {
    const T* data = xs.data();
    const uint32_t size = xs.size();
    T best = Extreme::template kNeutral<T>;
    bool found = size > 0;
    if (valid == nullptr) {
      if (size > 0) best = extreme_of<Extreme>(data, size);
    } else {
      uint8_t some = 0;
      for (uint32_t i = 0; i < size; ++i) {
        const T x = valid[i] != 0 ? data[i] : Extreme::template kNeutral<T>;
        best = Extreme::of(x, best);
        some |= valid[i];
      }
      found = some != 0;
    }
    // Of 0.0 and -0.0 the order of the list would decide.
    if constexpr (std::is_same_v<T, double>) best += 0.0;
    return Nullable<T>::where(found, best);
  } else {
    T best{};
    bool found = false;
    for (uint32_t i = 0; i < xs.size(); ++i) {
      if (valid != nullptr && valid[i] == 0) continue;
      best = found ? Extreme::of(xs[i], best) : xs[i];
      found = true;
    }
    return Nullable<T>::where(found, best);
  }
}

// The extreme of the elements up to each one; null in the place of a null element, which the next one passes over.
template <class Extreme, class T>
inline void cumulative_extreme(List<T> xs, ListBuilder<T>& result) {
  result.reserve(xs.size());
  T best{};
  bool found = false;
  for (uint32_t i = 0; i < xs.size(); ++i) {
    if (xs.is_null(i)) {
      result.push_null();
      continue;
    }
    best = found ? Extreme::of(xs[i], best) : xs[i];
    found = true;
    result.push_back(best);
  }
}

// True if an element is true.
inline bool some_true(List<bool> xs) {
  const uint8_t* data = xs.data();
  const uint8_t* valid = xs.valid();
  uint8_t some = 0;
  if (valid == nullptr) {
    for (uint32_t i = 0; i < xs.size(); ++i) some |= data[i];
  } else {
    for (uint32_t i = 0; i < xs.size(); ++i) some |= data[i] & valid[i];
  }
  return some != 0;
}

// True if one of the values is equal to `value`; for floats -0.0 equals 0.0.
template <class T>
[[gnu::always_inline]] inline bool any_equal(const T* data, uint32_t size, T value) {
  using Pair = PairOf<T>;
  if (size < 8) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < size; ++i) found |= data[i] == value ? 1 : 0;
    return found != 0;
  }
  const typename Pair::Type wanted = {value, value};
  decltype(wanted == wanted) first = {0, 0};
  decltype(wanted == wanted) second = {0, 0};
  const auto take = [&](const T* at) __attribute__((always_inline)) {
    first |= (Pair::load(at) == wanted) | (Pair::load(at + 2) == wanted);
    second |= (Pair::load(at + 4) == wanted) | (Pair::load(at + 6) == wanted);
  };
  for (uint32_t i = 0; i + 8 <= size; i += 8) take(data + i);
  take(data + size - 8);
  first |= second;
  return (first[0] | first[1]) != 0;
}

}  // namespace feature_extractor
