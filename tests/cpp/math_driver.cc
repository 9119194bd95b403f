// Applies one function of feature_extractor/math.h to doubles from the standard input.
//
// Usage: math_driver NAME < arguments > results. The input is `count` little-endian doubles, for a
// function of two arguments all the first ones and then all the second ones; the output is one
// double per result. With `math_driver --time NAME` the result is the median of nanoseconds per
// value instead. With WITH_LIBRARY defined, `libm:NAME` names the function of the C library, for
// comparison; without it the program must not need one. The loops are the ones that the engine has:
// plain, and left to the vectoriser of the compiler.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#if defined(WITH_LIBRARY)
#include <cmath>
#endif

#include "feature_extractor/math.h"

namespace {

namespace math = feature_extractor::math;

using Loop = void (*)(const double* x, const double* y, double* out, std::size_t count);

struct Entry {
  const char* name;
  int arguments;
  Loop loop;
};

#define UNARY(function)                                                                                        \
  void loop_##function(const double* __restrict x, const double*, double* __restrict out, std::size_t count) { \
    for (std::size_t i = 0; i < count; ++i) out[i] = math::function(x[i]);                                     \
  }
#define BINARY(function)                                                                               \
  void loop_##function(const double* __restrict x, const double* __restrict y, double* __restrict out, \
                       std::size_t count) {                                                            \
    for (std::size_t i = 0; i < count; ++i) out[i] = math::function(x[i], y[i]);                       \
  }
#define ANGLE(function)                                                                      \
  void loop_##function(const double* x, const double*, double* out, std::size_t count) {     \
    math::function(x, out, count);                                                           \
  }                                                                                          \
  void loop_one_##function(const double* x, const double*, double* out, std::size_t count) { \
    for (std::size_t i = 0; i < count; ++i) out[i] = math::function(x[i]);                   \
  }

UNARY(exp)
UNARY(expm1)
UNARY(exp2)
UNARY(log)
UNARY(log1p)
UNARY(log2)
UNARY(log10)
UNARY(asin)
UNARY(acos)
UNARY(atan)
UNARY(sinh)
UNARY(cosh)
UNARY(tanh)
UNARY(cbrt)
UNARY(sigmoid)
UNARY(erf)
UNARY(sqrt)
UNARY(floor)
UNARY(ceil)
UNARY(trunc)
UNARY(round_half_away)
UNARY(round_half_even)
BINARY(pow)
BINARY(atan2)
BINARY(hypot)
BINARY(log_base)
ANGLE(sin)
ANGLE(cos)
ANGLE(tan)

#if defined(WITH_LIBRARY)
#define LIBRARY(function)                                                                   \
  void library_##function(const double* x, const double*, double* out, std::size_t count) { \
    for (std::size_t i = 0; i < count; ++i) out[i] = std::function(x[i]);                   \
  }
#define LIBRARY_BINARY(function)                                                              \
  void library_##function(const double* x, const double* y, double* out, std::size_t count) { \
    for (std::size_t i = 0; i < count; ++i) out[i] = std::function(x[i], y[i]);               \
  }

LIBRARY(exp)
LIBRARY(expm1)
LIBRARY(exp2)
LIBRARY(log)
LIBRARY(log1p)
LIBRARY(log2)
LIBRARY(log10)
LIBRARY(sin)
LIBRARY(cos)
LIBRARY(tan)
LIBRARY(asin)
LIBRARY(acos)
LIBRARY(atan)
LIBRARY(sinh)
LIBRARY(cosh)
LIBRARY(tanh)
LIBRARY(cbrt)
LIBRARY(erf)
LIBRARY_BINARY(pow)
LIBRARY_BINARY(atan2)
LIBRARY_BINARY(hypot)
#endif

#define ENTRY(function, arguments) {#function, arguments, loop_##function}
#define LIBRARY_ENTRY(function, arguments) {"libm:" #function, arguments, library_##function}

constexpr Entry kEntries[] = {
    ENTRY(exp, 1),
    ENTRY(expm1, 1),
    ENTRY(exp2, 1),
    ENTRY(log, 1),
    ENTRY(log1p, 1),
    ENTRY(log2, 1),
    ENTRY(log10, 1),
    ENTRY(asin, 1),
    ENTRY(acos, 1),
    ENTRY(atan, 1),
    ENTRY(sinh, 1),
    ENTRY(cosh, 1),
    ENTRY(tanh, 1),
    ENTRY(cbrt, 1),
    ENTRY(sigmoid, 1),
    ENTRY(erf, 1),
    ENTRY(sqrt, 1),
    ENTRY(floor, 1),
    ENTRY(ceil, 1),
    ENTRY(trunc, 1),
    ENTRY(round_half_away, 1),
    ENTRY(round_half_even, 1),
    ENTRY(pow, 2),
    ENTRY(atan2, 2),
    ENTRY(hypot, 2),
    ENTRY(log_base, 2),
    ENTRY(sin, 1),
    ENTRY(cos, 1),
    ENTRY(tan, 1),
    ENTRY(one_sin, 1),
    ENTRY(one_cos, 1),
    ENTRY(one_tan, 1),
#if defined(WITH_LIBRARY)
    LIBRARY_ENTRY(exp, 1),
    LIBRARY_ENTRY(expm1, 1),
    LIBRARY_ENTRY(exp2, 1),
    LIBRARY_ENTRY(log, 1),
    LIBRARY_ENTRY(log1p, 1),
    LIBRARY_ENTRY(log2, 1),
    LIBRARY_ENTRY(log10, 1),
    LIBRARY_ENTRY(sin, 1),
    LIBRARY_ENTRY(cos, 1),
    LIBRARY_ENTRY(tan, 1),
    LIBRARY_ENTRY(asin, 1),
    LIBRARY_ENTRY(acos, 1),
    LIBRARY_ENTRY(atan, 1),
    LIBRARY_ENTRY(sinh, 1),
    LIBRARY_ENTRY(cosh, 1),
    LIBRARY_ENTRY(tanh, 1),
    LIBRARY_ENTRY(cbrt, 1),
    LIBRARY_ENTRY(erf, 1),
    LIBRARY_ENTRY(pow, 2),
    LIBRARY_ENTRY(atan2, 2),
    LIBRARY_ENTRY(hypot, 2),
#endif
};

double median_nanoseconds(const Entry& entry, const std::vector<double>& input, std::vector<double>& out) {
  std::vector<double> times;
  for (int round = 0; round < 31; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    entry.loop(input.data(), input.data() + out.size(), out.data(), out.size());
    const std::chrono::duration<double, std::nano> passed = std::chrono::steady_clock::now() - begin;
    times.push_back(passed.count() / static_cast<double>(out.size()));
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const bool timed = argc == 3 && std::strcmp(argv[1], "--time") == 0;
  if (!timed && argc != 2) return 2;
  const std::string name = argv[argc - 1];
  std::vector<double> input;
  double block[4096];
  for (;;) {
    const std::size_t got = std::fread(block, sizeof(double), 4096, stdin);
    if (got == 0) break;
    input.insert(input.end(), block, block + got);
  }
  for (const Entry& entry : kEntries) {
    if (name != entry.name) continue;
    std::vector<double> out(input.size() / static_cast<std::size_t>(entry.arguments));
    if (timed) {
      std::printf("%.3f\n", median_nanoseconds(entry, input, out));
      return 0;
    }
    entry.loop(input.data(), input.data() + out.size(), out.data(), out.size());
    return std::fwrite(out.data(), sizeof(double), out.size(), stdout) == out.size() ? 0 : 1;
  }
  std::fprintf(stderr, "unknown function: %s\n", name.c_str());
  return 2;
}
