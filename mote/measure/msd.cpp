#include "mote/measure/msd.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "mote/measure/cholesky.h"

namespace mote::measure {
namespace {

constexpr size_t kShortLags = 8;    // 1 to 8
constexpr size_t kLagsOfLevel = 4;  // 5 to 8, times a power of two
constexpr size_t kMostLevels = 24;
constexpr int64_t kLongestFitted = 64;
constexpr int64_t kFewestOrigins = 4;
constexpr double kLowestAlpha = 0.05;
constexpr double kHighestAlpha = 2;

/// The lags of a track that a fit uses.
struct Curve {
  std::vector<int64_t> lags;
  std::vector<int64_t> spacings;
  std::vector<int64_t> counts;
  std::vector<double> msd;
  int64_t length = 0;
};

Curve curve_of(std::span<const LagSums::Sum> sums, int64_t displacements) {
  Curve out{.length = displacements + 1};
  const int64_t longest = std::min(kLongestFitted, std::max<int64_t>(4, displacements / 4));
  for (size_t i = 0; i < sums.size() && LagSums::lag(i) <= longest; ++i) {
    if (sums[i].count >= kFewestOrigins) {
      out.lags.push_back(LagSums::lag(i));
      out.spacings.push_back(LagSums::spacing(i));
      out.counts.push_back(sums[i].count);
      out.msd.push_back(sums[i].mean_px2());
    }
  }
  return out;
}

/// The covariance of the curve's values where the truth is `fit`.
std::vector<double> covariance(const Curve& curve, const AnomalousFit& fit) {
  const int64_t reach = std::min(curve.length, 4 * curve.lags.back());
  std::vector<double> axis(static_cast<size_t>(reach + 2 * curve.lags.back() + 1));
  for (size_t k = 1; k < axis.size(); ++k) {
    // Blur can take no more off than a third of the first step.
    axis[k] = 0.5 * (std::max(fit.offset_px2, -fit.k / 3) +
                     fit.k * std::pow(static_cast<double>(k), fit.alpha));
  }
  const auto s = [&axis](int64_t k) { return axis[static_cast<size_t>(std::abs(k))]; };
  const size_t size = curve.lags.size();
  std::vector<double> out(size * size);
  for (size_t a = 0; a < size; ++a) {
    for (size_t b = 0; b <= a; ++b) {  // lags ascend, so the origins of a are the sparser ones
      const int64_t n = curve.lags[a];
      const int64_t m = curve.lags[b];
      double sum = 0;
      const int64_t step = curve.spacings[b];
      for (int64_t k = -(reach / step) * step; k <= reach; k += step) {
        const double c = 0.5 * (s(k + n) + s(k - m) - s(k + n - m) - s(k));
        const double overlap =
            1 - static_cast<double>(std::abs(k)) / static_cast<double>(curve.length);
        sum += c * c * std::max(0.0, overlap);
      }
      // Two axes, each with twice the square of its covariance.
      out[a * size + b] = 4 * sum / static_cast<double>(curve.counts[b]);
      out[b * size + a] = out[a * size + b];
    }
  }
  for (size_t a = 0; a < size; ++a) {
    out[a * size + a] *= 1 + 1e-9;
  }
  return out;
}

/// The best offset and K at a given alpha, and how badly they fit.
struct AtAlpha {
  double offset = 0;
  double k = 0;
  double chi_square = std::numeric_limits<double>::infinity();
};

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

std::vector<double> powers(const Curve& curve, double alpha) {
  std::vector<double> out;
  for (const int64_t lag : curve.lags) {
    out.push_back(std::pow(static_cast<double>(lag), alpha));
  }
  return out;
}

AtAlpha at_alpha(const Curve& curve, const Cholesky& root, double alpha) {
  const std::vector<double> one = root.whitened(std::vector<double>(curve.lags.size(), 1.0));
  const std::vector<double> power = root.whitened(powers(curve, alpha));
  const std::vector<double> y = root.whitened(curve.msd);
  const double aa = dot(one, one);
  const double ab = dot(one, power);
  const double bb = dot(power, power);
  const double ay = dot(one, y);
  const double by = dot(power, y);
  const double det = aa * bb - ab * ab;
  AtAlpha out;
  if (det <= 0) {
    return out;
  }
  out.offset = (bb * ay - ab * by) / det;
  out.k = (aa * by - ab * ay) / det;
  out.chi_square = dot(y, y) - out.offset * ay - out.k * by;
  return out;
}

std::optional<AnomalousFit> fitted(const Curve& curve, const Cholesky& root) {
  constexpr int kSteps = 40;
  const auto place = [](double share) {
    return kLowestAlpha + (kHighestAlpha - kLowestAlpha) * share / kSteps;
  };
  int best = -1;
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i <= kSteps; ++i) {
    const AtAlpha here = at_alpha(curve, root, place(i));
    if (here.k > 0 && here.chi_square < least) {
      best = i;
      least = here.chi_square;
    }
  }
  if (best <= 0 || best == kSteps) {
    return std::nullopt;
  }
  constexpr double kGolden = 0.6180339887498949;
  double low = place(best - 1);
  double high = place(best + 1);
  while (high - low > 1e-5) {
    const double first = high - kGolden * (high - low);
    const double second = low + kGolden * (high - low);
    const bool left =
        at_alpha(curve, root, first).chi_square < at_alpha(curve, root, second).chi_square;
    (left ? high : low) = left ? second : first;
  }
  const double alpha = (low + high) / 2;
  const AtAlpha at = at_alpha(curve, root, alpha);
  return at.k > 0
             ? std::optional(AnomalousFit{
                   .offset_px2 = at.offset, .k = at.k, .alpha = alpha, .k_se = 0, .alpha_se = 0})
             : std::nullopt;
}

bool add_errors(const Curve& curve, const Cholesky& root, AnomalousFit& fit) {
  std::vector<double> power = powers(curve, fit.alpha);
  std::vector<double> slope;
  for (size_t i = 0; i < power.size(); ++i) {
    slope.push_back(fit.k * power[i] * std::log(static_cast<double>(curve.lags[i])));
  }
  const std::array<std::vector<double>, 3> columns{
      root.whitened(std::vector<double>(power.size(), 1.0)), root.whitened(power),
      root.whitened(slope)};
  std::vector<double> information;
  for (const auto& a : columns) {
    for (const auto& b : columns) {
      information.push_back(dot(a, b));
    }
  }
  const auto inverse = Cholesky::of(information, 3);
  if (!inverse) {
    return false;
  }
  fit.k_se = std::sqrt(inverse->solved(std::vector<double>{0, 1, 0})[1]);
  fit.alpha_se = std::sqrt(inverse->solved(std::vector<double>{0, 0, 1})[2]);
  return true;
}

}  // namespace

int64_t LagSums::lag(size_t index) {
  if (index < kShortLags) {
    return static_cast<int64_t>(index) + 1;
  }
  const size_t of_level = (index - kShortLags) % kLagsOfLevel;
  return (static_cast<int64_t>(of_level) + 5) * spacing(index);
}

int64_t LagSums::spacing(size_t index) {
  return index < kShortLags ? 1 : int64_t{1} << (1 + (index - kShortLags) / kLagsOfLevel);
}

void LagSums::break_off() {
  levels_.clear();
}

void LagSums::add(int64_t tick, Point position) {
  for (size_t l = 0; l < kMostLevels && tick % (int64_t{1} << l) == 0; ++l) {
    if (levels_.size() <= l) {
      levels_.resize(l + 1);
    }
    Level& level = levels_[l];
    if (l == 0) {
      for (size_t i = 0; i < kShortLags; ++i) {
        compare(level, i, tick, position);
      }
    } else {
      for (size_t i = 0; i < kLagsOfLevel; ++i) {
        compare(level, kShortLags + (l - 1) * kLagsOfLevel + i, tick, position);
      }
    }
    if (level.last.size() < kHeld) {
      level.last.push_back({tick, position});
    } else {
      level.last[level.next] = {tick, position};
      level.next = (level.next + 1) % kHeld;
    }
  }
}

void LagSums::compare(const Level& level, size_t index, int64_t tick, Point position) {
  const int64_t wanted = tick - lag(index);
  for (const Held& held : level.last) {
    if (held.tick == wanted) {
      if (sums_.size() <= index) {
        sums_.resize(index + 1);
      }
      const double dy = position.y_px - held.position.y_px;
      const double dx = position.x_px - held.position.x_px;
      sums_[index].count += 1;
      sums_[index].squares_px2 += dy * dy + dx * dx;
      return;
    }
  }
}

std::optional<AnomalousFit> anomalous_fit(std::span<const LagSums::Sum> sums,
                                          int64_t displacements) {
  const Curve curve = curve_of(sums, displacements);
  if (curve.lags.size() < 4) {
    return std::nullopt;
  }
  // First guess: relative errors grow as the square root of the lag.
  const size_t size = curve.lags.size();
  std::vector<double> guess(size * size);
  for (size_t i = 0; i < size; ++i) {
    guess[i * size + i] =
        std::max(curve.msd[i] * curve.msd[i], 1e-300) * static_cast<double>(curve.lags[i]);
  }
  auto root = Cholesky::of(std::move(guess), size);
  std::optional<AnomalousFit> fit;
  for (int i = 0; i < 3 && root; ++i) {
    fit = fitted(curve, *root);
    if (!fit) {
      return std::nullopt;
    }
    root = Cholesky::of(covariance(curve, *fit), size);
  }
  if (!root || !add_errors(curve, *root, *fit)) {
    return std::nullopt;
  }
  return fit;
}

void RatioOfSums::add(double sum, double weight) {
  ++tracks_;
  s_ += sum;
  w_ += weight;
  ss_ += sum * sum;
  sw_ += sum * weight;
  ww_ += weight * weight;
}

std::optional<double> RatioOfSums::standard_error() const {
  if (tracks_ < 2 || w_ <= 0) {
    return std::nullopt;
  }
  const double ratio = value();
  const auto n = static_cast<double>(tracks_);
  const double squares = std::max(0.0, ss_ - 2 * ratio * sw_ + ratio * ratio * ww_);
  return std::sqrt(n / (n - 1) * squares) / w_;
}

}  // namespace mote::measure
