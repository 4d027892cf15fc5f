#include "mote/imaging/edge_profiles.h"

#include <algorithm>
#include <cmath>

namespace mote::imaging {
namespace {

constexpr double kResidualNoise = 0.08;  // of an averaged profile, against the contrast

bool in_mask(const BinaryImage& mask, double y, double x) {
  // Pixel (v, u) reaches from v to v + 1 and from u to u + 1 from the image's corner.
  const Point from_corner = {y + 0.5, x + 0.5};
  if (!(from_corner.y_px >= 0 && from_corner.x_px >= 0)) {
    return false;
  }
  const auto v = static_cast<int64_t>(from_corner.y_px);
  const auto u = static_cast<int64_t>(from_corner.x_px);
  return v < mask.height() && u < mask.width() && mask.row(v)[u] != 0;
}

/// Bilinear; (y, x) lies within the centres of the outermost pixels.
float sample(const Grid<float>& image, double y, double x) {
  const auto y0 = static_cast<int64_t>(y);
  const auto x0 = static_cast<int64_t>(x);
  const auto fy = static_cast<float>(y - static_cast<double>(y0));
  const auto fx = static_cast<float>(x - static_cast<double>(x0));
  const float* top = image.row(y0);
  const float* bottom = image.row(std::min(y0 + 1, image.height() - 1));
  const int64_t x1 = std::min(x0 + 1, image.width() - 1);
  const float upper = top[x0] + (top[x1] - top[x0]) * fx;
  const float lower = bottom[x0] + (bottom[x1] - bottom[x0]) * fx;
  return upper + (lower - upper) * fy;
}

double mean_of(std::span<const float> values, std::span<const float> weights) {
  double sum = 0;
  double norm = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += static_cast<double>(weights[i]) * values[i];
    norm += weights[i];
  }
  return norm > 0 ? sum / norm : std::nan("");
}

/// The profile averaged over all points: not finite where there is no sample.
class MeanProfile {
 public:
  explicit MeanProfile(const Profiles& profiles) : reach_(profiles.reach()) {
    for (int64_t k = -reach_; k <= reach_; ++k) {
      levels_.push_back(mean_of(profiles.level(k), profiles.weight(k)));
    }
  }

  double operator()(int64_t k) const { return levels_[static_cast<size_t>(k + reach_)]; }

  /// The mean from row `from` to row `to`.
  double plateau(int64_t from, int64_t to) const {
    double sum = 0;
    int64_t n = 0;
    for (int64_t k = from; k <= to; ++k) {
      if (std::isfinite((*this)(k))) {
        sum += (*this)(k);
        ++n;
      }
    }
    return n > 0 ? sum / static_cast<double>(n) : std::nan("");
  }

 private:
  int64_t reach_;
  std::vector<double> levels_;
};

/// Each point's own plateaus, averaged along the outline.
void average_plateaus(const Profiles& profiles, Plateaus& plateaus) {
  const size_t count = profiles.points();
  plateaus.inside.assign(count, 0);
  plateaus.outside.assign(count, 0);
  plateaus.in_weight.assign(count, 0);
  plateaus.out_weight.assign(count, 0);
  for (int64_t k = plateaus.first; k <= plateaus.last; ++k) {
    if (k > plateaus.in_from && k < plateaus.out_from) {
      continue;
    }
    const bool in = k <= plateaus.in_from;
    std::vector<float>& sums = in ? plateaus.inside : plateaus.outside;
    std::vector<float>& norms = in ? plateaus.in_weight : plateaus.out_weight;
    const std::span<const float> levels = profiles.level(k);
    const std::span<const float> weights = profiles.weight(k);
    for (size_t i = 0; i < count; ++i) {
      sums[i] += weights[i] * levels[i];
      norms[i] += weights[i];
    }
  }
  const LineKernel wide(std::clamp(static_cast<double>(count) / 10, 1.0, 12.0), count);
  const auto average = [&](std::vector<float>& sums, std::vector<float>& norms) {
    for (size_t i = 0; i < count; ++i) {
      sums[i] = norms[i] > 0 ? sums[i] / norms[i] : 0;
    }
    smooth(sums, norms, wide);
  };
  average(plateaus.inside, plateaus.in_weight);
  average(plateaus.outside, plateaus.out_weight);
}

}  // namespace

Profiles profiles_of(const Grid<float>& image, const BinaryImage& mask, const Outline& outline,
                     const std::vector<Point>& normals, const ProfileReach& reach) {
  const size_t count = outline.points.size();
  const double farthest = std::max(reach.in_px, reach.out_px);
  Profiles profiles(static_cast<int64_t>(std::ceil(farthest / kProfileStepPx)), count);
  const Size size = image.size();
  for (size_t i = 0; i < count; ++i) {
    if (outline.on_border[i] != 0) {
      continue;
    }
    const Point& p = outline.points[i];
    const Point& n = normals[i];
    for (const int direction : {-1, 1}) {
      const double limit = direction < 0 ? reach.in_px : reach.out_px;
      bool passed = false;
      for (int64_t k = direction < 0 ? -1 : 0; std::abs(k) <= profiles.reach(); k += direction) {
        const double at = static_cast<double>(k) * kProfileStepPx;
        const double y = p.y_px + at * n.y_px;
        const double x = p.x_px + at * n.x_px;
        if (std::abs(at) > limit || y < 0 || x < 0 || y > static_cast<double>(size.height - 1) ||
            x > static_cast<double>(size.width - 1)) {
          break;
        }
        // Past the other rim, or just before the next particle. The mask may be a little too large
        // or too small: what counts is coming out of it and in again.
        const bool here = in_mask(mask, y, x);
        if (direction < 0) {
          passed = passed || here;
          if (passed && !here) {
            break;
          }
        } else {
          passed = passed || !here;
          if (passed && in_mask(mask, y + 1.5 * n.y_px, x + 1.5 * n.x_px)) {
            break;
          }
        }
        if (!reach.sampled(k)) {
          continue;
        }
        const float value = sample(image, y, x);
        if (std::isfinite(value)) {
          profiles.level(k)[i] = value;
          profiles.weight(k)[i] = 1;
        }
      }
    }
  }
  return profiles;
}

std::optional<Plateaus> plateaus_of(const Profiles& profiles, bool bright) {
  const int64_t reach = profiles.reach();
  const MeanProfile mean(profiles);
  Plateaus out;
  out.sign = bright ? 1 : -1;
  out.first = reach + 1;
  out.last = -reach - 1;
  for (int64_t k = -reach; k <= reach; ++k) {
    if (std::isfinite(mean(k))) {
      out.first = std::min(out.first, k);
      out.last = std::max(out.last, k);
    }
  }
  if (out.last - out.first < 4) {
    return std::nullopt;
  }
  out.in_level = mean.plateau(out.first, std::max(out.first, out.first / 2));
  out.out_level = mean.plateau(std::min(out.last, (out.last + 1) / 2), out.last);
  out.contrast = out.sign * (out.in_level - out.out_level);
  if (!(out.contrast > 0)) {
    return std::nullopt;
  }
  // From where the edge is passed: 95 % and 5 %, half a pixel on.
  const auto height = [&](int64_t k) {
    return out.sign * (mean(k) - out.out_level) / out.contrast;
  };
  while (out.in_from > out.first && !(height(out.in_from) > 0.95)) {
    --out.in_from;
  }
  while (out.out_from < out.last && !(height(out.out_from) < 0.05)) {
    ++out.out_from;
  }
  out.in_from = std::max(out.first, out.in_from - 1);
  out.out_from = std::min(out.last, out.out_from + 1);
  average_plateaus(profiles, out);
  return out;
}

double averaging_length(const Profiles& profiles, const Plateaus& plateaus,
                        const ProfileReach& reach) {
  const size_t count = profiles.points();
  const auto left = [&](int64_t k, const std::vector<float>& level, const LineKernel& tried) {
    std::vector<float> values(count);
    std::vector<float> weights(profiles.weight(k).begin(), profiles.weight(k).end());
    for (size_t i = 0; i < count; ++i) {
      values[i] = profiles.level(k)[i] - level[i];
    }
    smooth(values, weights, tried);
    double squares = 0;
    double norm = 0;
    for (size_t i = 0; i < count; ++i) {
      squares += static_cast<double>(weights[i]) * values[i] * values[i];
      norm += weights[i];
    }
    return norm > 0 ? std::sqrt(squares / norm) / plateaus.contrast : 0;
  };
  const int64_t in_middle = (plateaus.first + plateaus.in_from) / 2;
  const int64_t out_middle = (plateaus.last + plateaus.out_from) / 2;
  const int64_t in_row = reach.sampled(in_middle) ? in_middle : in_middle + 1;
  const int64_t out_row = reach.sampled(out_middle) ? out_middle : out_middle - 1;
  const double most = std::max(0.7, static_cast<double>(count) / 16);
  double along = 0.7;
  for (int tries = 0; tries < 4 && along < most; ++tries) {
    const LineKernel tried(along, count);
    const double over =
        std::max(left(in_row, plateaus.inside, tried), left(out_row, plateaus.outside, tried)) /
        kResidualNoise;
    if (over <= 1) {
      break;
    }
    // White noise falls with the root of the length; correlated noise, later.
    along = std::min(most, along * std::max(1.5, over * over));
  }
  return along;
}

}  // namespace mote::imaging
