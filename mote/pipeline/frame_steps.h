#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mote/core/bytes.h"
#include "mote/core/segmentation.h"
#include "mote/pipeline/checkpoint.h"
#include "mote/pipeline/edited_tables.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/journal.h"
#include "mote/pipeline/journal_end.h"
#include "mote/pipeline/label_input.h"
#include "mote/pipeline/prompts.h"
#include "mote/pipeline/recording.h"
#include "mote/pipeline/timing.h"
#include "mote/segment/segmenter.h"
#include "mote/track/drift.h"
#include "mote/track/tracker.h"

namespace mote::pipeline {

using ImagePtr = std::shared_ptr<const Grid<float>>;

/// A frame on its way to the tracker.
struct FrameTask {
  int64_t source_index = 0;
  int64_t index = 0;  ///< among good frames, once settled
  std::string bad;    ///< why it is left out; empty for a good frame
  std::optional<double> time_s;
  std::map<std::string, double> values;
  ImagePtr image;
  std::shared_ptr<const BinaryImage> excluded;  ///< pixels that are no specimen, or empty
  std::vector<std::string> warnings;            ///< of reading
  std::unique_ptr<segment::Prepared> prepared;
  Segmentation segmentation;                    ///< empty where the tracker does not ask for it
  LabelImage given;                             ///< kMeasure: the labels as they came
  std::unique_ptr<track::DriftPrepared> drift;  ///< where particles are known from segmenting
  std::string segmenter_state;                  ///< once settled
  bool checkpoint_due = false;                  ///< after this frame
};

/// What is kept of a frame until the tracker hands it back.
struct WaitingFrame {
  int64_t source_index = 0;
  std::optional<double> time_s;
  std::map<std::string, double> values;
  std::vector<std::string> warnings;
  int64_t excluded_px = 0;
  // None after resuming: both are read again.
  ImagePtr image;
  std::shared_ptr<const BinaryImage> excluded;
};

/// What one step of the tracker gives to the journal.
struct FrameBatch {
  std::vector<std::pair<WaitingFrame, track::TrackedFrame>> frames;
  std::vector<std::string> encoded;              ///< journal frames, once measured
  track::TrackerOutput changes;                  ///< without frames
  std::string bad_frame;                         ///< JSON, or empty
  std::unique_ptr<CheckpointWriter> checkpoint;  ///< with its state, where one is due
  int64_t done = 0;                              ///< frames of the recording so far
};

/// The steps that a frame passes in pass 1. `read`, `segment` and `measure` are safe to call from
/// many threads at once; `settle` and `follow` are called once a frame, in order.
class FrameSteps {
 public:
  /// `labels` may be null. Throws kUsage on options out of range, prompts outside the field among
  /// them.
  FrameSteps(const Job& job, Recording& recording, LabelInput* labels);

  std::shared_ptr<FrameTask> read(int64_t source_index);
  void settle(FrameTask& task);
  void segment(FrameTask& task, const segment::ShareDone& progress);
  FrameBatch follow(FrameTask& task);
  void measure(FrameBatch& batch);

  /// After the last frame: what the tracker still holds, not measured yet, and the end record.
  FrameBatch finish();
  JournalEnd end() const;

  /// Next frame of the recording that `follow` will meet; good frames that it has met.
  int64_t next_source() const { return next_source_; }
  int64_t pushed() const { return pushed_; }

  /// All that the steps remember after the frame that `follow` met last. The segmenter is ahead of
  /// it by the frames in flight: its state is the one that it had after that frame.
  void save(ByteWriter& out) const;
  /// Throws kBadFile on a state that `save` did not write.
  void load(std::string_view state);

 private:
  void set_up_drift(Size field);
  void require_prompts_inside(const FrameTask& task) const;
  Point drift_of(FrameTask& task);
  void push(FrameTask& task, FrameBatch& batch);
  void take(track::TrackerOutput output, FrameBatch& batch);
  void take_parents(Track& track);
  JournalFrame measured(const WaitingFrame& frame, const track::TrackedFrame& tracked) const;

  const Job& job_;
  Recording& recording_;
  LabelInput* labels_;
  Prompts prompts_;
  Source source_;                                  // of instances and tracks
  std::unique_ptr<segment::Segmenter> segmenter_;  // none where labels are given
  std::string segmenter_state_;                    // after the frame that was followed last
  std::unique_ptr<track::DriftEstimator> drift_;   // none where drift is off or from a file
  std::vector<track::DriftRow> given_drift_;       // --drift-from FILE
  std::unique_ptr<track::Tracker> tracker_;        // kTrack only
  TrackerClock clock_;
  int64_t next_source_ = 0;
  int64_t settled_ = 0;
  int64_t pushed_ = 0;
  std::deque<WaitingFrame> waiting_;
  std::map<int32_t, Track> given_tracks_;         // kMeasure
  std::map<int32_t, EditedTrack> given_parents_;  // likewise
  std::vector<std::string> given_warnings_;       // likewise
};

}  // namespace mote::pipeline
