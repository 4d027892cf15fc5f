#include <algorithm>
#include <cmath>
#include <vector>

#include "mote/core/error.h"
#include "mote/nn/row_kernels.h"

#if defined(__x86_64__)

#pragma GCC push_options
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // of GCC 12's own intrinsics
#endif
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma,prefer-vector-width=512")

#include "mote/nn/tile_bf16.h"

namespace mote::nn {
namespace {

size_t size(int64_t value) {
  return static_cast<size_t>(value);
}

/// An odd width is completed by a zero.
size_t even(int64_t width) {
  return rounded_up(size(width), 2);
}

size_t packed_bytes(int64_t in, int64_t out) {
  return even(in) * rounded_up(size(out), kLanes) * sizeof(uint16_t);
}

uint16_t rounded(float value) {
  uint16_t result;
  store_bf16(_mm512_set1_ps(value), &result, 1);
  return result;
}

/// Panels of a tile's width, pairs of their inputs side by side: (pairs, width, 2).
void pack(const float* weights, int64_t in, int64_t out, void* packed) {
  auto* panel = static_cast<uint16_t*>(packed);
  for (size_t begin = 0; begin < size(out); begin += kTileWidth) {
    const size_t width = std::min(kTileWidth, rounded_up(size(out) - begin, kLanes));
    std::fill_n(panel, even(in) * width, uint16_t{0});
    for (size_t row = begin; row < std::min(begin + width, size(out)); ++row) {
      for (size_t i = 0; i < size(in); ++i) {
        panel[(i / 2 * width + row - begin) * 2 + i % 2] = rounded(weights[row * size(in) + i]);
      }
    }
    panel += even(in) * width;
  }
}

/// x Phi(x), by the error function's approximation 7.1.25 of Abramowitz and Stegun, "Handbook of
/// Mathematical Functions" (absolute error 2.5e-5, a hundredth of bfloat16's own).
inline __m512 gelu(__m512 x) {
  const __m512 magnitude = _mm512_abs_ps(x);
  const __m512 t = _mm512_rcp14_ps(
      _mm512_fmadd_ps(magnitude, _mm512_set1_ps(0.47047f * 0.707106781f), _mm512_set1_ps(1.0f)));
  __m512 series = _mm512_set1_ps(0.7478556f / 2);
  series = _mm512_fmadd_ps(series, t, _mm512_set1_ps(-0.0958798f / 2));
  series = _mm512_fmadd_ps(series, t, _mm512_set1_ps(0.3480242f / 2));
  const __m512 power =
      exp2_of_negative(_mm512_mul_ps(_mm512_mul_ps(x, x), _mm512_set1_ps(-0.5f * 1.44269504f)));
  const __m512 half_erfc = _mm512_mul_ps(_mm512_mul_ps(series, t), power);
  return _mm512_fnmadd_ps(magnitude, half_erfc, _mm512_max_ps(x, _mm512_setzero_ps()));
}

/// x sigmoid(x), of the magnitude's power, which does not overflow.
inline __m512 silu(__m512 x) {
  const __m512 e = exp2_of_negative(_mm512_mul_ps(_mm512_abs_ps(x), _mm512_set1_ps(-1.44269504f)));
  const __mmask16 negative = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_LT_OQ);
  return _mm512_div_ps(_mm512_mask_mul_ps(x, negative, x, e),
                       _mm512_add_ps(_mm512_set1_ps(1.0f), e));
}

__mmask16 first(size_t count) {
  return static_cast<__mmask16>((1u << std::min(count, kLanes)) - 1);
}

/// A row of a tile to its place: floats, or operands.
inline void finish(const float* tile, const float* bias, size_t count, Epilogue epilogue,
                   void* result, size_t offset) {
  for (size_t i = 0; i < count; i += kLanes) {
    const __mmask16 present = first(count - i);
    __m512 value = _mm512_load_ps(tile + i);
    if (bias != nullptr) value = _mm512_add_ps(value, _mm512_maskz_loadu_ps(present, bias + i));
    float* sums = static_cast<float*>(result) + offset + i;
    uint16_t* operands = static_cast<uint16_t*>(result) + offset + i;
    switch (epilogue) {
      case Epilogue::kAdd:
        value = _mm512_add_ps(value, _mm512_maskz_loadu_ps(present, sums));
        _mm512_mask_storeu_ps(sums, present, value);
        break;
      case Epilogue::kSilu: _mm512_mask_storeu_ps(sums, present, silu(value)); break;
      case Epilogue::kStore: _mm512_mask_storeu_ps(sums, present, value); break;
      case Epilogue::kGeluOperand: value = gelu(value); [[fallthrough]];
      case Epilogue::kStoreOperand: store_bf16(value, operands, std::min(kLanes, count - i)); break;
    }
  }
}

/// kRows rows of operands at `rows`, of which the first `count` have results.
void multiply_rows(const uint16_t* rows, size_t stride, size_t count, const uint16_t* panel,
                   const PackedWeights& weights, size_t begin, Epilogue epilogue, void* result,
                   size_t result_stride, size_t result_row) {
  alignas(64) float tile[kRows * kTileWidth];
  const size_t width = std::min(kTileWidth, rounded_up(size(weights.out) - begin, kLanes));
  const size_t present = std::min(width, size(weights.out) - begin);
  tile_product<false>(width / kLanes, rows, stride, panel, even(weights.in) / 2, tile, width);
  for (size_t row = 0; row < count; ++row) {
    finish(tile + row * width, weights.bias == nullptr ? nullptr : weights.bias + begin, present,
           epilogue, result, (result_row + row) * result_stride + begin);
  }
}

/// Rows, completed to a tile by copies of the last one, and to an even width by zeros.
std::vector<uint16_t> completed(const uint16_t* rows, size_t stride, size_t count, size_t tiled,
                                int64_t width) {
  std::vector<uint16_t> whole(tiled * even(width));
  for (size_t row = 0; row < tiled; ++row) {
    std::copy_n(rows + std::min(row, count - 1) * stride, size(width),
                whole.data() + row * even(width));
  }
  return whole;
}

void multiply(const Rows& operands, const PackedWeights& weights, Epilogue epilogue, void* result,
              int64_t result_stride) {
  const size_t stride = size(operands.stride);
  const size_t count = size(operands.count);
  // Rows of odd width have no zero to complete their last pair: such are copied, all of them.
  const size_t whole = weights.in % 2 == 0 ? count / kRows * kRows : 0;
  const size_t rest = count - whole;
  const auto* data = static_cast<const uint16_t*>(operands.data);
  const std::vector<uint16_t> last = rest == 0 ? std::vector<uint16_t>()
                                               : completed(data + whole * stride, stride, rest,
                                                           rounded_up(rest, kRows), weights.in);
  for (size_t begin = 0; begin < size(weights.out); begin += kTileWidth) {
    const uint16_t* panel = static_cast<const uint16_t*>(weights.data) + begin * even(weights.in);
    for (size_t row = 0; row < whole; row += kRows) {
      multiply_rows(data + row * stride, stride, kRows, panel, weights, begin, epilogue, result,
                    size(result_stride), row);
    }
    for (size_t row = 0; row < rest; row += kRows) {
      multiply_rows(last.data() + row * even(weights.in), even(weights.in),
                    std::min(kRows, rest - row), panel, weights, begin, epilogue, result,
                    size(result_stride), whole + row);
    }
  }
}

struct Moments {
  float mean;
  float variance;
};

Moments moments(const float* values, size_t width) {
  __m512 sum = _mm512_setzero_ps();
  for (size_t i = 0; i < width; i += kLanes) {
    sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(first(width - i), values + i));
  }
  const float mean = _mm512_reduce_add_ps(sum) / static_cast<float>(width);
  __m512 squares = _mm512_setzero_ps();
  for (size_t i = 0; i < width; i += kLanes) {
    const __mmask16 present = first(width - i);
    const __m512 centred = _mm512_maskz_sub_ps(present, _mm512_maskz_loadu_ps(present, values + i),
                                               _mm512_set1_ps(mean));
    squares = _mm512_fmadd_ps(centred, centred, squares);
  }
  return {.mean = mean, .variance = _mm512_reduce_add_ps(squares) / static_cast<float>(width)};
}

void normalise(const Rows& rows, int64_t width, const float* weight, const float* bias, float eps,
               bool to_float, void* result, int64_t result_stride) {
  for (int64_t row = 0; row < rows.count; ++row) {
    const float* values = static_cast<const float*>(rows.data) + row * rows.stride;
    const Moments of_row = moments(values, size(width));
    const __m512 mean = _mm512_set1_ps(of_row.mean);
    const __m512 inverse = _mm512_set1_ps(1 / std::sqrt(of_row.variance + eps));
    for (size_t i = 0; i < size(width); i += kLanes) {
      const __mmask16 present = first(size(width) - i);
      const __m512 centred = _mm512_sub_ps(_mm512_maskz_loadu_ps(present, values + i), mean);
      const __m512 value = _mm512_fmadd_ps(_mm512_mul_ps(centred, inverse),
                                           _mm512_maskz_loadu_ps(present, weight + i),
                                           _mm512_maskz_loadu_ps(present, bias + i));
      const size_t offset = size(row * result_stride) + i;
      if (to_float) {
        _mm512_mask_storeu_ps(static_cast<float*>(result) + offset, present, value);
      } else {
        store_bf16(value, static_cast<uint16_t*>(result) + offset,
                   std::min(kLanes, size(width) - i));
      }
    }
  }
}

void scaled_gelu(const Rows& rows, int64_t width, const float* scale, const float* shift,
                 void* result, int64_t result_stride) {
  for (int64_t row = 0; row < rows.count; ++row) {
    const float* values = static_cast<const float*>(rows.data) + row * rows.stride;
    for (size_t i = 0; i < size(width); i += kLanes) {
      const __mmask16 present = first(size(width) - i);
      const __m512 value = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(present, values + i),
                                           _mm512_maskz_loadu_ps(present, scale + i),
                                           _mm512_maskz_loadu_ps(present, shift + i));
      store_bf16(gelu(value), static_cast<uint16_t*>(result) + size(row * result_stride) + i,
                 std::min(kLanes, size(width) - i));
    }
  }
}

void to_operands(const float* values, int64_t count, float shift, float scale, void* result) {
  for (size_t i = 0; i < size(count); i += kLanes) {
    const __m512 value = _mm512_maskz_loadu_ps(first(size(count) - i), values + i);
    store_bf16(_mm512_mul_ps(_mm512_sub_ps(value, _mm512_set1_ps(shift)), _mm512_set1_ps(scale)),
               static_cast<uint16_t*>(result) + i, std::min(kLanes, size(count) - i));
  }
}

}  // namespace

const RowKernels& bf16_rows() {
  static const RowKernels table{.operand_bytes = sizeof(uint16_t),
                                .packed_bytes = packed_bytes,
                                .pack = pack,
                                .multiply = multiply,
                                .normalise = normalise,
                                .scaled_gelu = scaled_gelu,
                                .to_operands = to_operands};
  return table;
}

}  // namespace mote::nn

#pragma GCC pop_options

#else

namespace mote::nn {

const RowKernels& bf16_rows() {
  throw Error(ErrorKind::kUnsupported, "this processor does not multiply bfloat16");
}

}  // namespace mote::nn

#endif
