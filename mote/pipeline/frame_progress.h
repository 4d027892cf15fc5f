#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "mote/pipeline/progress.h"

namespace mote::pipeline {

/// Tells how far a stage has come, frame by frame, and stops it where that was asked for.
class FrameProgress {
 public:
  /// `context` is referred to.
  FrameProgress(const JobContext& context, std::string stage, int64_t total)
      : context_(context), stage_(std::move(stage)), total_(total) {}

  /// `frames` of all are done. Throws Cancelled.
  void done(int64_t frames) {
    if (context_.cancelled()) {
      throw Cancelled();
    }
    if (context_.progress && (often_.due() || frames == total_)) {
      context_.progress({.stage = stage_, .done = frames, .total = total_});
    }
  }

 private:
  const JobContext& context_;
  std::string stage_;
  int64_t total_;
  Every often_{kProgressEvery, true};
};

}  // namespace mote::pipeline
