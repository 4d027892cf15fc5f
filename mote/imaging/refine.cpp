#include "mote/imaging/refine.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "mote/imaging/closed_line.h"
#include "mote/imaging/edge_profiles.h"

namespace mote::imaging {
namespace {

constexpr double kSpacingPx = 1.0;  // between points of an outline
constexpr size_t kFewPoints = 40;
constexpr double kNearEnoughPx = 0.4;  // root mean square of a shift that needs no second look

/// Values by point, and which points have one: weight 0 or 1.
struct LineValues {
  std::vector<float> values;
  std::vector<float> weights;

  bool any() const {
    return std::any_of(weights.begin(), weights.end(), [](float w) { return w > 0; });
  }
  bool all() const {
    return std::none_of(weights.begin(), weights.end(), [](float w) { return w == 0; });
  }
};

/// The standard deviation of a Gaussian edge that rises by `share` of its height over `width`.
double edge_sigma(double share, double width) {
  // share = erf(width / (2 sqrt 2 sigma)), solved by bisection.
  double low = 0.05;
  double high = 10;
  for (int step = 0; step < 40; ++step) {
    const double middle = 0.5 * (low + high);
    (std::erf(width / (2 * std::numbers::sqrt2 * middle)) > share ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

/// Where each point's profile passes the half level nearest to the outline, in px outwards and not
/// farther than `most_shift_px`. The rows that count are those from `first` to `last`.
LineValues crossings_of(const Profiles& profiles, const Plateaus& plateaus, int64_t first,
                        int64_t last, double most_shift_px) {
  const size_t count = profiles.points();
  LineValues shift{.values = std::vector<float>(count, 0), .weights = std::vector<float>(count, 0)};
  for (size_t i = 0; i < count; ++i) {
    const double p = plateaus.inside_of(i);
    const double b = plateaus.outside_of(i);
    const double c = plateaus.sign * (p - b);
    if (!(c > 0.2 * plateaus.contrast)) {
      continue;
    }
    const auto above = [&](int64_t k) {
      return plateaus.sign * (profiles.level(k)[i] - 0.5 * (p + b)) / c;
    };
    std::optional<double> best;
    for (int64_t k = first; k < last; ++k) {
      if (!(profiles.weight(k)[i] > 0) || !(profiles.weight(k + 1)[i] > 0)) {
        continue;
      }
      const double here = above(k);
      const double next = above(k + 1);
      if (here >= 0 && next < 0) {
        const double at = (static_cast<double>(k) + here / (here - next)) * kProfileStepPx;
        if (std::abs(at) <= most_shift_px && (!best || std::abs(at) < std::abs(*best))) {
          best = at;
        }
      }
    }
    if (best) {
      shift.values[i] = static_cast<float>(*best);
      shift.weights[i] = 1;
    }
  }
  return shift;
}

/// The edge's blur, the standard deviation of a Gaussian in px, from how steep it is: the mean rise
/// over one or two pixels across it. 0 where it cannot be told.
double blur_of(const Profiles& profiles, const Plateaus& plateaus, int64_t first, int64_t last,
               const LineValues& shift) {
  double share[2] = {0, 0};
  double norm[2] = {0, 0};
  for (size_t i = 0; i < profiles.points(); ++i) {
    if (shift.weights[i] == 0) {
      continue;
    }
    const auto level_at = [&](double at) {
      const auto k = static_cast<int64_t>(std::floor(at / kProfileStepPx));
      if (k < first || k >= last || profiles.weight(k)[i] == 0 || profiles.weight(k + 1)[i] == 0) {
        return std::nan("");
      }
      const double part = at / kProfileStepPx - static_cast<double>(k);
      return profiles.level(k)[i] * (1 - part) + profiles.level(k + 1)[i] * part;
    };
    const double contrast = plateaus.inside_of(i) - plateaus.outside_of(i);
    for (const int wide_edge : {0, 1}) {
      const double half = wide_edge == 0 ? 0.5 : 1.0;
      const double rise =
          (level_at(shift.values[i] - half) - level_at(shift.values[i] + half)) / contrast;
      if (std::isfinite(rise)) {
        share[wide_edge] += rise;
        norm[wide_edge] += 1;
      }
    }
  }
  if (!(norm[0] > 0 && norm[1] > 0)) {
    return 0;
  }
  const double narrow = share[0] / norm[0];
  return narrow > 0.4 ? edge_sigma(std::min(narrow, 0.99), 1)
                      : edge_sigma(std::max(share[1] / norm[1], 0.05), 2);
}

/// Points that found nothing and whose neighbours found nothing take the shift of farther ones.
void fill_unknown(LineValues& shift) {
  const size_t count = shift.values.size();
  for (double sigma = 4; !shift.all() && sigma < static_cast<double>(count); sigma *= 2) {
    LineValues filled = shift;
    smooth(filled.values, filled.weights, LineKernel(sigma, count));
    for (size_t i = 0; i < count; ++i) {
      if (shift.weights[i] == 0 && filled.weights[i] > 0) {
        shift.values[i] = filled.values[i];
        shift.weights[i] = 1;
      }
    }
  }
}

class Refiner {
 public:
  Refiner(const Grid<float>& image, const BinaryImage& mask, const RefineOptions& options)
      : image_(image), mask_(mask), options_(options) {}

  Outline refine(const Outline& outline) const;

 private:
  Outline shifted(const Outline& outline, double most_shift_px) const;

  const Grid<float>& image_;
  const BinaryImage& mask_;
  const RefineOptions& options_;
};

Outline Refiner::shifted(const Outline& outline, double most_shift_px) const {
  const size_t count = outline.points.size();
  const double area = signed_area(outline);
  const double length = static_cast<double>(count) * kSpacingPx;
  // Half the local thickness: r for a disc, half the width for a rod.
  const double thickness = std::max(1.0, 2 * std::abs(area) / length);
  const double window = std::clamp(3 + 2 * options_.sigma_px, 4.0, 12.0);
  const double narrow = std::min(window, 0.85 * thickness);
  const bool hole = area < 0;
  const ProfileReach reach{
      .in_px = hole ? window : narrow,
      .out_px = hole ? narrow : window,
      .sought = static_cast<int64_t>(std::ceil((most_shift_px + 1) / kProfileStepPx)) + 1};

  const LineFrame frame = frame_of(outline, std::clamp(thickness / 6, 1.0, 3.0));
  Profiles profiles = profiles_of(image_, mask_, outline, frame.normals, reach);
  const std::optional<Plateaus> plateaus = plateaus_of(profiles, options_.bright);
  if (!plateaus) {
    return outline;
  }
  const double along = averaging_length(profiles, *plateaus, reach);
  const int64_t first = std::max(plateaus->first, -reach.sought);
  const int64_t last = std::min(plateaus->last, reach.sought);
  const LineKernel kernel(along, count);
  for (int64_t k = first; k <= last; ++k) {
    smooth(profiles.level(k), profiles.weight(k), kernel);
  }

  LineValues shift = crossings_of(profiles, *plateaus, first, last, most_shift_px);
  for (size_t i = 0; i < count; ++i) {
    shift.weights[i] = outline.on_border[i] != 0 ? 0 : shift.weights[i];
  }
  const double blur =
      std::min({blur_of(profiles, *plateaus, first, last, shift), 3.0, 0.35 * thickness});
  smooth(shift.values, shift.weights, LineKernel(std::max(0.7, 0.5 * along), count));
  if (!shift.any()) {
    return outline;
  }
  fill_unknown(shift);

  const double chord = length / static_cast<double>(count);
  Outline moved = outline;
  for (size_t i = 0; i < count; ++i) {
    if (outline.on_border[i] != 0) {
      continue;
    }
    const double bend = std::clamp(frame.curvature[i], -1 / thickness, 2 / thickness);
    // The second term puts the polygon's area where the curve through its corners has it.
    const double at = shift.values[i] + 0.5 * blur * blur * bend + chord * chord * bend / 12;
    moved.points[i].y_px += at * frame.normals[i].y_px;
    moved.points[i].x_px += at * frame.normals[i].x_px;
  }
  return moved;
}

Outline Refiner::refine(const Outline& outline) const {
  Outline base = resampled(outline, kSpacingPx);
  if (std::all_of(base.on_border.begin(), base.on_border.end(),
                  [](uint8_t on) { return on != 0; })) {
    return outline;
  }
  round_off(base, std::clamp(static_cast<double>(base.points.size()) / 24, 1.0, 2.0));
  Outline moved = shifted(base, 1.5 + options_.sigma_px);
  double squares = 0;
  for (size_t i = 0; i < moved.points.size(); ++i) {
    const double dy = moved.points[i].y_px - base.points[i].y_px;
    const double dx = moved.points[i].x_px - base.points[i].x_px;
    squares += dy * dy + dx * dx;
  }
  // Farther off, the normals were not yet those of the edge; on a small outline they hardly are.
  if (moved.points.size() >= kFewPoints &&
      squares < kNearEnoughPx * kNearEnoughPx * static_cast<double>(moved.points.size())) {
    return moved;
  }
  return shifted(resampled(moved, kSpacingPx), 2);
}

}  // namespace

std::vector<Outline> refined(const std::vector<Outline>& outlines, const Grid<float>& image,
                             const BinaryImage& mask, const RefineOptions& options) {
  const Refiner refiner(image, mask, options);
  std::vector<Outline> moved;
  moved.reserve(outlines.size());
  for (const Outline& outline : outlines) {
    moved.push_back(refiner.refine(outline));
  }
  return moved;
}

}  // namespace mote::imaging
