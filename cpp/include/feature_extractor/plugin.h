// What a plug-in is to the engine: operators that were compiled outside of it, against these headers, into a shared object
// with one exported function. docs/plugins.md tells how to make one; docs/design/0009-plugins.md why it is like this.
//
// The CMake function feature_extractor_add_plugin writes the file that uses this header. Without CMake it is, in one file,
//
//   #include "feature_extractor/plugin.h"
//   namespace feature_extractor {
//   const Operator* operator_price_score();  // FEATURE_EXTRACTOR_OPERATOR_SYMBOL of its file
//   }
//   static constexpr feature_extractor::PluginOperator kOperators[] = {
//       {"price", "price_score", &feature_extractor::operator_price_score}};
//   FEATURE_EXTRACTOR_PLUGIN("acme", "1.0.0", kOperators)
#pragma once

#include "feature_extractor/operator_spec.h"

#include <cstddef>
#include <cstdint>

// The version of the engine that these headers belong to.
#define FEATURE_EXTRACTOR_HEADER_VERSION "0.1.0"

namespace feature_extractor {

// Grows when the meaning of what crosses the border changes, or the layout of the structures in this file. What their sizes
// tell is in kPluginTraits.
inline constexpr uint32_t kPluginInterface = 1;

inline constexpr char kPluginMagic[8] = {'F', 'X', 'P', 'L', 'U', 'G', 'I', 'N'};

// The one symbol of a plug-in.
#define FEATURE_EXTRACTOR_PLUGIN_SYMBOL feature_extractor_plugin
inline constexpr const char* kPluginSymbol = "feature_extractor_plugin";

struct PluginOperator {
  const char* family;
  const char* file_name;
  const Operator* (*descriptor)();
};

// One number on which plug-in and engine must agree.
struct PluginTrait {
  const char* name;
  uint64_t value;
};

// Flags of the compiler that no plug-in may have.
inline constexpr uint32_t kBuiltWithExceptions = 1;
inline constexpr uint32_t kBuiltWithFastMath = 2;

// Plain C data; the first four members never change, so that any engine can tell what it has before it.
struct PluginDescriptor {
  char magic[8];
  uint32_t interface_version;
  uint32_t descriptor_size;
  const char* engine_version;  // Of the headers that it was compiled with.
  const char* name;            // Lower-case letters, digits and underscores: the prefix of its operators in programs.
  const char* version;         // MAJOR.MINOR.PATCH
  const PluginTrait* traits;
  uint64_t trait_count;
  const PluginOperator* operators;
  uint64_t operator_count;
  uint32_t forbidden_flags;
  // a * b + c and (a + b) - a as the plug-in's compiler writes them: the bits tell whether it fuses or reorders arithmetic,
  // which no macro does. The first needs a CPU with fused multiply-add.
  double (*product_sum)(double a, double b, double c);
  double (*sum_difference)(double a, double b);
};

using PluginFunction = const PluginDescriptor* (*)();

namespace plugin {

// What crosses the border: the structures of column.h, kernel.h and operator.h, and the C++ library's string_view in them.
inline constexpr PluginTrait kTraits[] = {
    {"sizeof(void*)", sizeof(void*)},
    {"byte order", __BYTE_ORDER__},
    {"sizeof(Text)", sizeof(Text)},
    {"sizeof(Column)", sizeof(Column)},
    {"alignof(Column)", alignof(Column)},
    {"offsetof(Column, children)", offsetof(Column, children)},
    {"sizeof(ListEntry)", sizeof(ListEntry)},
    {"sizeof(Span)", sizeof(Span)},
    {"sizeof(Vector)", sizeof(Vector)},
    {"sizeof(Arena)", sizeof(Arena)},
    {"sizeof(GrowingColumn)", sizeof(GrowingColumn)},
    {"offsetof(GrowingColumn, grow)", offsetof(GrowingColumn, grow)},
    {"sizeof(Result)", sizeof(Result)},
    {"offsetof(Result, children)", offsetof(Result, children)},
    {"sizeof(KernelCall)", sizeof(KernelCall)},
    {"offsetof(KernelCall, arena)", offsetof(KernelCall, arena)},
    {"offsetof(KernelCall, block_loops)", offsetof(KernelCall, block_loops)},
    {"sizeof(BlockLoops)", sizeof(BlockLoops)},
    {"sizeof(BoundArgument)", sizeof(BoundArgument)},
    {"sizeof(BindError)", sizeof(BindError)},
    {"sizeof(Kernel)", sizeof(Kernel)},
    {"offsetof(Kernel, bind)", offsetof(Kernel, bind)},
    {"offsetof(Kernel, shape)", offsetof(Kernel, shape)},
    {"sizeof(Overload)", sizeof(Overload)},
    {"sizeof(Parameter)", sizeof(Parameter)},
    {"sizeof(Edge)", sizeof(Edge)},
    {"sizeof(Example)", sizeof(Example)},
    {"sizeof(Cost)", sizeof(Cost)},
    {"sizeof(Operator)", sizeof(Operator)},
    {"offsetof(Operator, overloads)", offsetof(Operator, overloads)},
    {"offsetof(Operator, examples)", offsetof(Operator, examples)},
    {"offsetof(Operator, deprecated)", offsetof(Operator, deprecated)},
    {"rows of a block", kBlockRows},
    {"padding of a buffer", kPadding},
    {"SIMD levels", kSimdLevels},
    {"last result shape", static_cast<uint64_t>(ResultShape::kMapping)},
    {"last storage kind", static_cast<uint64_t>(StorageKind::kList)},
#if defined(__GLIBCXX__)
    {"C++ library (1: libstdc++, 2: libc++)", 1},
    {"_GLIBCXX_USE_CXX11_ABI", _GLIBCXX_USE_CXX11_ABI},
#elif defined(_LIBCPP_VERSION)
    {"C++ library (1: libstdc++, 2: libc++)", 2},
#endif
    {"__FLT_EVAL_METHOD__", static_cast<uint64_t>(__FLT_EVAL_METHOD__)},
};

inline constexpr uint32_t kForbiddenFlags = 0
#if defined(__cpp_exceptions)
                                            | kBuiltWithExceptions
#endif
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
                                            | kBuiltWithFastMath
#endif
    ;

// The level at which the adapters of operator.h compile wide loops: where fusing would happen.
#if defined(__x86_64__)
[[gnu::noinline, gnu::target("arch=x86-64-v3")]]
#else
[[gnu::noinline]]
#endif
inline double product_sum(double a, double b, double c) {
  return a * b + c;
}
[[gnu::noinline]] inline double sum_difference(double a, double b) { return (a + b) - a; }

}  // namespace plugin
}  // namespace feature_extractor

// Stands once in a plug-in; `operators` is an array of PluginOperator.
#define FEATURE_EXTRACTOR_PLUGIN(plugin_name, plugin_version, plugin_operators)                \
  extern "C" __attribute__((visibility("default"))) const feature_extractor::PluginDescriptor* \
  FEATURE_EXTRACTOR_PLUGIN_SYMBOL();                                                           \
  const feature_extractor::PluginDescriptor* FEATURE_EXTRACTOR_PLUGIN_SYMBOL() {               \
    namespace fx = feature_extractor;                                                          \
    static constexpr fx::PluginDescriptor kDescriptor = {                                      \
        {'F', 'X', 'P', 'L', 'U', 'G', 'I', 'N'},                                              \
        fx::kPluginInterface,                                                                  \
        sizeof(fx::PluginDescriptor),                                                          \
        FEATURE_EXTRACTOR_HEADER_VERSION,                                                      \
        plugin_name,                                                                           \
        plugin_version,                                                                        \
        fx::plugin::kTraits,                                                                   \
        sizeof(fx::plugin::kTraits) / sizeof(fx::PluginTrait),                                 \
        plugin_operators,                                                                      \
        sizeof(plugin_operators) / sizeof(fx::PluginOperator),                                 \
        fx::plugin::kForbiddenFlags,                                                           \
        &fx::plugin::product_sum,                                                              \
        &fx::plugin::sum_difference,                                                           \
    };                                                                                         \
    return &kDescriptor;                                                                       \
  }
