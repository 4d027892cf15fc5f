#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "mote/core/median.h"
#include "mote/track/drift_weights.h"
#include "mote/track/fourier_drift.h"

namespace mote::track {
namespace {

using imaging::kRings;

// In registered pixels: a path shorter than this may be what a pattern's noise makes.
constexpr double kStillPx = 1.5;
// Rings from the first that a background of low frequency leaves (2) to a quarter of the highest
// frequency: where a specimen blurred by the optics is strongest.
constexpr int kFirstLowRing = 2;
constexpr int kEndOfLowRings = kRings / 4;
// Times the white power: less than this in the low rings, and there is no specimen beside it.
constexpr double kOnlyWhite = 2;
// Of a frame's links, each 0 to 1: below, the solution does without all of them.
constexpr double kLeastSupport = 0.2;
// Frames on either side that a frame's step and sharpness are compared with, and fewest of them.
constexpr int32_t kAround = 15;
constexpr size_t kLeastAround = 4;
// A jump: so many times the median step, and farther than so many registered pixels.
constexpr double kJumpTimes = 6;
constexpr double kJumpPx = 2;
// Of the median sharpness: below, a frame is blurred.
constexpr double kBlurred = 0.5;
// Of the frames' power: above, users are told that a pattern was taken off.
constexpr double kNotablePattern = 0.02;

double length(Point a) {
  return std::hypot(a.y_px, a.x_px);
}

}  // namespace

bool FourierDrift::only_stationary() const {
  if (size_.area() == 0 || pattern_->known()) {
    return false;
  }
  double low = 0;
  for (int ring = kFirstLowRing; ring < kEndOfLowRings; ++ring) {
    low += cross_[ring] / (kEndOfLowRings - kFirstLowRing);
  }
  return low < kOnlyWhite * white_.power();
}

// Whether no support is to be seen where one was asked for.
bool FourierDrift::untold() const {
  return options_.from == DriftFrom::kSupport && moves_apart();
}

// Where the specimen steps much farther, or shows much less texture, than in frames around.
void FourierDrift::flag_steps(std::vector<DriftRow>& rows) const {
  const auto step_px = [&](int32_t i) { return length(rows[i].shift - rows[i - 1].shift); };
  for (int32_t i = 1; i < frames_; ++i) {
    std::vector<double> steps;
    std::vector<double> sharpness;
    for (int32_t j = std::max(1, i - kAround); j < std::min(frames_, i + kAround + 1); ++j) {
      if (j != i) {
        steps.push_back(step_px(j));
        sharpness.push_back(sharpness_[j]);
      }
    }
    if (steps.size() < kLeastAround) {
      continue;
    }
    rows[i].jump = step_px(i) > std::max(kJumpPx * scale_, kJumpTimes * median(steps));
    rows[i].blurred = sharpness_[i] < kBlurred * median(sharpness);
  }
}

std::vector<DriftRow> FourierDrift::rows_of(const DriftSolution& solution) const {
  std::vector<DriftRow> rows(static_cast<size_t>(frames_));
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
    row.ok = solution.support[i] > kLeastSupport;
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

// Why no frame is `ok`.
std::string FourierDrift::refusal() const {
  if (untold()) {
    return "drift: what lies beside the particles does not move as one, as a support does, but "
           "like particles out of focus: no drift is assumed; --drift-from all takes its mean "
           "motion";
  }
  if (only_stationary() && !links_.empty()) {
    return "drift: all that can be registered stands still like a detector's fixed pattern, "
           "without texture of the specimen: drift and motion cannot be told apart; no drift is "
           "assumed";
  }
  return "drift: no texture to register: drift and motion cannot be told apart; no drift is "
         "assumed";
}

std::vector<std::string> FourierDrift::warnings_of(const std::vector<DriftRow>& rows,
                                                   int64_t pieces) const {
  if (frames_ < 2) {
    return {};
  }
  const auto bad = std::count_if(rows.begin(), rows.end(), [](const DriftRow& r) { return !r.ok; });
  if (bad == frames_) {
    return {refusal()};
  }
  std::vector<std::string> out;
  if (moves_apart()) {
    out.push_back(
        "drift: what was registered does not move as one: this is its mean motion, and "
        "--no-drift leaves it in");
  }
  if (bad > 0) {
    out.push_back(fmt::format("drift: {} of {} frames could not be registered and are interpolated",
                              bad, frames_));
  }
  if (pattern_ && pattern_->share() > kNotablePattern) {
    out.push_back(
        "drift: what stood still in camera coordinates was taken for the detector's fixed pattern "
        "and left out; where it is the specimen, which does not drift, give --no-drift");
  }
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

DriftResult FourierDrift::solve() const {
  const DriftSolution solution = solve_links(frames_, links_);
  DriftResult result{.rows = rows_of(solution)};
  result.warnings = warnings_of(result.rows, solution.pieces);
  return result;
}

}  // namespace mote::track
