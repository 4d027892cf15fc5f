#include "mote/measure/detection_limit.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mote::measure {
namespace {

constexpr int64_t kLeastInstances = 10;
constexpr double kStepPx = 0.05;
constexpr double kMostPx = 500;

}  // namespace

void ContrastBySize::add(const InstanceMeasures& instance) {
  if (instance.touching || instance.touches_border || instance.edge.levels.empty()) {
    return;
  }
  const double contrast = std::abs(instance.edge.levels.front());
  if (!(contrast > 0)) {
    return;
  }
  const double x = std::log(equivalent_diameter_px(instance.area_px2));
  const double y = std::log(contrast);
  ++count_;
  x_ += x;
  y_ += y;
  xx_ += x * x;
  xy_ += x * y;
  if (const auto& convention = instance.ecd_uncertainty.convention_px) {
    // Of a circle, whose ECD changes by twice a shift.
    blur_px_ += *convention * std::numbers::sqrt3 / (2 * kConventionShare);
    ++blurred_;
  }
}

double ContrastBySize::blur_px() const {
  return blurred_ > 0 ? blur_px_ / static_cast<double>(blurred_) : 0;
}

double ContrastBySize::exponent() const {
  const auto n = static_cast<double>(count_);
  const double across = xx_ - x_ * x_ / n;
  return across > 1e-9 * n ? std::clamp((xy_ - x_ * y_ / n) / across, 0.0, 1.0) : 0;
}

std::optional<double> ContrastBySize::contrast_at(double ecd_px) const {
  if (count_ < kLeastInstances) {
    return std::nullopt;
  }
  const auto n = static_cast<double>(count_);
  return std::exp(y_ / n + exponent() * (std::log(ecd_px) - x_ / n));
}

double detection_limit_px(const ContrastBySize& contrasts, const DetectionRule& rule) {
  if (!contrasts.contrast_at(1)) {
    return rule.least_px;
  }
  const double spread = 8 * (rule.sigma_px * rule.sigma_px + std::pow(contrasts.blur_px(), 2));
  double ecd = std::max(rule.least_px, kStepPx);
  while (ecd < kMostPx) {
    const double share = spread > 0 ? 1 - std::exp(-ecd * ecd / spread) : 1;
    if (*contrasts.contrast_at(ecd) * share >= rule.height) {
      break;
    }
    ecd += kStepPx;
  }
  return ecd;
}

}  // namespace mote::measure
