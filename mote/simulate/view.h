#pragma once

#include <cstdint>

#include "mote/core/grid.h"
#include "mote/simulate/film.h"
#include "mote/simulate/optics.h"

namespace mote::simulate {

enum class Mode { kBrightField, kHaadf };

/// A liquid between two windows. In bright field the share exp(-t / Lambda) of the electrons loses
/// no energy and makes the image; of the others `collected_share` makes a blurred one. In HAADF
/// all of the image is blurred, and lies on what the liquid scatters.
struct LiquidOptions {
  double thickness_nm = 0;  ///< of liquid and windows together; 0 for none
  double mean_free_path_nm = 200;
  double collected_share = 0.5;
  double blur_nm = 2;  ///< standard deviation of the blur by lost energy or by scattering
  double haadf_scatter_per_nm = 0.0004;
};

/// The probe of a STEM and how it is scanned. The whole exposure of a frame is its scan.
struct ScanOptions {
  double probe_sd_nm = 0.1;       ///< of the Gaussian core
  double probe_tail_share = 0.2;  ///< of the current
  double probe_tail_sd_nm = 0.4;
  double line_jitter_px = 0.2;  ///< standard deviation of each line's place, on either axis
  double line_gain_sd = 0.01;   ///< relative, of each line's brightness
  int64_t lines_per_step = 4;   ///< lines for which the specimen stands still
};

/// What part of the specimen is seen, through what, and by which kind of image.
struct ViewOptions {
  Mode mode = Mode::kBrightField;
  Size field{512, 512};
  double pixel_size_nm = 0.1;
  OpticsOptions optics;  ///< bright field; of HAADF the voltage alone counts
  ScanOptions scan;      ///< HAADF
  FilmOptions film;
  LiquidOptions liquid;
  /// Bright field: waves a frame at evenly spaced times of the exposure, whose intensities are
  /// averaged.
  int64_t sub_exposures = 5;
  /// Bright field: bodies closer along the beam than this are one plane; between planes the wave
  /// is propagated.
  double plane_nm = 10;
};

/// Throws kUsage on values out of range; those of the film are Film's to check.
void check(const ViewOptions& options);

}  // namespace mote::simulate
