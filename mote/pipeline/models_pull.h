#pragma once

#include <string>

#include "mote/pipeline/models_fit.h"
#include "mote/pipeline/progress.h"

namespace mote::pipeline {

struct PullJob {
  std::string model;
  std::string url;     ///< in place of the registry's
  std::string sha256;  ///< of what lies at `url`, in letters of either case
  bool force = false;  ///< write over weights that were imported before
};

/// Fetches the published weights of a network into `weights_folder()` and imports them. What was
/// fetched is then removed, unless the disk was full.
/// Throws as `download` and `import_weights`, with the address in front; kUnsupported where the
/// registry has no file for the network, saying where its weights are; kUsage for a url without a
/// hash, or of another kind than https and http.
WeightsFit pull_weights(const PullJob& job, const JobContext& context = {});

}  // namespace mote::pipeline
