#include "mote/track/drift.h"

#include <cmath>

#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/track/fourier_drift.h"

namespace mote::track {

std::unique_ptr<DriftEstimator> make_drift_estimator(const DriftOptions& options, Size field) {
  if (field.height < 1 || field.width < 1) {
    throw Error(ErrorKind::kUsage, "drift of a field of {} x {} px", field.width, field.height);
  }
  require_option(options.key_every_frames >= 1, "key-every-frames", options.key_every_frames,
                 "1 or more");
  require_option(options.max_shift_px >= 1 && std::isfinite(options.max_shift_px), "max-shift-px",
                 options.max_shift_px, "1 or more");
  require_option(options.min_peak_ratio > 0 && std::isfinite(options.min_peak_ratio),
                 "min-peak-ratio", options.min_peak_ratio, "more than 0");
  return std::make_unique<FourierDrift>(options, field);
}

}  // namespace mote::track
