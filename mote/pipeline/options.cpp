#include "mote/pipeline/options.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/toml_file.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;

void visit_network(OptionVisitor& visitor, Job& job) {
  using segment::NumberFormat;
  segment::NetworkOptions& options = job.network;
  visitor.group("Network");
  visitor.text("model", options.model,
               "threshold, or the network that finds particles: mote models list names them");
  visitor.text("weights", options.weights,
               "File of the network's weights, or random; without, those of mote models import");
  visitor.text("device", options.device,
               "Where the network runs: cpu, cuda, or cuda:N for GPU N from 0");
  visitor.choice("precision",
                 choice_of(options.precision, {{"float32", NumberFormat::kFloat32},
                                               {"bf16", NumberFormat::kBFloat16}}),
                 "Numbers that the network computes with");
  visitor.count("tile-px", options.tile_px,
                "Side of the pieces that the network sees; 0: what it was made for");
  visitor.count("tile-overlap-px", options.tile_overlap_px,
                "Overlap of neighbouring pieces, half of one at the most");
  visitor.count("tiles-at-once", options.tiles_at_once, "Pieces that pass the network together");
  visitor.number("black", options.black,
                 "Grey level that the network sees as black; default: of the first frame");
  visitor.number("white", options.white,
                 "Grey level that the network sees as white; default: of the first frame");
  visitor.number("min-probability", options.min_probability,
                 "That a pixel is particle, of networks that map pixels");
  visitor.number("min-score", options.min_score,
                 "Of a particle, of networks that find instances; 0: as published");
  visitor.number("max-overlap", options.max_overlap,
                 "IoU of two particles from which on the surer one stays");
  visitor.texts("point", job.points,
                "EfficientSAM: a point in a particle, x=..,y=.. in pixels after --roi and --bin; "
                "repeatable");
  visitor.texts(
      "box", job.boxes,
      "EfficientSAM: a box around a particle, x0=..,y0=..,x1=..,y1=.., likewise; repeatable");
  visitor.count("points-per-side", options.points_per_side,
                "EfficientSAM without points and boxes: the grid of points in each piece");
  visitor.number("min-stability", options.min_stability,
                 "EfficientSAM: least IoU of a mask's cuts at two levels");
  visitor.number("max-area-fraction", options.max_area_fraction,
                 "EfficientSAM: largest part of a piece that is one particle");
}

void visit_threshold(OptionVisitor& visitor, segment::ThresholdOptions& options) {
  using segment::Polarity;
  using segment::ThresholdMethod;
  visitor.group("Segmenter");
  visitor.number("sigma-px", options.sigma_px,
                 "Gaussian blur before the threshold; 0 chooses it by the noise");
  visitor.flag("flatten", options.flatten,
               "Take the uneven background out (--method fixed never does)");
  visitor.number("flatten-px", options.flatten_px,
                 "Scale of the uneven background; 0 takes an eighth of the smaller side");
  visitor.choice("method",
                 choice_of(options.method, {{"auto", ThresholdMethod::kAuto},
                                            {"otsu", ThresholdMethod::kOtsu},
                                            {"sauvola", ThresholdMethod::kSauvola},
                                            {"fixed", ThresholdMethod::kFixed}}),
                 "How the threshold is found; auto: as otsu, unless particles are too few for it");
  visitor.number("threshold", options.threshold, "Grey level as recorded, with --method fixed");
  visitor.number("threshold-offset", options.threshold_offset,
                 "Grey levels added to the threshold that is found, with --method auto or otsu");
  visitor.number("sauvola-window-px", options.sauvola_window_px,
                 "Side of the window, with --method sauvola");
  visitor.number("sauvola-k", options.sauvola_k, "Sensitivity, with --method sauvola");
  visitor.count("window-frames", options.window_frames,
                "The threshold is held at the median of so many frames");
  visitor.choice("polarity",
                 choice_of(options.polarity, {{"auto", Polarity::kAuto},
                                              {"dark", Polarity::kDark},
                                              {"bright", Polarity::kBright}}),
                 "Whether particles are darker or brighter than what is around them");
  visitor.flag("fill-holes", options.fill_holes, "Fill holes in particles");
  visitor.number("min-diameter-px", options.min_diameter_px, "Smaller regions are left out");
  visitor.flag("split", options.split, "Cut touching particles apart");
  visitor.number("max-neck-ratio", options.max_neck_ratio, "Never cut at a wider neck");
  visitor.flag("refine", options.refine,
               "Move the boundary to the half level of the unsmoothed image");
}

void visit_tracker(OptionVisitor& visitor, Job& job) {
  using track::DriftFrom;
  visitor.group("Drift");
  visitor.text("drift-from", job.drift_from,
               "What drift is measured on: support, all, particles, none, or a drift.csv");
  visitor.number("max-shift-px", job.drift.max_shift_px,
                 "Farthest that the specimen moves between two registered frames");
  visitor.group("Tracker");
  visitor.choice("tracker",
                 Choice{.names = {"overlap", "deaot"},
                        .get = [&job] { return job.tracker; },
                        .set = [&job](const std::string& name) { job.tracker = name; }},
                 "overlap links what is found in each frame; deaot follows particles by their "
                 "pixels");
  visitor.text("labels", job.labels, "Link these label images instead of segmenting");
  visitor.number(
      "max-distance-px", job.overlap.max_distance_px,
      "Farthest that a particle moves between two frames, drift aside; 0 takes 20, or half "
      "of the way to the nearest other particle");
  visitor.text("max-gap", job.max_gap, "Longest absence that is bridged, such as 0.5s or 3 frames");
  visitor.text("max-contrast-gap", job.max_contrast_gap,
               "The same of a particle that vanishes at full size and comes back in its place");
  visitor.text(
      "confirm", job.confirm,
      "How long a merge or split must last to count; a split counts after 62 frames at the "
      "latest, with --tracker deaot after 64");
  visitor.number("merge-neck-ratio", job.overlap.merge_neck_ratio,
                 "Two particles in contact become one above this neck width / diameter");
  visitor.number("split-neck-ratio", job.overlap.split_neck_ratio,
                 "One particle becomes two below this neck width / diameter");
  visitor.number(
      "join-neck-ratio", job.overlap.join_neck_ratio,
      "Regions that are new together are one particle from this neck width / diameter on; 1: "
      "never");
  visitor.number("border-px", job.overlap.border_px,
                 "A track that begins or ends so near the border entered or left the field");
}

void visit_deaot(OptionVisitor& visitor, Job& job) {
  track::DeaotOptions& options = job.deaot;
  visitor.group("DeAOT");
  visitor.text("tracker-model", options.model, "With --tracker deaot: deaot-t or r50-deaot-l");
  visitor.text("tracker-weights", options.weights,
               "File of its weights, or random; without, those of mote models import");
  visitor.count("keyframe-gap", options.keyframe_gap,
                "Every so many frames are segmented, to find particles that are new");
  visitor.count("short-side-px", options.short_side_px,
                "Frames are reduced until their shorter side has so many pixels");
  visitor.count("max-memory-frames", options.max_memory_frames,
                "Reference frames that are remembered");
  visitor.count("min-new-area-px", options.min_new_area_px,
                "Smallest free area that is a new particle");
  visitor.number("min-new-share", options.min_new_share,
                 "Part of a new particle that no tracked one covers");
  visitor.number("min-piece-share", options.min_piece_share,
                 "Least part of a particle's mask that a separate piece has to count");
  visitor.number("min-merge-share", options.min_merge_share,
                 "Part of a vanished particle that another covers where they have merged");
}

class ToJson : public OptionVisitor {
 public:
  Json object = Json::object();

  void group(const std::string&) override {}
  void number(const std::string& name, double& value, const std::string&) override {
    object[name] = value;
  }
  void number(const std::string& name, std::optional<double>& value, const std::string&) override {
    object[name] = value ? Json(*value) : Json(nullptr);
  }
  void texts(const std::string& name, std::vector<std::string>& values,
             const std::string&) override {
    object[name] = values;
  }
  void count(const std::string& name, int64_t& value, const std::string&) override {
    object[name] = value;
  }
  void count(const std::string& name, std::optional<int64_t>& value, const std::string&) override {
    object[name] = value ? Json(*value) : Json(nullptr);
  }
  void flag(const std::string& name, bool& value, const std::string&) override {
    object[name] = value;
  }
  void text(const std::string& name, std::string& value, const std::string&) override {
    object[name] = value;
  }
  void choice(const std::string& name, const Choice& choice, const std::string&) override {
    object[name] = choice.get();
  }
};

class FromJson : public OptionVisitor {
 public:
  explicit FromJson(const Json& object) : object_(object) {}

  void group(const std::string&) override {}
  void number(const std::string& name, double& value, const std::string&) override {
    take(name, value, "a number", &Json::is_number);
  }
  void number(const std::string& name, std::optional<double>& value, const std::string&) override {
    take(name, value, "a number", &Json::is_number);
  }
  void texts(const std::string& name, std::vector<std::string>& values,
             const std::string&) override {
    take(name, values, "a list of texts in quotes", [](const Json& found) {
      return found.is_array() && std::all_of(found.begin(), found.end(),
                                             [](const Json& one) { return one.is_string(); });
    });
  }
  void count(const std::string& name, int64_t& value, const std::string&) override {
    take(name, value, "a whole number", &Json::is_number_integer);
  }
  void count(const std::string& name, std::optional<int64_t>& value, const std::string&) override {
    take(name, value, "a whole number", &Json::is_number_integer);
  }
  void flag(const std::string& name, bool& value, const std::string&) override {
    take(name, value, "true or false", &Json::is_boolean);
  }
  void text(const std::string& name, std::string& value, const std::string&) override {
    take(name, value, "a text in quotes", &Json::is_string);
  }
  void choice(const std::string& name, const Choice& choice, const std::string&) override {
    if (const Json* found = find(name)) {
      const bool known =
          found->is_string() && std::find(choice.names.begin(), choice.names.end(),
                                          found->get<std::string>()) != choice.names.end();
      expect(known, name, fmt::format("one of {}", fmt::join(choice.names, ", ")), *found);
      choice.set(found->get<std::string>());
    }
  }

  void refuse_unknown() const {
    for (const auto& [key, unused] : object_.items()) {
      if (!met_.contains(key)) {
        throw Error(ErrorKind::kUsage, "option '{}' is not known to this command", key);
      }
    }
  }

 private:
  const Json* find(const std::string& name) {
    met_.insert(name);
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }

  /// The value of an option that is there, if it `is_right`.
  template <typename Value, typename Test>
  void take(const std::string& name, Value& value, const std::string& wanted, Test is_right) {
    if (const Json* found = find(name)) {
      expect(std::invoke(is_right, *found), name, wanted, *found);
      value = found->get<Value>();
    }
  }
  template <typename Value, typename Test>
  void take(const std::string& name, std::optional<Value>& value, const std::string& wanted,
            Test is_right) {
    const Json* found = find(name);
    if (found != nullptr && found->is_null()) {
      value = std::nullopt;
    } else if (found != nullptr) {
      expect(std::invoke(is_right, *found), name, wanted, *found);
      value = found->get<Value>();
    }
  }

  static void expect(bool right, const std::string& name, const std::string& wanted,
                     const Json& found) {
    if (!right) {
      throw Error(ErrorKind::kUsage, "option '{}' is {}: expected {}", name, json_text(found),
                  wanted);
    }
  }

  const Json& object_;
  std::set<std::string> met_;
};

}  // namespace

Job default_job(Command command) {
  Job job;
  job.command = command;
  if (command == Command::kSegment) {
    job.threshold.window_frames = 1;
  }
  return job;
}

std::string name(Command command) {
  switch (command) {
    case Command::kSegment: return "segment";
    case Command::kTrack: return "track";
    case Command::kMeasure: return "measure";
  }
  return "";
}

void visit_selection_options(OptionVisitor& visitor, RecordingOptions& options) {
  visitor.group("Recording");
  visitor.text("frames", options.frames,
               "Frames to use, from 0, B excluded: 10:200:2, :-5, or 7 for one");
  visitor.text("roi", options.roi, "Part of the field to use, x=..,y=..,w=..,h=.. in pixels");
  visitor.count("bin", options.bin, "Average N x N pixels to one");
  visitor.count("average", options.average, "Average K consecutive frames to one");
  visitor.count("channel", options.channel, "Channel to use, from 0");
  visitor.count("z", options.z, "Slice to use, from 0");
  visitor.text("pixel-size", options.pixel_size, "Pixel size, such as 0.21nm or 0.21nm±2%");
  visitor.text("frame-interval", options.frame_interval, "Time between frames, such as 40ms");
  visitor.text("exposure", options.exposure,
               "Exposure of a frame, such as 40ms, for what blur takes off the motion");
}

void visit_recording_options(OptionVisitor& visitor, RecordingOptions& options) {
  visit_selection_options(visitor, options);
  visitor.text("mask", options.mask, "Image whose zero pixels are left out");
  visitor.flag("keep-bars", options.keep_bars, "Do not look for scale and data bars");
  visitor.flag("skip-bad-frames", options.skip_bad_frames,
               "Go on past a frame that cannot be read, and report it");
}

void visit_segment_options(OptionVisitor& visitor, Job& job) {
  visit_recording_options(visitor, job.recording);
  if (job.command != Command::kMeasure) {
    visit_threshold(visitor, job.threshold);
    visitor.flag("edge-model", job.edge_model,
                 "Tell sizes of bright spheres by their rims, not the half level, where edges fit");
  }
  if (job.command == Command::kSegment) {
    visitor.number("join-neck-ratio", job.still_join_ratio,
                   "Regions are one particle from this neck width / diameter on; 1: never");
  }
}

void visit_log(OptionVisitor& visitor, RecordingOptions& options) {
  visitor.group("Log");
  visitor.text("log", options.log,
               "CSV of a heater or the like: its readings are joined to the frames by time");
  visitor.text("log-offset", options.log_offset,
               "What the log's clock shows when the recording's shows 0: 12.5s, 12:30:05 or "
               "2024-05-01T12:30:05");
}

void visit_options(OptionVisitor& visitor, Job& job) {
  visit_segment_options(visitor, job);
  if (job.command != Command::kMeasure) {
    visit_network(visitor, job);
  }
  visit_log(visitor, job.recording);
  if (job.command == Command::kMeasure) {
    visitor.group("Labels");
    visitor.text("tracks", job.tracks,
                 "CSV of columns track and parents, such as tracks.csv: what merged and split in "
                 "the label images");
  }
  if (job.command == Command::kTrack) {
    visit_tracker(visitor, job);
    visit_deaot(visitor, job);
  }
  visitor.group("Outputs");
  visitor.flag("overlay", job.overlay.enabled, "Write the overlay video or pictures");
  visitor.count("overlay-max-frames", job.overlay.max_frames,
                "A longer recording is thinned out evenly in the overlay");
  visitor.count("overlay-max-height-px", job.overlay.max_height_px, "Height of the overlay");
  if (job.command != Command::kSegment) {
    visitor.number("overlay-fps", job.overlay.frames_per_second, "Playback rate of the overlay");
  }
  visitor.flag("report", job.report, "Write report.html");
  if (job.command != Command::kSegment) {
    visitor.flag("figures", job.figures, "Write figures/");
    visitor.choice("figure-width",
                   choice_of(job.figure_width, {{"single", report::FigureWidth::kSingle},
                                                {"double", report::FigureWidth::kDouble}}),
                   "Width of figures: 85 mm for a single column, 180 mm for two");
  }
  visitor.count("seed", job.seed, "Seed of the bootstrap intervals");
  visitor.choice(
      "hash", choice_of(job.hash, {{"sampled", InputHash::kSampled}, {"full", InputHash::kFull}}),
      "What of the input --resume compares: sampled blocks, or the full files");
}

Json options_to_json(const Job& job) {
  Job copy = job;
  ToJson visitor;
  visit_options(visitor, copy);
  return visitor.object;
}

void options_from_json(const Json& object, Job& job) {
  FromJson visitor(object);
  visit_options(visitor, job);
  visitor.refuse_unknown();
}

Json read_options_toml(const std::string& path) {
  Json object = read_toml(path);
  for (const auto& [key, value] : object.items()) {
    if (!value.is_primitive() && !value.is_array()) {
      throw Error(ErrorKind::kUsage, "{}: option '{}': expected a number, a text, true or false",
                  path, key);
    }
  }
  return object;
}

Json read_options_of_run(const std::string& path) {
  Json run = Json::parse(read_file(path), nullptr, false);
  if (run.is_discarded() || !run.contains("options") || !run["options"].is_object()) {
    throw Error(ErrorKind::kBadFile, "{}: expected the run.json of a mote run", path);
  }
  return run;
}

}  // namespace mote::pipeline
