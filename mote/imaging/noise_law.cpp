#include "mote/imaging/noise_law.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "mote/imaging/filters.h"
#include "mote/imaging/threshold.h"

namespace mote::imaging {
namespace {

/// Smoothing that tells how bright a pixel is where only every tenth counts an electron.
constexpr double kLevelSigmaPx = 4;
constexpr size_t kBins = 64;
/// So many pixels tell a variance.
constexpr double kLeastPixels = 50;

/// Pixels at levels of a certain range.
struct Bin {
  double pixels = 0;
  double levels = 0;     // sum
  double variances = 0;  // sum

  double level() const { return levels / pixels; }
  double variance() const { return variances / pixels; }
};

/// The second difference across of second differences down, in which slopes and bends cancel: of
/// independent noise it has 36 times the variance. Immerkaer, "Fast noise variance estimation",
/// Computer Vision and Image Understanding 64, 300 (1996).
double double_difference(const Grid<float>& image, int64_t y, int64_t x) {
  const auto across = [x](const float* row) {
    return double{row[x - 1]} - 2 * double{row[x]} + double{row[x + 1]};
  };
  return across(image.row(y - 1)) - 2 * across(image.row(y)) + across(image.row(y + 1));
}

/// By level, the first around the background.
std::vector<Bin> bins_of(const Grid<float>& image, const Grid<float>& level,
                         const BinaryImage& excluded, double background, double width) {
  std::vector<Bin> bins(kBins);
  for (int64_t y = 1; y + 1 < image.height(); ++y) {
    for (int64_t x = 1; x + 1 < image.width(); ++x) {
      const double difference = double_difference(image, y, x);
      const double place = (level(y, x) - background) / width + 0.5;
      if (!std::isfinite(difference) || !(place >= 0) ||
          (!excluded.empty() && excluded(y, x) != 0)) {
        continue;
      }
      Bin& bin = bins[std::min(kBins - 1, static_cast<size_t>(place))];
      bin.pixels += 1;
      bin.levels += level(y, x);
      bin.variances += difference * difference / 36;
    }
  }
  return bins;
}

/// The median of how much more variance than at the background each bin has, for what it is
/// brighter; bins count by pixels and brightness. Edges add variance to few pixels only, so that a
/// median does not see them.
double gain_of(const std::vector<Bin>& bins, const NoiseLaw& law) {
  std::vector<std::pair<double, double>> gains;  // with their weights
  double weights = 0;
  for (size_t i = 1; i < bins.size(); ++i) {
    if (bins[i].pixels >= kLeastPixels) {
      const double brighter = bins[i].level() - law.background;
      gains.emplace_back((bins[i].variance() - law.variance) / brighter, bins[i].pixels * brighter);
      weights += gains.back().second;
    }
  }
  std::sort(gains.begin(), gains.end());
  double passed = 0;
  for (const auto& [gain, weight] : gains) {
    passed += weight;
    if (passed >= 0.5 * weights) {
      return std::max(0.0, gain);
    }
  }
  return 0;
}

}  // namespace

double NoiseLaw::skewness() const {
  return variance > 0 ? gain / std::sqrt(variance) : 0;
}

NoiseLaw noise_law_of(const Grid<float>& image, const BinaryImage& excluded) {
  const Grid<float> level = gaussian(image, kLevelSigmaPx);
  const Histogram histogram = histogram_of(level, excluded);
  if (histogram.counts.size() < 2) {
    return {};
  }
  NoiseLaw law{.background = background_of(histogram)};
  const double width = (histogram.high - law.background) / static_cast<double>(kBins);
  if (!(width > 0)) {
    return law;
  }
  const std::vector<Bin> bins = bins_of(image, level, excluded, law.background, width);
  if (bins[0].pixels >= kLeastPixels) {
    law.variance = bins[0].variance();
    law.gain = gain_of(bins, law);
  }
  return law;
}

// The sums of the squares and of the cubes of a Gaussian's weights are 1 / (4 pi sigma^2) and
// 1 / (12 pi^2 sigma^4).
double spread_left(double sigma_px) {
  return std::min(1.0, 1 / (2 * std::sqrt(std::numbers::pi) * sigma_px));
}

double skewness_left(double sigma_px) {
  return std::min(1.0, 2 / (3 * std::sqrt(std::numbers::pi) * sigma_px));
}

}  // namespace mote::imaging
