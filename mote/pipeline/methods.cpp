#include "mote/pipeline/methods.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "mote/core/counted.h"
#include "mote/core/version.h"
#include "mote/measure/growth.h"
#include "mote/measure/motion.h"
#include "mote/pipeline/models.h"
#include "mote/pipeline/timing.h"
#include "mote/report/display_unit.h"
#include "mote/segment/threshold.h"

namespace mote::pipeline {
namespace {

constexpr auto kPieces = "in pieces of the field at its own scale";

using segment::ThresholdMethod;
using Settings = std::vector<std::pair<std::string, std::string>>;

class Methods {
 public:
  Methods(const Job& job, const Recording& recording, const RunSummary& summary)
      : job_(job), recording_(recording), info_(recording.info()), summary_(summary) {}

  Settings settings() const {
    Settings all = {{"mote", std::string(version())}, {"frames used", frames()}};
    all.emplace_back("pixel size", info_.pixel_size ? fmt::format("{}, from {}", pixel(),
                                                                  info_.pixel_size->source)
                                                    : "not known");
    if (!stills()) {
      all.emplace_back("frame interval",
                       info_.frame_interval
                           ? fmt::format("{:.4g} s, from {}", info_.frame_interval->seconds,
                                         info_.frame_interval->source)
                       : recording_.stamped() ? "recorded with each frame"
                                              : "not known");
    }
    if (segmented()) {
      add_segmenter(all);
    } else {
      all.emplace_back("label images", job_.labels);
    }
    if (stills() && segmented() && job_.threshold.split && job_.still_join_ratio < 1) {
      all.emplace_back("joined again", fmt::format("regions with necks of {:.3g} of the smaller "
                                                   "diameter or more",
                                                   job_.still_join_ratio));
    }
    if (job_.command == Command::kTrack) {
      add_tracker(all);
    }
    if (!job_.corrected_from.empty()) {
      all.emplace_back("corrected by hand", corrections());
    }
    all.emplace_back("intervals",
                     fmt::format("95 %, bootstrap over particles, seed {}", job_.seed));
    return all;
  }

  std::string paragraph() const {
    std::string text = fmt::format("{} with mote {} in {}{}.", what_was_done(), version(), frames(),
                                   calibration());
    if (segmented()) {
      text += segmenter_sentences();
    }
    if (job_.command == Command::kTrack) {
      text += tracker_sentences();
    }
    if (!job_.corrected_from.empty()) {
      text += fmt::format(" By hand were corrected: {}.", corrections());
    }
    return text +
           " Sizes are equivalent circular diameters. Particles at the border were left out and "
           "the "
           "others weighted for it (Miles and Lantuéjoul); the 95 % intervals come from a "
           "bootstrap "
           "over particles and hold sampling error only, not the errors of the pixel size and of "
           "the boundary." +
           log_sentence() + (stills() ? "" : motion_sentences() + growth_sentences());
  }

 private:
  bool stills() const { return job_.command == Command::kSegment; }
  bool segmented() const { return job_.labels.empty(); }

  std::string what_was_done() const {
    switch (job_.command) {
      case Command::kSegment: return "Particles were segmented and measured";
      case Command::kTrack:
        return segmented() ? "Particles were segmented, tracked and measured"
                           : "Particles of given label images were tracked and measured";
      case Command::kMeasure: return "Particles of given label images were measured";
    }
    return "";
  }

  std::string corrections() const {
    const Corrections& made = summary_.corrections;
    if (!made.any()) {
      return "nothing";
    }
    return fmt::format("{} of {} tracks, {} of {} instances and {} of {} events; {} taken out",
                       made.tracks, summary_.lineage.tracks.size(), made.instances,
                       summary_.instances, made.events, summary_.lineage.events.size(),
                       counted(made.tracks_removed, "track"));
  }

  std::string pixel() const { return report::pixel_text(*info_.pixel_size); }

  std::string frames() const {
    std::string text = counted(summary_.frames, stills() ? "micrograph" : "frame");
    text += summary_.one_size ? fmt::format(" of {} x {} px (width x height)", summary_.field.width,
                                            summary_.field.height)
                              : " of several sizes";
    if (job_.recording.bin > 1) {
      text += fmt::format(", {0} x {0} pixels binned to one", job_.recording.bin);
    }
    if (job_.recording.average > 1) {
      text += fmt::format(", {} frames averaged to one", job_.recording.average);
    }
    return text;
  }

  std::string calibration() const {
    std::string text =
        info_.pixel_size ? fmt::format(", {} per pixel", pixel()) : ", the pixel size not known";
    if (!stills() && info_.frame_interval) {
      text += fmt::format(", {:.4g} s per frame", info_.frame_interval->seconds);
    }
    return text;
  }

  std::string length(double px) const {
    std::string text = fmt::format("{:.3g} px", px);
    if (info_.pixel_size) {
      text += fmt::format(" ({})",
                          report::length_text(px * std::sqrt(info_.pixel_size->area_nm2()), 3));
    }
    return text;
  }

  std::string duration(const std::string& option, const std::string& text) const {
    const TimeScale scale = time_scale(recording_);
    const double time = tracker_time(option, text, scale);
    const double frames = time / scale.per_frame;
    std::string told = fmt::format("{:.3g} frame{}", frames, frames == 1 ? "" : "s");
    return scale.seconds ? told + fmt::format(" ({:.3g} s)", time) : told;
  }

  std::optional<ValueRange> value(const char* name) const {
    const auto found = summary_.values.find(name);
    return found == summary_.values.end() ? std::nullopt : std::optional(found->second);
  }

  // One value, or the median and the range over the frames.
  std::string over_frames(const ValueRange& range, const char* unit) const {
    if (range.least == range.greatest) {
      return fmt::format("{:.4g}{}", range.median, unit);
    }
    return fmt::format("{:.4g}{} in the median, {:.4g} to {:.4g}{} over the {}", range.median, unit,
                       range.least, range.greatest, unit, stills() ? "micrographs" : "frames");
  }

  std::string polarity() const {
    const auto bright = value("bright");
    if (!bright) {
      return "";
    }
    return bright->least == 1 ? "bright" : bright->greatest == 0 ? "dark" : "dark or bright";
  }

  bool flattened() const {
    return job_.threshold.flatten && job_.threshold.method != ThresholdMethod::kFixed;
  }
  double flatten_scale() const { return segment::flatten_scale_px(job_.threshold, summary_.field); }

  std::string threshold_method() const {
    std::string text;
    switch (job_.threshold.method) {
      case ThresholdMethod::kFixed: return "fixed";
      case ThresholdMethod::kSauvola:
        return fmt::format("Sauvola's in a window of {:.4g} px, k = {:.3g}",
                           job_.threshold.sauvola_window_px, job_.threshold.sauvola_k);
      case ThresholdMethod::kOtsu: text = "Otsu's"; break;
      case ThresholdMethod::kAuto:
        text = "Otsu's, or a level between background and particles where these are few";
        break;
    }
    if (job_.threshold.threshold_offset != 0) {
      text += fmt::format(", {:+.4g} grey levels", job_.threshold.threshold_offset);
    }
    if (!stills() && job_.threshold.window_frames > 1) {
      text += fmt::format(", held at the median of {} frames", job_.threshold.window_frames);
    }
    return text;
  }

  /// What EfficientSAM was asked about, and what it saw.
  std::string prompts() const {
    std::string asked;
    if (!job_.points.empty()) {
      asked = counted(static_cast<int64_t>(job_.points.size()), "point");
    }
    if (!job_.boxes.empty()) {
      asked += asked.empty() ? "" : " and ";
      asked += counted(static_cast<int64_t>(job_.boxes.size()), "box", "boxes");
    }
    if (asked.empty()) {
      asked = fmt::format("a grid of {0} x {0} points in each piece", job_.network.points_per_side);
    }
    return fmt::format(
        "asked about {}, {}; pieces smaller than {} were stretched to that", asked, kPieces,
        job_.network.tile_px > 0 ? fmt::format("{} px", job_.network.tile_px) : "1024 px");
  }

  /// What a network saw of the recording, or nothing of the classical segmenter.
  std::string network() const {
    const segment::NetworkOptions& options = job_.network;
    const auto black = value("black");
    const auto white = value("white");
    return fmt::format("{} ({}{}), {}{}", options.model,
                       options.weights.empty()       ? "imported weights"
                       : options.weights == "random" ? "random weights"
                                                     : "weights of " + options.weights,
                       options.precision == segment::NumberFormat::kBFloat16 ? ", bfloat16" : "",
                       model(options.model).task == "prompt" ? prompts() : kPieces,
                       black && white
                           ? fmt::format(", grey levels {:.4g} to {:.4g} seen as black to white",
                                         black->median, white->median)
                           : "");
  }

  void add_network(Settings& all) const {
    all.emplace_back("network", network());
    if (const std::string known = polarity(); !known.empty()) {
      all.emplace_back("particles", known);
    }
    all.emplace_back("minimum diameter", length(job_.threshold.min_diameter_px));
    all.emplace_back("boundary", job_.threshold.refine ? "at the half level of the image, sub-pixel"
                                                       : "where the network says");
  }

  std::string network_sentences() const {
    return fmt::format(
        " Particles were found by the network {}; regions of less than {} in diameter were left "
        "out{}.",
        network(), length(job_.threshold.min_diameter_px),
        job_.threshold.refine ? ", and boundaries moved to the half level of the image" : "");
  }

  void add_segmenter(Settings& all) const {
    if (job_.network.is_network()) {
      add_network(all);
      return;
    }
    all.emplace_back("background", flattened() ? fmt::format("taken out at a scale of {}",
                                                             length(flatten_scale()))
                                               : "taken as it is");
    if (const std::string known = polarity(); !known.empty()) {
      all.emplace_back("particles", known);
    }
    if (const auto sigma = value("sigma_px")) {
      all.emplace_back("sigma of the Gaussian", over_frames(*sigma, " px"));
    }
    all.emplace_back("threshold", threshold_method());
    if (const auto level = value("threshold")) {
      all.emplace_back("its grey level", over_frames(*level, ""));
    }
    all.emplace_back("minimum diameter", length(job_.threshold.min_diameter_px));
    all.emplace_back("holes", job_.threshold.fill_holes ? "filled" : "kept");
    all.emplace_back("touching particles",
                     job_.threshold.split ? fmt::format("cut at necks of at most {:.3g} of the "
                                                        "smaller diameter",
                                                        job_.threshold.max_neck_ratio)
                                          : "not cut apart");
    all.emplace_back("boundary", job_.threshold.refine
                                     ? "at the half level of the unsmoothed image, sub-pixel"
                                     : "where the smoothed image crosses the threshold");
  }

  std::string drift() const {
    if (summary_.drift.empty()) {
      return "not corrected";
    }
    const auto is_ok = [](const measure::DriftTableRow& row) { return row.ok; };
    if (std::none_of(summary_.drift.begin(), summary_.drift.end(), is_ok)) {
      return "not measurable and assumed to be none";
    }
    if (job_.drift_from == "support") {
      return "measured on the support";
    }
    if (job_.drift_from == "all") {
      return "measured on the whole field";
    }
    return job_.drift_from == "particles" ? "measured on the particles" : "from " + job_.drift_from;
  }

  std::string distance() const {
    if (job_.overlap.max_distance_px > 0) {
      return length(job_.overlap.max_distance_px);
    }
    const std::string rule = "20 px, or half of the way to the nearest other particle";
    return summary_.link_reach_px
               ? fmt::format("{}; {} in the median", rule, length(*summary_.link_reach_px))
               : rule;
  }

  void add_tracker(Settings& all) const {
    all.emplace_back("drift", drift());
    if (job_.tracker == "deaot") {
      all.emplace_back("tracker", fmt::format("{}, new particles looked for every {} frames",
                                              job_.deaot.model, job_.deaot.keyframe_gap));
      all.emplace_back("split",
                       fmt::format("pieces of {:.3g} of a particle's mask apart for {}",
                                   job_.deaot.min_piece_share, duration("confirm", job_.confirm)));
      return;
    }
    all.emplace_back("maximum distance", distance());
    all.emplace_back("longest gap bridged", duration("max-gap", job_.max_gap));
    all.emplace_back("coalescence",
                     fmt::format("neck above {:.3g} of the smaller diameter for {}",
                                 job_.overlap.merge_neck_ratio, duration("confirm", job_.confirm)));
    all.emplace_back("split",
                     fmt::format("neck below {:.3g} of the smaller diameter for {}",
                                 job_.overlap.split_neck_ratio, duration("confirm", job_.confirm)));
    all.emplace_back(
        "regions new together",
        job_.overlap.join_neck_ratio < 1
            ? fmt::format("one particle from a neck of {:.3g} of the smaller diameter on",
                          job_.overlap.join_neck_ratio)
            : "as many particles");
  }

  std::string segmenter_sentences() const {
    if (job_.network.is_network()) {
      return network_sentences() + edge_sentence();
    }
    std::string text;
    if (flattened()) {
      text += fmt::format(" The uneven background was taken out at a scale of {}.",
                          length(flatten_scale()));
    }
    const auto sigma = value("sigma_px");
    const auto level = value("threshold");
    const std::string known = polarity();
    text += fmt::format(" Particles{} were found by a threshold ({}{})",
                        known.empty() ? "" : fmt::format(" ({})", known), threshold_method(),
                        level ? "; " + over_frames(*level, " grey levels") : "");
    if (sigma && sigma->greatest > 0) {
      text +=
          fmt::format(" on images smoothed by a Gaussian (sigma {})", over_frames(*sigma, " px"));
    }
    text += fmt::format("; regions of less than {} in diameter were left out",
                        length(job_.threshold.min_diameter_px));
    if (job_.threshold.split) {
      text += fmt::format(
          ", touching particles cut apart at necks of at most {:.3g} of the "
          "smaller diameter",
          stills() ? std::min(job_.threshold.max_neck_ratio, job_.still_join_ratio)
                   : job_.threshold.max_neck_ratio);
    }
    text += job_.threshold.refine
                ? ", and boundaries moved to the half level of the unsmoothed image."
                : ".";
    return text + edge_sentence();
  }

  std::string edge_sentence() const {
    return summary_.edges.kind == measure::EdgeKind::kSphere
               ? fmt::format(
                     " Sizes are those of the rims of spheres, which lie outside the half "
                     "level by what an edge model of {} profiles tells.",
                     summary_.edges.instances)
               : "";
  }

  std::string tracker_sentences() const {
    if (job_.tracker == "deaot") {
      return fmt::format(
          " Drift was {}. Particles were followed by their pixels with the network {}{}; every {} "
          "frames the frame was segmented, and particles that were not followed yet were added. "
          "A particle whose pixels went over to another counts as merged with it; one whose mask "
          "was in pieces apart for {}, or which had lost area to a particle found anew in its "
          "place, as split.",
          drift(), job_.deaot.model,
          job_.threshold.refine ? ", their boundaries moved likewise in every frame" : "",
          job_.deaot.keyframe_gap, duration("confirm", job_.confirm));
    }
    return fmt::format(
        " Drift was {}. Particles were linked by overlap, else within a maximum distance ({}); "
        "absences of up to {} were bridged. Two particles in contact count as merged where their "
        "neck exceeded {:.3g} of the smaller diameter for {}, one as split where it stayed below "
        "{:.3g}.",
        drift(), distance(), duration("max-gap", job_.max_gap), job_.overlap.merge_neck_ratio,
        duration("confirm", job_.confirm), job_.overlap.split_neck_ratio);
  }

  // The exposure that the motion was corrected for, by the rule of motion.csv's exposure_source.
  std::string exposure() const {
    constexpr double kSlack = 1.001;
    const bool known = info_.exposure_s && summary_.interval_s &&
                       *info_.exposure_s <= kSlack * *summary_.interval_s;
    return known ? fmt::format("the exposure of {:.4g} s", *info_.exposure_s)
                 : "an exposure of the whole frame interval, which was assumed";
  }

  std::string log_sentence() const {
    const FrameLog* log = recording_.log();
    if (log == nullptr || log->readings().empty()) {
      return "";
    }
    std::vector<std::string> names;
    for (const LogReading& reading : log->readings()) {
      names.push_back(reading.label.empty() ? reading.name : reading.label);
    }
    return fmt::format(
        " Readings of {} come from a log and were interpolated to the time of each "
        "frame.",
        fmt::join(names, ", "));
  }

  std::string motion_sentences() const {
    const measure::MotionOptions defaults;
    return fmt::format(
        " Diffusion coefficients and localisation errors are of maximum likelihood (Michalet and "
        "Berglund 2012), from positions on the specimen, corrected for {}; tracks of fewer than {} "
        "displacements were left out, and those whose likelihood ratio against the error of the "
        "drift has p >= {:.2g} count as immobile.",
        exposure(), defaults.min_displacements, defaults.immobile_p);
  }

  std::string growth_sentences() const {
    const measure::GrowthOptions defaults;
    const bool log = std::any_of(summary_.values.begin(), summary_.values.end(),
                                 [](const auto& v) { return v.first.starts_with("temperature"); });
    return fmt::format(
        " The mean radius was fitted by (r0^n + k t)^(1/n){}, with n free and n = 2, 3 and 4; 95 % "
        "intervals come from {} bootstrap samples of families of tracks (those that merges and "
        "splits connect). Survival is by Kaplan and Meier: tracks present at the start are "
        "left-truncated, and every end but dissolution is censored.",
        log ? " over each stretch of constant temperature" : "", defaults.resamples);
  }

  const Job& job_;
  const Recording& recording_;
  const RecordingInfo& info_;
  const RunSummary& summary_;
};

}  // namespace

Settings effective_settings(const Job& job, const Recording& recording, const RunSummary& summary) {
  return Methods(job, recording, summary).settings();
}

std::string methods_paragraph(const Job& job, const Recording& recording,
                              const RunSummary& summary) {
  return Methods(job, recording, summary).paragraph();
}

}  // namespace mote::pipeline
