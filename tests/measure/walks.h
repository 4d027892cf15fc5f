#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "tests/synthetic.h"

/// Brownian motion as a camera sees it, drawn so that the truth is known.
namespace mote::synthetic {

struct Walk {
  double diffusion = 0;     ///< px² a frame interval
  double localisation = 0;  ///< px, along an axis
  double exposure = 1;      ///< over the frame interval
  int64_t displacements = 100;
};

/// One axis of a walk: the mean over each exposure, exactly, and white noise. While an exposure of
/// length T goes on, the end moves by a, its mean by b: var a = 2 D T, var b = 2 D T / 3, cov = D
/// T.
inline std::vector<double> walked_axis(const Walk& walk, Noise& noise) {
  std::vector<double> seen;
  double x = 0;
  const double step = std::sqrt(2 * walk.diffusion * walk.exposure);
  for (int64_t i = 0; i <= walk.displacements; ++i) {
    const double end = noise.normal();
    const double mean = step * (0.5 * end + noise.normal() / std::sqrt(12.0));
    seen.push_back(x + mean + walk.localisation * noise.normal());
    x += step * end + std::sqrt(2 * walk.diffusion * (1 - walk.exposure)) * noise.normal();
  }
  return seen;
}

inline std::vector<Point> walked(const Walk& walk, uint64_t seed) {
  Noise noise(seed);
  const std::vector<double> y = walked_axis(walk, noise);
  const std::vector<double> x = walked_axis(walk, noise);
  std::vector<Point> out;
  for (size_t i = 0; i < y.size(); ++i) {
    out.push_back({y[i], x[i]});
  }
  return out;
}

}  // namespace mote::synthetic
