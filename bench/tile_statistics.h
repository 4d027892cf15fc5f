#pragma once

// What a micrograph of dark particles looks like, in numbers that two sets of images can be
// compared by.

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <vector>

#include "mote/core/grid.h"
#include "mote/imaging/filters.h"
#include "mote/imaging/fourier.h"
#include "mote/imaging/threshold.h"

namespace mote::bench {

inline constexpr int kReachPx = 30;  ///< of the edge profile, to either side
inline constexpr int kLags = 16;
inline constexpr int64_t kPatchPx = 64;  ///< side of the patches whose spectrum is taken
inline constexpr int kRings = 32;        ///< of frequency, 0 to 0.5 cycles per pixel

/// Sums over images; the functions below make them into means.
struct Statistics {
  std::array<double, 256> histogram{};
  std::array<double, kRings> power{};   ///< of the background, per pixel and frequency
  std::array<double, kRings> inside{};  ///< likewise of particles, in smaller patches
  std::array<double, kLags> covariance{};
  std::array<double, 2 * kReachPx + 1> profile{};  ///< outwards: index kReachPx is the edge
  std::array<double, 2 * kReachPx + 1> profile_px{};
  double patches = 0;
  double inside_patches = 0;
  double images = 0;
};

/// Particles by Otsu's threshold after a Gaussian of 5 px, as the tiles' own labels were made.
inline BinaryImage dark_particles(const Grid<float>& image) {
  const Grid<float> smooth = imaging::gaussian(image, 5);
  const auto split = imaging::otsu(imaging::histogram_of(smooth, {}));
  BinaryImage out(image.size());
  for (size_t i = 0; split && i < out.values().size(); ++i) {
    out.values()[i] = smooth.values()[i] < split->threshold ? 1 : 0;
  }
  return out;
}

/// Signed distance to the outline, positive outside, cut off at kReachPx + 1: first along the
/// columns, then the least of those by rows.
inline Grid<float> signed_distance(const BinaryImage& mask) {
  constexpr int64_t kFar = kReachPx + 1;
  Grid<int32_t> along(mask.size());
  for (int64_t x = 0; x < mask.width(); ++x) {
    for (int64_t y = 0; y < mask.height(); ++y) {
      int64_t reach = 1;
      while (reach < kFar && (y < reach || mask(y - reach, x) == mask(y, x)) &&
             (y + reach >= mask.height() || mask(y + reach, x) == mask(y, x))) {
        ++reach;
      }
      along(y, x) = static_cast<int32_t>(reach);
    }
  }
  Grid<float> out(mask.size());
  for (int64_t y = 0; y < mask.height(); ++y) {
    for (int64_t x = 0; x < mask.width(); ++x) {
      int64_t best = kFar * kFar;
      for (int64_t dx = -kReachPx; dx <= kReachPx; ++dx) {
        if (dx * dx < best && x + dx >= 0 && x + dx < mask.width()) {
          const int64_t dy = mask(y, x + dx) == mask(y, x) ? along(y, x + dx) : 0;
          best = std::min(best, dy * dy + dx * dx);
        }
      }
      out(y, x) = (std::sqrt(static_cast<float>(best)) - 0.5F) * (mask(y, x) != 0 ? -1.0F : 1.0F);
    }
  }
  return out;
}

/// Adds the Hann-windowed power of a square patch by rings, divided so that white noise gives its
/// variance in every ring.
inline void add_power(const Grid<float>& image, Box box, std::array<double, kRings>& power) {
  const int64_t side = box.height;
  double mean = 0;
  for (int64_t y = 0; y < side; ++y) {
    for (int64_t x = 0; x < side; ++x) {
      mean += image(box.y + y, box.x + x);
    }
  }
  mean /= static_cast<double>(side * side);
  Grid<std::complex<float>> wave(box.size());
  double window_power = 0;
  const auto hann = [&](int64_t i) {
    return 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(i) + 0.5) /
                                static_cast<double>(side));
  };
  for (int64_t y = 0; y < side; ++y) {
    for (int64_t x = 0; x < side; ++x) {
      const double window = hann(y) * hann(x);
      window_power += window * window;
      wave(y, x) = static_cast<float>(window * (image(box.y + y, box.x + x) - mean));
    }
  }
  imaging::transform(wave);
  std::array<double, kRings> sum{};
  std::array<double, kRings> count{};
  for (int64_t y = 0; y < side; ++y) {
    for (int64_t x = 0; x < side; ++x) {
      const double k =
          std::hypot(imaging::frequency_per_px(y, side), imaging::frequency_per_px(x, side));
      const auto ring = static_cast<size_t>(k * 2 * kRings);
      if (ring < kRings) {
        sum[ring] += std::norm(wave(y, x)) / window_power;
        count[ring] += 1;
      }
    }
  }
  for (size_t i = 0; i < kRings; ++i) {
    power[i] += count[i] > 0 ? sum[i] / count[i] : 0;
  }
}

inline void add_covariance(const Grid<float>& image, Box box, std::array<double, kLags>& sums) {
  double mean = 0;
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      mean += image(y, x) / static_cast<double>(box.height * box.width);
    }
  }
  for (int64_t lag = 0; lag < kLags; ++lag) {
    double sum = 0;
    for (int64_t y = box.y; y < box.y_end() - lag; ++y) {
      for (int64_t x = box.x; x < box.x_end() - lag; ++x) {
        sum += (image(y, x) - mean) * (image(y + lag, x) - mean + image(y, x + lag) - mean) / 2;
      }
    }
    sums[static_cast<size_t>(lag)] +=
        sum / static_cast<double>((box.height - lag) * (box.width - lag));
  }
}

/// All of `box` at least `least` and at most `most` from the outline.
inline bool lies_within(const Grid<float>& distance, Box box, float least, float most) {
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      if (distance(y, x) < least || distance(y, x) > most) {
        return false;
      }
    }
  }
  return true;
}

/// Adds an image of dark particles, grey levels 0 to 255.
inline void add(const Grid<float>& image, Statistics& to) {
  constexpr int64_t kSmallPx = 24;
  to.images += 1;
  for (const float value : image.values()) {
    to.histogram[static_cast<size_t>(std::clamp(value, 0.0F, 255.0F))] += 1;
  }
  const Grid<float> distance = signed_distance(dark_particles(image));
  for (int64_t y = 0; y < image.height(); ++y) {
    for (int64_t x = 0; x < image.width(); ++x) {
      const double d = distance(y, x);
      if (std::abs(d) <= kReachPx) {
        const auto i = static_cast<size_t>(std::lround(d) + kReachPx);
        to.profile[i] += image(y, x);
        to.profile_px[i] += 1;
      }
    }
  }
  for (int64_t y = 0; y + kPatchPx <= image.height(); y += kPatchPx / 2) {
    for (int64_t x = 0; x + kPatchPx <= image.width(); x += kPatchPx / 2) {
      const Box box{.y = y, .x = x, .height = kPatchPx, .width = kPatchPx};
      if (lies_within(distance, box, 12, 1e9F)) {
        add_power(image, box, to.power);
        add_covariance(image, box, to.covariance);
        to.patches += 1;
      }
    }
  }
  for (int64_t y = 0; y + kSmallPx <= image.height(); y += kSmallPx / 2) {
    for (int64_t x = 0; x + kSmallPx <= image.width(); x += kSmallPx / 2) {
      const Box box{.y = y, .x = x, .height = kSmallPx, .width = kSmallPx};
      if (lies_within(distance, box, -1e9F, -5)) {
        add_power(image, box, to.inside);
        to.inside_patches += 1;
      }
    }
  }
}

inline void finish(Statistics& sums) {
  double pixels = 0;
  for (const double count : sums.histogram) {
    pixels += count;
  }
  for (double& count : sums.histogram) {
    count /= std::max(1.0, pixels);
  }
  for (size_t i = 0; i < kRings; ++i) {
    sums.power[i] /= std::max(1.0, sums.patches);
    sums.inside[i] /= std::max(1.0, sums.inside_patches);
  }
  for (double& value : sums.covariance) {
    value /= std::max(1.0, sums.patches);
  }
  for (size_t i = 0; i < sums.profile.size(); ++i) {
    sums.profile[i] /= std::max(1.0, sums.profile_px[i]);
  }
}

/// How far, on average, a grey level of one histogram lies from its place in the other: the earth
/// mover's distance, in grey levels.
inline double histogram_distance(const Statistics& a, const Statistics& b) {
  double moved = 0;
  double carried = 0;
  for (size_t i = 0; i < 256; ++i) {
    carried += a.histogram[i] - b.histogram[i];
    moved += std::abs(carried);
  }
  return moved;
}

}  // namespace mote::bench
