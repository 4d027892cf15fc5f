#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "mote/imaging/registration.h"

namespace mote::synthetic {

/// Gaussian enough (sum of four uniform numbers), sd 1, quick, and the same everywhere.
class Noise {
 public:
  explicit Noise(uint64_t seed) : state_(seed) {
    state_ = bits();  // neighbouring seeds, unrelated streams
  }
  uint64_t bits() {
    state_ += 0x9E3779B97F4A7C15ULL;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  float normal() {
    const uint64_t b = bits();
    const double sum = static_cast<double>(b & 0xFFFF) + static_cast<double>((b >> 16) & 0xFFFF) +
                       static_cast<double>((b >> 32) & 0xFFFF) + static_cast<double>(b >> 48);
    return static_cast<float>((sum - 2 * 65535.0) / (65536.0 * 0.57735));
  }

 private:
  uint64_t state_;
};

struct DriftSceneOptions {
  Size size = {256, 256};
  double texture_sd = 4;
  double texture_px = 1.5;  ///< sigma of the Gaussian that makes the texture smooth
  double pattern_sd = 0;    ///< fixed in camera coordinates
  double pattern_px = 0;    ///< sigma of the Gaussian that smooths the pattern; 0: white
  double noise_sd = 6;
  double noise_px = 0;       ///< sigma of the Gaussian that smooths the noise; 0: white
  double read_noise_sd = 0;  ///< white, beside that
  int64_t particles = 8;
  double radius_px = 12;
  double speed_px = 1;  ///< of each particle, in a direction of its own, beside the drift
  uint64_t seed = 1;
};

/// A support with static texture under a camera with noise and a fixed pattern; dark discs move
/// over it. The texture is shifted by its Fourier series, hence exactly.
class DriftScene {
 public:
  DriftScene(const DriftSceneOptions& options, std::vector<Point> drift)
      : options_(options), drift_(std::move(drift)) {
    const Size torus =
        imaging::registration_size({2 * options.size.height, 2 * options.size.width});
    Noise noise(options.seed);
    texture_ = smooth_noise(torus, options.texture_sd, options.texture_px, noise);
    torus_ = torus;
    if (options.pattern_px > 0) {
      const Grid<float> pattern =
          imaging::image_of(smooth_noise(torus, options.pattern_sd, options.pattern_px, noise));
      pattern_ = Grid<float>(options.size);
      add_part(pattern_, pattern);
    } else {
      pattern_ = Grid<float>(options.size);
      for (float& value : pattern_.values()) {
        value = static_cast<float>(options.pattern_sd) * noise.normal();
      }
    }
    for (int64_t i = 0; i < options.particles; ++i) {
      const double angle = 6.283185307179586 * noise.uniform();
      starts_.push_back({noise.uniform() * static_cast<double>(options.size.height),
                         noise.uniform() * static_cast<double>(options.size.width)});
      velocities_.push_back(
          {options.speed_px * std::sin(angle), options.speed_px * std::cos(angle)});
    }
  }

  int64_t frames() const { return static_cast<int64_t>(drift_.size()); }
  const std::vector<Point>& drift() const { return drift_; }

  Grid<float> image(int64_t frame) const {
    const Size size = options_.size;
    Grid<float> out(size, 100.0F);
    if (options_.texture_sd > 0) {
      const Point d = drift_[frame];
      const imaging::PhaseRamp ramp = imaging::phase_ramp(torus_, {-d.y_px, -d.x_px});
      imaging::Spectrum shifted = texture_;
      for (int64_t y = 0; y < shifted.height(); ++y) {
        for (int64_t x = 0; x < shifted.width(); ++x) {
          shifted(y, x) *= ramp.y[y] * ramp.x[x];
        }
      }
      const Grid<float> texture = imaging::image_of(shifted);
      for (int64_t y = 0; y < size.height; ++y) {
        for (int64_t x = 0; x < size.width; ++x) {
          out(y, x) += texture(y + size.height / 2, x + size.width / 2);
        }
      }
    }
    each_particle_pixel(frame, [&](int64_t y, int64_t x, double share) {
      out(y, x) = static_cast<float>((1 - share) * out(y, x) + share * 50);
    });
    Noise noise(options_.seed * 1000003 + static_cast<uint64_t>(frame) + 17);
    const bool smooth = options_.noise_px > 0;
    const auto sd = static_cast<float>(smooth ? options_.read_noise_sd : options_.noise_sd);
    for (size_t i = 0; i < out.values().size(); ++i) {
      out.values()[i] += pattern_.values()[i] + sd * noise.normal();
    }
    if (smooth) {
      add_part(out, imaging::image_of(
                        smooth_noise(torus_, options_.noise_sd, options_.noise_px, noise)));
    }
    return out;
  }

  BinaryImage particles(int64_t frame) const {
    BinaryImage out(options_.size);
    each_particle_pixel(frame, [&](int64_t y, int64_t x, double share) {
      out(y, x) = share >= 0.5 ? 1 : out(y, x);
    });
    return out;
  }

 private:
  /// Adds as much of a larger field as the first one covers.
  static void add_part(Grid<float>& field, const Grid<float>& larger) {
    for (int64_t y = 0; y < field.height(); ++y) {
      for (int64_t x = 0; x < field.width(); ++x) {
        field(y, x) += larger(y, x);
      }
    }
  }

  static imaging::Spectrum smooth_noise(Size size, double sd, double sigma_px, Noise& noise) {
    Grid<float> white(size);
    for (float& value : white.values()) {
      value = noise.normal();
    }
    imaging::Spectrum spectrum = imaging::spectrum_of(white);
    for (int64_t y = 0; y < spectrum.height(); ++y) {
      const double ky = static_cast<double>(y <= size.height / 2 ? y : y - size.height) /
                        static_cast<double>(size.height);
      for (int64_t x = 0; x < spectrum.width(); ++x) {
        const double kx = static_cast<double>(x + 1) / static_cast<double>(size.width);
        const double s = 2 * 3.141592653589793 * sigma_px;
        spectrum(y, x) *= static_cast<float>(std::exp(-0.5 * s * s * (ky * ky + kx * kx)));
      }
    }
    const Grid<float> drawn = imaging::image_of(spectrum);
    double squares = 0;
    for (const float value : drawn.values()) {
      squares += double{value} * value;
    }
    const double drawn_sd = std::sqrt(squares / static_cast<double>(size.area()));
    for (auto& value : spectrum.values()) {
      value *= static_cast<float>(sd / drawn_sd);
    }
    return spectrum;
  }

  template <typename Visit>
  void each_particle_pixel(int64_t frame, const Visit& visit) const {
    const auto fold = [](double at, double length) {
      const double turn = std::fmod(std::fmod(at, 2 * length) + 2 * length, 2 * length);
      return turn < length ? turn : 2 * length - turn;
    };
    const Size size = options_.size;
    const double r = options_.radius_px;
    for (size_t i = 0; i < starts_.size(); ++i) {
      const auto t = static_cast<double>(frame);
      const double cy = fold(starts_[i].y_px + t * velocities_[i].y_px + drift_[frame].y_px,
                             static_cast<double>(size.height));
      const double cx = fold(starts_[i].x_px + t * velocities_[i].x_px + drift_[frame].x_px,
                             static_cast<double>(size.width));
      for (auto y = std::max<int64_t>(0, static_cast<int64_t>(cy - r - 2));
           y < std::min(size.height, static_cast<int64_t>(cy + r + 3)); ++y) {
        for (auto x = std::max<int64_t>(0, static_cast<int64_t>(cx - r - 2));
             x < std::min(size.width, static_cast<int64_t>(cx + r + 3)); ++x) {
          const double inside =
              r - std::hypot(static_cast<double>(y) - cy, static_cast<double>(x) - cx) + 0.5;
          if (inside > 0) {
            visit(y, x, std::min(1.0, inside));
          }
        }
      }
    }
  }

  DriftSceneOptions options_;
  std::vector<Point> drift_;
  Size torus_;
  imaging::Spectrum texture_;
  Grid<float> pattern_;
  std::vector<Point> starts_;
  std::vector<Point> velocities_;
};

/// A stage that wanders: `reach_px` far on slow curves, `jitter_px` at random from frame to frame.
inline std::vector<Point> wander(int64_t frames, double reach_px, double jitter_px, uint64_t seed) {
  Noise noise(seed + 99);
  std::vector<Point> out;
  Point walk;
  for (int64_t i = 0; i < frames; ++i) {
    const auto t = static_cast<double>(i);
    out.push_back(
        {reach_px * std::sin(t / 130) + walk.y_px, reach_px * (std::cos(t / 170) - 1) + walk.x_px});
    // Leans back to the curve, so that the walk stays bounded.
    walk = {0.95 * walk.y_px + jitter_px * noise.normal(),
            0.95 * walk.x_px + jitter_px * noise.normal()};
  }
  for (Point& p : out) {
    p = {p.y_px - out[0].y_px, p.x_px - out[0].x_px};
  }
  return out;
}

/// What a trajectory gets wrong, per axis, the mean taken out of `cumulative_px`'s rms.
struct DriftError {
  double step_rms_px = 0;        ///< from frame to frame
  double cumulative_rms_px = 0;  ///< of the shifts, their mean error taken out
  double cumulative_max_px = 0;  ///< of the shifts since frame 0
};
inline DriftError drift_error(const std::vector<Point>& found, const std::vector<Point>& truth) {
  DriftError out;
  const auto n = static_cast<double>(found.size());
  Point mean;
  for (size_t i = 0; i < found.size(); ++i) {
    mean.y_px += (found[i].y_px - truth[i].y_px) / n;
    mean.x_px += (found[i].x_px - truth[i].x_px) / n;
  }
  double steps = 0;
  double sums = 0;
  Point last;
  for (size_t i = 0; i < found.size(); ++i) {
    const Point e = {found[i].y_px - truth[i].y_px, found[i].x_px - truth[i].x_px};
    out.cumulative_max_px = std::max({out.cumulative_max_px, std::abs(e.y_px), std::abs(e.x_px)});
    sums += std::pow(e.y_px - mean.y_px, 2) + std::pow(e.x_px - mean.x_px, 2);
    if (i > 0) {
      steps += std::pow(e.y_px - last.y_px, 2) + std::pow(e.x_px - last.x_px, 2);
    }
    last = e;
  }
  out.cumulative_rms_px = std::sqrt(sums / (2 * n));
  out.step_rms_px = std::sqrt(steps / (2 * std::max(1.0, n - 1)));
  return out;
}

}  // namespace mote::synthetic
