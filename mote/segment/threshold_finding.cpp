#include "mote/segment/threshold_finding.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/core/median.h"
#include "mote/imaging/components.h"
#include "mote/imaging/contrast.h"
#include "mote/imaging/distance.h"
#include "mote/imaging/filters.h"
#include "mote/segment/level_finder.h"

namespace mote::segment {
namespace {

constexpr double kAutoSigmas[] = {1, 1.5, 2, 3, 4, 6, 8, 12};
// Where nothing is as clear as that, the least smoothing that comes near the best.
constexpr double kNearBest = 0.75;
constexpr double kLeastFlattenPx = 48;
constexpr double kMostFlattenPx = 256;
// The strongest level is another population where it is so many times as far.
constexpr double kAmbiguous = 2;
constexpr double kEdgeContrast = 0.6;
// Otsu's threshold settles in the background where particles are fewer than this.
constexpr double kLeastOtsuShare = 0.05;

std::optional<bool> bright_wanted(const ThresholdOptions& options) {
  if (options.polarity == Polarity::kAuto) {
    return std::nullopt;
  }
  return options.polarity == Polarity::kBright;
}

/// Where faint and wide structure outweighs few clear particles, the clear ones are meant: takes
/// the level of the strongest unless what the lower one finds has edges.
void prefer_edges(const BinaryImage& excluded, Look& look) {
  imaging::Levels& levels = *look.levels;
  const double contrast = std::abs(levels.particle - levels.background);
  if (std::abs(levels.strongest - levels.background) < kAmbiguous * contrast) {
    return;
  }
  const double level = levels.detection_level();
  BinaryImage mask(look.smooth.size());
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const float value = look.smooth.values()[i];
    const bool particle = levels.bright ? value > level : value < level;
    mask.values()[i] = particle && (excluded.empty() || excluded.values()[i] == 0) ? 1 : 0;
  }
  const imaging::Components found = imaging::components_of(mask);
  const std::vector<imaging::Contrast> contrasts = imaging::contrasts_of(
      found.labels, found.components.size(), imaging::distance_to_background(mask), look.smooth, 2);
  double area = 0;
  double edged = 0;
  for (size_t i = 0; i < found.components.size(); ++i) {
    const auto pixels = static_cast<double>(found.components[i].area_px);
    area += pixels;
    edged += contrasts[i + 1].value > kEdgeContrast * contrast ? pixels : 0;
  }
  if (edged < 0.5 * area) {
    levels.particle = levels.strongest;
  }
}

/// An image after a Gaussian.
struct Smoothed {
  double sigma_px = 0;
  Grid<float> image;
  imaging::Histogram histogram;
};

Smoothed smoothed_by(double sigma_px, const Grid<float>& image, const BinaryImage& excluded) {
  Smoothed out{.sigma_px = sigma_px, .image = imaging::gaussian(image, sigma_px), .histogram = {}};
  out.histogram = imaging::histogram_of(out.image, excluded);
  return out;
}

/// Finds the frame's own threshold on what `smoothed` holds.
void find_threshold(Smoothed smoothed, LevelFinder& finder, const BinaryImage& excluded,
                    const ThresholdOptions& options, Look& look) {
  look.smooth = std::move(smoothed.image);
  const imaging::Histogram& histogram = smoothed.histogram;
  const double sigma_px = smoothed.sigma_px;
  const std::optional<FoundLevels> found =
      finder.levels_of(histogram, sigma_px, least_px(options, sigma_px));
  look.levels = found ? std::optional(found->levels) : std::nullopt;
  look.own.reset();
  look.background.reset();
  if (look.levels) {
    look.background = look.levels->background;
  } else if (histogram.counts.size() > 1) {
    look.background = imaging::background_of(histogram);
  }
  const std::optional<imaging::OtsuSplit> otsu = imaging::otsu(histogram);
  Finding own{.sigma_px = sigma_px};
  if (look.levels) {
    own.bright = look.levels->bright;
    own.contrast = std::abs(look.levels->particle - look.levels->background);
  } else if (bright_wanted(options)) {
    own.bright = *bright_wanted(options);
  }
  switch (options.method) {
    case ThresholdMethod::kFixed:
      own.threshold = options.threshold;
      look.own = own;
      return;
    case ThresholdMethod::kSauvola:
      if (look.levels) {
        look.own = own;
      }
      return;
    case ThresholdMethod::kOtsu:
      if (otsu) {
        own.threshold = otsu->threshold;
        look.own = own;
      }
      return;
    case ThresholdMethod::kAuto: break;
  }
  if (!look.levels || !otsu) {
    return;
  }
  prefer_edges(excluded, look);
  own.contrast = std::abs(look.levels->particle - look.levels->background);
  own.background = look.levels->background;
  own.noise = look.levels->noise;
  const double contrast = look.levels->particle - look.levels->background;
  const double height = (otsu->threshold - look.levels->background) / contrast;
  own.by_levels = look.levels->share < kLeastOtsuShare || height < 0.3 || height > 0.7;
  own.threshold = own.by_levels ? look.levels->detection_level() : otsu->threshold;
  look.own = own;
}

/// `image` after the least of kAutoSigmas that lifts the particles clear of the noise.
Smoothed smoothed_clear(const Grid<float>& image, LevelFinder& finder, const BinaryImage& excluded,
                        const ThresholdOptions& options) {
  // Much smoothing can be judged on a smaller image.
  Grid<float> half;
  BinaryImage half_excluded;
  double scale = 1;
  double clearest[std::size(kAutoSigmas)] = {};
  for (size_t i = 0; i < std::size(kAutoSigmas); ++i) {
    const double sigma_px = kAutoSigmas[i];
    while (sigma_px / scale >= 2 && std::min(image.height(), image.width()) / scale >= 128) {
      half = imaging::halved(scale > 1 ? half : image);
      half_excluded = imaging::halved(scale > 1 ? half_excluded : excluded);
      scale *= 2;
    }
    Smoothed tried = scale > 1 ? smoothed_by(sigma_px / scale, half, half_excluded)
                               : smoothed_by(sigma_px, image, excluded);
    const auto levels =
        finder.levels_of(tried.histogram, sigma_px, least_px(options, sigma_px) / (scale * scale));
    clearest[i] = levels ? levels->clearness() : 0;
    if (clearest[i] >= kClearOfNoise) {
      return scale > 1 ? smoothed_by(sigma_px, image, excluded) : std::move(tried);
    }
  }
  const double best = *std::max_element(std::begin(clearest), std::end(clearest));
  size_t i = 0;
  while (clearest[i] < kNearBest * best) {
    ++i;
  }
  return smoothed_by(kAutoSigmas[i], image, excluded);
}

}  // namespace

double area_of_diameter(double diameter_px) {
  return 0.25 * std::numbers::pi * diameter_px * diameter_px;
}

double least_px(const ThresholdOptions& options, double sigma_px) {
  return std::max(
      {area_of_diameter(options.min_diameter_px), 9.0, 2 * std::numbers::pi * sigma_px * sigma_px});
}

double flatten_scale_px(const ThresholdOptions& options, Size frame) {
  const auto side = static_cast<double>(std::min(frame.height, frame.width));
  return options.flatten_px > 0 ? options.flatten_px
                                : std::clamp(side / 8, kLeastFlattenPx, kMostFlattenPx);
}

Look look_at(const SegmenterInput& input, const ThresholdOptions& options) {
  if (!input.excluded.empty() && input.excluded.size() != input.image.size()) {
    throw Error(ErrorKind::kUsage, "excluded pixels of {} x {} for an image of {} x {}",
                input.excluded.width(), input.excluded.height(), input.image.width(),
                input.image.height());
  }
  Look look;
  if (options.flatten && options.method != ThresholdMethod::kFixed) {
    look.even = imaging::flattened(input.image, input.excluded,
                                   flatten_scale_px(options, input.image.size()));
  }
  const Grid<float>& image = look.even.empty() ? input.image : look.even;
  LevelFinder finder(image, input.excluded, bright_wanted(options));
  find_threshold(options.sigma_px > 0 ? smoothed_by(options.sigma_px, image, input.excluded)
                                      : smoothed_clear(image, finder, input.excluded, options),
                 finder, input.excluded, options, look);
  return look;
}

Finding agreed(const std::deque<Finding>& window, std::optional<double> background) {
  std::vector<double> sigmas;
  int64_t bright = 0;
  for (const Finding& finding : window) {
    sigmas.push_back(finding.sigma_px);
    bright += finding.bright ? 1 : -1;
  }
  Finding applied = window.back();
  applied.bright = bright == 0 ? window.front().bright : bright > 0;
  // The lower median: one of the steps, never between two.
  std::sort(sigmas.begin(), sigmas.end());
  applied.sigma_px = sigmas[(sigmas.size() - 1) / 2];
  std::vector<double> thresholds;
  std::vector<double> heights;  // over the background of the same frame
  std::vector<double> contrasts;
  std::vector<double> backgrounds;
  std::vector<double> noises;
  for (const Finding& finding : window) {
    if (finding.bright == applied.bright) {
      thresholds.push_back(finding.threshold);
      heights.push_back(finding.threshold - finding.background);
      contrasts.push_back(finding.contrast);
      backgrounds.push_back(finding.background);
      // White noise; where it is not, the median mends it.
      noises.push_back(finding.noise * finding.sigma_px / std::max(applied.sigma_px, 1e-6));
    }
  }
  applied.threshold = median(std::move(thresholds));
  applied.contrast = median(std::move(contrasts));
  applied.background = median(std::move(backgrounds));
  applied.noise = median(std::move(noises));
  if (background) {
    applied.background = *background;
    applied.threshold = *background + median(std::move(heights));
  }
  return applied;
}

}  // namespace mote::segment
