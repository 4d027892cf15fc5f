#include "mote/pipeline/networks.h"

#include <filesystem>

#include "mote/core/error.h"
#include "mote/io/checkpoint_wrappers.h"
#include "mote/io/weights_file.h"
#include "mote/pipeline/models.h"
#include "mote/pipeline/prompts.h"
#include "mote/segment/threshold.h"

namespace mote::pipeline {

const LearnedPlugin& learned_plugin() {
  return static_cast<const LearnedPlugin&>(load_plugin("mote_learned"));
}

std::string weights_file(const std::string& network, const std::string& given) {
  if (given == "random") {
    return {};
  }
  if (!given.empty()) {
    return given;
  }
  std::string imported = imported_weights(network);
  if (!std::filesystem::exists(imported)) {
    throw Error(ErrorKind::kNotFound,
                "there are no weights of {}: import them (mote models import), name a file "
                "(--weights FILE), or try the way with --weights random",
                network);
  }
  return imported;
}

std::unique_ptr<segment::Segmenter> make_segmenter(const Job& job) {
  if (!job.network.is_network()) {
    return segment::make_threshold_segmenter(job.threshold);
  }
  const LearnedPlugin& plugin = learned_plugin();
  plugin.spec(job.network.model);  // an unknown name before weights that are not there
  segment::NetworkOptions options = job.network;
  options.seed = job.seed;
  for (const std::string& point : job.points) {
    options.points.push_back(parse_point(point));
  }
  for (const std::string& box : job.boxes) {
    options.boxes.push_back(parse_box(box));
  }
  const std::string file = weights_file(options.model, options.weights);
  if (file.empty()) {
    return plugin.make_segmenter(options, job.threshold, nullptr);
  }
  const io::Unwrapped checkpoint = io::unwrapped(io::read_weights(file));
  try {
    return plugin.make_segmenter(options, job.threshold, &checkpoint.weights);
  } catch (const Error& error) {
    throw error.kind() == ErrorKind::kBadFile ? error.in(file) : error;
  }
}

}  // namespace mote::pipeline
