#pragma once

#include <cstdint>

#include "mote/core/mix.h"

namespace mote::simulate {

/// A sequence of numbers that the seed alone decides, the same on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(mix(seed)) {}

  uint64_t bits() { return mix(state_++); }
  double uniform(double low, double high) {
    return low + (high - low) * (static_cast<double>(bits() >> 11) * 0x1p-53);
  }

 private:
  uint64_t state_;
};

/// Standard normal deviates at 4,096 equally likely quantiles, scaled to variance 1: the number at
/// any 12 random bits is a deviate.
const float* normal_deviates();
inline constexpr int kNormalBits = 12;

}  // namespace mote::simulate
