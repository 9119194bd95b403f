// Makes kernels, and overloads of them, of the functions in an operator file: the signature is compared with the C++ types,
// the loop is chosen, and it is compiled for the SIMD levels.
#pragma once

#include "feature_extractor/column_loops.h"
#include "feature_extractor/operator_spec.h"
#include "feature_extractor/row_loops.h"

namespace feature_extractor {
namespace adapter {

template <class Loop>
void run_baseline(const KernelCall& call) {
  Loop::run(call);
}

// The reference of a kernel that has a faster form: nobody waits for it, so it is compiled to little code.
template <class Loop>
[[gnu::cold]] void run_reference(const KernelCall& call) {
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
    kernel.reference = &run_reference<RowLoop<KernelType>>;
  } else if constexpr (requires { &KernelType::run_nullable; }) {
    set_nullable<KernelType, Value>(kernel, Arguments{});
    kernel.reference = &run_reference<RowLoop<KernelType>>;
  } else if constexpr (requires { &KernelType::combine; }) {
    set_levels<FoldLoop<KernelType, Value>>(kernel);
    kernel.reference = &run_reference<RowLoop<KernelType>>;
  } else if constexpr (requires { typename KernelType::Index; }) {
    set_row_levels<KernelType, IndexedLoop<KernelType>>(kernel);
    kernel.reference = &run_reference<RowLoop<KernelType>>;
  } else if constexpr (requires { KernelType::kRepeats; }) {
    static_assert(std::is_same_v<Arguments, Types<Text>>, "Only functions of one text are remembered.");
    kernel.run[0] = &run_baseline<RepeatedTextLoop<KernelType, Value>>;
    kernel.reference = &run_reference<RowLoop<KernelType>>;
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
