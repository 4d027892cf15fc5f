#include "mote/measure/size_uncertainty.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

#include "mote/core/disc.h"
#include "mote/imaging/closed_line.h"
#include "mote/imaging/edge_profiles.h"
#include "mote/imaging/outline.h"

namespace mote::measure {
namespace {

constexpr double kWholePixelVariance = 0.0728;  // px⁴ a px of perimeter
constexpr double kPartialPixelVariance = 5e-4;
constexpr double kReachPx = 10;    // of profiles: beyond the blur of most edges
constexpr double kSoughtPx = 7;    // the 20 and 80 % levels of the edge lie within
constexpr double kFarthestPx = 3;  // of the half level of the mean profile from the outline
constexpr size_t kShortestWavePx = 12;
constexpr double kShortestOutlineWavePx = 60;
// The variance is twice that of the linear theory at a blur of so many px, and where it makes so
// much of the ECD; measured on drawn discs (bench_size_uncertainty).
constexpr double kDoublingBlurPx = 3;
constexpr double kDoublingShare = 0.03;
constexpr size_t kMostHarmonics = 24;
constexpr double kLeastPresent = 0.7;  // of the points of a line that is used

/// The longest outline of an instance, in coordinates of the image; nothing where it has none.
std::optional<imaging::Outline> longest_outline(const LabelImage& labels,
                                                const Grid<uint8_t>& coverage, int32_t label,
                                                const Box& box) {
  const int64_t y0 = std::max<int64_t>(0, box.y - 2);
  const int64_t x0 = std::max<int64_t>(0, box.x - 2);
  const Size size{std::min(labels.height(), box.y_end() + 2) - y0,
                  std::min(labels.width(), box.x_end() + 2) - x0};
  BinaryImage mask(size);
  Grid<float> field(size);
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      const int32_t at = labels(y0 + y, x0 + x);
      mask(y, x) = at == label ? 1 : 0;
      const int covered = coverage.empty() ? (at == label ? 255 : 0) : coverage(y0 + y, x0 + x);
      field(y, x) = static_cast<float>(covered) - 127.5F;
    }
  }
  std::vector<imaging::Outline> outlines = imaging::outlines_of(mask, field);
  if (outlines.empty()) {
    return std::nullopt;
  }
  auto longest = std::max_element(outlines.begin(), outlines.end(),
                                  [](const imaging::Outline& a, const imaging::Outline& b) {
                                    return a.points.size() < b.points.size();
                                  });
  for (Point& point : longest->points) {
    point.y_px += static_cast<double>(y0);
    point.x_px += static_cast<double>(x0);
  }
  return std::move(*longest);
}

/// Cosines and sines of multiples of a full turn over `points`.
class Turn {
 public:
  explicit Turn(size_t points) {
    for (size_t i = 0; i < points; ++i) {
      const double angle =
          2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(points);
      cosines_.push_back(std::cos(angle));
      sines_.push_back(std::sin(angle));
    }
  }

  double cosine(size_t step) const { return cosines_[step % cosines_.size()]; }
  double sine(size_t step) const { return sines_[step % sines_.size()]; }

  /// The spectral density near frequency 0 of a closed series, where a white one has its variance.
  double density(const std::vector<double>& series) const {
    const size_t n = series.size();
    const size_t first = n >= 4 * kShortestWavePx ? 3 : 2;
    const size_t last = std::min(std::max(first + 1, n / kShortestWavePx), kMostHarmonics);
    double sum = 0;
    for (size_t h = first; h <= last; ++h) {
      double re = 0;
      double im = 0;
      size_t at = 0;  // h i modulo n
      for (size_t i = 0; i < n; ++i) {
        re += series[i] * cosines_[at];
        im += series[i] * sines_[at];
        at += h;
        at -= at < n ? 0 : n;
      }
      sum += (re * re + im * im) / static_cast<double>(n);
    }
    return sum / static_cast<double>(last - first + 1);
  }

 private:
  std::vector<double> cosines_;
  std::vector<double> sines_;
};

/// The outline without what is shorter than `shortest_px` along it, but at least with its first
/// three harmonics: a boundary that follows the noise makes the edge look steeper than it is.
///
/// Elliptic Fourier descriptors: Kuhl and Giardina, Computer Graphics and Image Processing 18,
/// 1982.
void keep_long_waves(imaging::Outline& outline, double shortest_px, const Turn& turn) {
  const size_t n = outline.points.size();
  const auto harmonics =
      std::max<size_t>(3, static_cast<size_t>(static_cast<double>(n) / shortest_px));
  std::vector<Point> smooth(n);
  for (size_t h = 0; h <= harmonics; ++h) {
    Point even;
    Point odd;
    for (size_t i = 0; i < n; ++i) {
      const Point& p = outline.points[i];
      const double c = turn.cosine(h * i);
      const double s = turn.sine(h * i);
      even.y_px += c * p.y_px;
      even.x_px += c * p.x_px;
      odd.y_px += s * p.y_px;
      odd.x_px += s * p.x_px;
    }
    const double scale = (h == 0 ? 1.0 : 2.0) / static_cast<double>(n);
    for (size_t i = 0; i < n; ++i) {
      const double c = scale * turn.cosine(h * i);
      const double s = scale * turn.sine(h * i);
      smooth[i].y_px += c * even.y_px + s * odd.y_px;
      smooth[i].x_px += c * even.x_px + s * odd.x_px;
    }
  }
  outline.points = std::move(smooth);
}

/// The spectral densities of one side of the edge.
struct SideNoise {
  double line = 0;  ///< of the grey levels along single lines
  double band = 0;  ///< of their mean across the plateau
};

/// Of the lines from `first` to `last`; nothing where too few points have them.
std::optional<SideNoise> side_noise(const imaging::Profiles& profiles, int64_t first, int64_t last,
                                    const Turn& turn) {
  const size_t count = profiles.points();
  std::vector<double> band(count, 0);
  std::vector<double> series(count);
  double lines = 0;
  double sum = 0;
  for (int64_t k = first + (first % 2 != 0 ? 1 : 0); k <= last; k += 2) {
    const auto levels = profiles.level(k);
    const auto weights = profiles.weight(k);
    double mean = 0;
    double present = 0;
    for (size_t i = 0; i < count; ++i) {
      mean += static_cast<double>(weights[i]) * levels[i];
      present += weights[i];
    }
    if (present < kLeastPresent * static_cast<double>(count)) {
      continue;
    }
    mean /= present;
    for (size_t i = 0; i < count; ++i) {
      series[i] = weights[i] > 0 ? levels[i] - mean : 0;
      band[i] += series[i];
    }
    sum += turn.density(series) * static_cast<double>(count) / present;
    lines += 1;
  }
  if (lines == 0) {
    return std::nullopt;
  }
  for (double& value : band) {
    value /= lines;
  }
  return SideNoise{.line = sum / lines, .band = turn.density(band)};
}

/// The mean profile by row, from -reach on; not a number where no point has one.
std::vector<double> mean_profile(const imaging::Profiles& profiles) {
  std::vector<double> means;
  for (int64_t k = -profiles.reach(); k <= profiles.reach(); ++k) {
    double sum = 0;
    double norm = 0;
    for (size_t i = 0; i < profiles.points(); ++i) {
      sum += static_cast<double>(profiles.weight(k)[i]) * profiles.level(k)[i];
      norm += profiles.weight(k)[i];
    }
    means.push_back(norm > 0 ? sum / norm : std::nan(""));
  }
  return means;
}

/// The blur of a Gaussian edge that falls from 80 to 20 % of its height within the same distance as
/// the mean profile; 0 where that has no half level near the outline, or no ends.
double edge_blur_px(const std::vector<double>& mean, const imaging::Plateaus& plateaus) {
  constexpr double kLevel = 0.8;
  constexpr double kSigmas = 2 * 0.8416212335729143;  // between the two, of a Gaussian edge
  const int64_t reach = static_cast<int64_t>(mean.size()) / 2;
  const auto height = [&](int64_t k) {
    return k < -reach || k > reach
               ? std::nan("")
               : plateaus.sign * (mean[static_cast<size_t>(k + reach)] - plateaus.out_level) /
                     plateaus.contrast;
  };
  // Where the profile passes `level` between rows k and k + 1, in rows.
  const auto crossing = [&](int64_t k, double level) {
    return static_cast<double>(k) + (height(k) - level) / (height(k) - height(k + 1));
  };
  const auto farthest = static_cast<int64_t>(kFarthestPx / imaging::kProfileStepPx);
  for (int64_t away = 0; away <= farthest; ++away) {
    for (const int64_t half : {away, -away - 1}) {
      if (!(height(half) >= 0.5 && height(half + 1) < 0.5)) {
        continue;
      }
      int64_t inner = half;
      while (height(inner) < kLevel) {
        --inner;
      }
      int64_t outer = half;
      while (height(outer + 1) > 1 - kLevel) {
        ++outer;
      }
      const double rows = crossing(outer, 1 - kLevel) - crossing(inner, kLevel);
      return std::isfinite(rows) ? rows * imaging::kProfileStepPx / kSigmas : 0;
    }
  }
  return 0;
}

/// What of the mean profile is known without a break around the outline.
EdgeProfile edge_profile(const std::vector<double>& mean, const imaging::Plateaus& plateaus) {
  EdgeProfile out{.first = 0, .levels = {}, .bright = plateaus.sign > 0};
  const int64_t reach = static_cast<int64_t>(mean.size()) / 2;
  const auto rows_a_px = std::llround(1 / imaging::kProfileStepPx);
  const auto level = [&](int64_t from_edge_px) {
    const int64_t row = reach + rows_a_px * from_edge_px;
    return row < 0 || row >= std::ssize(mean) ? std::nan("") : mean[static_cast<size_t>(row)];
  };
  int64_t first = 0;
  while (first > -EdgeProfile::kInPx && std::isfinite(level(first - 1))) {
    --first;
  }
  out.first = first + EdgeProfile::kInPx;
  for (int64_t at = first; at <= EdgeProfile::kOutPx && std::isfinite(level(at)); ++at) {
    out.levels.push_back(static_cast<float>(level(at) - plateaus.out_level));
  }
  return out;
}

}  // namespace

std::optional<double> SizeUncertainty::random_px() const {
  return noise_px ? std::optional(std::hypot(*noise_px, pixel_px)) : std::nullopt;
}

std::optional<double> SizeUncertainty::combined_px() const {
  return noise_px && convention_px ? std::optional(std::hypot(*noise_px, pixel_px, *convention_px))
                                   : std::nullopt;
}

double pixel_uncertainty_px(const MeasuredSize& size) {
  const double variance = size.whole_pixels ? kWholePixelVariance : kPartialPixelVariance;
  return 2 * std::sqrt(variance * size.perimeter_px) /
         (std::numbers::pi * equivalent_diameter_px(size.area_px2));
}

EdgeReading edge_reading(const Grid<float>& image, const LabelImage& labels,
                         const Grid<uint8_t>& coverage, const BinaryImage& particles, int32_t label,
                         const Box& box, const MeasuredSize& size) {
  EdgeReading reading{.uncertainty = {.pixel_px = pixel_uncertainty_px(size)}, .profile = {}};
  SizeUncertainty& out = reading.uncertainty;
  const std::optional<imaging::Outline> found = longest_outline(labels, coverage, label, box);
  if (!found) {
    return reading;
  }
  imaging::Outline outline = imaging::resampled(*found, 1);
  const size_t count = outline.points.size();
  const Turn turn(count);
  keep_long_waves(outline, kShortestOutlineWavePx, turn);
  const double thickness =
      std::max(1.0, 2 * std::abs(imaging::signed_area(outline)) / static_cast<double>(count));
  const imaging::ProfileReach reach{
      .in_px = std::min(kReachPx, 0.85 * thickness),
      .out_px = kReachPx,
      .sought = static_cast<int64_t>(kSoughtPx / imaging::kProfileStepPx)};
  const imaging::LineFrame frame = imaging::frame_of(outline, std::clamp(thickness / 6, 1.0, 3.0));
  const imaging::Profiles profiles =
      imaging::profiles_of(image, particles, outline, frame.normals, reach);
  std::optional<imaging::Plateaus> plateaus = imaging::plateaus_of(profiles, true);
  if (!plateaus) {
    plateaus = imaging::plateaus_of(profiles, false);
  }
  if (!plateaus) {
    return reading;
  }
  const std::vector<double> mean = mean_profile(profiles);
  const double blur = edge_blur_px(mean, *plateaus);
  reading.profile = edge_profile(mean, *plateaus);
  const auto inside = side_noise(profiles, plateaus->first, plateaus->in_from, turn);
  const auto outside = side_noise(profiles, plateaus->out_from, plateaus->last, turn);
  if (!(blur > 0) || !inside || !outside) {
    return reading;
  }
  const double slope = plateaus->contrast / (blur * std::sqrt(2 * std::numbers::pi));
  const double density = (inside->line + outside->line) / 2 + (inside->band + outside->band) / 4;
  const double shift = std::sqrt(density / static_cast<double>(count)) / slope *
                       std::hypot(1, blur / kDoublingBlurPx);
  const double per_shift =
      2 * size.perimeter_px / (std::numbers::pi * equivalent_diameter_px(size.area_px2));
  const double linear = per_shift * shift;
  const double share = linear / equivalent_diameter_px(size.area_px2);
  out.noise_px = linear * std::hypot(1, share / kDoublingShare);
  out.convention_px = per_shift * kConventionShare * blur / std::numbers::sqrt3;
  return reading;
}

}  // namespace mote::measure
