#include "mote/segment/threshold.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/imaging/components.h"
#include "mote/imaging/filters.h"
#include "mote/imaging/outline.h"
#include "mote/imaging/refine.h"
#include "mote/imaging/regions.h"
#include "mote/imaging/threshold.h"
#include "mote/imaging/watershed.h"

namespace mote::segment {
namespace {

constexpr double kAutoSigmas[] = {1, 1.5, 2, 3, 4, 6};
// At this ratio of contrast to noise after smoothing, a Gaussian background has one pixel in a
// million beyond the half level.
constexpr double kClearOfNoise = 9.5;
// Otsu's threshold settles in the background where particles are fewer than this.
constexpr double kLeastOtsuShare = 0.05;

void require(bool holds, const char* option, double found, const char* expected) {
  if (!holds) {
    throw Error(ErrorKind::kUsage, "{} {}: expected {}", option, found, expected);
  }
}

void check(const ThresholdOptions& o) {
  require(o.sigma_px >= 0 && o.sigma_px <= 100, "sigma_px", o.sigma_px, "0 to 100");
  require(o.flatten_px >= 0 && o.flatten_px <= 1e5, "flatten_px", o.flatten_px, "0 to 100000");
  require(std::isfinite(o.threshold), "threshold", o.threshold, "a grey level");
  require(o.sauvola_window_px >= 3 && o.sauvola_window_px <= 1e5, "sauvola_window_px",
          o.sauvola_window_px, "3 to 100000");
  require(o.sauvola_k >= 0 && o.sauvola_k <= 1, "sauvola_k", o.sauvola_k, "0 to 1");
  require(o.window_frames >= 1 && o.window_frames <= 1000000, "window_frames",
          static_cast<double>(o.window_frames), "1 to 1000000");
  require(o.min_diameter_px >= 0 && o.min_diameter_px <= 1e5, "min_diameter_px", o.min_diameter_px,
          "0 to 100000");
  require(o.max_neck_ratio >= 0 && o.max_neck_ratio <= 1, "max_neck_ratio", o.max_neck_ratio,
          "0 to 1");
}

/// What one frame says of itself.
struct Finding {
  double sigma_px = 0;
  bool bright = false;
  double threshold = 0;
  bool by_levels = false;  ///< Otsu was given up for the half level
};

class ThresholdFrame : public Prepared {
 public:
  Grid<float> even;    ///< flattened; empty where the image is taken as it is
  Grid<float> smooth;  ///< by own->sigma_px
  std::optional<Finding> own;
  std::optional<imaging::Levels> levels;
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
  void look(const Grid<float>& image, const BinaryImage& excluded, double sigma_px,
            ThresholdFrame& frame) const;
  BinaryImage mask_of(const Grid<float>& smooth, const BinaryImage& excluded,
                      const Finding& applied) const;
  Grid<uint8_t> refined_coverage(const Grid<float>& image, const Grid<float>& smooth,
                                 const BinaryImage& mask, const Finding& applied) const;

  ThresholdOptions options_;
  std::deque<Finding> window_;
};

void ThresholdSegmenter::look(const Grid<float>& image, const BinaryImage& excluded,
                              double sigma_px, ThresholdFrame& frame) const {
  frame.smooth = imaging::gaussian(image, sigma_px);
  const imaging::Histogram histogram = imaging::histogram_of(frame.smooth, excluded);
  const double least_px = std::max(area_of_diameter(options_.min_diameter_px), 9.0);
  frame.levels = imaging::levels_of(histogram, bright_wanted(), least_px);
  frame.own.reset();
  const std::optional<imaging::OtsuSplit> otsu = imaging::otsu(histogram);
  Finding own{.sigma_px = sigma_px};
  if (frame.levels) {
    own.bright = frame.levels->bright;
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
  const double contrast = frame.levels->particle - frame.levels->background;
  const double height = (otsu->threshold - frame.levels->background) / contrast;
  own.by_levels = frame.levels->share < kLeastOtsuShare || height < 0.3 || height > 0.7;
  own.threshold = own.by_levels ? frame.levels->half_level() : otsu->threshold;
  frame.own = own;
}

std::unique_ptr<Prepared> ThresholdSegmenter::prepare(const SegmenterInput& input) const {
  if (!input.excluded.empty() && input.excluded.size() != input.image.size()) {
    throw Error(ErrorKind::kUsage, "excluded pixels of {} x {} for an image of {} x {}",
                input.excluded.width(), input.excluded.height(), input.image.width(),
                input.image.height());
  }
  auto frame = std::make_unique<ThresholdFrame>();
  if (options_.flatten_px > 0) {
    frame->even = imaging::flattened(input.image, input.excluded, options_.flatten_px);
  }
  const Grid<float>& image = frame->even.empty() ? input.image : frame->even;
  if (options_.sigma_px > 0) {
    look(image, input.excluded, options_.sigma_px, *frame);
    return frame;
  }
  for (const double sigma_px : kAutoSigmas) {
    look(image, input.excluded, sigma_px, *frame);
    if (frame->levels && frame->levels->contrast_to_noise() >= kClearOfNoise) {
      break;
    }
  }
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
  for (const Finding& finding : window_) {
    if (finding.bright == applied.bright) {
      thresholds.push_back(finding.threshold);
    }
  }
  applied.threshold = median(thresholds);
  frame.applied = applied;
}

BinaryImage ThresholdSegmenter::mask_of(const Grid<float>& smooth, const BinaryImage& excluded,
                                        const Finding& applied) const {
  BinaryImage mask(smooth.size());
  Grid<float> local;
  if (options_.method == ThresholdMethod::kSauvola) {
    local = imaging::sauvola_threshold(smooth, options_.sauvola_window_px, options_.sauvola_k,
                                       applied.bright);
  }
  for (size_t i = 0; i < mask.values().size(); ++i) {
    const float value = smooth.values()[i];
    const double level = local.empty() ? applied.threshold : local.values()[i];
    const bool particle = applied.bright ? value > level : value < level;
    mask.values()[i] = particle && (excluded.empty() || excluded.values()[i] == 0) ? 1 : 0;
  }
  return mask;
}

Grid<uint8_t> ThresholdSegmenter::refined_coverage(const Grid<float>& image,
                                                   const Grid<float>& smooth,
                                                   const BinaryImage& mask,
                                                   const Finding& applied) const {
  Grid<float> field(mask.size());
  Grid<float> local;
  if (options_.method == ThresholdMethod::kSauvola) {
    local = imaging::sauvola_threshold(smooth, options_.sauvola_window_px, options_.sauvola_k,
                                       applied.bright);
  }
  for (size_t i = 0; i < field.values().size(); ++i) {
    const float level = local.empty() ? static_cast<float>(applied.threshold) : local.values()[i];
    const float above = smooth.values()[i] - level;
    field.values()[i] = applied.bright ? above : -above;
  }
  const std::vector<imaging::Outline> outlines =
      imaging::refined(imaging::outlines_of(mask, field), image, mask,
                       {.bright = applied.bright,
                        .sigma_px = applied.sigma_px,
                        .noise = imaging::pixel_noise(image)});
  Grid<float> covered(mask.size());
  imaging::add_area_coverage(outlines, covered);
  Grid<uint8_t> coverage(mask.size());
  for (size_t i = 0; i < coverage.values().size(); ++i) {
    coverage.values()[i] =
        static_cast<uint8_t>(std::lround(255 * std::clamp(covered.values()[i], 0.0F, 1.0F)));
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
  BinaryImage mask = mask_of(resmooth ? smooth : frame.smooth, input.excluded, applied);

  if (options_.fill_holes) {
    const imaging::Components holes = imaging::holes_of(mask);
    for (size_t i = 0; i < mask.values().size(); ++i) {
      mask.values()[i] = mask.values()[i] != 0 || holes.labels.values()[i] != 0;
    }
  }
  if (options_.min_diameter_px > 0) {
    const imaging::Components found = imaging::components_of(mask);
    for (size_t i = 0; i < mask.values().size(); ++i) {
      const int32_t label = found.labels.values()[i];
      if (label != 0 &&
          static_cast<double>(found.components[static_cast<size_t>(label) - 1].area_px) <
              area_of_diameter(options_.min_diameter_px)) {
        mask.values()[i] = 0;
      }
    }
  }
  Grid<uint8_t> coverage;
  if (options_.refine) {
    coverage = refined_coverage(image, resmooth ? smooth : frame.smooth, mask, applied);
    for (size_t i = 0; i < mask.values().size(); ++i) {
      mask.values()[i] = coverage.values()[i] >= 128;
    }
  }
  LabelImage labels = options_.split
                          ? imaging::cut_at_necks(mask, imaging::distance_to_background(mask),
                                                  {.max_neck_ratio = options_.max_neck_ratio,
                                                   .min_diameter_px = options_.min_diameter_px})
                          : imaging::components_of(mask).labels;
  Segmentation segmentation = imaging::segmentation_of(std::move(labels), std::move(coverage));
  imaging::measure_contrast(segmentation, input.image);
  segmentation.values["bright"] = applied.bright ? 1 : 0;
  if (options_.method != ThresholdMethod::kSauvola) {
    segmentation.values["threshold"] = applied.threshold;
    if (frame.own) {
      segmentation.values["threshold_own"] = frame.own->threshold;
    }
  }
  segmentation.values["sigma_px"] = applied.sigma_px;
  return segmentation;
}

std::string ThresholdSegmenter::save_state() const {
  nlohmann::json frames = nlohmann::json::array();
  for (const Finding& finding : window_) {
    frames.push_back({finding.sigma_px, finding.bright, finding.threshold, finding.by_levels});
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
                        .by_levels = finding.at(3).get<bool>()});
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
