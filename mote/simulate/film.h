#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/grid.h"

namespace mote::simulate {

/// The amorphous support: a phase that varies from atom to atom, and how much it takes away.
struct FilmOptions {
  double thickness_nm = 5;
  double mean_free_path_nm = 160;  ///< amorphous carbon at 200 kV
  double inner_potential_v = 9;    ///< amorphous carbon
  double haadf_scatter_per_nm = 0.0005;
  double phase_sd_rad = 0.1;  ///< standard deviation of the phase over the field
  double grain_nm = 0.1;      ///< standard deviation of the Gaussian that one grain is
};

/// The film's phase in camera pixels, without end in any direction: Gaussian white noise on the
/// specimen's lattice, keyed by the seed and the place alone, convolved with a Gaussian of
/// `grain_nm` (0.7 px at least, so that it can be shifted by parts of a pixel).
///
/// A drift by whole pixels moves it exactly; parts of a pixel are interpolated by Lanczos' window
/// of 6 samples an axis (error under 0.01 of its standard deviation from 1 px of grain up).
///
/// Not safe to share between threads: remembers the region around the last one asked for.
class Film {
 public:
  /// Throws kUsage on values out of range.
  Film(const FilmOptions& options, double pixel_size_nm, uint64_t seed);

  /// -ln of the amplitude that the film lets through: t / (2 Lambda).
  double absorption() const;

  /// Writes the phase in rad over `box` of the camera with the film moved by `drift`; `phase` has
  /// box's size.
  void write_phase(Point drift, Box box, Grid<float>& phase);

 private:
  void fill(Box region);

  FilmOptions options_;
  uint64_t seed_;
  std::vector<float> weights_;  // of the grain, unit variance, in rad
  Box region_;                  // of the specimen that known_ holds
  Grid<float> known_;
  Grid<float> across_;
};

}  // namespace mote::simulate
