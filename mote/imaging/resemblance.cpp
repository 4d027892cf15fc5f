#include "mote/imaging/resemblance.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "mote/core/error.h"
#include "mote/core/median.h"
#include "mote/imaging/filters.h"

namespace mote::imaging {
namespace {

constexpr double kClearOfNoise = 3;

// Of white noise in each pixel, from the median of differences between neighbours.
double noise_of(const Grid<float>& image) {
  std::vector<double> differences;
  for (int64_t y = 0; y < image.height(); y += 2) {
    const float* row = image.row(y);
    for (int64_t x = 0; x + 1 < image.width(); x += 2) {
      differences.push_back(std::abs(static_cast<double>(row[x + 1]) - row[x]));
    }
  }
  constexpr double kMedianOfAbsolute = 0.6745;  // of a normal distribution of sd 1
  return median(std::move(differences)) / kMedianOfAbsolute / std::numbers::sqrt2;
}

double mean_of(const Grid<float>& image) {
  double sum = 0;
  for (const float value : image.values()) {
    sum += value;
  }
  return sum / static_cast<double>(image.size().area());
}

// Mean of the products of what two images have over their means.
double covariance(const Grid<float>& a, const Grid<float>& b) {
  const double mean_a = mean_of(a);
  const double mean_b = mean_of(b);
  double sum = 0;
  for (size_t i = 0; i < a.values().size(); ++i) {
    sum += (a.values()[i] - mean_a) * (b.values()[i] - mean_b);
  }
  return sum / static_cast<double>(a.size().area());
}

}  // namespace

std::optional<double> resemblance(const Grid<float>& a, const Grid<float>& b) {
  if (a.size() != b.size()) {
    throw Error(ErrorKind::kUsage, "images of {} x {} and {} x {} px cannot be compared", a.width(),
                a.height(), b.width(), b.height());
  }
  const double sigma_px = std::max(1.0, static_cast<double>(std::min(a.height(), a.width())) / 64);
  const Grid<float> smooth_a = gaussian(a, sigma_px);
  const Grid<float> smooth_b = gaussian(b, sigma_px);
  // What a Gaussian of sigma leaves of white noise.
  const double left = kClearOfNoise / (2 * std::sqrt(std::numbers::pi) * sigma_px);
  const double sd_a = std::sqrt(covariance(smooth_a, smooth_a));
  const double sd_b = std::sqrt(covariance(smooth_b, smooth_b));
  if (sd_a <= left * noise_of(a) || sd_b <= left * noise_of(b) || sd_a == 0 || sd_b == 0) {
    return std::nullopt;
  }
  return covariance(smooth_a, smooth_b) / (sd_a * sd_b);
}

}  // namespace mote::imaging
