#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "mote/segment/segmenter.h"

namespace mote::segment {

enum class Polarity { kAuto, kDark, kBright };
enum class ThresholdMethod { kAuto, kOtsu, kSauvola, kFixed };

struct ThresholdOptions {
  /// Gaussian that the mask is found on; 0 finds the least of 1, 1.5, 2, 3, 4, 6, 8 and 12 px that
  /// lifts the particles clear of the noise, and holds it like the threshold.
  double sigma_px = 0;
  bool flatten = true;    ///< take the uneven background out before the threshold; not for kFixed
  double flatten_px = 0;  ///< scale of that background; 0 takes an eighth of the smaller side
  ThresholdMethod method = ThresholdMethod::kAuto;  ///< Otsu, unless coverage is too low for it
  double threshold = 0;                             ///< grey level for kFixed, as recorded
  /// Added to the threshold that kAuto or kOtsu finds, in grey levels: moves it without fixing it.
  double threshold_offset = 0;
  double sauvola_window_px = 51;
  double sauvola_k = 0.2;
  int64_t window_frames = 25;  ///< the threshold is held at the median of so many frames
  Polarity polarity = Polarity::kAuto;
  bool fill_holes = true;       ///< but not holes through which the background shows
  double min_diameter_px = 3;   ///< what is smaller, smoothed or refined, is noise
  bool split = true;            ///< cut touching particles apart
  double max_neck_ratio = 0.9;  ///< cuts at wider necks are not even proposed
  bool refine = true;           ///< move the boundary to the half level of the unsmoothed image
};

/// The options that reproduce the published labels of the tiles of Duan et al. 2024: sigma 5 px,
/// Otsu on a 4096-bin histogram, and nothing else.
ThresholdOptions tiles_preset();

/// The scale at which the background of a frame of this size is taken out, where it is.
double flatten_scale_px(const ThresholdOptions& options, Size frame);

/// The classical segmenter: Gaussian, threshold, hole filling, watershed, sub-pixel boundary.
/// Throws kUsage on values out of range.
std::unique_ptr<Segmenter> make_threshold_segmenter(const ThresholdOptions& options);

}  // namespace mote::segment
