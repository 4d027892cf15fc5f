#include "mote/pipeline/effective_options.h"

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

/// Options that count where `counts` holds, and what they need.
struct Rule {
  std::vector<std::string> options;
  bool counts;
  std::string needs;
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

/// The first rule that is broken is told: what rules out more stands before what rules out less.
std::vector<Rule> rules(const Use& use) {
  const std::string sam = models_that([](const Model& one) { return one.task == "prompt"; });
  const std::string maps = models_that([](const Model& one) { return one.finds == "pixels"; });
  const std::string instances =
      models_that([](const Model& one) { return one.finds == "instances"; });
  const std::string found = "where mote finds particles, not with --labels";
  const std::string unprompted = "without --point and --box";
  const std::string threshold = "with --model threshold";
  const std::string network = "with a network (--model, as mote models list names them)";
  const bool by_level =
      use.method == ThresholdMethod::kAuto || use.method == ThresholdMethod::kOtsu;
  return {
      {{"model", "weights", "precision", "tile-px", "tile-overlap-px", "tiles-at-once"},
       use.segments,
       found},
      {{"min-probability", "min-score", "max-overlap", "point", "box"}, use.segments, found},
      {{"points-per-side", "min-stability", "max-area-fraction"}, use.segments, found},
      {{"sigma-px", "flatten", "flatten-px", "method", "threshold"}, use.segments, found},
      {{"threshold-offset", "sauvola-window-px", "sauvola-k"}, use.segments, found},
      {{"window-frames", "split", "max-neck-ratio"}, use.segments, found},
      {{"polarity", "fill-holes", "min-diameter-px", "refine"},
       use.segments || use.deaot,
       "where mote finds particles, or with --tracker deaot"},
      {{"sigma-px", "flatten", "flatten-px", "method", "threshold"}, use.by_threshold, threshold},
      {{"threshold-offset", "sauvola-window-px", "sauvola-k"}, use.by_threshold, threshold},
      {{"window-frames"}, use.by_threshold, threshold},
      {{"threshold"}, use.method == ThresholdMethod::kFixed, "with --method fixed"},
      {{"threshold-offset"}, by_level, "with --method auto or otsu"},
      {{"sauvola-window-px", "sauvola-k"},
       use.method == ThresholdMethod::kSauvola,
       "with --method sauvola"},
      {{"flatten-px"}, use.flattens, "with --flatten, and not with --method fixed"},
      {{"max-neck-ratio"}, !use.instances, threshold + " or " + maps},
      {{"max-neck-ratio"}, use.splits, "with --split"},
      {{"weights", "precision", "tile-px", "tile-overlap-px", "tiles-at-once"},
       use.by_network,
       network},
      {{"device", "black", "white"}, use.by_network || use.deaot, network + " or --tracker deaot"},
      {{"point", "box"}, use.sam, "with " + sam},
      {{"points-per-side", "min-stability", "max-area-fraction"}, use.sam, "with " + sam},
      {{"points-per-side", "min-stability", "max-area-fraction"}, use.grid, unprompted},
      {{"min-probability"}, use.by_network && !use.instances, "with " + maps},
      {{"min-score", "max-overlap"}, use.instances, "with " + instances},
      {{"min-score"}, use.grid || !use.sam, unprompted},
      {{"tracker-model", "tracker-weights", "keyframe-gap", "short-side-px", "max-memory-frames"},
       use.deaot,
       "with --tracker deaot"},
      {{"min-new-area-px", "min-new-share", "min-piece-share", "min-merge-share"},
       use.deaot,
       "with --tracker deaot"},
      {{"max-distance-px", "max-contrast-gap", "merge-neck-ratio", "split-neck-ratio"},
       !use.deaot,
       "with --tracker overlap"},
      {{"join-neck-ratio", "border-px"}, !use.deaot, "with --tracker overlap"},
  };
}

/// As a user writes it: `--sigma-px 2`, `--no-flatten`.
std::string written(const std::string& name, const Json& value) {
  if (value.is_boolean()) {
    return value.get<bool>() ? "--" + name : "--no-" + name;
  }
  if (value.is_array()) {
    return fmt::format("--{} {}", name, value.front().get<std::string>());
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
  const Json options = options_to_json(job);
  const Json defaults = options_to_json(default_job(job.command));
  for (const Rule& rule : rules(Use(job))) {
    for (const std::string& name : rule.options) {
      if (!rule.counts && options.contains(name) && options.at(name) != defaults.at(name)) {
        throw Error(ErrorKind::kUsage, "{} counts only {}", written(name, options.at(name)),
                    rule.needs);
      }
    }
  }
}

}  // namespace mote::pipeline
