#pragma once

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/jobs.h"
#include "mote/pipeline/recording.h"
#include "mote/pipeline/sink.h"
#include "mote/report/report_page.h"

namespace mote::pipeline {

/// What must be equal for a run to be continued, and what run.json says of its input: version,
/// command, options, input identity, hashes of weights.
nlohmann::ordered_json run_header(const Job& job, const nlohmann::ordered_json& identity);

/// Pixel size, frame interval and exposure with their sources; null where not known.
nlohmann::ordered_json calibration_json(const RecordingInfo& info);

/// How long the parts of a run took, in seconds; named fields that differ between runs.
struct RunTimings {
  double pass_one_s = 0;
  double pass_two_s = 0;
  bool resumed = false;
};

/// Whether the job makes the folder figures/.
bool draws_figures(const Job& job);

/// run.json, schema version 1 (docs/outputs.md). `notes`: of the outputs, beside those of sizes.
nlohmann::ordered_json run_json(const nlohmann::ordered_json& header, const Job& job,
                                const Recording& recording, const RunSummary& summary,
                                const std::vector<std::string>& notes, const RunTimings& timings);

/// What the report says of the run; `notes` as in `run_json`.
report::ReportInfo report_info(const Job& job, const Recording& recording,
                               const RunSummary& summary, const std::vector<std::string>& notes);

/// All warnings of a run: of the recording, of single frames, of the whole.
std::vector<std::string> all_warnings(const Recording& recording, const RunSummary& summary);

}  // namespace mote::pipeline
