#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mote/pipeline/progress.h"

namespace mote::pipeline {

/// A form in which other programs take the results of a run.
struct ExportFormat {
  const char* name;     ///< as `--to` takes it
  const char* what;     ///< what is written and who reads it
  const char* ending;   ///< of the file or folder, with its dot or underscore
  bool tracks = false;  ///< only of runs that told tracks
};

/// All of them, in the order that help lists them.
std::span<const ExportFormat> export_formats();

struct ExportJob {
  std::string run;     ///< folder of a finished run
  std::string to;      ///< name of an ExportFormat
  std::string output;  ///< file or folder; empty: the run's name with the format's ending, here
  bool force = false;  ///< overwrite it
};

struct ExportResult {
  std::string output;
  int64_t frames = 0;
  int64_t instances = 0;
  int64_t tracks = 0;
  std::vector<std::string> warnings;  ///< what the format could not hold
};

/// Writes the results of a run for other programs; docs/exchange.md has what becomes of ids,
/// coordinates and merges in each format. The output has its name once it is whole.
///
/// Throws kNotFound where there is no run, kUsage where the format is none, the output is there
/// already or the run has no tracks and the format wants them, kUnsupported where the format cannot
/// hold the run (numbers beyond its bits), kResource, or Cancelled; either way nothing new is left.
ExportResult export_run(const ExportJob& job, const JobContext& context = {});

}  // namespace mote::pipeline
