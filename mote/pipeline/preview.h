#pragma once

#include <string>

#include "mote/pipeline/jobs.h"

namespace mote::pipeline {

struct PreviewResult {
  std::string picture;  ///< the PNG that was written
  std::string command;  ///< what to paste for the run that it previews
  /// In the first, middle and last frame, each taken by itself.
  std::vector<int64_t> particles;
  std::vector<std::string> warnings;
};

/// Shows in seconds what a run would find: first, middle and last frame with outlines, the
/// histogram with the threshold, and a sheet of three thresholds by three smoothings with counts.
/// Writes one PNG to `job.output`; of the job, recording and segmenter options are used.
/// Throws kUsage where the file exists and `job.force` is not set.
PreviewResult preview(const Job& job, const JobContext& context = {});

}  // namespace mote::pipeline
