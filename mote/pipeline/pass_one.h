#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/jobs.h"
#include "mote/pipeline/label_input.h"
#include "mote/pipeline/output_folder.h"
#include "mote/pipeline/recording.h"
#include "mote/track/drift.h"

namespace mote::pipeline {

/// Pass 1: every frame is read, segmented, linked and measured once, and what comes of it is
/// appended to the journal. Frames run in parallel; what must follow the recording (the held
/// threshold, drift, the tracker, the journal) sees them in order.
class PassOne {
 public:
  PassOne(const Job& job, Recording& recording, LabelInput* labels);
  ~PassOne();
  PassOne(const PassOne&) = delete;
  PassOne& operator=(const PassOne&) = delete;

  /// Runs, or continues, until the journal holds every frame and its end record. Where the journal
  /// is complete already, returns at once.
  /// Throws Cancelled after saving a checkpoint; Error.
  void run(const nlohmann::ordered_json& header, OutputFolder& folder, const JobContext& context);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mote::pipeline
