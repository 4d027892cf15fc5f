#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "mote/pipeline/progress.h"
#include "mote/pipeline/recording.h"
#include "mote/report/figure.h"
#include "mote/segment/network_options.h"
#include "mote/segment/threshold.h"
#include "mote/track/deaot_options.h"
#include "mote/track/drift.h"
#include "mote/track/overlap.h"

namespace mote::pipeline {

enum class Command {
  kSegment,  ///< every frame by itself
  kTrack,    ///< segment, link and measure
  kMeasure,  ///< measure label images whose ids are taken as they are
};

/// `segment`, `track`, `measure`.
std::string name(Command command);

enum class InputHash { kSampled, kFull };

struct OverlayOptions {
  bool enabled = true;
  int64_t max_frames = 2000;  ///< a longer recording is thinned out evenly
  int64_t max_height_px = 1080;
  double frames_per_second = 25;
};

/// One run over one recording: what `mote segment`, `track` and `measure` do. The command line and
/// the server fill it and call `run`.
struct Job {
  Command command = Command::kTrack;
  RecordingOptions recording;
  std::string labels;  ///< label images: linked by kTrack, measured by kMeasure; else empty

  std::string tracks;  ///< kMeasure: CSV of the parents of tracks, as in tracks.csv; or empty

  /// kTrack: folder of a finished run whose files were edited by hand and tell what was found, in
  /// place of segmenter and tracker; else empty. Set by `run` where kMeasure is given such a run.
  std::string corrected_from;

  segment::NetworkOptions network;
  std::vector<std::string> points;  ///< `x=..,y=..`, for network.points
  std::vector<std::string> boxes;   ///< `x0=..,y0=..,x1=..,y1=..`, for network.boxes
  segment::ThresholdOptions threshold;
  bool edge_model = true;         ///< sizes of bright spheres are those of their rims
  double still_join_ratio = 0.6;  ///< kSegment: regions with a wider neck are one particle

  std::string drift_from = "support";  ///< support, all, particles, none, or a drift.csv
  track::DriftOptions drift;

  std::string tracker = "overlap";  ///< or `deaot`
  track::DeaotOptions deaot;        ///< what other options say too is set by `run`
  track::OverlapOptions overlap;
  std::string max_gap = "3 frames";            ///< a time, or a number of frames
  std::string max_contrast_gap = "30 frames";  ///< likewise
  std::string confirm = "10 frames";           ///< likewise

  OverlayOptions overlay;
  bool report = true;
  bool figures = true;  ///< where something was tracked
  report::FigureWidth figure_width = report::FigureWidth::kSingle;
  int64_t seed = 1;  ///< of the bootstrap
  InputHash hash = InputHash::kSampled;

  std::string preset;  ///< `tiles`, whose options these were to begin with; else empty
  /// Names of the options that a user wrote, on the command line or in a file of options, whatever
  /// their value; not what --from or --preset brought. One that would do nothing is refused.
  std::set<std::string> given;

  std::string output;  ///< folder
  bool force = false;
  bool resume = false;
  int64_t threads = 0;            ///< 0: as many as the process may use
  int64_t checkpoint_ms = 10000;  ///< how much work a kill may cost
};

/// The job of a command where no option is given: for kSegment the threshold is each frame's own,
/// for stills have nothing to do with one another.
Job default_job(Command command);

/// What a finished run tells its caller.
struct JobResult {
  std::string output;
  int64_t frames = 0;
  int64_t instances = 0;
  int64_t tracks = 0;
  int64_t events = 0;
  double seconds = 0;
  std::vector<std::string> warnings;
};

/// Runs the job and writes its outputs (docs/outputs.md) into job.output. Memory does not grow with
/// the number of frames; results do not depend on `threads`.
/// Throws Error, or Cancelled; either way what was there before is kept.
JobResult run(const Job& job, const JobContext& context = {});

}  // namespace mote::pipeline
