// The floating-point mode that kernels count on.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace feature_extractor {

// Kernels count on rounding to nearest and on subnormal numbers; a library in the host process may have set otherwise for
// this thread. The caller's mode comes back at the end.
class FloatingPointMode {
 public:
#if defined(__x86_64__)
  FloatingPointMode() : saved_(_mm_getcsr()) { _mm_setcsr(0x1F80); }
  ~FloatingPointMode() { _mm_setcsr(saved_); }
#else
  FloatingPointMode() = default;
#endif
  FloatingPointMode(const FloatingPointMode&) = delete;
  FloatingPointMode& operator=(const FloatingPointMode&) = delete;

 private:
#if defined(__x86_64__)
  unsigned saved_;
#endif
};

}  // namespace feature_extractor
