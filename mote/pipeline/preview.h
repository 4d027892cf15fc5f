#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mote/pipeline/jobs.h"

namespace mote::pipeline {

struct PreviewResult {
  std::string picture;  ///< the PNG that was written
  std::string command;  ///< what to paste for the run that it previews
  /// In the first, middle and last frame, each taken by itself.
  std::vector<int64_t> particles;
  /// Other thresholds and sigmas in the first frame, three to a row of equal sigma: the options to
  /// add to the command, and the particles that it then counts. The middle one adds none.
  std::vector<std::pair<std::string, int64_t>> variants;
  std::vector<std::string> warnings;
};

/// Stills are taken for micrographs to segment where they differ in size, or where those that
/// follow one another do not resemble each other (median correlation below 0.1,
/// imaging::resemblance); frames of one file always for a recording to track.
///
/// Shows in seconds what a run would find: first, middle and last frame with outlines, the
/// histogram with the threshold, and a sheet of three thresholds by three smoothings with counts.
/// Writes one PNG to `job.output`; of the job, recording and segmenter options are used.
/// Throws kUsage where the file exists and `job.force` is not set.
PreviewResult preview(const Job& job, const JobContext& context = {});

}  // namespace mote::pipeline
