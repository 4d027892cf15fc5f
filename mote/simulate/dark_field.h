#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"
#include "mote/simulate/film.h"
#include "mote/simulate/layer.h"
#include "mote/simulate/view.h"

namespace mote::simulate {

/// Scanned images by electrons at high angles: the share of the beam that reaches the annular
/// detector, pixel by pixel.
///
/// Incoherent, so the object is a number of scattered electrons and the image its convolution with
/// the probe: 1 - exp(-sum of S t) over layers, film and liquid, with S the scattering per
/// thickness, near to Z^1.7. The exponential, after Lambert, keeps thick bodies from scattering
/// more than there is.
///
/// Line y is scanned at time_s + exposure_s (y + 1/2) / H; every `lines_per_step` lines the
/// specimen is asked for anew. A line's jitter moves it as a whole: Jones and Nellist,
/// "Identifying and correcting scan noise and drift in the scanning transmission electron
/// microscope", Microsc. Microanal. 19, 1050 (2013).
///
/// Not safe to share between threads: holds scratch memory.
class DarkField {
 public:
  /// Throws kUsage on values out of range.
  DarkField(const ViewOptions& options, uint64_t seed);

  /// Over the field; `frame` keys the scan's noise.
  const Grid<float>& expose(const LayersAt& layers, const DriftAt& drift, double time_s,
                            double exposure_s, int64_t frame);

 private:
  void scan_step(int64_t first, int64_t last, Box box, uint64_t key);
  void add_up(Box box);

  ViewOptions options_;
  uint64_t seed_;
  Film film_;
  double film_nm_per_rad_ = 0;
  std::vector<Layer> layers_;
  Grid<float> object_;
  Grid<float> film_phase_;
  Grid<float> seen_;
};

}  // namespace mote::simulate
