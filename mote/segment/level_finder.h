#pragma once

#include <optional>

#include "mote/core/grid.h"
#include "mote/imaging/noise_law.h"
#include "mote/imaging/threshold.h"

namespace mote::segment {

/// Levels in an image after smoothing.
struct FoundLevels {
  imaging::Levels levels;     ///< `noise` of bright particles' background counts its upper tail
  double particle_noise = 0;  ///< standard deviation of bright particles, 0 of dark ones

  /// Contrast over the larger noise.
  double clearness() const;
};

/// Finds the levels of background and particles, and what noise does where particles are bright.
///
/// Electrons are counted: particles that are brighter than the background are also noisier, and
/// where few electrons are in reach of the smoothing, noise is skewed, so that chance peaks are
/// higher than a Gaussian's. Dark particles have less noise than the background, and the tail lies
/// on the other side.
class LevelFinder {
 public:
  /// `image` and `excluded` (which may be empty) must outlive it; `bright` as in
  /// imaging::levels_of.
  LevelFinder(const Grid<float>& image, const BinaryImage& excluded, std::optional<bool> bright)
      : image_(image), excluded_(excluded), bright_(bright) {}

  /// Of the image after a Gaussian of `sigma_px`, whose histogram it is; else as
  /// imaging::levels_of.
  std::optional<FoundLevels> levels_of(const imaging::Histogram& histogram, double sigma_px,
                                       double least_px);

 private:
  void count_electrons(FoundLevels& found, double sigma_px);

  const Grid<float>& image_;
  const BinaryImage& excluded_;
  std::optional<bool> bright_;
  std::optional<imaging::NoiseLaw> law_;
};

}  // namespace mote::segment
