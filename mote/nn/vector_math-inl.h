// Functions of vectors of float32 that mote's kernels share, for one instruction set: included once
// for each, as Highway's foreach_target.h does, so its guard is one of Highway's.
#if defined(MOTE_NN_VECTOR_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef MOTE_NN_VECTOR_MATH_INL_H_
#undef MOTE_NN_VECTOR_MATH_INL_H_
#else
#define MOTE_NN_VECTOR_MATH_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace mote::nn::vector_math {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr float kLog2E = 1.44269504F;

/// 2^x for x <= 0 to 2e-7: 2^round(x) in the exponent times 1 + f q(f), exactly 1 at 0, so that
/// slow decays keep their rate (to 5e-7).
template <class V>
HWY_INLINE V exp2_negative(V x) {
  const hn::DFromV<V> d;
  const hn::RebindToSigned<decltype(d)> di;
  const auto clamped = hn::Max(x, hn::Set(d, -126.0F));
  const auto shifted = hn::Add(clamped, hn::Set(d, 12582912.0F));  // 1.5 * 2^23: rounds
  const auto f = hn::Sub(clamped, hn::Sub(shifted, hn::Set(d, 12582912.0F)));
  auto p = hn::MulAdd(hn::Set(d, 0.0013381302F), f, hn::Set(d, 0.0096663684F));
  p = hn::MulAdd(p, f, hn::Set(d, 0.055503812F));
  p = hn::MulAdd(p, f, hn::Set(d, 0.24022350F));
  p = hn::MulAdd(p, f, hn::Set(d, 0.69314718F));
  p = hn::MulAdd(p, f, hn::Set(d, 1.0F));
  const auto exponent = hn::ShiftLeft<23>(hn::BitCast(di, shifted));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), exponent));
}

/// log(1 + e) for e between 0 and 1, to 2e-8 of it.
template <class V>
HWY_INLINE V log1p_of_fraction(V e) {
  const hn::DFromV<V> d;
  auto p = hn::MulAdd(hn::Set(d, -0.0031760570F), e, hn::Set(d, 0.0195425265F));
  p = hn::MulAdd(p, e, hn::Set(d, -0.0563736111F));
  p = hn::MulAdd(p, e, hn::Set(d, 0.105436236F));
  p = hn::MulAdd(p, e, hn::Set(d, -0.152696669F));
  p = hn::MulAdd(p, e, hn::Set(d, 0.196632743F));
  p = hn::MulAdd(p, e, hn::Set(d, -0.249516160F));
  p = hn::MulAdd(p, e, hn::Set(d, 0.333297104F));
  p = hn::MulAdd(p, e, hn::Set(d, -0.499998927F));
  p = hn::MulAdd(p, e, hn::Set(d, 1.0F));
  return hn::Mul(p, e);
}

/// x sigmoid(x).
template <class V>
HWY_INLINE V silu(V x) {
  const hn::DFromV<V> d;
  const auto one = hn::Set(d, 1.0F);
  const auto e = exp2_negative(hn::Mul(hn::Abs(x), hn::Set(d, -kLog2E)));
  const auto numerator = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(x, e), x);
  return hn::Div(numerator, hn::Add(one, e));
}

}  // namespace HWY_NAMESPACE
}  // namespace mote::nn::vector_math
HWY_AFTER_NAMESPACE();

#endif
