#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "mote/core/median.h"
#include "mote/track/drift_weights.h"
#include "mote/track/fourier_drift.h"

namespace mote::track {
namespace {

using imaging::kRings;

constexpr double kStillPx = 1.5;  // a path shorter than this may be a pattern's noise

}  // namespace

bool FourierDrift::only_stationary() const {
  if (size_.area() == 0 || pattern_->known()) {
    return false;
  }
  const double white = white_.power();
  double low = 0;
  for (int ring = 2; ring < kRings / 4; ++ring) {
    low += cross_[ring] / (kRings / 4.0 - 2);
  }
  return low < 2 * white;
}

// Whether no support is to be seen where one was asked for.
bool FourierDrift::untold() const {
  return options_.from == DriftFrom::kSupport && moves_apart();
}

// Where the specimen steps much farther, or shows much less texture, than in frames around.
void FourierDrift::flag_steps(std::vector<DriftRow>& rows) const {
  constexpr int32_t kAround = 15;
  for (int32_t i = 0; i < frames_; ++i) {
    std::vector<double> steps;
    std::vector<double> sharpness;
    for (int32_t j = std::max(1, i - kAround); j < std::min(frames_, i + kAround + 1); ++j) {
      if (j != i) {
        const Point step = rows[j].shift - rows[j - 1].shift;
        steps.push_back(std::hypot(step.y_px, step.x_px));
        sharpness.push_back(sharpness_[j]);
      }
    }
    if (i == 0 || steps.size() < 4) {
      continue;
    }
    const Point step = rows[i].shift - rows[i - 1].shift;
    rows[i].jump = std::hypot(step.y_px, step.x_px) > std::max(2.0 * scale_, 6 * median(steps));
    rows[i].blurred = sharpness_[i] < 0.5 * median(sharpness);
  }
}

std::vector<DriftRow> FourierDrift::solve() const {
  std::vector<DriftRow> rows(static_cast<size_t>(frames_));
  const DriftSolution solution = solve_links(frames_, links_);
  const bool none = (only_stationary() && range_of(solution.shift) < kStillPx) || untold();
  bool any = false;
  for (int32_t i = 0; i < frames_; ++i) {
    DriftRow& row = rows[i];
    row.index = i;
    row.peak_ratio = peak_[i];
    if (none) {
      continue;
    }
    row.shift = {solution.shift[i].y_px * scale_, solution.shift[i].x_px * scale_};
    row.residual_px = solution.residual_px[i] * scale_;
    row.ok = solution.support[i] > 0.2;
    any = any || row.ok;
  }
  if (!any) {
    for (DriftRow& row : rows) {
      row.shift = {};
    }
    return rows;
  }

  flag_steps(rows);
  return rows;
}

std::vector<std::string> FourierDrift::warnings() const {
  std::vector<std::string> out;
  const std::vector<DriftRow> rows = solve();
  const auto bad = std::count_if(rows.begin(), rows.end(), [](const DriftRow& r) { return !r.ok; });
  if (frames_ < 2) {
    return out;
  }
  if (bad == frames_ && untold()) {
    out.push_back(
        "drift: what lies beside the particles does not move as one, as a support does, but like "
        "particles out of focus: no drift is assumed; --drift-from all takes its mean motion");
    return out;
  }
  if (bad == frames_) {
    out.push_back(
        only_stationary() && !links_.empty()
            ? "drift: all that can be registered stands still like a detector's fixed pattern, "
              "without texture of the specimen: drift and motion cannot be told apart; no drift is "
              "assumed"
            : "drift: no texture to register: drift and motion cannot be told apart; no drift is "
              "assumed");
    return out;
  }
  if (moves_apart()) {
    out.push_back(
        "drift: what was registered does not move as one: this is its mean motion, and "
        "--no-drift leaves it in");
  }
  if (bad > 0) {
    out.push_back(fmt::format("drift: {} of {} frames could not be registered and are interpolated",
                              bad, frames_));
  }
  if (pattern_ && pattern_->share() > 0.02) {
    out.push_back(
        "drift: what stood still in camera coordinates was taken for the detector's fixed pattern "
        "and left out; where it is the specimen, which does not drift, give --no-drift");
  }
  const int64_t pieces = solve_links(frames_, links_).pieces;
  if (pieces > 1) {
    out.push_back(
        fmt::format("drift: the recording falls into {} pieces that could not be registered to one "
                    "another; no drift is assumed between them",
                    pieces));
  }
  const auto jumps =
      std::count_if(rows.begin(), rows.end(), [](const DriftRow& r) { return r.jump; });
  if (jumps > 0) {
    out.push_back(fmt::format("drift: the specimen jumps in {} of {} frames", jumps, frames_));
  }
  return out;
}

}  // namespace mote::track
