// Included once per target, between HWY_BEFORE_NAMESPACE and HWY_AFTER_NAMESPACE of a kernel.
#if defined(MOTE_NN_TILE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef MOTE_NN_TILE_INL_H
#undef MOTE_NN_TILE_INL_H
#else
#define MOTE_NN_TILE_INL_H
#endif

#include <cstddef>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mote::nn::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using FloatVec = hn::Vec<Floats>;

// A tile of a product is kRows rows by kVectors vectors: its sums fill the registers (32 of them,
// or 16 before AVX-512).
constexpr size_t kRows = 6;
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3 || \
    HWY_TARGET == HWY_SSE2
constexpr size_t kVectors = 2;
#else
constexpr size_t kVectors = 4;
#endif

HWY_INLINE size_t lanes() {
  return hn::Lanes(Floats());
}

HWY_INLINE size_t tile_width() {
  return kVectors * lanes();
}

HWY_INLINE size_t rounded_up(size_t count, size_t step) {
  return (count + step - 1) / step * step;
}

/// c (kRows, N vectors) = a (kRows, depth) b (depth, N vectors), or added to c. b is packed without
/// gaps and aligned, as is c.
template <size_t N, bool kAdd>
HWY_INLINE void tile_product(const float* HWY_RESTRICT a, size_t a_stride,
                             const float* HWY_RESTRICT b, size_t depth, float* HWY_RESTRICT c,
                             size_t c_stride) {
  const Floats d;
  const size_t step = hn::Lanes(d);
  FloatVec sum[kRows][N];
#pragma GCC unroll 6
  for (size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (size_t i = 0; i < N; ++i) {
      sum[row][i] = kAdd ? hn::Load(d, c + row * c_stride + i * step) : hn::Zero(d);
    }
  }
  for (size_t k = 0; k < depth; ++k) {
    FloatVec column[N];
#pragma GCC unroll 4
    for (size_t i = 0; i < N; ++i) {
      column[i] = hn::Load(d, b + (k * N + i) * step);
    }
#pragma GCC unroll 6
    for (size_t row = 0; row < kRows; ++row) {
      const FloatVec value = hn::Set(d, a[row * a_stride + k]);
#pragma GCC unroll 4
      for (size_t i = 0; i < N; ++i) {
        sum[row][i] = hn::MulAdd(value, column[i], sum[row][i]);
      }
    }
  }
#pragma GCC unroll 6
  for (size_t row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (size_t i = 0; i < N; ++i) {
      hn::Store(sum[row][i], d, c + row * c_stride + i * step);
    }
  }
}

/// The same for `vectors` vectors, 1 to kVectors.
template <bool kAdd>
HWY_INLINE void tile_product(size_t vectors, const float* a, size_t a_stride, const float* b,
                             size_t depth, float* c, size_t c_stride) {
  if (vectors == kVectors) {
    tile_product<kVectors, kAdd>(a, a_stride, b, depth, c, c_stride);
  } else if (vectors == 1) {
    tile_product<1, kAdd>(a, a_stride, b, depth, c, c_stride);
  } else if (kVectors > 2 && vectors == 2) {
    tile_product<2, kAdd>(a, a_stride, b, depth, c, c_stride);
  } else if (kVectors > 3 && vectors == 3) {
    tile_product<3, kAdd>(a, a_stride, b, depth, c, c_stride);
  }
}

/// 2^x for x <= 0 (0 below -126), relative error 2e-7: Taylor's series of 2^f, f in [-1/2, 1/2],
/// its coefficients (ln 2)^n / n!.
HWY_INLINE FloatVec exp2_of_negative(FloatVec x) {
  const Floats d;
  const hn::RebindToSigned<Floats> integers;
  const FloatVec clamped = hn::Max(x, hn::Set(d, -126.0f));
  const FloatVec whole = hn::Round(clamped);
  const FloatVec f = hn::Sub(clamped, whole);
  FloatVec power = hn::Set(d, 1.5403530e-4f);
  power = hn::MulAdd(power, f, hn::Set(d, 1.3333558e-3f));
  power = hn::MulAdd(power, f, hn::Set(d, 9.6181291e-3f));
  power = hn::MulAdd(power, f, hn::Set(d, 5.5504109e-2f));
  power = hn::MulAdd(power, f, hn::Set(d, 2.4022651e-1f));
  power = hn::MulAdd(power, f, hn::Set(d, 6.9314718e-1f));
  power = hn::MulAdd(power, f, hn::Set(d, 1.0f));
  const auto exponent = hn::ShiftLeft<23>(hn::ConvertTo(integers, whole));
  const FloatVec scaled = hn::BitCast(d, hn::Add(hn::BitCast(integers, power), exponent));
  // NaN stays NaN: it is not below -126, and Max may have lost it.
  return hn::IfThenElse(hn::IsNaN(x), x,
                        hn::IfThenZeroElse(hn::Lt(x, hn::Set(d, -126.0f)), scaled));
}

}  // namespace mote::nn::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // MOTE_NN_TILE_INL_H
