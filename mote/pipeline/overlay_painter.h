#pragma once

#include <cstdint>
#include <memory>

#include "mote/core/picture.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/prompts.h"
#include "mote/pipeline/recording.h"
#include "mote/pipeline/sink.h"

namespace mote::pipeline {

/// Draws the frames of a run for video, pictures and report. `job`, `recording` and `summary` must
/// outlive it.
class OverlayPainter {
 public:
  OverlayPainter(const Job& job, Recording& recording, const RunSummary& summary);

  /// The overlay of a frame, reduced to at most `most`. A frame that is asked for again at a size
  /// that comes out the same is not drawn again. Thread-safe for frames of different threads.
  std::shared_ptr<const Picture> paint(const FinalFrame& frame, Size most) const;

  /// Of what `paint` makes of a frame of size `frame`.
  Size painted_size(Size frame, Size most) const;

 private:
  report::OverlayOptions options(Size most) const;

  const Job& job_;
  const Recording& recording_;
  const Lineage& lineage_;
  Prompts prompts_;
  report::DisplayRange range_;  // held over a recording; stills have one each
};

}  // namespace mote::pipeline
