#pragma once

#include <cstdint>
#include <optional>

#include "mote/core/grid.h"
#include "mote/core/image.h"
#include "mote/imaging/fourier.h"

namespace mote::simulate {

/// A camera, or the annular detector of a STEM, from electrons to grey levels.
struct DetectorOptions {
  double gain = 20;              ///< grey levels an electron
  double offset = 100;           ///< grey levels without an electron
  double mtf_half_per_px = 0.3;  ///< frequency at which the signal falls to half; 0: it does not
  double mtf_power = 1.5;        ///< MTF = 2^-((k / mtf_half)^mtf_power)
  double ntf_half_per_px = 0;    ///< likewise of the noise of electrons; 0: as the signal
  double ntf_power = 1.5;
  double gain_pattern_sd = 0.01;   ///< relative, from pixel to pixel, fixed
  double offset_pattern_sd = 0.5;  ///< grey levels, from pixel to pixel, fixed
  double read_noise_sd = 2;        ///< grey levels
  double hot_pixel_share = 1e-5;   ///< of pixels that add a fixed level of their own
  double full_well_electrons = 0;  ///< most that a pixel tells; 0: without limit
  int64_t bits = 16;               ///< 8 or 16
};

/// The responses to a signal and to the electrons' noise at |k| cycles per pixel.
double mtf(const DetectorOptions& options, double k_per_px);
double ntf(const DetectorOptions& options, double k_per_px);

/// Reads a sensor out: S = NTF * (n - lambda) + MTF * lambda with n the counted and lambda the
/// expected electrons (* is convolution), gain with its fixed pattern, read noise, offset.
///
/// Rabbani, Shaw and Van Metter, "Detective quantum efficiency of imaging systems with amplifying
/// and scattering mechanisms", J. Opt. Soc. Am. A 4, 895 (1987), doi 10.1364/JOSAA.4.000895, for
/// why noise and signal have responses of their own. The form of MTF and NTF is ours.
///
/// Not safe to share between threads: holds scratch memory.
class Detector {
 public:
  /// A sensor of `size`, even on both sides, taken as periodic: give it a margin.
  /// Throws kUsage on values out of range.
  Detector(const DetectorOptions& options, Size size, uint64_t seed);

  /// Grey levels before they are rounded; `expected` and `counted` have the sensor's size. `frame`
  /// keys the read noise.
  const Grid<float>& signal(const Grid<float>& expected, const Grid<float>& counted, int64_t frame);

  /// The expected grey levels: the same without any noise but the fixed pattern.
  const Grid<float>& signal_without_noise(const Grid<float>& expected);

  /// The pixels of `box` rounded to whole grey levels, cut off at black and white.
  Image digitised(const Grid<float>& signal, Box box) const;

 private:
  void spread(const Grid<float>& image, const Grid<float>& expected);
  void apply_gain();

  DetectorOptions options_;
  uint64_t seed_;
  std::optional<imaging::PackedSpectrum> ntf_;        // nothing: 1 throughout
  std::optional<imaging::PackedSpectrum> remainder_;  // MTF - NTF; nothing: 0 throughout
  Grid<float> gain_;
  Grid<float> offset_;
  Grid<float> signal_;
  imaging::PackedSpectrum spectrum_;
  imaging::PackedSpectrum sum_;
};

}  // namespace mote::simulate
