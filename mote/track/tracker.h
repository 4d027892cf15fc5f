#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/core/segmentation.h"
#include "mote/track/portrait.h"

namespace mote::track {

inline const BinaryImage kNothingExcluded;

/// What a tracker is given of a frame.
struct TrackerFrame {
  int64_t index = 0;  ///< counts from 0 without holes over the frames that are tracked
  double time = 0;    ///< seconds where the recording has them, else the recording's frame number
  const Grid<float>& image;  ///< grey levels; may be empty where only the segmentation is known
  Point drift;               ///< by how far the specimen has moved since frame 0, as known so far
  const BinaryImage& excluded = kNothingExcluded;  ///< pixels that are no specimen; may be empty
};

/// The segmentation of a frame that the tracker asks for (Tracker::asks_for_segmentation).
using LazySegmentation = std::function<const Segmentation&()>;

/// One particle in one frame, as the tracker sees it.
struct TrackedInstance {
  int32_t label = 0;            ///< in TrackedFrame::labels
  int32_t cluster = 0;          ///< instances that touch one another share a cluster
  std::vector<int32_t> tracks;  ///< ascending; several where particles in contact share it

  bool operator==(const TrackedInstance&) const = default;
};

/// How two tracks that touch, or may be about to, were seen in one frame.
struct TrackedNeck {
  int32_t a = 0;
  int32_t b = 0;
  std::optional<double> ratio;     ///< as in Neck, 0 where they are apart; nothing in one region
  std::optional<double> width_px;  ///< likewise, but in the image also where the mask is apart
  Point apart;                     ///< between the centroids of the two tracks, in camera pixels
  Excess excess;                   ///< empty where it was not looked for

  bool operator==(const TrackedNeck&) const = default;
};

/// A frame whose labels change no more. Which tracks an instance belongs to may still change, by a
/// Reassignment.
struct TrackedFrame {
  int64_t index = 0;
  LabelImage labels;                       ///< from 1 on, one an instance
  Grid<uint8_t> coverage;                  ///< as in Segmentation; may be empty
  std::vector<TrackedInstance> instances;  ///< in order of label
  std::map<std::string, double> values;    ///< for frames.csv: what the tracker took of itself
  std::vector<TrackedNeck> necks;  ///< of tracks, which a Reassignment may change one by one

  bool operator==(const TrackedFrame&) const = default;
};

/// What was learned late: in frames [first_frame, last_frame], every instance whose tracks include
/// all of `from` has `to` in their place. Applied in the order in which they come.
struct Reassignment {
  int64_t first_frame = 0;
  int64_t last_frame = 0;
  std::vector<int32_t> from;  ///< ascending
  std::vector<int32_t> to;    ///< ascending

  bool operator==(const Reassignment&) const = default;
};

/// A frame in which the tracks that the event happened to were there.
int64_t frame_of_tracks(const Event& event);

/// What a push or finish hands back.
struct TrackerOutput {
  std::vector<TrackedFrame> frames;  ///< in order, each frame once
  std::vector<Track> tracks;         ///< that are complete: ended, first and last frame final
  std::vector<Event> events;         ///< in any order; each once
  std::vector<Reassignment> reassignments;
};

/// A seam: makes tracks of frames.
class Tracker {
 public:
  virtual ~Tracker() = default;

  /// Takes the next frame. A frame comes back at most `lag_frames()` pushes later.
  virtual TrackerOutput push(const TrackerFrame& frame, const LazySegmentation& segmentation) = 0;

  /// Whether `push` asks for the segmentation of frame `index`; the frames that are segmented for
  /// it are those. Safe to call from many threads at once, before earlier frames are pushed.
  virtual bool asks_for_segmentation(int64_t /*index*/) const { return true; }

  /// 1 where particles were seen in the frame last pushed, of a tracker that does not ask for every
  /// frame's segmentation; else empty.
  virtual BinaryImage particles() const { return {}; }

  /// Hands back what is left: frames, and every track that still lives.
  virtual TrackerOutput finish() = 0;

  virtual int64_t lag_frames() const = 0;

  /// Everything that `push` remembers, including frames not yet handed back; `load_state` on a new
  /// tracker of equal options continues with the same results to the bit.
  /// Throws kBadFile on a state it did not write.
  virtual std::string save_state() const = 0;
  virtual void load_state(std::string_view state) = 0;
};

/// The lineage that the outputs of one tracker make. Track ids become 1, 2, ... in order of
/// (first frame, provisional id).
class LineageBuilder {
 public:
  LineageBuilder() = default;

  /// `keep_ids`: ids stay what they are, and `final_tracks` leaves out those of no track.
  explicit LineageBuilder(bool keep_ids) : keep_ids_(keep_ids) {}

  void add(const TrackerOutput& output);

  /// Call after the last output.
  /// Throws kBadFile where the outputs contradict one another.
  Lineage build();

  /// After `build`: the final ids, ascending, of an instance in `frame` that the tracker gave
  /// `tracks`.
  std::vector<int32_t> final_tracks(int64_t frame, const std::vector<int32_t>& tracks) const;

 private:
  std::vector<int32_t> reassigned(int64_t frame, std::vector<int32_t> tracks) const;
  int32_t final_id(int32_t provisional) const;

  bool keep_ids_ = false;
  std::vector<Track> tracks_;
  std::vector<Event> events_;
  std::vector<Reassignment> reassignments_;
  std::map<int32_t, std::vector<size_t>> reassignments_from_;  // indices by the first of `from`
  std::map<int32_t, int32_t> final_ids_;                       // by provisional id
};

}  // namespace mote::track
