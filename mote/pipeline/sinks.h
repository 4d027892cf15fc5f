#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mote/pipeline/jobs.h"
#include "mote/pipeline/overlay_painter.h"
#include "mote/pipeline/recording.h"
#include "mote/pipeline/sink.h"
#include "mote/report/report_page.h"

namespace mote::pipeline {

/// particles.csv, frames.csv, tracks.csv, events.csv and drift.csv in `folder`; the last three only
/// where something was tracked.
std::unique_ptr<Sink> make_tables_sink(const std::string& folder, const Job& job,
                                       const Recording& recording, const RunSummary& summary);

/// labels.tif, or one file a frame in labels/ where frames differ in size.
std::unique_ptr<Sink> make_labels_sink(const std::string& folder, const Recording& recording,
                                       const RunSummary& summary);

/// overlay.mp4 for kTrack and kMeasure, overlays/*.png for kSegment.
std::unique_ptr<Sink> make_overlay_sink(const std::string& folder, const Job& job,
                                        const OverlayPainter& painter, const Recording& recording,
                                        const RunSummary& summary);

/// report.html; `describe` is asked at the end, when all else is known.
std::unique_ptr<Sink> make_report_sink(const std::string& folder, const OverlayPainter& painter,
                                       const RunSummary& summary,
                                       std::function<report::ReportInfo()> describe);

/// Names of frames among pictures and label images: a still's own file name without its ending
/// (with its number in front where several have the same), or `frame_000012`.
class FrameNames {
 public:
  explicit FrameNames(const Recording& recording);

  std::string operator()(int64_t source_index) const;
  /// By recorded frame; empty where frames are no files of their own.
  const std::vector<std::string>& stills() const { return stills_; }

 private:
  const Recording& recording_;
  std::vector<std::string> stills_;
};

}  // namespace mote::pipeline
