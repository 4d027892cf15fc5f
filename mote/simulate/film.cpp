#include "mote/simulate/film.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "mote/core/require.h"
#include "mote/simulate/random.h"

namespace mote::simulate {
namespace {

constexpr double kLeastGrainPx = 0.7;
constexpr int64_t kTaps = 6;
constexpr int64_t kSlackPx = 24;  // how far a film drifts before more of it is made

/// Weights of samples -2 to 3 for the place `t` of [0, 1): Lanczos' window of order 3, sum 1.
std::array<float, kTaps> lanczos_weights(double t) {
  std::array<double, kTaps> weights{};
  double sum = 0;
  for (int64_t i = 0; i < kTaps; ++i) {
    const double x = std::numbers::pi * (static_cast<double>(i - 2) - t);
    weights[i] = x == 0 ? 1
                 : std::abs(x) >= 3 * std::numbers::pi
                     ? 0
                     : 3 * std::sin(x) * std::sin(x / 3) / (x * x);
    sum += weights[i];
  }
  std::array<float, kTaps> out{};
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<float>(weights[i] / sum);
  }
  return out;
}

bool holds(const Box& outer, const Box& inner) {
  return outer.y <= inner.y && outer.x <= inner.x && outer.y_end() >= inner.y_end() &&
         outer.x_end() >= inner.x_end();
}

}  // namespace

Film::Film(const FilmOptions& options, double pixel_size_nm, uint64_t seed)
    : options_(options), seed_(mix(seed)) {
  require_option(options.thickness_nm >= 0 && options.thickness_nm <= 1e4, "film.thickness-nm",
                 options.thickness_nm, "0 to 10000");
  require_option(options.mean_free_path_nm > 0, "film.mean-free-path-nm", options.mean_free_path_nm,
                 "more than 0");
  require_option(options.inner_potential_v > 0, "film.inner-potential-v", options.inner_potential_v,
                 "more than 0");
  require_option(options.haadf_scatter_per_nm >= 0 && options.haadf_scatter_per_nm <= 1,
                 "film.haadf-scatter-per-nm", options.haadf_scatter_per_nm, "0 to 1");
  require_option(options.phase_sd_rad >= 0 && options.phase_sd_rad <= 10, "film.phase-sd-rad",
                 options.phase_sd_rad, "0 to 10");
  require_option(options.grain_nm >= 0 && options.grain_nm <= 32 * pixel_size_nm, "film.grain-nm",
                 options.grain_nm, "0 to 32 pixels");
  const double sigma_px = std::max(kLeastGrainPx, options.grain_nm / pixel_size_nm);
  const auto reach = static_cast<int64_t>(std::ceil(4 * sigma_px));
  double power = 0;
  std::vector<double> weights;
  for (int64_t i = -reach; i <= reach; ++i) {
    const double z = static_cast<double>(i) / sigma_px;
    weights.push_back(std::exp(-0.5 * z * z));
    power += weights.back() * weights.back();
  }
  for (const double weight : weights) {
    weights_.push_back(
        static_cast<float>(weight / std::sqrt(power) * std::sqrt(options.phase_sd_rad)));
  }
}

double Film::absorption() const {
  return options_.thickness_nm / (2 * options_.mean_free_path_nm);
}

void Film::fill(Box region) {
  const auto taps = static_cast<int64_t>(weights_.size());
  const int64_t reach = taps / 2;
  const float* deviates = normal_deviates();
  Grid<float> across({region.height + 2 * reach, region.width});
  std::vector<float> white(static_cast<size_t>(region.width + 2 * reach));
  for (int64_t y = 0; y < across.height(); ++y) {
    const uint64_t key = mix(seed_ ^ mix(static_cast<uint64_t>(region.y - reach + y)));
    for (int64_t x = 0; x < static_cast<int64_t>(white.size()); ++x) {
      const uint64_t bits = mix(key + static_cast<uint64_t>(region.x - reach + x));
      white[static_cast<size_t>(x)] = deviates[bits >> (64 - kNormalBits)];
    }
    float* to = across.row(y);
    for (int64_t i = 0; i < taps; ++i) {
      for (int64_t x = 0; x < region.width; ++x) {
        to[x] += weights_[static_cast<size_t>(i)] * white[static_cast<size_t>(x + i)];
      }
    }
  }
  known_ = Grid<float>(region.size());
  for (int64_t y = 0; y < region.height; ++y) {
    float* to = known_.row(y);
    for (int64_t i = 0; i < taps; ++i) {
      const float* from = across.row(y + i);
      const float weight = weights_[static_cast<size_t>(i)];
      for (int64_t x = 0; x < region.width; ++x) {
        to[x] += weight * from[x];
      }
    }
  }
  region_ = region;
}

void Film::write_phase(Point drift, Box box, Grid<float>& phase) {
  const double y_from = static_cast<double>(box.y) - drift.y_px;
  const double x_from = static_cast<double>(box.x) - drift.x_px;
  const auto y0 = static_cast<int64_t>(std::floor(y_from));
  const auto x0 = static_cast<int64_t>(std::floor(x_from));
  const Box needed{
      .y = y0 - 2, .x = x0 - 2, .height = box.height + kTaps - 1, .width = box.width + kTaps - 1};
  if (!holds(region_, needed)) {
    fill({.y = needed.y - kSlackPx,
          .x = needed.x - kSlackPx,
          .height = needed.height + 2 * kSlackPx,
          .width = needed.width + 2 * kSlackPx});
  }
  const auto wy = lanczos_weights(y_from - static_cast<double>(y0));
  const auto wx = lanczos_weights(x_from - static_cast<double>(x0));
  if (across_.size() != Size{needed.height, box.width}) {
    across_ = Grid<float>({needed.height, box.width});
  }
  for (int64_t y = 0; y < needed.height; ++y) {
    const float* from = known_.row(needed.y - region_.y + y) + (needed.x - region_.x);
    float* to = across_.row(y);
    for (int64_t x = 0; x < box.width; ++x) {
      to[x] = wx[0] * from[x] + wx[1] * from[x + 1] + wx[2] * from[x + 2] + wx[3] * from[x + 3] +
              wx[4] * from[x + 4] + wx[5] * from[x + 5];
    }
  }
  for (int64_t y = 0; y < box.height; ++y) {
    const std::array<const float*, kTaps> from{across_.row(y),     across_.row(y + 1),
                                               across_.row(y + 2), across_.row(y + 3),
                                               across_.row(y + 4), across_.row(y + 5)};
    float* to = phase.row(y);
    for (int64_t x = 0; x < box.width; ++x) {
      to[x] = wy[0] * from[0][x] + wy[1] * from[1][x] + wy[2] * from[2][x] + wy[3] * from[3][x] +
              wy[4] * from[4][x] + wy[5] * from[5][x];
    }
  }
}

}  // namespace mote::simulate
