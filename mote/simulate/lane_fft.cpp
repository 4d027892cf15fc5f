#include "mote/simulate/lane_fft.h"

#include <cassert>
#include <cstddef>
#include <numbers>
#include <utility>

#include "mote/simulate/elementary.h"

namespace mote::simulate {
namespace {

/// Four floats that one instruction works on, wherever they lie.
using Pack [[gnu::vector_size(16), gnu::aligned(4), gnu::may_alias]] = float;
constexpr int64_t kPack = 4;

/// A complex number of each of four lanes.
struct Number {
  Pack re;
  Pack im;
};

[[gnu::always_inline]] inline Number operator+(Number a, Number b) {
  return {a.re + b.re, a.im + b.im};
}
[[gnu::always_inline]] inline Number operator-(Number a, Number b) {
  return {a.re - b.re, a.im - b.im};
}
[[gnu::always_inline]] inline Number operator*(float factor, Number a) {
  return {factor * a.re, factor * a.im};
}
[[gnu::always_inline]] inline Number times_minus_i(Number a) {
  return {a.im, -a.re};
}

[[gnu::always_inline]] inline Number loaded(Lanes from, int64_t at) {
  return {*reinterpret_cast<const Pack*>(from.re + at),
          *reinterpret_cast<const Pack*>(from.im + at)};
}
[[gnu::always_inline]] inline void store(Number a, Lanes to, int64_t at) {
  *reinterpret_cast<Pack*>(to.re + at) = a.re;
  *reinterpret_cast<Pack*>(to.im + at) = a.im;
}

template <bool kTurned>
[[gnu::always_inline]] inline Number turned(Number a, const float* twiddle) {
  if constexpr (kTurned) {
    return {a.re * twiddle[0] - a.im * twiddle[1], a.re * twiddle[1] + a.im * twiddle[0]};
  } else {
    return a;
  }
}

// Each does `run` butterflies of the same twiddles (re and im of each result but the first): reads
// sample k of butterfly i at from + k * apart + i, writes result j at to + j * run + i.

template <bool kTurned>
void radix_2(Lanes from, Lanes to, int64_t apart, int64_t run, const float* twiddles) {
  const float w1[2] = {kTurned ? twiddles[0] : 1, kTurned ? twiddles[1] : 0};
  for (int64_t i = 0; i < run; i += kPack) {
    const Number a = loaded(from, i);
    const Number b = loaded(from, apart + i);
    const Number y0 = a + b;
    const Number y1 = turned<kTurned>(a - b, w1);
    store(y0, to, i);
    store(y1, to, run + i);
  }
}

template <bool kTurned>
void radix_3(Lanes from, Lanes to, int64_t apart, int64_t run, const float* twiddles) {
  constexpr float kSine = 0.866025404F;  // of 120 degrees
  const float w1[2] = {kTurned ? twiddles[0] : 1, kTurned ? twiddles[1] : 0};
  const float w2[2] = {kTurned ? twiddles[2] : 1, kTurned ? twiddles[3] : 0};
  for (int64_t i = 0; i < run; i += kPack) {
    const Number a = loaded(from, i);
    const Number b = loaded(from, apart + i);
    const Number c = loaded(from, 2 * apart + i);
    const Number sum = b + c;
    const Number middle = a - 0.5F * sum;
    const Number side = times_minus_i(kSine * (b - c));
    const Number y0 = a + sum;
    const Number y1 = turned<kTurned>(middle + side, w1);
    const Number y2 = turned<kTurned>(middle - side, w2);
    store(y0, to, i);
    store(y1, to, run + i);
    store(y2, to, 2 * run + i);
  }
}

template <bool kTurned>
void radix_4(Lanes from, Lanes to, int64_t apart, int64_t run, const float* twiddles) {
  const float w1[2] = {kTurned ? twiddles[0] : 1, kTurned ? twiddles[1] : 0};
  const float w2[2] = {kTurned ? twiddles[2] : 1, kTurned ? twiddles[3] : 0};
  const float w3[2] = {kTurned ? twiddles[4] : 1, kTurned ? twiddles[5] : 0};
  for (int64_t i = 0; i < run; i += kPack) {
    const Number a = loaded(from, i);
    const Number b = loaded(from, apart + i);
    const Number c = loaded(from, 2 * apart + i);
    const Number d = loaded(from, 3 * apart + i);
    const Number even = a + c;
    const Number odd = b + d;
    const Number across = a - c;
    const Number side = times_minus_i(b - d);
    const Number y0 = even + odd;
    const Number y1 = turned<kTurned>(across + side, w1);
    const Number y2 = turned<kTurned>(even - odd, w2);
    const Number y3 = turned<kTurned>(across - side, w3);
    store(y0, to, i);
    store(y1, to, run + i);
    store(y2, to, 2 * run + i);
    store(y3, to, 3 * run + i);
  }
}

template <bool kTurned>
void radix_5(Lanes from, Lanes to, int64_t apart, int64_t run, const float* twiddles) {
  constexpr float kCosine1 = 0.309016994F;  // of 72 degrees
  constexpr float kCosine2 = -0.809016994F;
  constexpr float kSine1 = 0.951056516F;
  constexpr float kSine2 = 0.587785252F;
  const float w1[2] = {kTurned ? twiddles[0] : 1, kTurned ? twiddles[1] : 0};
  const float w2[2] = {kTurned ? twiddles[2] : 1, kTurned ? twiddles[3] : 0};
  const float w3[2] = {kTurned ? twiddles[4] : 1, kTurned ? twiddles[5] : 0};
  const float w4[2] = {kTurned ? twiddles[6] : 1, kTurned ? twiddles[7] : 0};
  for (int64_t i = 0; i < run; i += kPack) {
    const Number a = loaded(from, i);
    const Number b = loaded(from, apart + i);
    const Number c = loaded(from, 2 * apart + i);
    const Number d = loaded(from, 3 * apart + i);
    const Number e = loaded(from, 4 * apart + i);
    const Number sum1 = b + e;
    const Number sum2 = c + d;
    const Number middle1 = a + kCosine1 * sum1 + kCosine2 * sum2;
    const Number middle2 = a + kCosine2 * sum1 + kCosine1 * sum2;
    const Number side1 = times_minus_i(kSine1 * (b - e) + kSine2 * (c - d));
    const Number side2 = times_minus_i(kSine2 * (b - e) - kSine1 * (c - d));
    const Number y0 = a + sum1 + sum2;
    const Number y1 = turned<kTurned>(middle1 + side1, w1);
    const Number y2 = turned<kTurned>(middle2 + side2, w2);
    const Number y3 = turned<kTurned>(middle2 - side2, w3);
    const Number y4 = turned<kTurned>(middle1 - side1, w4);
    store(y0, to, i);
    store(y1, to, run + i);
    store(y2, to, 2 * run + i);
    store(y3, to, 3 * run + i);
    store(y4, to, 4 * run + i);
  }
}

using Butterflies = void (*)(Lanes from, Lanes to, int64_t apart, int64_t run,
                             const float* twiddles);

template <bool kTurned>
Butterflies butterflies_of(int64_t radix) {
  switch (radix) {
    case 2: return radix_2<kTurned>;
    case 3: return radix_3<kTurned>;
    case 4: return radix_4<kTurned>;
    default: return radix_5<kTurned>;
  }
}

}  // namespace

LaneFft::LaneFft(int64_t length) : length_(length) {
  int64_t left = length;
  int64_t stride = 1;
  for (const int64_t radix : {4, 2, 3, 5}) {
    while (left % radix == 0) {
      Stage stage{.radix = radix, .groups = left / radix, .stride = stride, .twiddles = {}};
      for (int64_t group = 0; group < stage.groups; ++group) {
        for (int64_t j = 1; j < radix; ++j) {
          const double angle = 2 * std::numbers::pi * static_cast<double>(group * j % left) /
                               static_cast<double>(left);
          stage.twiddles.push_back(static_cast<float>(cos(angle)));
          stage.twiddles.push_back(static_cast<float>(-sin(angle)));
        }
      }
      stages_.push_back(std::move(stage));
      left /= radix;
      stride *= radix;
    }
  }
  assert(left == 1);
}

Lanes LaneFft::forward(Lanes values, Lanes scratch) const {
  for (const Stage& stage : stages_) {
    const int64_t run = stage.stride * kLanes;
    const int64_t apart = stage.groups * run;
    const float* twiddles = stage.twiddles.data();
    const auto of_group = [&](Butterflies butterflies, int64_t group) {
      const int64_t to = group * stage.radix * run;
      butterflies({values.re + group * run, values.im + group * run},
                  {scratch.re + to, scratch.im + to}, apart, run,
                  twiddles + 2 * (stage.radix - 1) * group);
    };
    of_group(butterflies_of<false>(stage.radix), 0);
    const Butterflies turned_ones = butterflies_of<true>(stage.radix);
    for (int64_t group = 1; group < stage.groups; ++group) {
      of_group(turned_ones, group);
    }
    std::swap(values, scratch);
  }
  return values;
}

Lanes LaneFft::backward(Lanes values, Lanes scratch) const {
  const auto swapped = [](Lanes lanes) { return Lanes{.re = lanes.im, .im = lanes.re}; };
  return swapped(forward(swapped(values), swapped(scratch)));
}

}  // namespace mote::simulate
