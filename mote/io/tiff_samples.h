#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "mote/core/image.h"

namespace mote::io {

/// IEEE 754 binary16.
inline float half_to_float(uint16_t half) {
  const int exponent = half >> 10 & 31;
  const int mantissa = half & 1023;
  const float sign = (half & 0x8000) != 0 ? -1.0F : 1.0F;
  if (exponent == 0) {
    return sign * std::ldexp(static_cast<float>(mantissa), -24);
  }
  if (exponent == 31) {
    return mantissa == 0 ? sign * std::numeric_limits<float>::infinity()
                         : std::numeric_limits<float>::quiet_NaN();
  }
  return sign * std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
}

/// Takes `count` samples of `bits` bits each (integers: up to 32) out of a row: whole ones as they
/// lie in memory, 16-bit floating point made wider, 24-bit integers by their bytes in the order of
/// this machine, others most significant bit first.
template <typename T>
void unpack_samples(const uint8_t* row, int64_t count, int bits, T* samples) {
  if (bits == 8 * static_cast<int>(sizeof(T))) {
    std::memcpy(samples, row, static_cast<size_t>(count) * sizeof(T));
    return;
  }
  if constexpr (std::is_same_v<T, float>) {
    for (int64_t i = 0; i < count; ++i) {
      uint16_t half = 0;
      std::memcpy(&half, row + 2 * i, 2);
      samples[i] = half_to_float(half);
    }
  } else if constexpr (std::is_integral_v<T>) {
    const bool turned = bits == 24 && std::endian::native == std::endian::little;
    uint64_t window = 0;
    int held = 0;
    for (int64_t i = 0; i < count; ++i) {
      if (turned) {
        window = row[2] << 16 | row[1] << 8 | row[0];
        row += 3;
        held = bits;
      }
      while (held < bits) {
        window = window << 8 | *row++;
        held += 8;
      }
      held -= bits;
      auto value = static_cast<uint32_t>(window >> held & ((1U << bits) - 1));
      if (std::is_signed_v<T> && (value >> (bits - 1)) != 0) {
        value |= ~0U << bits;
      }
      samples[i] = static_cast<T>(value);
    }
  }
}

/// White becomes black, for samples of `bits` bits.
template <typename T>
void invert_samples(Image& image, int bits) {
  T* samples = image.as<T>();
  // For signed samples -1 - v, which takes the most negative to the most positive.
  const auto white = static_cast<T>(std::is_signed_v<T> ? -1 : (int64_t{1} << bits) - 1);
  for (int64_t i = 0; i < image.size().area(); ++i) {
    samples[i] = static_cast<T>(white - samples[i]);
  }
}

/// Calls `act` with a value of the type that `type` names.
template <typename Act>
void with_sample_type(SampleType type, const Act& act) {
  switch (type) {
    case SampleType::kUint8: return act(uint8_t{});
    case SampleType::kInt8: return act(int8_t{});
    case SampleType::kUint16: return act(uint16_t{});
    case SampleType::kInt16: return act(int16_t{});
    case SampleType::kUint32: return act(uint32_t{});
    case SampleType::kInt32: return act(int32_t{});
    case SampleType::kFloat32: return act(float{});
    case SampleType::kFloat64: return act(double{});
  }
}

}  // namespace mote::io
