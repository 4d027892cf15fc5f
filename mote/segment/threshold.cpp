#include "mote/segment/threshold.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/imaging/components.h"
#include "mote/imaging/filters.h"
#include "mote/imaging/necks.h"
#include "mote/imaging/outline.h"
#include "mote/imaging/refine.h"
#include "mote/imaging/regions.h"
#include "mote/imaging/threshold.h"
#include "mote/imaging/watershed.h"

namespace mote::segment {
namespace {

constexpr double kAutoSigmas[] = {1, 1.5, 2, 3, 4, 6, 8, 12};
// At this ratio of contrast to noise after smoothing, a Gaussian background has one pixel in a
// million beyond the half level.
constexpr double kClearOfNoise = 9.5;
// Where nothing is as clear as that, the least smoothing that comes near the best.
constexpr double kNearBest = 0.75;
// So many peaks of noise are taken for particles in a frame, where nothing is as clear.
constexpr double kFalsePeaks = 0.01;
constexpr double kLeastFlattenPx = 48;
// A hole at the background's level, to this part of the contrast, is no part of the particle.
constexpr double kHoleLevel = 0.25;
// What stands out less against its surroundings, as a part of the particles' contrast, is uneven
// background.
constexpr double kLeastContrast = 0.35;
// So wide a gap between particles is filled, in sigmas of the Gaussian: 1.7 at a kiss and more at a
// neck in the demo recordings, whose events come out right from 1.0 to 1.9.
constexpr double kFilledGapSigmas = 1.5;
// The strongest level is another population where it is so many times as far.
constexpr double kAmbiguous = 2;
constexpr double kEdgeContrast = 0.6;
// Otsu's threshold settles in the background where particles are fewer than this.
constexpr double kLeastOtsuShare = 0.05;

void check(const ThresholdOptions& o) {
  require_option(o.sigma_px >= 0 && o.sigma_px <= 100, "sigma-px", o.sigma_px, "0 to 100");
  require_option(o.flatten_px >= 0 && o.flatten_px <= 1e5, "flatten-px", o.flatten_px,
                 "0 to 100000");
  require_option(std::isfinite(o.threshold), "threshold", o.threshold, "a grey level");
  require_option(o.sauvola_window_px >= 3 && o.sauvola_window_px <= 1e5, "sauvola-window-px",
                 o.sauvola_window_px, "3 to 100000");
  require_option(o.sauvola_k >= 0 && o.sauvola_k <= 1, "sauvola-k", o.sauvola_k, "0 to 1");
  require_option(o.window_frames >= 1 && o.window_frames <= 1000000, "window-frames",
                 o.window_frames, "1 to 1000000");
  require_option(o.min_diameter_px >= 0 && o.min_diameter_px <= 1e5, "min-diameter-px",
                 o.min_diameter_px, "0 to 100000");
  require_option(o.max_neck_ratio >= 0 && o.max_neck_ratio <= 1, "max-neck-ratio", o.max_neck_ratio,
                 "0 to 1");
}

/// What one frame says of itself.
struct Finding {
  double sigma_px = 0;
  bool bright = false;
  double threshold = 0;
  double contrast = 0;     ///< between background and particles; 0 where they were not told apart
  double background = 0;   ///< where they were
  double noise = 0;        ///< of the smoothed background
  bool by_levels = false;  ///< Otsu was given up for the half level
};

class ThresholdFrame : public Prepared {
 public:
  Grid<float> even;    ///< flattened; empty where the image is taken as it is
  Grid<float> smooth;  ///< by own->sigma_px
  std::optional<Finding> own;
  std::optional<imaging::Levels> levels;
  std::optional<double> background;  ///< of the smoothed image; nothing where all of it is equal
  std::optional<Finding> applied;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

double area_of_diameter(double diameter_px) {
  return 0.25 * std::numbers::pi * diameter_px * diameter_px;
}

/// How many standard deviations chance reaches `kFalsePeaks` times a frame in white noise after a
/// Gaussian of sigma: from the expected Euler characteristic of what lies beyond z,
/// area / (2 sigma^2) (2 pi)^(-3/2) z exp(-z^2 / 2). Adler, "The Geometry of Random Fields", 1981.
double peak_of_noise(Size size, double sigma_px) {
  const double cells = static_cast<double>(size.area()) /
                       (2 * sigma_px * sigma_px * std::pow(2 * std::numbers::pi, 1.5));
  double z = 2;
  while (cells * z * std::exp(-0.5 * z * z) > kFalsePeaks) {
    z += 0.05;
  }
  return z;
}

/// Where excluded pixels cut a particle there is no edge to refine: beside and on them coverage
/// is the mask's.
void keep_cuts(Grid<uint8_t>& coverage, const BinaryImage& mask, const BinaryImage& excluded) {
  constexpr int64_t kReach = 2;
  if (excluded.empty()) {
    return;
  }
  const Size size = mask.size();
  for (int64_t y = 0; y < size.height; ++y) {
    for (int64_t x = 0; x < size.width; ++x) {
      if (excluded(y, x) == 0) {
        continue;
      }
      const bool inner = y > 0 && x > 0 && y + 1 < size.height && x + 1 < size.width &&
                         excluded(y - 1, x) != 0 && excluded(y + 1, x) != 0 &&
                         excluded(y, x - 1) != 0 && excluded(y, x + 1) != 0;
      coverage(y, x) = mask(y, x) != 0 ? 255 : 0;
      if (inner) {
        continue;
      }
      for (int64_t v = std::max<int64_t>(0, y - kReach); v <= std::min(size.height - 1, y + kReach);
           ++v) {
        for (int64_t u = std::max<int64_t>(0, x - kReach);
             u <= std::min(size.width - 1, x + kReach); ++u) {
          if (mask(v, u) != 0) {
            coverage(v, u) = 255;
          }
        }
      }
    }
  }
}

/// How much of the field without `excluded` is labelled.
double share_of_field(const LabelImage& labels, const BinaryImage& excluded) {
  const auto labelled = [](int32_t label) { return label != 0; };
  const auto some = std::count_if(labels.values().begin(), labels.values().end(), labelled);
  const auto out = std::count(excluded.values().begin(), excluded.values().end(), uint8_t{1});
  return static_cast<double>(some) / std::max(1.0, static_cast<double>(labels.size().area() - out));
}

class ThresholdSegmenter : public Segmenter {
 public:
  explicit ThresholdSegmenter(const ThresholdOptions& options) : options_(options) {
    check(options_);
  }

  std::unique_ptr<Prepared> prepare(const SegmenterInput& input) const override;
  void settle(Prepared& frame) override;
  Segmentation segment(const SegmenterInput& input, const Prepared& frame) const override;
  std::string save_state() const override;
  void load_state(std::string_view state) override;

 private:
  std::optional<bool> bright_wanted() const {
    if (options_.polarity == Polarity::kAuto) {
      return std::nullopt;
    }
    return options_.polarity == Polarity::kBright;
  }
  /// The least number of pixels that make a particle: more than a blob of smoothed noise.
  double least_px(double sigma_px) const {
    return std::max({area_of_diameter(options_.min_diameter_px), 9.0,
                     2 * std::numbers::pi * sigma_px * sigma_px});
  }
  void prefer_edges(const BinaryImage& excluded, ThresholdFrame& frame) const;
  double auto_sigma(const Grid<float>& image, const BinaryImage& excluded) const;
  void look(const Grid<float>& image, const BinaryImage& excluded, double sigma_px,
            ThresholdFrame& frame) const;
  void fill_holes(BinaryImage& mask, const Grid<float>& smooth) const;
  std::vector<double> drop_insignificant(LabelImage& labels, const imaging::Components& components,
                                         const Grid<uint8_t>& coverage, const Grid<float>& distance,
                                         const Grid<float>& image, const Finding& applied) const;
  std::vector<double> areas_of(const imaging::Components& components,
                               const Grid<uint8_t>& coverage) const;
  void drop_small(BinaryImage& mask) const;
  void drop_noise(BinaryImage& mask, const Grid<float>& smooth, const Finding& applied) const;
  void add_warnings(Segmentation& segmentation, const ThresholdFrame& frame) const;
  bool tidy(BinaryImage& mask, const std::vector<imaging::Outline>& outlines,
            const Grid<float>& smooth) const;
  Grid<float> field_of(const Grid<float>& smooth, const Finding& applied) const;
  Grid<uint8_t> refined_coverage(const Grid<float>& image, const BinaryImage& mask,
                                 const std::vector<imaging::Outline>& outlines,
                                 const Finding& applied) const;

  ThresholdOptions options_;
  std::deque<Finding> window_;
};

void ThresholdSegmenter::look(const Grid<float>& image, const BinaryImage& excluded,
                              double sigma_px, ThresholdFrame& frame) const {
  frame.smooth = imaging::gaussian(image, sigma_px);
  const imaging::Histogram histogram = imaging::histogram_of(frame.smooth, excluded);
  frame.levels = imaging::levels_of(histogram, bright_wanted(), least_px(sigma_px));
  frame.own.reset();
  frame.background.reset();
  if (frame.levels) {
    frame.background = frame.levels->background;
  } else if (histogram.counts.size() > 1) {
    frame.background = imaging::background_of(histogram);
  }
  const std::optional<imaging::OtsuSplit> otsu = imaging::otsu(histogram);
  Finding own{.sigma_px = sigma_px};
  if (frame.levels) {
    own.bright = frame.levels->bright;
    own.contrast = std::abs(frame.levels->particle - frame.levels->background);
  } else if (bright_wanted()) {
    own.bright = *bright_wanted();
  }
  switch (options_.method) {
    case ThresholdMethod::kFixed:
      own.threshold = options_.threshold;
      frame.own = own;
      return;
    case ThresholdMethod::kSauvola:
      if (frame.levels) {
        frame.own = own;
      }
      return;
    case ThresholdMethod::kOtsu:
      if (otsu) {
        own.threshold = otsu->threshold;
        frame.own = own;
      }
      return;
    case ThresholdMethod::kAuto: break;
  }
  if (!frame.levels || !otsu) {
    return;
  }
  prefer_edges(excluded, frame);
  own.contrast = std::abs(frame.levels->particle - frame.levels->background);
  own.background = frame.levels->background;
  own.noise = frame.levels->noise;
  const double contrast = frame.levels->particle - frame.levels->background;
  const double height = (otsu->threshold - frame.levels->background) / contrast;
  own.by_levels = frame.levels->share < kLeastOtsuShare || height < 0.3 || height > 0.7;
  own.threshold = own.by_levels ? frame.levels->detection_level() : otsu->threshold;
  frame.own = own;
}

/// Where faint and wide structure outweighs few clear particles, the clear ones are meant: takes
/// the level of the strongest unless what the lower one finds has edges.
void ThresholdSegmenter::prefer_edges(const BinaryImage& excluded, ThresholdFrame& frame) const {
  imaging::Levels& levels = *frame.levels;
  const double contrast = std::abs(levels.particle - levels.background);
  if (std::abs(levels.strongest - levels.background) < kAmbiguous * contrast) {
    return;
  }
  const double level = levels.detection_level();
  BinaryImage mask(frame.smooth.size());
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const float value = frame.smooth.values()[i];
    const bool particle = levels.bright ? value > level : value < level;
    mask.values()[i] = particle && (excluded.empty() || excluded.values()[i] == 0) ? 1 : 0;
  }
  const imaging::Components found = imaging::components_of(mask);
  const std::vector<double> contrasts =
      imaging::contrasts_of(found.labels, found.components.size(),
                            imaging::distance_to_background(mask), frame.smooth, 2);
  double area = 0;
  double edged = 0;
  for (size_t i = 0; i < found.components.size(); ++i) {
    const auto pixels = static_cast<double>(found.components[i].area_px);
    area += pixels;
    edged += contrasts[i + 1] > kEdgeContrast * contrast ? pixels : 0;
  }
  if (edged < 0.5 * area) {
    levels.particle = levels.strongest;
  }
}

double ThresholdSegmenter::auto_sigma(const Grid<float>& image, const BinaryImage& excluded) const {
  // Much smoothing can be judged on a smaller image.
  Grid<float> small = image;
  BinaryImage small_excluded = excluded;
  double scale = 1;
  double clearest[std::size(kAutoSigmas)] = {};
  for (size_t i = 0; i < std::size(kAutoSigmas); ++i) {
    while (kAutoSigmas[i] / scale >= 2 && std::min(small.height(), small.width()) >= 128) {
      small = imaging::halved(small);
      small_excluded = imaging::halved(small_excluded);
      scale *= 2;
    }
    const imaging::Histogram histogram =
        imaging::histogram_of(imaging::gaussian(small, kAutoSigmas[i] / scale), small_excluded);
    const auto levels =
        imaging::levels_of(histogram, bright_wanted(), least_px(kAutoSigmas[i]) / (scale * scale));
    clearest[i] = levels ? levels->contrast_to_noise() : 0;
    if (clearest[i] >= kClearOfNoise) {
      return kAutoSigmas[i];
    }
  }
  const double best = *std::max_element(std::begin(clearest), std::end(clearest));
  size_t i = 0;
  while (clearest[i] < kNearBest * best) {
    ++i;
  }
  return kAutoSigmas[i];
}

std::unique_ptr<Prepared> ThresholdSegmenter::prepare(const SegmenterInput& input) const {
  if (!input.excluded.empty() && input.excluded.size() != input.image.size()) {
    throw Error(ErrorKind::kUsage, "excluded pixels of {} x {} for an image of {} x {}",
                input.excluded.width(), input.excluded.height(), input.image.width(),
                input.image.height());
  }
  auto frame = std::make_unique<ThresholdFrame>();
  if (options_.flatten && options_.method != ThresholdMethod::kFixed) {
    const auto side = static_cast<double>(std::min(input.image.height(), input.image.width()));
    const double scale_px = options_.flatten_px > 0 ? options_.flatten_px
                                                    : std::clamp(side / 8, kLeastFlattenPx, 256.0);
    frame->even = imaging::flattened(input.image, input.excluded, scale_px);
  }
  const Grid<float>& image = frame->even.empty() ? input.image : frame->even;
  if (options_.sigma_px > 0) {
    look(image, input.excluded, options_.sigma_px, *frame);
    return frame;
  }
  look(image, input.excluded, auto_sigma(image, input.excluded), *frame);
  return frame;
}

void ThresholdSegmenter::settle(Prepared& prepared) {
  auto& frame = static_cast<ThresholdFrame&>(prepared);
  if (frame.own) {
    window_.push_back(*frame.own);
    while (std::ssize(window_) > options_.window_frames) {
      window_.pop_front();
    }
  }
  if (window_.empty()) {
    return;
  }
  std::vector<double> sigmas;
  int64_t bright = 0;
  for (const Finding& finding : window_) {
    sigmas.push_back(finding.sigma_px);
    bright += finding.bright ? 1 : -1;
  }
  Finding applied = window_.back();
  applied.bright = bright == 0 ? window_.front().bright : bright > 0;
  // The lower median: one of the steps, never between two.
  std::sort(sigmas.begin(), sigmas.end());
  applied.sigma_px = sigmas[(sigmas.size() - 1) / 2];
  std::vector<double> thresholds;
  std::vector<double> heights;  // over the background of the same frame
  std::vector<double> contrasts;
  std::vector<double> backgrounds;
  std::vector<double> noises;
  for (const Finding& finding : window_) {
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
  if (options_.method == ThresholdMethod::kAuto && frame.background) {
    // Where the illumination changes, the background tells by how much, particles or none.
    applied.background = *frame.background;
    applied.threshold = applied.background + median(std::move(heights));
  }
  frame.applied = applied;
}

/// How far every pixel lies on the particles' side of the threshold, in grey levels.
Grid<float> ThresholdSegmenter::field_of(const Grid<float>& smooth, const Finding& applied) const {
  Grid<float> field(smooth.size());
  Grid<float> local;
  if (options_.method == ThresholdMethod::kSauvola) {
    local = imaging::sauvola_threshold(smooth, options_.sauvola_window_px, options_.sauvola_k,
                                       applied.bright);
  }
  const auto level = static_cast<float>(applied.threshold);
  const float sign = applied.bright ? 1.0F : -1.0F;
  for (size_t i = 0; i < field.values().size(); ++i) {
    const float threshold = local.empty() ? level : local.values()[i];
    field.values()[i] = sign * (smooth.values()[i] - threshold);
  }
  return field;
}

/// The coverage of each pixel inside `outlines`, moved to the image's own edges.
Grid<uint8_t> ThresholdSegmenter::refined_coverage(const Grid<float>& image,
                                                   const BinaryImage& mask,
                                                   const std::vector<imaging::Outline>& outlines,
                                                   const Finding& applied) const {
  Grid<float> covered(mask.size());
  imaging::add_area_coverage(
      imaging::refined(outlines, image, mask,
                       {.bright = applied.bright, .sigma_px = applied.sigma_px}),
      covered);
  Grid<uint8_t> coverage(mask.size());
  for (size_t i = 0; i < coverage.values().size(); ++i) {
    const float share = std::clamp(covered.values()[i], 0.0F, 1.0F);
    coverage.values()[i] = static_cast<uint8_t>(255 * share + 0.5F);
  }
  return coverage;
}

Segmentation ThresholdSegmenter::segment(const SegmenterInput& input,
                                         const Prepared& prepared) const {
  const auto& frame = static_cast<const ThresholdFrame&>(prepared);
  const Size size = input.image.size();
  if (!frame.applied) {
    Segmentation empty = imaging::segmentation_of(LabelImage(size));
    empty.warnings.push_back("no particles can be told from the background");
    return empty;
  }
  const Finding& applied = *frame.applied;
  const Grid<float>& image = frame.even.empty() ? input.image : frame.even;
  const bool resmooth = frame.own ? frame.own->sigma_px != applied.sigma_px : true;
  const Grid<float> smooth = resmooth ? imaging::gaussian(image, applied.sigma_px) : Grid<float>();
  const Grid<float>& found_on = resmooth ? smooth : frame.smooth;
  const Grid<float> field = field_of(found_on, applied);
  BinaryImage mask(size);
  for (size_t i = 0; i < mask.values().size(); ++i) {
    mask.values()[i] = field.values()[i] > 0 ? 1 : 0;
  }
  if (!input.excluded.empty()) {
    for (size_t i = 0; i < mask.values().size(); ++i) {
      mask.values()[i] = input.excluded.values()[i] != 0 ? 0 : mask.values()[i];
    }
  }
  if (options_.method == ThresholdMethod::kAuto) {
    drop_noise(mask, found_on, applied);
  }
  std::vector<imaging::Outline> outlines = imaging::outlines_of(mask, field);
  if (tidy(mask, outlines, found_on)) {
    outlines = imaging::outlines_of(mask, field);
  }
  Grid<uint8_t> coverage;
  if (options_.refine) {
    coverage = refined_coverage(input.image, mask, outlines, applied);
    keep_cuts(coverage, mask, input.excluded);
    for (size_t i = 0; i < mask.values().size(); ++i) {
      mask.values()[i] = coverage.values()[i] >= 128;
    }
  }
  const Grid<float> distance = imaging::distance_to_background(mask);
  imaging::Components components = imaging::components_of(mask);
  LabelImage labels = options_.split
                          ? imaging::cut_at_necks(components, distance,
                                                  {.max_neck_ratio = options_.max_neck_ratio,
                                                   .min_diameter_px = options_.min_diameter_px})
                          : components.labels;
  const std::vector<double> contrasts =
      drop_insignificant(labels, components, coverage, distance, input.image, applied);
  Segmentation segmentation =
      imaging::segmentation_of(std::move(labels), std::move(coverage), &distance);
  imaging::unfill_necks(segmentation, kFilledGapSigmas * applied.sigma_px);
  imaging::mark_cut(segmentation, input.excluded);
  for (Region& region : segmentation.regions) {
    region.contrast = contrasts[static_cast<size_t>(region.label)];
  }
  segmentation.values["bright"] = applied.bright ? 1 : 0;
  if (options_.method != ThresholdMethod::kSauvola) {
    segmentation.values["threshold"] = applied.threshold;
    if (frame.own) {
      segmentation.values["threshold_own"] = frame.own->threshold;
    }
  }
  segmentation.values["sigma_px"] = applied.sigma_px;
  if (options_.method == ThresholdMethod::kFixed && options_.polarity == Polarity::kAuto &&
      share_of_field(segmentation.labels, input.excluded) > 0.5) {
    segmentation.warnings.push_back(fmt::format(
        "what is {} than the threshold covers more than half of the field: if that is the "
        "background, give --polarity {}",
        applied.bright ? "brighter" : "darker", applied.bright ? "dark" : "bright"));
  }
  add_warnings(segmentation, frame);
  return segmentation;
}

/// Fills holes and drops what is too small; whether the mask has changed. Outlines tell whether
/// there is anything to do, at a fraction of the cost.
bool ThresholdSegmenter::tidy(BinaryImage& mask, const std::vector<imaging::Outline>& outlines,
                              const Grid<float>& smooth) const {
  bool holes = false;
  bool small = false;
  for (const imaging::Outline& outline : outlines) {
    const double area = imaging::signed_area(outline);
    holes = holes || area < 0;
    small = small || (area > 0 && area < area_of_diameter(options_.min_diameter_px) + 2);
  }
  holes = holes && options_.fill_holes;
  small = small && options_.min_diameter_px > 0;
  if (holes) {
    fill_holes(mask, smooth);
  }
  if (small) {
    drop_small(mask);
  }
  return holes || small;
}

void ThresholdSegmenter::fill_holes(BinaryImage& mask, const Grid<float>& smooth) const {
  const imaging::Components holes = imaging::holes_of(mask);
  if (holes.components.empty()) {
    return;
  }
  double sums[2] = {0, 0};
  double pixels[2] = {0, 0};
  std::vector<double> levels(holes.components.size() + 1, 0);
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const auto hole = static_cast<size_t>(holes.labels.values()[i]);
    if (!std::isfinite(smooth.values()[i])) {
      continue;
    }
    if (hole != 0) {
      levels[hole] += smooth.values()[i];
    } else {
      sums[mask.values()[i]] += smooth.values()[i];
      pixels[mask.values()[i]] += 1;
    }
  }
  const double background = pixels[0] > 0 ? sums[0] / pixels[0] : 0;
  const double contrast = sums[1] / pixels[1] - background;
  for (size_t hole = 1; hole < levels.size(); ++hole) {
    const auto area = static_cast<double>(holes.components[hole - 1].area_px);
    const double height = (levels[hole] / area - background) / contrast;
    const bool shows_background = std::abs(height) < kHoleLevel && area >= least_px(0);
    levels[hole] = shows_background ? 0 : 1;
  }
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const auto hole = static_cast<size_t>(holes.labels.values()[i]);
    if (hole != 0 && levels[hole] != 0) {
      mask.values()[i] = 1;
    }
  }
}

/// Areas of components by number, with partial pixels where some is so small that they matter.
std::vector<double> ThresholdSegmenter::areas_of(const imaging::Components& components,
                                                 const Grid<uint8_t>& coverage) const {
  std::vector<double> areas = {0};
  bool small = false;
  for (const imaging::Component& component : components.components) {
    areas.push_back(static_cast<double>(component.area_px));
    small = small || areas.back() < area_of_diameter(options_.min_diameter_px + 2);
  }
  if (!small || coverage.empty()) {
    return areas;
  }
  std::fill(areas.begin(), areas.end(), 0);
  const LabelImage owners = imaging::coverage_owners(components.labels, coverage);
  for (size_t i = 0; i < owners.values().size(); ++i) {
    areas[static_cast<size_t>(owners.values()[i])] += coverage.values()[i] / 255.0;
  }
  return areas;
}

/// Takes away components that are too small or stand out too little; the contrasts of the labels
/// that are left, by the numbers that they will have.
std::vector<double> ThresholdSegmenter::drop_insignificant(
    LabelImage& labels, const imaging::Components& components, const Grid<uint8_t>& coverage,
    const Grid<float>& distance, const Grid<float>& image, const Finding& applied) const {
  const auto most = std::max_element(labels.values().begin(), labels.values().end());
  const auto count = labels.empty() ? 0 : static_cast<size_t>(*most);
  const std::vector<double> contrasts = imaging::contrasts_of(labels, count, distance, image);
  const bool judged = options_.method == ThresholdMethod::kAuto;
  const double least_contrast = judged ? kLeastContrast * applied.contrast : 0;

  const std::vector<double> areas = areas_of(components, coverage);
  // A component stays or goes as a whole: by its area, and by its best part's contrast.
  std::vector<double> best(components.components.size() + 1, 0);
  for (size_t i = 0; i < labels.values().size(); ++i) {
    if (labels.values()[i] != 0) {
      double& contrast = best[static_cast<size_t>(components.labels.values()[i])];
      contrast = std::max(contrast, contrasts[static_cast<size_t>(labels.values()[i])]);
    }
  }
  std::vector<uint8_t> kept(best.size(), 0);
  bool all = true;
  for (size_t i = 1; i < best.size(); ++i) {
    kept[i] = best[i] >= least_contrast && areas[i] >= area_of_diameter(options_.min_diameter_px);
    all = all && kept[i] != 0;
  }
  if (all) {
    return contrasts;
  }
  std::vector<uint8_t> present(count + 1, 0);
  for (size_t i = 0; i < labels.values().size(); ++i) {
    int32_t& label = labels.values()[i];
    if (label == 0) {
      continue;
    }
    if (kept[static_cast<size_t>(components.labels.values()[i])] == 0) {
      label = 0;
    } else {
      present[static_cast<size_t>(label)] = 1;
    }
  }
  std::vector<double> left = {0};
  for (size_t label = 1; label <= count; ++label) {
    if (present[label] != 0) {
      left.push_back(contrasts[label]);
    }
  }
  return left;
}

void ThresholdSegmenter::drop_small(BinaryImage& mask) const {
  const imaging::Components found = imaging::components_of(mask);
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const auto label = static_cast<size_t>(found.labels.values()[i]);
    if (label != 0 && static_cast<double>(found.components[label - 1].area_px) <
                          area_of_diameter(options_.min_diameter_px)) {
      mask.values()[i] = 0;
    }
  }
}

/// Takes away components that nowhere stand out more than noise does.
void ThresholdSegmenter::drop_noise(BinaryImage& mask, const Grid<float>& smooth,
                                    const Finding& applied) const {
  constexpr float kAtBorder = 1.41F;  // the replicated border is averaged less
  if (applied.contrast >= kAtBorder * kClearOfNoise * applied.noise) {
    return;
  }
  const imaging::Components found = imaging::components_of(mask);
  std::vector<float> highest(found.components.size() + 1, 0.0F);
  const auto background = static_cast<float>(applied.background);
  const float sign = applied.bright ? 1.0F : -1.0F;
  const auto rim = static_cast<int64_t>(std::ceil(applied.sigma_px));
  const Size size = mask.size();
  for (int64_t y = 0; y < size.height; ++y) {
    const float in_row = y < rim || y >= size.height - rim ? sign / kAtBorder : sign;
    for (int64_t x = 0; x < size.width; ++x) {
      const auto label = static_cast<size_t>(found.labels(y, x));
      if (label != 0) {
        const float share = x < rim || x >= size.width - rim ? in_row / kAtBorder : in_row;
        highest[label] = std::max(highest[label], share * (smooth(y, x) - background));
      }
    }
  }
  const double least = peak_of_noise(mask.size(), applied.sigma_px) * applied.noise;
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const auto label = static_cast<size_t>(found.labels.values()[i]);
    mask.values()[i] = label != 0 && highest[label] >= least ? 1 : 0;
  }
}

void ThresholdSegmenter::add_warnings(Segmentation& segmentation,
                                      const ThresholdFrame& frame) const {
  const Finding& applied = *frame.applied;
  std::vector<double> radii;
  for (const Region& region : segmentation.regions) {
    radii.push_back(std::sqrt(region.area_px / std::numbers::pi));
  }
  if (!radii.empty() && applied.sigma_px > 0.1 * median(std::move(radii))) {
    segmentation.warnings.push_back(
        "the Gaussian's sigma is more than a tenth of the median radius: close particles may have "
        "been joined and small ones missed");
  }
  if (frame.own && frame.own->by_levels) {
    segmentation.warnings.push_back(
        "Otsu's threshold does not part few particles from their background: took a level between "
        "the two instead");
  }
  if (frame.own && applied.contrast > 0 &&
      std::abs(frame.own->threshold - applied.threshold) > 0.25 * applied.contrast) {
    segmentation.warnings.push_back(
        "the held threshold is far from the frame's own: the particles' contrast has changed, or "
        "few of "
        "them are clear");
  }
}

std::string ThresholdSegmenter::save_state() const {
  nlohmann::json frames = nlohmann::json::array();
  for (const Finding& finding : window_) {
    frames.push_back({finding.sigma_px, finding.bright, finding.threshold, finding.contrast,
                      finding.background, finding.noise, finding.by_levels});
  }
  return nlohmann::json{{"window", frames}}.dump();
}

void ThresholdSegmenter::load_state(std::string_view state) {
  try {
    const nlohmann::json parsed = nlohmann::json::parse(state);
    std::deque<Finding> window;
    for (const nlohmann::json& finding : parsed.at("window")) {
      window.push_back({.sigma_px = finding.at(0).get<double>(),
                        .bright = finding.at(1).get<bool>(),
                        .threshold = finding.at(2).get<double>(),
                        .contrast = finding.at(3).get<double>(),
                        .background = finding.at(4).get<double>(),
                        .noise = finding.at(5).get<double>(),
                        .by_levels = finding.at(6).get<bool>()});
    }
    window_ = std::move(window);
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorKind::kBadFile, "state of the threshold segmenter: expected what it saved");
  }
}

}  // namespace

ThresholdOptions tiles_preset() {
  ThresholdOptions options;
  options.sigma_px = 5;
  options.flatten = false;
  options.method = ThresholdMethod::kOtsu;
  options.window_frames = 1;
  options.polarity = Polarity::kDark;
  options.fill_holes = false;
  options.min_diameter_px = 0;
  options.split = false;
  options.refine = false;
  return options;
}

std::unique_ptr<Segmenter> make_threshold_segmenter(const ThresholdOptions& options) {
  return std::make_unique<ThresholdSegmenter>(options);
}

}  // namespace mote::segment
