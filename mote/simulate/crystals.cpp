#include "mote/simulate/crystals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "mote/simulate/elementary.h"
#include "mote/simulate/random.h"

namespace mote::simulate {
namespace {

constexpr double kTwoSets = 0.3;    // share of the crystals with fringes that have two
constexpr double kShortest = 0.75;  // of the fringes, in the material's period

/// One set of fringes: radians a pixel, and at the disc's centre.
struct Fringes {
  double y = 0;
  double x = 0;
  double begin = 0;
};

/// What one crystal is like.
struct Crystal {
  double bragg = 0;   // loss beyond that of others, relative, at the place
  double fringe = 0;  // amplitude there
  std::vector<Fringes> sets;
  double y_px = 0;  // the place
  double x_px = 0;
  double reach_px = 1;  // standard deviation of the Gaussian about it
};

Crystal crystal_of(uint64_t key, const CrystalContrast& contrast, const CrystalDisc& disc,
                   double pixel_size_nm) {
  Random random(mix(key));
  Crystal out;
  const double bragg = contrast.bragg_strength * random.uniform(0.3, 1);
  const double fringe = contrast.fringe_contrast * random.uniform(0.3, 1);
  out.bragg = random.uniform(0, 1) < contrast.bragg_share ? bragg : 0;
  out.fringe = random.uniform(0, 1) < contrast.fringe_share ? fringe : 0;
  out.y_px = disc.y_px + random.uniform(-0.4, 0.4) * disc.radius_px;
  out.x_px = disc.x_px + random.uniform(-0.4, 0.4) * disc.radius_px;
  out.reach_px = random.uniform(0.5, 1) * disc.radius_px;
  const double angle = random.uniform(0, std::numbers::pi);
  const double period_px = random.uniform(kShortest, 1) * contrast.fringe_nm / pixel_size_nm;
  const double per_px = 2 * std::numbers::pi / period_px;
  const int sets = random.uniform(0, 1) < kTwoSets ? 2 : 1;
  for (int i = 0; i < sets; ++i) {  // {111} planes of a cubic crystal seen along <110>: 70.5 deg
    const double turned = angle + i * 70.53 / 180 * std::numbers::pi;
    out.sets.push_back({.y = per_px * sin(turned),
                        .x = per_px * cos(turned),
                        .begin = random.uniform(0, 2 * std::numbers::pi)});
  }
  return out;
}

void make(Grid<float>& grid, Size size) {
  if (grid.empty()) {
    grid = Grid<float>(size);
  }
}

/// Adds amplitude * weight[x] * cos(phase) along a row, the phase going on by a fixed step:
/// rotating pointers instead of a cosine a pixel, of which several go on independently.
void add_wave(double phase, double step, const std::vector<double>& weights, float* to) {
  constexpr size_t kPointers = 4;
  std::array<double, kPointers> re{};
  std::array<double, kPointers> im{};
  for (size_t j = 0; j < kPointers; ++j) {
    re[j] = cos(phase + static_cast<double>(j) * step);
    im[j] = sin(phase + static_cast<double>(j) * step);
  }
  const double turn_re = cos(kPointers * step);
  const double turn_im = sin(kPointers * step);
  for (size_t i = 0; i < weights.size(); i += kPointers) {
    const size_t count = std::min(kPointers, weights.size() - i);
    for (size_t j = 0; j < count; ++j) {
      to[i + j] += static_cast<float>(weights[i + j] * re[j]);
    }
    for (size_t j = 0; j < kPointers; ++j) {
      const double next = re[j] * turn_re - im[j] * turn_im;
      im[j] = re[j] * turn_im + im[j] * turn_re;
      re[j] = next;
    }
  }
}

}  // namespace

void add_crystal(uint64_t key, const CrystalDisc& disc, double pixel_size_nm, Layer& layer) {
  const Size size = layer.thickness_nm.size();
  const Material& material = layer.material;
  const auto limited = [](double at, int64_t end) {
    return std::clamp<int64_t>(static_cast<int64_t>(std::floor(std::clamp(at, -1e9, 1e9))), 0, end);
  };
  const int64_t y0 = limited(disc.y_px - disc.radius_px, size.height);
  const int64_t y1 = limited(disc.y_px + disc.radius_px + 2, size.height);
  const int64_t x0 = limited(disc.x_px - disc.radius_px, size.width);
  const int64_t x1 = limited(disc.x_px + disc.radius_px + 2, size.width);
  if (y0 >= y1 || x0 >= x1) {
    return;
  }
  const Crystal crystal = crystal_of(key, material.crystal, disc, pixel_size_nm);
  if (crystal.bragg == 0 && crystal.fringe == 0) {
    return;
  }
  const double loss_per_nm = material.mean_free_path_nm > 0 ? 1 / material.mean_free_path_nm : 0;
  const double full_nm = disc.radius_px * pixel_size_nm;  // thickness of full fringes
  const auto fading = [&](double from_px) {
    const double z = from_px / crystal.reach_px;
    return exp(-0.5 * z * z);
  };
  std::vector<double> along;
  for (int64_t x = x0; x < x1; ++x) {
    along.push_back(fading(static_cast<double>(x) - crystal.x_px));
  }
  std::vector<double> weights(along.size());
  for (int64_t y = y0; y < y1; ++y) {
    const double across = fading(static_cast<double>(y) - crystal.y_px);
    const float* thickness = layer.thickness_nm.row(y) + x0;
    if (crystal.bragg > 0) {
      make(layer.bragg_loss, size);
      float* loss = layer.bragg_loss.row(y) + x0;
      for (size_t i = 0; i < along.size(); ++i) {
        loss[i] += static_cast<float>(crystal.bragg * across * along[i] * loss_per_nm *
                                      double{thickness[i]});
      }
    }
    if (crystal.fringe > 0) {
      make(layer.fringes, size);
      const double amplitude = crystal.fringe * across / static_cast<double>(crystal.sets.size());
      for (size_t i = 0; i < along.size(); ++i) {
        weights[i] = amplitude * along[i] * std::min(1.0, double{thickness[i]} / full_nm);
      }
      for (const Fringes& set : crystal.sets) {
        const double phase = set.begin + set.y * (static_cast<double>(y) - disc.y_px) +
                             set.x * (static_cast<double>(x0) - disc.x_px);
        add_wave(phase, set.x, weights, layer.fringes.row(y) + x0);
      }
    }
  }
}

}  // namespace mote::simulate
