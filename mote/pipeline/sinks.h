#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mote/pipeline/jobs.h"
#include "mote/pipeline/overlay_painter.h"
#include "mote/pipeline/recording.h"
#include "mote/pipeline/sink.h"
#include "mote/report/figure_set.h"
#include "mote/report/report_page.h"

namespace mote::pipeline {

/// What the sinks of tables and figures hand on.
struct MadeFigures {
  report::FigureTables tables;          ///< that figures are drawn from
  std::vector<report::Figure> figures;  ///< for the report
  std::vector<std::string> notes;  ///< a line for every table and figure that has nothing to show
};

/// The tables of docs/outputs.md in `folder`; those of tracks and events only where something was
/// tracked. Leaves the tables that figures are drawn from in `made`; at the end, `notes` gets a
/// line for every table without rows: why it has none.
std::unique_ptr<Sink> make_tables_sink(const std::string& folder, const Job& job,
                                       const Recording& recording, const RunSummary& summary,
                                       report::FigureTables& made, std::vector<std::string>& notes);

/// Makes the figures from the tables of `made` at the end, when the sink of tables has finished.
/// figures/NAME.svg, .pdf and .csv, and the notes, only where the job asks for them.
std::unique_ptr<Sink> make_figures_sink(const std::string& folder, const Job& job,
                                        const RunSummary& summary, MadeFigures& made);

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

}  // namespace mote::pipeline
