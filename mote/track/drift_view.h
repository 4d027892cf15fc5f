#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/track/drift.h"

namespace mote::track {

/// A frame on the registration grid: window x weight x (image - local background), and the weight
/// (kFullWeight where the pixel counts fully, 0 where it is masked).
struct DriftView {
  static constexpr int kFullWeight = 255;

  Grid<float> values;
  Grid<uint8_t> weight;
};

/// The frame without `pattern` (times the window) where it is not masked.
Grid<float> without(const DriftView& view, const Grid<float>& pattern);

/// Mean weight, 0 to 1.
double coverage(const DriftView& view);

/// Makes frames ready for registration: averaged over bin x bin pixels to at most about 640 x 640,
/// without what is not to be registered, without the local mean, and fading to zero towards both
/// the masks and the border, so that no edge is registered that is not the specimen's.
class DriftViewer {
 public:
  /// Share of a side over which the window fades at either end.
  static constexpr double kWindowEdge = 0.125;

  /// Mean square of the window over the field: along an axis 1 between, 3/8 (the mean of the square
  /// of 0.5 - 0.5 cos) over both edges.
  static constexpr double kWindowPower = (1 - 1.25 * kWindowEdge) * (1 - 1.25 * kWindowEdge);

  DriftViewer(DriftFrom from, Size field);

  /// Recorded pixels along a side of a registered one.
  int64_t bin() const { return bin_; }
  /// Registered pixels; 0 x 0 where the field is too small to register.
  Size size() const { return size_; }

  /// Thread-safe. `particles` is non-zero where pixels belong to particles; may be empty. Pixels
  /// that are no numbers are left out.
  /// Throws kUsage where sizes differ from the field's.
  DriftView view(const Grid<float>& image, const BinaryImage& particles) const;

 private:
  struct Binned {
    Grid<float> values;
    BinaryImage specimen;  // 1: finite, and no particle
    BinaryImage sound;     // 1: finite
  };
  struct Chosen {
    BinaryImage background;
    BinaryImage used;
  };
  Binned binned(const Grid<float>& image, const BinaryImage& particles) const;
  Chosen chosen(Binned& frame) const;

  DriftFrom from_;
  Size field_;
  int64_t bin_ = 1;
  Size size_;
  Box crop_;  // of the field, bin_ times size_
  std::vector<float> window_y_;
  std::vector<float> window_x_;
};

}  // namespace mote::track
