#include "mote/segment/threshold.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/disc.h"
#include "mote/core/error.h"
#include "mote/core/median.h"
#include "mote/core/require.h"
#include "mote/imaging/components.h"
#include "mote/imaging/distance.h"
#include "mote/imaging/filters.h"
#include "mote/imaging/neck_profile.h"
#include "mote/imaging/necks.h"
#include "mote/imaging/outline.h"
#include "mote/imaging/regions.h"
#include "mote/imaging/smoothing_rule.h"
#include "mote/imaging/threshold.h"
#include "mote/imaging/watershed.h"
#include "mote/segment/refined_coverage.h"
#include "mote/segment/significance.h"
#include "mote/segment/threshold_finding.h"
#include "mote/segment/threshold_mask.h"

namespace mote::segment {
namespace {

// So wide a gap between particles is filled, in sigmas of the Gaussian: 1.7 at a kiss and more at a
// neck between flat discs, as in the demo recordings, whose events come out right from 1.0 to 1.9.
// Between spheres, whose rims are thin, it is less: with 1.5, slow necks of `sintering` reach 0.7
// of the diameter four frames late, with 1.0 two.
constexpr double kFilledGapSigmas = 1.0;

void check(const ThresholdOptions& o) {
  require_option(o.sigma_px >= 0 && o.sigma_px <= 100, "sigma-px", o.sigma_px, "0 to 100");
  require_option(o.flatten_px >= 0 && o.flatten_px <= 1e5, "flatten-px", o.flatten_px,
                 "0 to 100000");
  require_option(std::isfinite(o.threshold), "threshold", o.threshold, "a grey level");
  require_option(std::isfinite(o.threshold_offset), "threshold-offset", o.threshold_offset,
                 "grey levels");
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

class ThresholdFrame : public Prepared {
 public:
  Look look;
  std::optional<Finding> applied;
};

/// How much of the field without `excluded` is labelled.
double share_of_field(const LabelImage& labels, const BinaryImage& excluded) {
  const auto labelled = [](int32_t label) { return label != 0; };
  const auto some = std::count_if(labels.values().begin(), labels.values().end(), labelled);
  const auto out = std::count(excluded.values().begin(), excluded.values().end(), uint8_t{1});
  return static_cast<double>(some) / std::max(1.0, static_cast<double>(labels.size().area() - out));
}

/// How far every pixel lies on the particles' side of the threshold, in grey levels.
Grid<float> field_of(const Grid<float>& smooth, const Finding& applied,
                     const ThresholdOptions& options) {
  auto field = Grid<float>::unfilled(smooth.size());
  Grid<float> local;
  if (options.method == ThresholdMethod::kSauvola) {
    local = imaging::sauvola_threshold(smooth, options.sauvola_window_px, options.sauvola_k,
                                       applied.bright);
  }
  const auto level = static_cast<float>(applied.threshold);
  const float sign = applied.bright ? 1.0F : -1.0F;
  for (int64_t y = 0; y < field.height(); ++y) {
    const float* in = smooth.row(y);
    const float* threshold = local.empty() ? nullptr : local.row(y);
    float* out = field.row(y);
    for (int64_t x = 0; x < field.width(); ++x) {
      out[x] = sign * (in[x] - (threshold != nullptr ? threshold[x] : level));
    }
  }
  return field;
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
  struct Cut {
    BinaryImage mask;
    Grid<uint8_t> coverage;  ///< empty where boundaries are not refined
  };
  Cut particles(const SegmenterInput& input, const Look& look, const Finding& applied) const;
  void add_values(Segmentation& segmentation, const Look& look, const Finding& applied) const;
  void add_warnings(Segmentation& segmentation, const SegmenterInput& input, const Look& look,
                    const Finding& applied) const;

  ThresholdOptions options_;
  std::deque<Finding> window_;
};

std::unique_ptr<Prepared> ThresholdSegmenter::prepare(const SegmenterInput& input) const {
  auto frame = std::make_unique<ThresholdFrame>();
  frame->look = look_at(input, options_);
  return frame;
}

void ThresholdSegmenter::settle(Prepared& prepared) {
  auto& frame = static_cast<ThresholdFrame&>(prepared);
  if (frame.look.own) {
    window_.push_back(*frame.look.own);
    while (std::ssize(window_) > options_.window_frames) {
      window_.pop_front();
    }
  }
  if (window_.empty()) {
    return;
  }
  const bool held_over_background = options_.method == ThresholdMethod::kAuto;
  frame.applied = agreed(window_, held_over_background ? frame.look.background : std::nullopt);
  frame.applied->threshold += options_.threshold_offset;
}

/// The pixels that are particles, and how much of each.
ThresholdSegmenter::Cut ThresholdSegmenter::particles(const SegmenterInput& input, const Look& look,
                                                      const Finding& applied) const {
  const Grid<float>& image = look.even.empty() ? input.image : look.even;
  const bool resmooth = look.own ? look.own->sigma_px != applied.sigma_px : true;
  const Grid<float> smooth = resmooth ? imaging::gaussian(image, applied.sigma_px) : Grid<float>();
  const Grid<float>& found_on = resmooth ? smooth : look.smooth;
  const Grid<float> field = field_of(found_on, applied, options_);
  Cut cut{.mask = BinaryImage::unfilled(field.size()), .coverage = {}};
  BinaryImage& mask = cut.mask;
  std::transform(field.values().begin(), field.values().end(), mask.values().begin(),
                 [](float height) { return height > 0 ? uint8_t{1} : uint8_t{0}; });
  leave_out(mask, input.excluded);
  if (options_.method == ThresholdMethod::kAuto) {
    drop_noise(mask, found_on, applied);
  }
  std::vector<imaging::Outline> outlines = imaging::outlines_of(mask, field);
  if (tidy(mask, outlines, found_on, options_)) {
    outlines = imaging::outlines_of(mask, field);
  }
  if (options_.refine) {
    cut.coverage = refined_coverage(input.image, mask, outlines,
                                    {.bright = applied.bright, .sigma_px = applied.sigma_px});
    keep_cuts(cut.coverage, mask, input.excluded);
    mask = covered_by_half(cut.coverage);
  }
  return cut;
}

Segmentation ThresholdSegmenter::segment(const SegmenterInput& input,
                                         const Prepared& prepared) const {
  const auto& frame = static_cast<const ThresholdFrame&>(prepared);
  if (!frame.applied) {
    Segmentation empty = imaging::segmentation_of(LabelImage(input.image.size()));
    empty.warnings.push_back(
        fmt::format("no {}particles of {:.3g} px or more can be told from the background{}",
                    options_.polarity == Polarity::kAuto     ? ""
                    : options_.polarity == Polarity::kBright ? "bright "
                                                             : "dark ",
                    options_.min_diameter_px,
                    options_.polarity == Polarity::kAuto
                        ? ""
                        : "; --polarity auto takes dark or bright ones, whichever are there"));
    return empty;
  }
  const Finding& applied = *frame.applied;
  Cut cut = particles(input, frame.look, applied);
  const Grid<float> distance = imaging::distance_to_background(cut.mask);
  const imaging::Components components = imaging::components_of(cut.mask);
  LabelImage labels = options_.split
                          ? imaging::cut_at_necks(components, distance,
                                                  {.max_neck_ratio = options_.max_neck_ratio,
                                                   .min_diameter_px = options_.min_diameter_px})
                          : components.labels;
  const std::vector<double> contrasts = drop_insignificant(
      labels, components, cut.coverage, distance, input.image, applied, options_);
  Segmentation segmentation =
      imaging::segmentation_of(std::move(labels), std::move(cut.coverage), &distance);
  imaging::unfill_necks(segmentation, kFilledGapSigmas * applied.sigma_px);
  imaging::measure_necks(segmentation, input.image, applied.bright);
  imaging::mark_cut(segmentation, input.excluded);
  for (Region& region : segmentation.regions) {
    region.contrast = contrasts[static_cast<size_t>(region.label)];
  }
  add_values(segmentation, frame.look, applied);
  add_warnings(segmentation, input, frame.look, applied);
  return segmentation;
}

void ThresholdSegmenter::add_values(Segmentation& segmentation, const Look& look,
                                    const Finding& applied) const {
  segmentation.values["bright"] = applied.bright ? 1 : 0;
  if (options_.method != ThresholdMethod::kSauvola) {
    segmentation.values["threshold"] = applied.threshold;
    if (look.own) {
      segmentation.values["threshold_own"] = look.own->threshold;
    }
  }
  segmentation.values["sigma_px"] = applied.sigma_px;
  if (options_.method == ThresholdMethod::kAuto) {
    segmentation.values["least_height"] = least_height(applied, segmentation.labels.size());
  }
}

void ThresholdSegmenter::add_warnings(Segmentation& segmentation, const SegmenterInput& input,
                                      const Look& look, const Finding& applied) const {
  if (options_.method == ThresholdMethod::kFixed && options_.polarity == Polarity::kAuto &&
      share_of_field(segmentation.labels, input.excluded) > 0.5) {
    segmentation.warnings.push_back(fmt::format(
        "what is {} than the threshold covers more than half of the field: if that is the "
        "background, give --polarity {}",
        applied.bright ? "brighter" : "darker", applied.bright ? "dark" : "bright"));
  }
  std::vector<double> radii;
  for (const Region& region : segmentation.regions) {
    radii.push_back(equivalent_radius_px(region.area_px));
  }
  if (!radii.empty()) {
    if (auto warning = imaging::smoothing_warning(applied.sigma_px, median(std::move(radii)))) {
      segmentation.warnings.push_back(std::move(*warning));
    }
  }
  if (look.own && look.own->by_levels) {
    segmentation.warnings.push_back(
        "Otsu's threshold does not part few particles from their background: took a level between "
        "the two instead");
  }
  if (look.own && applied.contrast > 0 &&
      std::abs(look.own->threshold - applied.threshold) > 0.25 * applied.contrast) {
    segmentation.warnings.push_back(
        "the held threshold is far from the frame's own: the particles' contrast has changed, or "
        "few of them are clear");
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
