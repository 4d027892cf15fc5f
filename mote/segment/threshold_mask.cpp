#include "mote/segment/threshold_mask.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mote/imaging/components.h"

namespace mote::segment {
namespace {

// So many peaks of noise are taken for particles in a frame, where nothing is as clear.
constexpr double kFalsePeaks = 0.01;
// A hole at the background's level, to this part of the contrast, is no part of the particle.
constexpr double kHoleLevel = 0.25;

/// How many standard deviations chance reaches `kFalsePeaks` times a frame in white noise after a
/// Gaussian of sigma: from the expected Euler characteristic of what lies beyond z,
/// area / (2 sigma^2) (2 pi)^(-3/2) z exp(-z^2 / 2). Adler, "The Geometry of Random Fields", 1981.
double peak_of_noise(Size size, double sigma_px) {
  const double cells = static_cast<double>(size.area()) /
                       (2 * sigma_px * sigma_px * std::pow(2 * std::numbers::pi, 1.5));
  double z = 2;
  while (cells * z * std::exp(-0.5 * z * z) > kFalsePeaks) {
    z += 0.05;
  }
  return z;
}

constexpr float kAtBorder = 1.41F;  // the replicated border is averaged less

bool clear_of_noise(const Finding& applied) {
  return applied.contrast >= kAtBorder * kClearOfNoise * applied.noise;
}

void fill_holes(BinaryImage& mask, const Grid<float>& smooth, double fewest_px) {
  const imaging::Components holes = imaging::holes_of(mask);
  if (holes.components.empty()) {
    return;
  }
  double sums[2] = {0, 0};
  double pixels[2] = {0, 0};
  std::vector<double> levels(holes.components.size() + 1, 0);
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const auto hole = static_cast<size_t>(holes.labels.values()[i]);
    if (!std::isfinite(smooth.values()[i])) {
      continue;
    }
    if (hole != 0) {
      levels[hole] += smooth.values()[i];
    } else {
      sums[mask.values()[i]] += smooth.values()[i];
      pixels[mask.values()[i]] += 1;
    }
  }
  const double background = pixels[0] > 0 ? sums[0] / pixels[0] : 0;
  const double contrast = sums[1] / pixels[1] - background;
  for (size_t hole = 1; hole < levels.size(); ++hole) {
    const auto area = static_cast<double>(holes.components[hole - 1].area_px);
    const double height = (levels[hole] / area - background) / contrast;
    const bool shows_background = std::abs(height) < kHoleLevel && area >= fewest_px;
    levels[hole] = shows_background ? 0 : 1;
  }
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const auto hole = static_cast<size_t>(holes.labels.values()[i]);
    if (hole != 0 && levels[hole] != 0) {
      mask.values()[i] = 1;
    }
  }
}

void drop_small(BinaryImage& mask, double fewest_px) {
  const imaging::Components found = imaging::components_of(mask);
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const auto label = static_cast<size_t>(found.labels.values()[i]);
    if (label != 0 && static_cast<double>(found.components[label - 1].area_px) < fewest_px) {
      mask.values()[i] = 0;
    }
  }
}

}  // namespace

double least_height(const Finding& applied, Size size) {
  const double threshold = std::abs(applied.threshold - applied.background);
  if (clear_of_noise(applied)) {
    return threshold;
  }
  return std::max(threshold, peak_of_noise(size, applied.sigma_px) * applied.noise);
}

void drop_noise(BinaryImage& mask, const Grid<float>& smooth, const Finding& applied) {
  if (clear_of_noise(applied)) {
    return;
  }
  const imaging::Components found = imaging::components_of(mask);
  std::vector<float> highest(found.components.size() + 1, 0.0F);
  const auto background = static_cast<float>(applied.background);
  const float sign = applied.bright ? 1.0F : -1.0F;
  const auto rim = static_cast<int64_t>(std::ceil(applied.sigma_px));
  const Size size = mask.size();
  for (int64_t y = 0; y < size.height; ++y) {
    const float in_row = y < rim || y >= size.height - rim ? sign / kAtBorder : sign;
    for (int64_t x = 0; x < size.width; ++x) {
      const auto label = static_cast<size_t>(found.labels(y, x));
      if (label != 0) {
        const float share = x < rim || x >= size.width - rim ? in_row / kAtBorder : in_row;
        highest[label] = std::max(highest[label], share * (smooth(y, x) - background));
      }
    }
  }
  const double least = peak_of_noise(mask.size(), applied.sigma_px) * applied.noise;
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const auto label = static_cast<size_t>(found.labels.values()[i]);
    mask.values()[i] = label != 0 && highest[label] >= least ? 1 : 0;
  }
}

bool tidy(BinaryImage& mask, const std::vector<imaging::Outline>& outlines,
          const Grid<float>& smooth, const ThresholdOptions& options) {
  bool holes = false;
  bool small = false;
  for (const imaging::Outline& outline : outlines) {
    const double area = imaging::signed_area(outline);
    holes = holes || area < 0;
    small = small || (area > 0 && area < area_of_diameter(options.min_diameter_px) + 2);
  }
  holes = holes && options.fill_holes;
  small = small && options.min_diameter_px > 0;
  if (holes) {
    fill_holes(mask, smooth, least_px(options, 0));
  }
  if (small) {
    drop_small(mask, area_of_diameter(options.min_diameter_px));
  }
  return holes || small;
}

void keep_cuts(Grid<uint8_t>& coverage, const BinaryImage& mask, const BinaryImage& excluded) {
  constexpr int64_t kReach = 2;
  if (excluded.empty()) {
    return;
  }
  const Size size = mask.size();
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      if (excluded(y, x) == 0) {
        continue;
      }
      const bool inner = y > 0 && x > 0 && y + 1 < size.height && x + 1 < size.width &&
                         excluded(y - 1, x) != 0 && excluded(y + 1, x) != 0 &&
                         excluded(y, x - 1) != 0 && excluded(y, x + 1) != 0;
      coverage(y, x) = mask(y, x) != 0 ? 255 : 0;
      if (inner) {
        continue;
      }
      for (int64_t v = std::max<int64_t>(0, y - kReach); v <= std::min(size.height - 1, y + kReach);
           ++v) {
        for (int64_t u = std::max<int64_t>(0, x - kReach);
             u <= std::min(size.width - 1, x + kReach); ++u) {
          if (mask(v, u) != 0) {
            coverage(v, u) = 255;
          }
        }
      }
    }
  }
}

}  // namespace mote::segment
