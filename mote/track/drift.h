#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/bytes.h"
#include "mote/core/grid.h"

namespace mote::track {

enum class DriftFrom { kSupport, kAll, kParticles };

struct DriftOptions {
  DriftFrom from = DriftFrom::kSupport;  ///< which pixels are registered; particles masked out
  int64_t key_every_frames = 25;
  double max_shift_px = 64;   ///< between a frame and the frame it is registered to
  double min_peak_ratio = 6;  ///< below, a registration is not believed; chance alone reaches 4.5

  bool operator==(const DriftOptions&) const = default;
};

/// One row of drift.csv: where the specimen is, relative to frame 0, in camera pixels.
struct DriftRow {
  int64_t index = 0;
  Point shift;
  double peak_ratio = 0;   ///< of the best registration: peak over 1 sigma of noise
  double residual_px = 0;  ///< rms of this frame's registrations against the solution
  bool ok = false;         ///< false: interpolated
  bool jump = false;       ///< moved much farther than frames around it
  bool blurred = false;    ///< much less fine texture than frames around it

  bool operator==(const DriftRow&) const = default;
};

/// The drift of a whole recording, and what its user should know of it: that there was no texture,
/// so that drift and motion cannot be told apart; how many frames are interpolated; that a pattern
/// which stands still was taken off.
struct DriftResult {
  std::vector<DriftRow> rows;  ///< one a frame, in order
  std::vector<std::string> warnings;

  bool operator==(const DriftResult&) const = default;
};

/// A frame made ready for registration: without particles and background, windowed.
class DriftPrepared {
 public:
  virtual ~DriftPrepared() = default;
};

/// Estimates how the specimen drifts: each frame is registered to the one before, to some farther
/// back and to a key frame; `solve` joins all in one robust least-squares solution.
class DriftEstimator {
 public:
  virtual ~DriftEstimator() = default;

  /// Thread-safe. `particles` is non-zero where pixels belong to particles; may be empty.
  virtual std::unique_ptr<DriftPrepared> prepare(const Grid<float>& image,
                                                 const BinaryImage& particles) const = 0;

  /// Takes the next frame, in order, `index` counting from 0 without holes; gives its shift as
  /// known so far, for the tracker.
  virtual DriftRow push(int64_t index, std::unique_ptr<DriftPrepared> frame) = 0;

  /// Joins all registrations so far.
  virtual DriftResult solve() const = 0;

  /// What `load_state` takes: some ten images of the field.
  virtual void save_state(ByteWriter& out) const = 0;
  std::string save_state() const {
    ByteWriter out;
    save_state(out);
    return out.take();
  }
  /// Throws kBadFile, and stays as it is, on a state that is damaged, or of another version, field
  /// or options.
  virtual void load_state(std::string_view state) = 0;
};

/// Throws kUsage on values out of range.
std::unique_ptr<DriftEstimator> make_drift_estimator(const DriftOptions& options, Size field);

}  // namespace mote::track
