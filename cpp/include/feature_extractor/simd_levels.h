// Operators that are written for each SIMD level by hand, where the compiler's own loops are not enough.
//
// Such a kernel has its level as a template parameter and chooses the functions that it calls with `if constexpr`. Only these
// functions carry a target attribute. All levels give the same bits; tests run each case at all of them.
#pragma once

#include "feature_extractor/operator.h"

#if defined(__x86_64__)
#define FEATURE_EXTRACTOR_X86_V3 [[gnu::target("arch=x86-64-v3")]]
#define FEATURE_EXTRACTOR_X86_V4 [[gnu::target(FEATURE_EXTRACTOR_TARGET_V4)]]
#endif

namespace feature_extractor {

// A mask of the lowest bits.
inline constexpr uint64_t low_bits(uint32_t count) { return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1; }

namespace adapter {

template <class KernelType>
struct RowForm {
  using Loop = RowLoop<KernelType>;
};
template <class KernelType>
  requires requires { typename KernelType::Index; }
struct RowForm<KernelType> {
  using Loop = IndexedLoop<KernelType>;
};

template <signature::FixedString Signature, template <SimdLevel> class AtLevel>
consteval Kernel make_leveled_kernel(const char* bindings) {
  Kernel kernel = make_kernel<Signature, AtLevel<SimdLevel::kBaseline>>(bindings);
#if defined(__x86_64__)
  kernel.run[1] = &run_x86_v3<typename RowForm<AtLevel<SimdLevel::kX86V3>>::Loop>;
  kernel.run[2] = &run_x86_v4<typename RowForm<AtLevel<SimdLevel::kX86V4>>::Loop>;
#endif
  return kernel;
}

template <template <class, SimdLevel> class KernelTemplate, class T>
struct OfType {
  template <SimdLevel Level>
  using AtLevel = KernelTemplate<T, Level>;
};

}  // namespace adapter

// Like `overload` and `generic_overload`, for kernels that work row by row and know the level for which they are compiled.
template <signature::FixedString Signature, template <SimdLevel> class KernelTemplate>
consteval Overload leveled_overload() {
  Overload result;
  result.signature = adapter::signature_text<Signature>.text;
  result.kernels[0] = adapter::make_leveled_kernel<Signature, KernelTemplate>("");
  return result;
}

template <signature::FixedString Signature, template <class, SimdLevel> class KernelTemplate, class... T>
consteval Overload generic_leveled_overload() {
  static_assert(sizeof...(T) <= 6);
  Overload result;
  result.signature = adapter::signature_text<Signature>.text;
  int count = 0;
  ((result.kernels[count++] =
        adapter::make_leveled_kernel<Signature, adapter::OfType<KernelTemplate, T>::template AtLevel>(
            adapter::binding_text<T>())),
   ...);
  return result;
}

}  // namespace feature_extractor
