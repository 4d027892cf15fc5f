#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/jobs.h"
#include "mote/pipeline/output_folder.h"
#include "mote/pipeline/recording.h"

namespace mote::pipeline {

/// Whether a finished run lies in `folder` that corrections can begin from: one of `mote track`, or
/// a corrected one.
bool is_correctable(const std::string& folder);

/// The job that makes the outputs of a corrected run: the one of the run in `measure.labels`, with
/// the options of `measure` that are not what they are by default.
/// Throws kUsage where `measure` asks for other frames, another part of the field or other pixels
/// than the run has.
Job corrected_job(const Job& measure);

/// As `run_header`, for a job that `corrected_job` made.
nlohmann::ordered_json corrected_header(const Job& job, const nlohmann::ordered_json& identity);

/// In place of pass 1: reads what the run in job.corrected_from found and what was made of its
/// labels.tif, particles.csv and tracks.csv by hand, and writes the journal that both make.
///
/// Events of tracks that nobody touched stay what they are. Those of others are found anew
/// (track::ToldEvents) and take the place of the run's where they differ.
class Corrector {
 public:
  /// Throws kUsage where the recording is not the one of the run, kBadFile where the run was made
  /// by another version of mote.
  Corrector(const Job& job, Recording& recording);
  ~Corrector();
  Corrector(const Corrector&) = delete;
  Corrector& operator=(const Corrector&) = delete;

  /// The files that are read beside the recording.
  std::vector<std::string> files() const;

  /// Throws kBadFile where the edited files cannot be understood; Cancelled.
  void run(const nlohmann::ordered_json& header, OutputFolder& folder, const JobContext& context);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mote::pipeline
