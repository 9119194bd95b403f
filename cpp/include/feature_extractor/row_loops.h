// The loops of kernels that take a row at a time: texts, lists, maps and builders, with what is remembered from row to row.
#pragma once

#include "feature_extractor/kernel_traits.h"

namespace feature_extractor {
namespace adapter {

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
    if (!call.block_loops->combine_validity(call, strict_mask(Signature{}), result.valid)) {
      __builtin_memset(result.valid, 1, call.rows);
    }
    uint8_t all = 1;
    for (uint32_t i = 0; i < call.rows; ++i) {
      const bool ok = body(i, result.valid[i] == 0);
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

}  // namespace adapter
}  // namespace feature_extractor
