#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mote/pipeline/jobs.h"
#include "mote/pipeline/recording.h"
#include "mote/pipeline/sink.h"

namespace mote::pipeline {

/// Pass 2: reads a complete journal, gives every instance its final track ids, and hands frame
/// after frame to the sinks, in memory bounded by a few frames and one number a track.
class PassTwo {
 public:
  /// Reads the journal once to learn what holds for the whole recording.
  PassTwo(const Job& job, Recording& recording, std::string journal);
  ~PassTwo();
  PassTwo(const PassTwo&) = delete;
  PassTwo& operator=(const PassTwo&) = delete;

  const RunSummary& summary() const;

  /// Throws Cancelled; Error of kResource where the disk is full.
  void run(const std::vector<std::unique_ptr<Sink>>& sinks, const JobContext& context);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mote::pipeline
