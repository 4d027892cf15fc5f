#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <random>
#include <span>
#include <vector>

#include "mote/core/grid.h"

/// Images drawn in code, so that the truth is known. Shares no code with what it tests.
namespace mote::synthetic {

struct Disc {
  double y_px = 0;
  double x_px = 0;
  double radius_px = 10;
};

/// How grey values come about: background + contrast * coverage, blurred, then noise.
struct Look {
  double background = 150;
  double particle = 50;  ///< grey level inside; darker or brighter than the background
  double blur_px = 0;    ///< sigma of the Gaussian that the optics put on
  double noise_sd = 0;
  uint64_t seed = 1;
};

inline double sum(const Grid<float>& grid) {
  return std::accumulate(grid.values().begin(), grid.values().end(), 0.0);
}

/// Area of [0, x] x [0, y] inside the unit circle around the origin, for x, y >= 0.
inline double quadrant_area(double x, double y) {
  x = std::min(x, 1.0);
  y = std::min(y, 1.0);
  if (x * x + y * y <= 1) {
    return x * y;
  }
  const auto below_arc = [](double t) { return 0.5 * (t * std::sqrt(1 - t * t) + std::asin(t)); };
  const double x_at_y = std::sqrt(1 - y * y);
  return x_at_y * y + below_arc(x) - below_arc(x_at_y);
}

/// The share of pixel (y, x) that lies inside `disc`, exactly.
inline double pixel_coverage(const Disc& disc, int64_t y, int64_t x) {
  const auto signed_area = [](double u, double v) {
    const double area = quadrant_area(std::abs(u), std::abs(v));
    return (u < 0) != (v < 0) ? -area : area;
  };
  const double r = disc.radius_px;
  const double y0 = (static_cast<double>(y) - 0.5 - disc.y_px) / r;
  const double x0 = (static_cast<double>(x) - 0.5 - disc.x_px) / r;
  const double y1 = y0 + 1 / r;
  const double x1 = x0 + 1 / r;
  return (signed_area(x1, y1) - signed_area(x0, y1) - signed_area(x1, y0) + signed_area(x0, y0)) *
         r * r;
}

/// Rows or columns that `disc` may reach, cut to [0, size).
inline std::array<int64_t, 2> reach(double centre, double radius, int64_t size) {
  return {std::clamp<int64_t>(static_cast<int64_t>(std::floor(centre - radius)), 0, size),
          std::clamp<int64_t>(static_cast<int64_t>(std::ceil(centre + radius)) + 1, 0, size)};
}

/// The share of every pixel that the union of `discs` covers, 0 to 1: exact, but for pixels where
/// the rims of two discs overlap, which are sampled 32 x 32.
inline Grid<float> coverage(Size size, std::span<const Disc> discs) {
  Grid<float> covered(size);
  Grid<uint8_t> crossed(size);
  for (const Disc& disc : discs) {
    const auto [y0, y1] = reach(disc.y_px, disc.radius_px, size.height);
    const auto [x0, x1] = reach(disc.x_px, disc.radius_px, size.width);
    for (int64_t y = y0; y < y1; ++y) {
      for (int64_t x = x0; x < x1; ++x) {
        const double share = pixel_coverage(disc, y, x);
        covered(y, x) = std::max(covered(y, x), static_cast<float>(share));
        crossed(y, x) = static_cast<uint8_t>(crossed(y, x) + (share > 0 && share < 1));
      }
    }
  }
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      if (crossed(y, x) < 2 || covered(y, x) >= 1) {
        continue;
      }
      std::vector<Disc> near;
      for (const Disc& disc : discs) {
        if (pixel_coverage(disc, y, x) > 0) {
          near.push_back(disc);
        }
      }
      int inside = 0;
      for (int sample = 0; sample < 32 * 32; ++sample) {
        const double sy = static_cast<double>(y) - 0.5 + (sample / 32 + 0.5) / 32;
        const double sx = static_cast<double>(x) - 0.5 + (sample % 32 + 0.5) / 32;
        inside += std::any_of(near.begin(), near.end(), [&](const Disc& disc) {
          return std::hypot(sy - disc.y_px, sx - disc.x_px) <= disc.radius_px;
        });
      }
      covered(y, x) = static_cast<float>(inside) / (32 * 32);
    }
  }
  return covered;
}
inline Grid<float> coverage(Size size, const std::vector<Disc>& discs) {
  return coverage(size, std::span<const Disc>(discs));
}

/// Label i + 1 where disc i covers half of the pixel or more; where discs overlap, the one whose
/// rim is farther outside has it.
inline LabelImage labels(Size size, const std::vector<Disc>& discs) {
  LabelImage drawn(size);
  Grid<float> depth(size, -1e9F);
  for (size_t i = 0; i < discs.size(); ++i) {
    const Disc& disc = discs[i];
    const auto [y0, y1] = reach(disc.y_px, disc.radius_px, size.height);
    const auto [x0, x1] = reach(disc.x_px, disc.radius_px, size.width);
    for (int64_t y = y0; y < y1; ++y) {
      for (int64_t x = x0; x < x1; ++x) {
        const auto inside =
            static_cast<float>(disc.radius_px - std::hypot(static_cast<double>(y) - disc.y_px,
                                                           static_cast<double>(x) - disc.x_px));
        if (pixel_coverage(disc, y, x) >= 0.5 && inside > depth(y, x)) {
          depth(y, x) = inside;
          drawn(y, x) = static_cast<int32_t>(i) + 1;
        }
      }
    }
  }
  return drawn;
}

/// Normal deviates that are the same on every platform (Box and Muller, 1958).
class Noise {
 public:
  explicit Noise(uint64_t seed) : engine_(seed) {}

  double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  std::mt19937_64 engine_;
};

inline void add_noise(Grid<float>& image, double sd, uint64_t seed) {
  Noise noise(seed);
  for (float& value : image.values()) {
    value = static_cast<float>(value + sd * noise.normal());
  }
}

/// A Gaussian of `sigma_px` in double precision, border pixels repeated.
inline Grid<float> blurred(const Grid<float>& image, double sigma_px) {
  if (sigma_px <= 0) {
    return image;
  }
  const auto radius = static_cast<int64_t>(std::ceil(5 * sigma_px));
  std::vector<double> kernel;
  double sum = 0;
  for (int64_t i = -radius; i <= radius; ++i) {
    kernel.push_back(std::exp(-0.5 * static_cast<double>(i * i) / (sigma_px * sigma_px)));
    sum += kernel.back();
  }
  const Size size = image.size();
  Grid<double> rows(size);
  Grid<float> out(size);
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      double value = 0;
      for (int64_t i = -radius; i <= radius; ++i) {
        value += kernel[static_cast<size_t>(i + radius)] *
                 image(y, std::clamp<int64_t>(x + i, 0, size.width - 1));
      }
      rows(y, x) = value / sum;
    }
  }
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      double value = 0;
      for (int64_t i = -radius; i <= radius; ++i) {
        value += kernel[static_cast<size_t>(i + radius)] *
                 rows(std::clamp<int64_t>(y + i, 0, size.height - 1), x);
      }
      out(y, x) = static_cast<float>(value / sum);
    }
  }
  return out;
}

/// `discs` on an even background.
inline Grid<float> image(Size size, const std::vector<Disc>& discs, const Look& look = {}) {
  Grid<float> drawn = coverage(size, discs);
  for (float& value : drawn.values()) {
    value = static_cast<float>(look.background + (look.particle - look.background) * value);
  }
  drawn = blurred(drawn, look.blur_px);
  if (look.noise_sd > 0) {
    add_noise(drawn, look.noise_sd, look.seed);
  }
  return drawn;
}

/// Discs of radii in [r0, r1] at random places, at least `gap_px` apart and off the border, until
/// they cover `area_fraction` of the field or no place is left.
inline std::vector<Disc> scattered(Size size, double r0_px, double r1_px, double area_fraction,
                                   double gap_px, uint64_t seed) {
  Noise noise(seed);
  std::vector<Disc> discs;
  double area = 0;
  int64_t misses = 0;
  while (area < area_fraction * static_cast<double>(size.area()) && misses < 20000) {
    const double r = r0_px + (r1_px - r0_px) * noise.uniform();
    const double margin = r + gap_px;
    const Disc disc{
        .y_px = margin + (static_cast<double>(size.height) - 1 - 2 * margin) * noise.uniform(),
        .x_px = margin + (static_cast<double>(size.width) - 1 - 2 * margin) * noise.uniform(),
        .radius_px = r};
    const bool free = std::none_of(discs.begin(), discs.end(), [&](const Disc& other) {
      return std::hypot(disc.y_px - other.y_px, disc.x_px - other.x_px) <
             r + other.radius_px + gap_px;
    });
    if (!free) {
      ++misses;
      continue;
    }
    misses = 0;
    discs.push_back(disc);
    area += std::numbers::pi * r * r;
  }
  return discs;
}

}  // namespace mote::synthetic
