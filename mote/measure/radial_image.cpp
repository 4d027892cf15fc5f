#include "mote/measure/radial_image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace mote::measure {
namespace {

/// exp(-x) I0(x), to 2e-7 (Abramowitz and Stegun, 9.8.1 and 9.8.2).
double scaled_i0(double x) {
  const auto polynomial = [](double t, const auto& coefficients) {
    double sum = 0;
    for (size_t i = coefficients.size(); i-- > 0;) {
      sum = sum * t + coefficients[i];
    }
    return sum;
  };
  if (x < 3.75) {
    constexpr std::array<double, 7> kSmall{1,         3.5156229, 3.0899424, 1.2067492,
                                           0.2659732, 0.0360768, 0.0045813};
    return std::exp(-x) * polynomial(x * x / (3.75 * 3.75), kSmall);
  }
  constexpr std::array<double, 9> kLarge{0.39894228,  0.01328592,  0.00225319,
                                         -0.00157565, 0.00916281,  -0.02057706,
                                         0.02635537,  -0.01647633, 0.00392377};
  return polynomial(3.75 / x, kLarge) / std::sqrt(x);
}

/// The weight of a ring of radius `from` in the Gaussian blur at radius `to`, a px of width.
double ring_weight(double from, double to, double blur) {
  const double apart = (to - from) / blur;
  return from / (blur * blur) * std::exp(-0.5 * apart * apart) *
         scaled_i0(from * to / (blur * blur));
}

/// The Gaussian blur of a round body of `height(chord over diameter)`.
template <typename Height>
RadialImage blurred_body(double radius, double blur, int last, const Height& height) {
  constexpr int kRings = 96;  // even steps of the chord: fine where it ends steeply
  RadialImage image(static_cast<size_t>(last) + 1, 0);
  for (int ring = 0; ring < kRings; ++ring) {
    const double chord = (ring + 0.5) / kRings;
    const double at = radius * std::sqrt(1 - chord * chord);
    const double width = radius * radius * chord / (at * kRings);
    for (int r = 0; r <= last; ++r) {
      if (std::abs(at - r) < 6 * blur) {
        image[static_cast<size_t>(r)] += height(chord) * width * ring_weight(at, r, blur);
      }
    }
  }
  return image;
}

}  // namespace

RadialImage sphere_by_thickness(double radius_px, double blur_px, int last_px) {
  return blurred_body(radius_px, blur_px, last_px, [](double chord) { return chord; });
}

RadialImage flat_disc(double radius_px, double blur_px, int last_px) {
  return blurred_body(radius_px, blur_px, last_px, [](double) { return 1.0; });
}

}  // namespace mote::measure
