#pragma once

// Spheres to look at with a simulated microscope, without a world around them.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/simulate/layer.h"
#include "mote/simulate/random.h"

namespace mote::synthetic {

struct Sphere {
  double y_px = 0;
  double x_px = 0;
  double radius_px = 0;
  double bragg_loss = 0;  ///< at the middle
};

/// Spheres of log-uniform radii at least `gap_px` apart, some of them over the border; a fifth of
/// them has a Bragg reflection.
inline std::vector<Sphere> scattered_spheres(Size field, int count, double least_px, double most_px,
                                             double gap_px, uint64_t seed) {
  simulate::Random random(seed);
  std::vector<Sphere> out;
  for (int tries = 0; tries < 200 * count && static_cast<int>(out.size()) < count; ++tries) {
    const double r = least_px * std::pow(most_px / least_px, random.uniform(0, 1));
    const Sphere sphere{.y_px = random.uniform(-r, static_cast<double>(field.height) + r),
                        .x_px = random.uniform(-r, static_cast<double>(field.width) + r),
                        .radius_px = r,
                        .bragg_loss = std::max(0.0, random.uniform(-1.6, 0.4))};
    const bool free = std::none_of(out.begin(), out.end(), [&](const Sphere& other) {
      return std::hypot(other.y_px - sphere.y_px, other.x_px - sphere.x_px) <
             other.radius_px + r + gap_px;
    });
    if (free) {
      out.push_back(sphere);
    }
  }
  return out;
}

/// One layer of gold spheres that drift by `drift_px_s` a second.
inline simulate::LayersAt layers_of(std::vector<Sphere> spheres, double pixel_size_nm,
                                    Point drift_px_s = {}) {
  return [=](double time_s, Box box, std::vector<simulate::Layer>& layers) {
    layers.resize(1);
    simulate::Layer& layer = layers[0];
    layer.material = simulate::kGold;
    layer.thickness_nm = Grid<float>(box.size());
    layer.bragg_loss = Grid<float>(box.size());
    for (const Sphere& sphere : spheres) {
      const double cy = sphere.y_px + drift_px_s.y_px * time_s - static_cast<double>(box.y);
      const double cx = sphere.x_px + drift_px_s.x_px * time_s - static_cast<double>(box.x);
      const double r = sphere.radius_px;
      const auto from = [](double at) {
        return std::max<int64_t>(0, static_cast<int64_t>(std::ceil(at)));
      };
      for (int64_t y = from(cy - r); y < box.height && static_cast<double>(y) <= cy + r; ++y) {
        for (int64_t x = from(cx - r); x < box.width && static_cast<double>(x) <= cx + r; ++x) {
          const double dy = static_cast<double>(y) - cy;
          const double dx = static_cast<double>(x) - cx;
          const double half_px = std::sqrt(std::max(0.0, r * r - dy * dy - dx * dx));
          layer.thickness_nm(y, x) += static_cast<float>(2 * half_px * pixel_size_nm);
          layer.bragg_loss(y, x) += static_cast<float>(sphere.bragg_loss * half_px / r);
        }
      }
    }
  };
}

}  // namespace mote::synthetic
