#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/calibration.h"
#include "mote/measure/frame.h"

namespace mote::report {

enum class Verdict { kOk, kLook, kProblem };

/// `ok`, `look`, `problem`
std::string_view name(Verdict verdict);

/// One line of the page of checks that a report opens with.
struct Check {
  std::string name;
  Verdict verdict = Verdict::kOk;
  std::string value;    ///< the number, with its unit
  std::string meaning;  ///< one sentence: what it says, or what to do

  bool operator==(const Check&) const = default;
};

/// What the checks are made of; what is not known gives no check, but for the calibration.
struct CheckInputs {
  bool recording = true;     ///< false: stills, which have no time
  bool drift_wanted = true;  ///< false: `--no-drift`
  std::optional<PixelSize> pixel_size;
  std::optional<FrameInterval> frame_interval;
  bool time_stamps = false;  ///< every frame has a recorded time

  int64_t frames = 0;
  int64_t frames_skipped = 0;
  int64_t frames_with_drift = 0;
  int64_t frames_interpolated = 0;          ///< whose drift was not measured
  std::optional<double> drift_residual_px;  ///< rms over the frames measured
  std::optional<double> drift_range_px;     ///< farthest from frame 0

  std::optional<double> threshold_sd;  ///< over the frames
  std::optional<double> contrast;      ///< between particles and background, mean of the instances

  int64_t instances = 0;  ///< in all frames
  int64_t at_border = 0;
  int64_t touching = 0;
  int64_t shared = 0;
  int64_t contacts = 0;
  int64_t unresolved = 0;

  std::optional<double> sigma_px;  ///< of the smoothing that the mask was found on
  std::optional<double> median_ecd_px;
  std::optional<double> min_diameter_px;           ///< smaller particles are not counted
  std::optional<double> effective_n;               ///< median over frames
  std::optional<measure::SizeSample> size_sample;  ///< of the run as a whole
};

/// The checks, in the order in which they are shown.
std::vector<Check> checks(const CheckInputs& inputs);

}  // namespace mote::report
