#include "mote/pipeline/networks.h"

#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/io/checkpoint_wrappers.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/models.h"
#include "mote/pipeline/prompts.h"
#include "mote/pipeline/tracker_options.h"
#include "mote/segment/threshold.h"
#include "mote/track/overlap.h"

namespace mote::pipeline {

const LearnedPlugin& learned_plugin() {
  return static_cast<const LearnedPlugin&>(load_plugin("mote_learned"));
}

namespace {

/// The file that `given` means for `network`, empty for random weights; `option` is what it was
/// given by.
std::string weights_file(const std::string& network, const std::string& given,
                         const std::string& option) {
  if (given == "random") {
    return {};
  }
  if (!given.empty()) {
    return given;
  }
  std::string imported = imported_weights(network);
  if (!exists(imported)) {
    throw Error(ErrorKind::kNotFound,
                "there are no weights of {}: import them (mote models import), name a file "
                "({} FILE), or try the way with {} random",
                network, option, option);
  }
  return imported;
}

/// The weights in a file, or nothing where `file` is empty: random ones.
std::optional<Weights> weights_in(const std::string& file) {
  return file.empty() ? std::nullopt : std::optional(io::read_state_dict(file).weights);
}

/// Calls `make` with the weights that `given` by `option` means for `network`; what does not fit is
/// told with the file in front.
template <typename Make>
auto with_weights(const std::string& network, const std::string& given, const std::string& option,
                  Make make) {
  const std::string file = weights_file(network, given, option);
  const std::optional<Weights> weights = weights_in(file);
  try {
    return make(weights ? &*weights : nullptr);
  } catch (const Error& error) {
    throw error.kind() == ErrorKind::kBadFile ? error.in(file) : error;
  }
}

}  // namespace

nlohmann::ordered_json weights_identity(const Job& job) {
  nlohmann::ordered_json found = nlohmann::ordered_json::object();
  const auto add = [&found](const std::string& network, const std::string& given,
                            const std::string& option) {
    if (const std::string file = weights_file(network, given, option); !file.empty()) {
      found[network] = {{"file", file}, {"sha256", sha256_of_file(file)}};
    }
  };
  if (job.command != Command::kMeasure && job.network.is_network()) {
    add(job.network.model, job.network.weights, "--weights");
  }
  if (job.command == Command::kTrack && job.tracker == "deaot") {
    add(job.deaot.model, job.deaot.weights, "--tracker-weights");
  }
  return found;
}

std::unique_ptr<segment::Segmenter> make_segmenter(const Job& job) {
  if (!job.network.is_network()) {
    return segment::make_threshold_segmenter(job.threshold);
  }
  const LearnedPlugin& plugin = learned_plugin();
  require_network(job.network.model, plugin.networks());  // before weights that are not there
  segment::NetworkOptions options = job.network;
  options.seed = job.seed;
  const Prompts prompts(job);
  options.points = prompts.points();
  options.boxes = prompts.boxes();
  return with_weights(options.model, options.weights, "--weights", [&](const Weights* weights) {
    return plugin.make_segmenter(options, job.threshold, weights);
  });
}

std::unique_ptr<track::Tracker> make_tracker(const Job& job, const TimeScale& scale, Size field) {
  const track::OverlapOptions overlap = tracker_options(job, scale);
  if (job.tracker == "overlap") {
    return track::make_overlap_tracker(overlap, field);
  }
  const LearnedPlugin& plugin = learned_plugin();
  require_network(job.deaot.model, plugin.networks());
  track::DeaotOptions options = job.deaot;
  options.device = job.network.device;
  options.seed = job.seed;
  options.black = job.network.black;
  options.white = job.network.white;
  options.max_gap_frames = static_cast<int64_t>(std::llround(overlap.max_gap / scale.per_frame));
  options.confirm = overlap.confirm;
  options.lag_frames = overlap.lag_frames;
  return with_weights(options.model, options.weights, "--tracker-weights",
                      [&](const Weights* weights) {
                        return plugin.make_tracker(options, job.threshold, field, weights);
                      });
}

}  // namespace mote::pipeline
