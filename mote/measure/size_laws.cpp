#include "mote/measure/size_laws.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "mote/measure/bootstrap.h"

namespace mote::measure {
namespace {

constexpr size_t kPanels = 2000;

/// A stationary law by ratio r/r*, in panels of equal width from 0 to its end.
class RipeningLaw {
 public:
  explicit RipeningLaw(int exponent)
      : end_(static_cast<double>(exponent) / (exponent - 1)), number_{0}, volume_{0} {
    const double n = exponent;
    const double k = n * std::pow(end_, n - 1);
    const double width = end_ / kPanels;
    double integral = 0;
    double third = 0;
    double fourth = 0;
    for (size_t i = 0; i < kPanels; ++i) {
      const double x = (static_cast<double>(i) + 0.5) * width;
      integral += width * std::pow(x, n - 1) / (std::pow(x, n) - k * (x - 1));
      number_.push_back(1 - std::exp(-3 * integral));
      const double share = number_[i + 1] - number_[i];
      mean_ += share * x;
      third += share * x * x * x;
      fourth += share * x * x * x * x;
      volume_.push_back(third);
    }
    for (double& share : volume_) {
      share /= third;
    }
    volume_mean_ = fourth / third;
  }

  double share_below(double ratio, Weighting weighting) const {
    const std::vector<double>& shares = weighting == Weighting::kNumber ? number_ : volume_;
    const double at = ratio / end_ * kPanels;
    if (at <= 0) {
      return 0;
    }
    if (at >= kPanels) {
      return 1;
    }
    const auto lower = static_cast<size_t>(at);
    return shares[lower] + (at - static_cast<double>(lower)) * (shares[lower + 1] - shares[lower]);
  }

  double density(double ratio, Weighting weighting) const {
    const double width = end_ / kPanels;
    return (share_below(ratio + width / 2, weighting) - share_below(ratio - width / 2, weighting)) /
           width;
  }

  double number_quantile(double share) const {
    const auto above = std::upper_bound(number_.begin(), number_.end(), share);
    if (above == number_.end()) {
      return end_;
    }
    const auto i = static_cast<size_t>(above - number_.begin());  // 1 or more: number_[0] is 0
    const double part = (share - number_[i - 1]) / (number_[i] - number_[i - 1]);
    return (static_cast<double>(i - 1) + part) * end_ / kPanels;
  }

  double mean(Weighting weighting) const {
    return weighting == Weighting::kNumber ? mean_ : volume_mean_;
  }

 private:
  double end_;
  std::vector<double> number_;  // share below the upper end of each panel, from 0 on
  std::vector<double> volume_;
  double mean_ = 0;
  double volume_mean_ = 0;
};

const RipeningLaw& ripening_law(int exponent) {
  static const std::array<RipeningLaw, 3> laws{RipeningLaw(2), RipeningLaw(3), RipeningLaw(4)};
  return laws[static_cast<size_t>(exponent - 2)];
}

const RipeningLaw& ripening_law(SizeLaw law) {
  return ripening_law(law == SizeLaw::kRipening2 ? 2 : law == SizeLaw::kRipening3 ? 3 : 4);
}

double normal_share_below(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

/// The deviate below which a share of the standard normal law lies, to 1e-3 but for the outermost
/// 1e-4 at either end, interpolated in a table made by bisection.
double normal_quantile(double share) {
  constexpr size_t kNodes = 8192;
  static const std::vector<double> nodes = [] {
    std::vector<double> out;
    for (size_t i = 0; i < kNodes; ++i) {
      double low = -9;
      double high = 9;
      while (high - low > 1e-12) {
        const double middle = 0.5 * (low + high);
        const bool below = normal_share_below(middle) * kNodes < static_cast<double>(i) + 0.5;
        (below ? low : high) = middle;
      }
      out.push_back(low);
    }
    return out;
  }();
  const double at = std::clamp(share * kNodes - 0.5, 0.0, static_cast<double>(kNodes - 1));
  const auto lower = std::min(static_cast<size_t>(at), kNodes - 2);
  return nodes[lower] + (at - static_cast<double>(lower)) * (nodes[lower + 1] - nodes[lower]);
}

double distance(const FittedSizeLaw& law, std::vector<Sized> sample) {
  std::sort(sample.begin(), sample.end(),
            [](const Sized& a, const Sized& b) { return a.diameter < b.diameter; });
  double total = 0;
  for (const Sized& item : sample) {
    total += item.weight;
  }
  double below = 0;
  double farthest = 0;
  for (const Sized& item : sample) {
    const double expected = law.share_below(item.diameter);
    farthest = std::max(farthest, std::abs(expected - below / total));
    below += item.weight;
    farthest = std::max(farthest, std::abs(below / total - expected));
  }
  return farthest;
}

double uniform(BootstrapRandom& random) {
  constexpr size_t kSteps = 0xffffffff;
  return (static_cast<double>(random.below(kSteps)) + 0.5) / static_cast<double>(kSteps);
}

}  // namespace

std::string_view name(SizeLaw law) {
  switch (law) {
    case SizeLaw::kLogNormal: return "lognormal";
    case SizeLaw::kRipening2: return "lsw2";
    case SizeLaw::kRipening3: return "lsw3";
    case SizeLaw::kRipening4: return "lsw4";
  }
  return "";
}

double ripening_share_below(double ratio, int exponent) {
  return ripening_law(exponent).share_below(ratio, Weighting::kNumber);
}

std::vector<Sized> weighted(std::span<const Sized> sample, Weighting weighting) {
  std::vector<Sized> out(sample.begin(), sample.end());
  if (weighting == Weighting::kVolume) {
    for (Sized& item : out) {
      item.weight *= item.diameter * item.diameter * item.diameter;
    }
  }
  return out;
}

std::optional<FittedSizeLaw> FittedSizeLaw::fit(SizeLaw law, std::span<const Sized> sample,
                                                Weighting weighting) {
  double weights = 0;
  double sum = 0;
  double logs = 0;
  const std::vector<Sized> counted = weighted(sample, weighting);
  for (const Sized& item : counted) {
    weights += item.weight;
    sum += item.weight * item.diameter;
    logs += item.weight * std::log(item.diameter);
  }
  if (!(weights > 0)) {
    return std::nullopt;
  }
  const double mean_log = logs / weights;
  double squares = 0;
  for (const Sized& item : counted) {
    squares += item.weight * std::pow(std::log(item.diameter) - mean_log, 2);
  }
  const double sd_log = std::sqrt(squares / weights);
  if (!(sd_log > 1e-9)) {
    return std::nullopt;
  }
  FittedSizeLaw out;
  out.law_ = law;
  out.weighting_ = weighting;
  if (law == SizeLaw::kLogNormal) {
    out.scale_ = std::exp(mean_log);
    out.spread_ = std::exp(sd_log);
  } else {
    out.scale_ = sum / weights / ripening_law(law).mean(weighting);
  }
  return out;
}

double FittedSizeLaw::share_below(double diameter) const {
  if (!(diameter > 0)) {
    return 0;
  }
  return law_ == SizeLaw::kLogNormal
             ? normal_share_below(std::log(diameter / scale_) / std::log(spread_))
             : ripening_law(law_).share_below(diameter / scale_, weighting_);
}

double FittedSizeLaw::density(double diameter) const {
  if (!(diameter > 0)) {
    return 0;
  }
  if (law_ != SizeLaw::kLogNormal) {
    return ripening_law(law_).density(diameter / scale_, weighting_) / scale_;
  }
  const double s = std::log(spread_);
  const double z = std::log(diameter / scale_) / s;
  return std::exp(-z * z / 2) / (diameter * s * std::sqrt(2 * std::numbers::pi));
}

double FittedSizeLaw::number_quantile(double share) const {
  if (law_ != SizeLaw::kLogNormal) {
    return scale_ * ripening_law(law_).number_quantile(share);
  }
  // Counted by d³, a log-normal law is one of the same spread, its median exp(3 s²) times larger.
  const double s = std::log(spread_);
  const double shift = weighting_ == Weighting::kVolume ? 3 * s * s : 0;
  return scale_ * std::exp(s * normal_quantile(share) - shift);
}

GoodnessOfFit goodness_of_fit(SizeLaw law, const FittedSizeLaw& fitted,
                              std::span<const Sized> sample, Weighting weighting,
                              const std::function<double(double)>& border_weight, int64_t resamples,
                              uint64_t seed) {
  GoodnessOfFit out{.distance = distance(fitted, weighted(sample, weighting)), .p = {}};
  BootstrapRandom random(seed);
  std::vector<Sized> drawn(sample.size());
  int64_t farther = 0;
  for (int64_t turn = 0; turn < resamples; ++turn) {
    for (Sized& item : drawn) {
      do {
        item.diameter = fitted.number_quantile(uniform(random));
        item.weight = border_weight(item.diameter);
      } while (uniform(random) * item.weight > 1);
    }
    const auto again = FittedSizeLaw::fit(law, drawn, weighting);
    farther += again && distance(*again, weighted(drawn, weighting)) >= out.distance ? 1 : 0;
  }
  if (resamples > 0) {
    out.p = static_cast<double>(farther + 1) / static_cast<double>(resamples + 1);
  }
  return out;
}

}  // namespace mote::measure
