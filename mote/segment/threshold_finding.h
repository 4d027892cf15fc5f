#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "mote/imaging/threshold.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"

namespace mote::segment {

/// At this ratio of contrast to noise after smoothing, a Gaussian background has one pixel in a
/// million beyond the half level.
inline constexpr double kClearOfNoise = 9.5;

/// What one frame says of itself, or what a window of frames agrees on.
struct Finding {
  double sigma_px = 0;
  bool bright = false;
  double threshold = 0;
  double contrast = 0;     ///< between background and particles; 0 where they were not told apart
  double background = 0;   ///< where they were
  double noise = 0;        ///< of the smoothed background, as LevelFinder has it
  bool by_levels = false;  ///< Otsu was given up for the half level
};

/// What of looking at one frame is needed later.
struct Look {
  Grid<float> even;    ///< flattened; empty where the image is taken as it is
  Grid<float> smooth;  ///< by own->sigma_px
  std::optional<Finding> own;
  std::optional<imaging::Levels> levels;
  std::optional<double> background;  ///< of the smoothed image; nothing where all of it is equal
};

double area_of_diameter(double diameter_px);

/// The least number of pixels that make a particle: more than a blob of smoothed noise.
double least_px(const ThresholdOptions& options, double sigma_px);

/// Flattens and smooths a frame as `options` say, and finds its own threshold; nothing in `own`
/// where no particles can be told from the background.
/// Throws kUsage where the excluded pixels are not of the image's size.
Look look_at(const SegmenterInput& input, const ThresholdOptions& options);

/// The medians of a window of findings, which must not be empty, among those of the polarity that
/// most of them have. Where `background`, that of the latest frame, is given, the threshold is held
/// as a height over it: where the illumination changes, the background tells by how much, particles
/// or none.
Finding agreed(const std::deque<Finding>& window, std::optional<double> background);

}  // namespace mote::segment
