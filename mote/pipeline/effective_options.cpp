#include "mote/pipeline/effective_options.h"

#include <algorithm>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/pipeline/models.h"
#include "mote/pipeline/options.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;
using segment::ThresholdMethod;

/// What of a job decides which options count.
struct Use {
  explicit Use(const Job& job)
      : segments(job.labels.empty()),
        by_threshold(segments && !job.network.is_network()),
        by_network(segments && job.network.is_network()),
        deaot(job.command == Command::kTrack && job.tracker == "deaot"),
        splits(job.threshold.split),
        method(job.threshold.method),
        flattens(job.threshold.flatten && method != ThresholdMethod::kFixed) {
    if (deaot) {
      tracking_model(job.deaot.model);
    }
    if (by_network) {
      const Model& network = finding_model(job.network.model);
      instances = network.finds == "instances";
      sam = network.task == "prompt";
      grid = sam && job.points.empty() && job.boxes.empty();
    }
  }

  bool segments;
  bool by_threshold;
  bool by_network;
  bool deaot;
  bool splits;
  ThresholdMethod method;
  bool flattens;
  bool instances = false;  ///< the network tells one particle from the next
  bool sam = false;
  bool grid = false;  ///< of points, which EfficientSAM asks about without prompts
};

/// What an option needs to count, as it is told.
struct Need {
  bool holds;
  std::string text;
};

/// Options, each in one rule alone, and what they need; the first need that does not hold is told.
struct Rule {
  std::vector<std::string> options;
  std::vector<Need> needs;
};

/// `--model a, b or c`, of the networks that `is_meant`.
template <typename IsMeant>
std::string models_that(const IsMeant& is_meant) {
  std::string names;
  std::string last;
  for (const Model& one : models()) {
    if (is_meant(one)) {
      names += names.empty() ? last : ", " + last;
      last = one.name;
    }
  }
  return fmt::format("--model {} or {}", names, last);
}

std::vector<Rule> rules_of_segmenters(const Use& use) {
  const auto models_of = [](const char* finds) {
    return models_that([finds](const Model& one) { return one.finds == finds; });
  };
  const std::string with_network = "with a network (--model, as mote models list names them)";
  const Need found = {use.segments, "where mote finds particles, not with --labels"};
  const Need shaped = {use.segments || use.deaot,
                       "where mote finds particles, or with --tracker deaot"};
  const Need threshold = {use.by_threshold, "with --model threshold"};
  const Need network = {use.by_network, with_network};
  const Need any_network = {use.by_network || use.deaot, with_network + " or --tracker deaot"};
  const Need sam = {use.sam,
                    "with " + models_that([](const Model& one) { return one.task == "prompt"; })};
  const Need maps = {use.by_network && !use.instances, "with " + models_of("pixels")};
  const Need instances = {use.instances, "with " + models_of("instances")};
  const Need cut = {!use.instances, threshold.text + " or " + models_of("pixels")};
  const Need unprompted = {use.grid || !use.sam, "without --point and --box"};
  const Need fixed = {use.method == ThresholdMethod::kFixed, "with --method fixed"};
  const Need sauvola = {use.method == ThresholdMethod::kSauvola, "with --method sauvola"};
  const Need level = {use.method == ThresholdMethod::kAuto || use.method == ThresholdMethod::kOtsu,
                      "with --method auto or otsu"};
  const Need flattened = {use.flattens, "with --flatten, and not with --method fixed"};
  const Need split = {use.splits, "with --split"};
  return {
      {{"preset"}, {found, threshold}},
      {{"model"}, {found}},
      {{"weights", "precision", "tile-px", "tile-overlap-px", "tiles-at-once"}, {found, network}},
      {{"device", "black", "white"}, {any_network}},
      {{"min-probability"}, {found, maps}},
      {{"min-score"}, {found, instances, unprompted}},
      {{"max-overlap"}, {found, instances}},
      {{"point", "box"}, {found, sam}},
      {{"points-per-side", "min-stability", "max-area-fraction"}, {found, sam, unprompted}},
      {{"sigma-px", "flatten", "method", "window-frames"}, {found, threshold}},
      {{"flatten-px"}, {found, threshold, flattened}},
      {{"threshold"}, {found, threshold, fixed}},
      {{"threshold-offset"}, {found, threshold, level}},
      {{"sauvola-window-px", "sauvola-k"}, {found, threshold, sauvola}},
      {{"polarity", "fill-holes", "min-diameter-px", "refine"}, {shaped}},
      {{"split"}, {found}},
      {{"max-neck-ratio"}, {found, cut, split}},
  };
}

std::vector<Rule> rules_of_trackers(const Job& job, const Use& use) {
  const Need deaot = {use.deaot, "with --tracker deaot"};
  const Need overlap = {!use.deaot, "with --tracker overlap"};
  const bool measures_drift =
      job.drift_from == "support" || job.drift_from == "all" || job.drift_from == "particles";
  return {
      {{"max-shift-px"}, {{measures_drift, "with --drift-from support, all or particles"}}},
      {{"tracker-model", "tracker-weights", "keyframe-gap", "short-side-px", "max-memory-frames",
        "min-new-area-px", "min-new-share", "min-piece-share", "min-merge-share"},
       {deaot}},
      {{"max-distance-px", "max-contrast-gap", "merge-neck-ratio", "split-neck-ratio",
        "join-neck-ratio", "border-px"},
       {overlap}},
  };
}

std::vector<Rule> rules_of_outputs(const Job& job) {
  return {
      {{"overlay-max-frames", "overlay-max-height-px", "overlay-fps"},
       {{job.overlay.enabled, "with --overlay"}}},
      {{"figure-width"}, {{job.figures, "with --figures"}}},
  };
}

std::vector<Rule> rules(const Job& job) {
  const Use use(job);
  std::vector<Rule> all = rules_of_segmenters(use);
  for (const std::vector<Rule>& more : {rules_of_trackers(job, use), rules_of_outputs(job)}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

/// As a user writes it: `--sigma-px 2`, `--no-flatten`.
std::string written(const std::string& name, const Json& value) {
  if (value.is_boolean()) {
    return value.get<bool>() ? "--" + name : "--no-" + name;
  }
  if (value.is_array()) {
    return value.empty() ? "--" + name
                         : fmt::format("--{} {}", name, value.front().get<std::string>());
  }
  return value.is_string() ? fmt::format("--{} {}", name, value.get<std::string>())
                           : fmt::format("--{} {}", name, value.get<double>());
}

}  // namespace

void require_effective_options(const Job& job) {
  const bool fixed = job.threshold.method == ThresholdMethod::kFixed;
  if (fixed && job.threshold.threshold == 0) {
    throw Error(ErrorKind::kUsage, "--method fixed needs --threshold, a grey level other than 0");
  }
  Json options = options_to_json(job);
  options["preset"] = job.preset;
  for (const Rule& rule : rules(job)) {
    for (const std::string& name : rule.options) {
      const auto unmet = std::find_if(rule.needs.begin(), rule.needs.end(),
                                      [](const Need& need) { return !need.holds; });
      if (unmet != rule.needs.end() && job.given.contains(name)) {
        throw Error(ErrorKind::kUsage, "{} counts only {}", written(name, options.at(name)),
                    unmet->text);
      }
    }
  }
}

}  // namespace mote::pipeline
