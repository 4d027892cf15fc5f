#pragma once

#include <cstdint>

namespace mote::simulate {

/// Mixes the bits of `value`: neighbouring numbers give unrelated ones.
///
/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, fig. 16
/// (with the constants of Stafford's variant 13).
constexpr uint64_t mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

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
