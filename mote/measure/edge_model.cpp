#include "mote/measure/edge_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "mote/measure/golden_section.h"
#include "mote/measure/radial_image.h"

namespace mote::measure {
namespace {

constexpr double kBinPx = 0.5;
constexpr int kClasses = 6;
constexpr double kLeastRadiusPx = 5;
constexpr double kLeastAspect = 0.8;
constexpr int64_t kLeastInstances = 30;
constexpr double kPresent = 0.9;      // of a class's instances that have a place
constexpr double kModelError = 0.01;  // of the contrast: no model is better
constexpr double kLeastGain = 0.5;    // of the flat model's chi² that a sphere is to save
constexpr double kMostShiftPx = 4;
constexpr double kConventionLeft = 0.5;

using Classes = std::vector<EdgePool::Class>;

double contrast_of(const EdgePool::Class& one) {
  const auto [low, high] = std::minmax_element(one.level.begin(), one.level.end());
  return *high - *low;
}

/// Catmull and Rom's cubic between whole px.
double at(const RadialImage& image, double r) {
  const auto last = static_cast<int64_t>(image.size()) - 1;
  const auto i = static_cast<int64_t>(std::floor(r));
  const auto value = [&](int64_t k) {
    return image[static_cast<size_t>(std::min(k < 0 ? -k : k, last))];
  };
  const double t = r - static_cast<double>(i);
  const double a = value(i - 1);
  const double b = value(i);
  const double c = value(i + 1);
  const double d = value(i + 2);
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

int last_px(const EdgePool::Class& one) {
  return static_cast<int>(std::ceil(one.radius_px + one.place_px.back())) + 2;
}

/// Sums for the least squares of level = offset + height x image.
struct Line {
  double w = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;

  double across_xx() const { return xx - x * x / w; }
  double across_xy() const { return xy - x * y / w; }
  double across_yy() const { return yy - y * y / w; }
};

Line line_of(const EdgePool::Class& one, const RadialImage& image) {
  const double error = kModelError * contrast_of(one);
  Line line;
  for (size_t i = 0; i < one.level.size(); ++i) {
    const double weight = 1 / (one.variance[i] + error * error);
    const double x = at(image, std::abs(one.radius_px + one.place_px[i]));
    line.w += weight;
    line.x += weight * x;
    line.y += weight * one.level[i];
    line.xx += weight * x * x;
    line.xy += weight * x * one.level[i];
    line.yy += weight * one.level[i] * one.level[i];
  }
  return line;
}

double chi2_of(const Line& line) {
  return line.across_yy() - line.across_xy() * line.across_xy() / line.across_xx();
}

/// One shape of particles in an image of one blur, each class with its own radius and contrast.
struct Fit {
  double chi2 = 0;
  std::vector<double> shift_px;
};

Fit fit_radii(const Classes& classes, RadialImage (*image)(double, double, int), double blur) {
  Fit fit;
  for (const EdgePool::Class& one : classes) {
    const auto chi2 = [&](double shift) {
      return chi2_of(line_of(one, image(one.radius_px + shift, blur, last_px(one))));
    };
    const double most = std::min(kMostShiftPx, 0.4 * one.radius_px);
    fit.shift_px.push_back(least_between(chi2, -most, most, 5, 0.02));
    fit.chi2 += chi2(fit.shift_px.back());
  }
  return fit;
}

Fit fit_blur(const Classes& classes, RadialImage (*image)(double, double, int)) {
  const auto chi2 = [&](double blur) { return fit_radii(classes, image, blur).chi2; };
  return fit_radii(classes, image, least_between(chi2, 0.5, 6, 6, 0.05));
}

double rms_of(const Classes& classes, double chi2) {
  double places = 0;
  for (const EdgePool::Class& one : classes) {
    places += static_cast<double>(one.level.size());
  }
  return kModelError * std::sqrt(chi2 / places);
}

}  // namespace

std::string_view name(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::kFlat: return "flat";
    case EdgeKind::kSphere: return "sphere";
  }
  return "";
}

void EdgePool::add(const InstanceMeasures& instance) {
  const EdgeProfile& edge = instance.edge;
  const double radius = equivalent_diameter_px(instance.area_px2) / 2;
  if (edge.levels.empty() || instance.touching || instance.touches_border ||
      radius < kLeastRadiusPx || aspect_ratio(instance) < kLeastAspect) {
    return;
  }
  Bin& bin = bins_[static_cast<int64_t>(radius / kBinPx)];
  bin.count += 1;
  bin.radius_sum += radius;
  for (size_t i = 0; i < edge.levels.size(); ++i) {
    const size_t place = static_cast<size_t>(edge.first) + i;
    const double level = edge.levels[i];
    bin.counts[place] += 1;
    bin.sums[place] += level;
    bin.squares[place] += level * level;
  }
  ++count_;
  bright_ += edge.bright ? 1 : 0;
}

std::vector<EdgePool::Class> EdgePool::classes(int most) const {
  std::vector<Class> out;
  Bin sum;
  double seen = 0;
  const auto close = [&] {
    Class one{.count = sum.count,
              .radius_px = sum.radius_sum / sum.count,
              .place_px = {},
              .level = {},
              .variance = {}};
    for (int64_t i = 0; i < EdgeProfile::kPlaces; ++i) {
      const auto place = static_cast<size_t>(i);
      const double n = sum.counts[place];
      const auto from_edge = static_cast<double>(i - EdgeProfile::kInPx);
      if (n < std::max(2.0, kPresent * sum.count) || one.radius_px + from_edge < 0) {
        continue;
      }
      const double mean = sum.sums[place] / n;
      one.place_px.push_back(from_edge);
      one.level.push_back(mean);
      one.variance.push_back(std::max(0.0, sum.squares[place] / n - mean * mean) / (n - 1));
    }
    if (one.level.size() >= 8) {
      out.push_back(std::move(one));
    }
    sum = Bin();
  };
  for (const auto& [unused, bin] : bins_) {
    sum.count += bin.count;
    sum.radius_sum += bin.radius_sum;
    for (size_t i = 0; i < sum.sums.size(); ++i) {
      sum.counts[i] += bin.counts[i];
      sum.sums[i] += bin.sums[i];
      sum.squares[i] += bin.squares[i];
    }
    seen += bin.count;
    if (sum.count * most >= static_cast<double>(count_) || seen == static_cast<double>(count_)) {
      close();
    }
  }
  return out;
}

double EdgeModel::shift_at(double at_px) const {
  if (shift_px.empty()) {
    return 0;
  }
  const auto next = std::upper_bound(radius_px.begin(), radius_px.end(), at_px);
  if (next == radius_px.begin()) {
    return shift_px.front();
  }
  if (next == radius_px.end()) {
    return shift_px.back();
  }
  const auto i = static_cast<size_t>(next - radius_px.begin());
  const double part = (at_px - radius_px[i - 1]) / (radius_px[i] - radius_px[i - 1]);
  return shift_px[i - 1] * (1 - part) + shift_px[i] * part;
}

EdgeModel fitted_edge_model(const EdgePool& pool) {
  EdgeModel model{.kind = EdgeKind::kFlat,
                  .instances = pool.count(),
                  .misfit = {},
                  .flat_misfit = {},
                  .radius_px = {},
                  .shift_px = {}};
  if (pool.count() < kLeastInstances || !pool.bright()) {
    return model;
  }
  const Classes classes = pool.classes(kClasses);
  if (classes.empty()) {
    return model;
  }
  const Fit flat = fit_blur(classes, flat_disc);
  const Fit sphere = fit_blur(classes, sphere_by_thickness);
  model.flat_misfit = rms_of(classes, flat.chi2);
  model.misfit = model.flat_misfit;
  if (!(sphere.chi2 < kLeastGain * flat.chi2)) {
    return model;
  }
  model.kind = EdgeKind::kSphere;
  model.misfit = rms_of(classes, sphere.chi2);
  for (size_t i = 0; i < classes.size(); ++i) {
    model.radius_px.push_back(classes[i].radius_px);
    model.shift_px.push_back(sphere.shift_px[i]);
  }
  return model;
}

InstanceMeasures at_rim(const InstanceMeasures& instance, const EdgeModel& model) {
  InstanceMeasures moved = instance;
  if (model.kind == EdgeKind::kFlat) {
    return moved;
  }
  const double shift = model.shift_at(equivalent_diameter_px(instance.area_px2) / 2);
  moved.edge_shift_px = shift;
  moved.area_px2 += shift * (instance.perimeter_px + std::numbers::pi * shift);
  moved.perimeter_px += 2 * std::numbers::pi * shift;
  for (double* length :
       {&moved.min_feret_px, &moved.max_feret_px, &moved.major_axis_px, &moved.minor_axis_px}) {
    *length += 2 * shift;
  }
  if (auto& convention = moved.ecd_uncertainty.convention_px) {
    *convention *= kConventionLeft;
  }
  return moved;
}

}  // namespace mote::measure
