#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mote/eval/events.h"

namespace mote::pipeline {

struct EvaluateJob {
  std::string truth;
  std::string result;
  std::string as = "auto";  ///< `stills`, `tracks`, or `auto`: tracks where both sides have them
  std::string pixel_size;   ///< as parse_pixel_size reads it; else that of the truth's images
  eval::EventOptions events;
  /// Objects of fewer pixels that the border cuts are left out (leave_out_slivers). Default: 30 of
  /// a simulation's truth, else 0.
  std::optional<int64_t> border_sliver_px2;
  std::string per_frame;   ///< CSV to write, a row a frame; empty for none
  std::string per_object;  ///< CSV to write, a row an object; empty for none
  std::string per_event;   ///< CSV to write, a row an event; empty for none
  bool force = false;      ///< write over these
};

/// One number, or the lack of one.
struct Score {
  std::string group;  ///< `segmentation`, `tracking`, `events`
  std::string name;   ///< as docs/metrics.md has it
  std::optional<double> value;
  std::string unit;
  bool detail = false;  ///< left out of the table
  std::string row;      ///< scores of one row stand side by side in the table; else empty
  bool count = false;   ///< a whole number
};

/// How good a result is.
struct Evaluation {
  std::string truth;
  std::string truth_format;
  std::string result;
  std::string result_format;
  int64_t frames = 0;
  int64_t truth_frames = 0;  ///< of which `frames` were scored
  std::vector<Score> scores;
  std::vector<std::string> warnings;
};

/// Told after some frames; what it throws stops the job, which then writes nothing.
using EvaluateProgress = std::function<void(int64_t done, int64_t total)>;

/// Scores a result against its ground truth.
/// Throws as open_score_sources and frame_pairs; kUsage where sizes differ, `as` is unknown or asks
/// for tracks that are not there, `per_event` where no tracks are scored, or a file to write exists
/// and `force` is not set.
Evaluation evaluate(const EvaluateJob& job, const EvaluateProgress& progress = {});

}  // namespace mote::pipeline
