#include "mote/pipeline/nothing_found.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/pipeline/models.h"
#include "mote/pipeline/options.h"

namespace mote::pipeline {

namespace {

/// The options that decide what a network finds.
std::string deciding_options(const Job& job) {
  const Model& network = model(job.network.model);
  if (network.finds == "pixels") {
    return "--min-probability";
  }
  if (network.task != "prompt") {
    return "--min-score";
  }
  return job.points.empty() && job.boxes.empty()
             ? "--points-per-side, --min-score, --min-stability, --max-area-fraction"
             : "--point and --box";
}

}  // namespace

std::string nothing_found(const Job& job) {
  if (job.command == Command::kMeasure || !job.labels.empty()) {
    return "the label images hold no particles";
  }
  if (job.network.is_network()) {
    return fmt::format(
        "{} found no particles of {:g} px or more; what it finds is decided by its weights, {}, "
        "--black and --white",
        job.network.model, job.threshold.min_diameter_px, deciding_options(job));
  }
  const auto options = options_to_json(job);
  return fmt::format(
      "no particles found with --polarity {}, --method {} and --min-diameter-px {:g}",
      options.at("polarity").get<std::string>(), options.at("method").get<std::string>(),
      job.threshold.min_diameter_px);
}

}  // namespace mote::pipeline
