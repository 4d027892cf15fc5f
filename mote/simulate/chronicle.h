#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/simulate/sight.h"
#include "mote/simulate/world.h"

namespace mote::simulate {

/// What is true in the middle of one frame's exposure.
struct WorldFrame {
  int64_t index = 0;
  double time_s = 0;
  double kelvin = 0;
  Point drift;                           ///< of the specimen since frame 0, in pixels
  LabelImage labels;                     ///< track ids; where particles overlap, the lowest
  std::vector<WorldInstance> instances;  ///< in order of track
};

/// An event of the world, told of tracks.
struct TrackEvent {
  WorldEventType type = WorldEventType::kNucleated;
  double time_s = 0;
  std::vector<int32_t> tracks;
  int32_t result = 0;  ///< the track of a merger, 0 where it has none yet

  bool operator==(const TrackEvent&) const = default;
};

/// Looks at a world frame by frame and tells what was there and who was who.
///
/// Two particles in contact are two tracks, cut apart at their neck, until it has merge_neck_ratio
/// of the smaller diameter; then one, their child. Where only one of them was in sight, its track
/// goes on. A particle that is out of the field for up to 1 s, or out of contrast for however long,
/// keeps its track; one that comes back later gets a new one. Tracks are numbered by their first
/// frame, then by particle.
class Chronicle {
 public:
  explicit Chronicle(World& world) : world_(world) {}

  /// The frame `index`, which is the one after the last asked for, or 0. What the world did
  /// before the middle of the exposure of the frame before it is forgotten.
  WorldFrame next();

  /// Tracks and events so far, in frames; events carry their exact `time_s` as evidence.
  /// A track that begins after frame 0 without parents is kEntered where its particle came over
  /// the border or is first seen at it, else kAppeared, with `nucleated` 1 where it did; one that
  /// ends is likewise kLeft, or kLost, with `dissolved` 1. A contact is kContact, a half neck
  /// kCoalescence with `contact_s` and, once they are past, `merged_s` and `complete_s`. An overlap
  /// is a kContact with `overlap` 1, which ends in kParted.
  ///
  /// A frame stands for the middle of its exposure, and a particle is in it while its mask has a
  /// pixel: kEntered and kLeft are dated by the first pixel and by the loss of the last. So every
  /// event lies after frame_before and at the latest in frame, and so do those of particles that
  /// are born or dissolve too small to have a pixel. Overlaps that begin out of sight are dated by
  /// when both particles are in sight, those that are there from the beginning by time 0.
  Lineage lineage() const;

  /// All events of tracks so far, in order of time. A pair flickers as the two tracks of its
  /// halves; a track that begins dark loses contrast when it begins.
  const std::vector<TrackEvent>& events() const { return events_; }

 private:
  /// A particle's track, or what is to become one.
  struct Story {
    int32_t track = 0;  ///< 0: not seen yet
    int64_t last_frame = -1;
    std::vector<int64_t> parents;     ///< particles
    Point position;                   ///< when last seen
    bool at_border = false;           ///< likewise: its mask was cut by the field's border
    std::optional<WorldEvent> birth;  ///< nucleated, or the last time that it entered
    std::optional<double> left_s;     ///< since last seen, its ideal outline left
    std::optional<double> whole_s;    ///< of a pair: its half neck
    std::optional<double> merged_s;   ///< likewise: its neck at 0.7
    double gone_s = 0;    ///< when its mask lost the last pixel, once last_frame is past
    bool closed = false;  ///< its track goes on no more
  };

  void note(const WorldEvent& event);
  double middle_s(int64_t frame) const;  ///< of its exposure
  /// When, after the frame before and at the latest in `frame`, its mask has the first pixel
  /// (`comes`), or has lost the last.
  double change_s(int64_t particle, int64_t frame, bool comes);
  /// Those of what is in sight, in order of track, and their labels.
  void add_instances(WorldFrame& frame);
  void add_instance(WorldFrame& frame, int64_t particle, WorldInstance instance);
  void begin_track(int64_t particle, Story& story, int64_t frame);
  bool is_absent(const Story& story, int64_t frame) const;
  void tell(const WorldEvent& event, int64_t frame);
  std::vector<int32_t> open_tracks_of(int64_t particle) const;
  void tell_flip(const WorldEvent& event);
  void set_dark(int32_t track, bool dark, double time_s);
  /// What began out of sight, by when it came into sight: darkness and overlaps.
  void tell_what_came_into_sight(const WorldFrame& frame);
  void tell_overlap(const std::vector<int32_t>& tracks, int64_t frame, double time_s,
                    Point position);
  void forget(int64_t particle);
  void date_merge(int64_t result, const char* key, double time_s);
  Event departure(const Story& story) const;
  void add(EventType type, int64_t frame, std::vector<int32_t> tracks,
           std::vector<int32_t> children, Point position, std::map<std::string, double> evidence);
  int32_t track_of(int64_t particle) const;

  World& world_;
  int64_t next_frame_ = 0;
  Point first_place_;                 // of the specimen in frame 0, in pixels
  std::map<int64_t, Story> stories_;  // by particle
  std::vector<Track> tracks_;         // track n is tracks_[n - 1]
  std::vector<Event> lineage_events_;
  std::map<int64_t, size_t> merges_;  ///< of these, by the particle that came of it
  std::vector<TrackEvent> events_;
  std::map<std::vector<int64_t>, double> contacts_;  // when which pair touched
  std::set<std::vector<int32_t>> overlaps_;          // of tracks, told and not over
  std::set<std::vector<int64_t>> unseen_overlaps_;   // of particles, begun and not over
  std::vector<bool> is_dark_;                        // of track n: is_dark_[n - 1], as told
  std::map<int32_t, double> begun_s_;  // of the tracks that came into sight with the last frame
};

}  // namespace mote::simulate
