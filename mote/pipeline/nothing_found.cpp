#include "mote/pipeline/nothing_found.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/pipeline/options.h"

namespace mote::pipeline {

std::string nothing_found(const Job& job) {
  if (job.command == Command::kMeasure || !job.labels.empty()) {
    return "the label images hold no particles";
  }
  if (job.network.is_network()) {
    return fmt::format("{} found no particles of {:g} px or more", job.network.model,
                       job.threshold.min_diameter_px);
  }
  const auto options = options_to_json(job);
  return fmt::format(
      "no particles found with --polarity {}, --method {} and --min-diameter-px {:g}",
      options.at("polarity").get<std::string>(), options.at("method").get<std::string>(),
      job.threshold.min_diameter_px);
}

}  // namespace mote::pipeline
