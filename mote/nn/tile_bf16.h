#pragma once

// For kernels of AVX512-BF16 only: the including file has enabled it by a target pragma.

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

namespace mote::nn {
namespace {

// A tile of a product is kRows rows by kVectors vectors of 16 floats: its sums fill the registers.
constexpr size_t kRows = 6;
constexpr size_t kVectors = 4;
constexpr size_t kLanes = 16;
constexpr size_t kTileWidth = kVectors * kLanes;

inline size_t rounded_up(size_t count, size_t step) {
  return (count + step - 1) / step * step;
}

/// c (kRows, N vectors) = a (kRows, 2 pairs) b (2 pairs, N vectors), or added to c. Products are
/// of pairs: a holds two neighbours of a row in one word, b two neighbours of a column, packed
/// (pairs, N vectors, 2).
template <size_t N, bool kAdd>
inline void tile_product(const uint16_t* a, size_t a_stride, const uint16_t* b, size_t pairs,
                         float* c, size_t c_stride) {
  __m512 sum[kRows][N];
#pragma GCC unroll 6
  for (size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (size_t i = 0; i < N; ++i) {
      sum[row][i] = kAdd ? _mm512_load_ps(c + row * c_stride + i * kLanes) : _mm512_setzero_ps();
    }
  }
  for (size_t pair = 0; pair < pairs; ++pair) {
    __m512bh column[N];
#pragma GCC unroll 4
    for (size_t i = 0; i < N; ++i) {
      column[i] = (__m512bh)_mm512_load_si512(b + (pair * N + i) * 2 * kLanes);
    }
#pragma GCC unroll 6
    for (size_t row = 0; row < kRows; ++row) {
      int both;
      __builtin_memcpy(&both, a + row * a_stride + 2 * pair, sizeof(both));
      const __m512bh value = (__m512bh)_mm512_set1_epi32(both);
#pragma GCC unroll 4
      for (size_t i = 0; i < N; ++i) {
        sum[row][i] = _mm512_dpbf16_ps(sum[row][i], value, column[i]);
      }
    }
  }
#pragma GCC unroll 6
  for (size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (size_t i = 0; i < N; ++i) {
      _mm512_store_ps(c + row * c_stride + i * kLanes, sum[row][i]);
    }
  }
}

/// The same for `vectors` vectors, 1 to kVectors.
template <bool kAdd>
inline void tile_product(size_t vectors, const uint16_t* a, size_t a_stride, const uint16_t* b,
                         size_t pairs, float* c, size_t c_stride) {
  switch (vectors) {
    case 1: return tile_product<1, kAdd>(a, a_stride, b, pairs, c, c_stride);
    case 2: return tile_product<2, kAdd>(a, a_stride, b, pairs, c, c_stride);
    case 3: return tile_product<3, kAdd>(a, a_stride, b, pairs, c, c_stride);
    default: return tile_product<4, kAdd>(a, a_stride, b, pairs, c, c_stride);
  }
}

/// 2^x for x <= 0, relative error 1e-4: a minimax polynomial of the fraction. -infinity gives 0.
inline __m512 exp2_of_negative(__m512 x) {
  constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  const __m512 fraction = _mm512_reduce_ps(x, kNearest);
  __m512 power = _mm512_set1_ps(0.0558382829f);
  power = _mm512_fmadd_ps(power, fraction, _mm512_set1_ps(0.242639479f));
  power = _mm512_fmadd_ps(power, fraction, _mm512_set1_ps(0.693136734f));
  power = _mm512_fmadd_ps(power, fraction, _mm512_set1_ps(0.999924557f));
  return _mm512_scalef_ps(power, _mm512_roundscale_ps(x, kNearest));
}

/// The first `count` lanes as bfloat16, rounded to the nearest.
inline void store_bf16(__m512 values, uint16_t* to, size_t count = kLanes) {
  const auto keep = static_cast<__mmask16>((1u << count) - 1);
  _mm256_mask_storeu_epi16(to, keep, (__m256i)_mm512_cvtneps_pbh(values));
}

}  // namespace
}  // namespace mote::nn
