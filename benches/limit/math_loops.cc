// The loops over mathematical functions. Compiled with -ffast-math, so that GCC calls the vectorised functions of glibc
// (libmvec): the limit need not give the same bits on every machine.
#include <cmath>

#include "columns.h"

namespace {

constexpr int64_t kChunk = 1024;

}  // namespace

// in: views price weight score. out: log_views root_price log_price faded squashed probability.
extern "C" void limit_math(const limit::Column* in, int64_t rows, void** out) {
  for (int64_t start = 0; start < rows; start += kChunk) {
    const int64_t n = rows - start < kChunk ? rows - start : kChunk;
    const int64_t* views = in[0].ints() + start;
    const double* price = in[1].floats() + start;
    const double* weight = in[2].floats() + start;
    const double* score = in[3].floats() + start;
    float* result[6];
    for (int i = 0; i < 6; ++i) result[i] = static_cast<float*>(out[i]) + start;
    for (int64_t i = 0; i < n; ++i) result[0][i] = static_cast<float>(std::log1p(static_cast<double>(views[i])));
    for (int64_t i = 0; i < n; ++i) result[1][i] = static_cast<float>(std::sqrt(price[i]));
    for (int64_t i = 0; i < n; ++i) result[2][i] = static_cast<float>(std::log(price[i]));
    for (int64_t i = 0; i < n; ++i) result[3][i] = static_cast<float>(std::exp(-weight[i]));
    for (int64_t i = 0; i < n; ++i) result[4][i] = static_cast<float>(std::tanh(score[i]));
    for (int64_t i = 0; i < n; ++i) result[5][i] = static_cast<float>(1.0 / (1.0 + std::exp(-score[i])));
  }
}
