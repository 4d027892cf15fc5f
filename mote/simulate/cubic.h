#pragma once

#include <array>

namespace mote::simulate {

/// Weights of four neighbours for a place `t` of [0, 1) past the second of them.
///
/// Keys, "Cubic convolution interpolation for digital image processing", IEEE Trans. ASSP 29, 1153
/// (1981), with a = -1/2.
inline std::array<float, 4> cubic_weights(double t) {
  const auto near = [](double s) { return ((1.5 * s - 2.5) * s) * s + 1; };
  const auto far = [](double s) { return ((-0.5 * s + 2.5) * s - 4) * s + 2; };
  return {static_cast<float>(far(1 + t)), static_cast<float>(near(t)),
          static_cast<float>(near(1 - t)), static_cast<float>(far(2 - t))};
}

}  // namespace mote::simulate
