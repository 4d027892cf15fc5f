#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/core/lineage.h"
#include "mote/core/mask.h"
#include "mote/simulate/world.h"

namespace mote::simulate {

/// One particle in one frame, as it truly is.
struct WorldInstance {
  int32_t track = 0;
  int32_t species = 0;
  Face face = Face::kAbove;
  Point centre;          ///< of mass of the whole particle, also of what lies outside the field
  double radius_nm = 0;  ///< of the sphere of equal volume
  double volume_nm3 = 0;
  double neck_ratio = 0;  ///< of the pair that it is, or is one half of; 0 of a single particle
  double contrast = 1;
  bool dark = false;  ///< out of contrast: not in the label image
  Mask mask;          ///< what lies in the field, also where another particle lies over it
};

/// What is true in the middle of one frame's exposure.
struct WorldFrame {
  int64_t index = 0;
  double time_s = 0;
  double kelvin = 0;
  Point drift;                           ///< of the specimen since time 0, in pixels
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
  /// before this frame's exposure is forgotten.
  WorldFrame next();

  /// Tracks and events so far, in frames; events carry their exact `time_s` as evidence.
  /// A track that begins after frame 0 without parents is kEntered where its particle came over
  /// the border or is first seen at it, else kAppeared, with `nucleated` 1 where it did; one that
  /// ends is likewise kLeft, or kLost, with `dissolved` 1. A contact is kContact, a half neck
  /// kMerge with `contact_s` and, once it is past, `merged_s`. An overlap is a kContact with
  /// `overlap` 1, which ends in kParted.
  Lineage lineage() const;

  /// All events of tracks so far, in order of time.
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
    std::optional<double> left_s;     ///< the last time that it left
    bool closed = false;              ///< its track goes on no more
  };

  void note(const WorldEvent& event);
  void see(WorldFrame& frame, const SeenBody& body);
  void add_instance(WorldFrame& frame, int64_t particle, WorldInstance instance);
  void begin_track(Story& story, const WorldFrame& frame);
  bool is_absent(const Story& story, int64_t frame) const;
  void tell(const WorldEvent& event, int64_t frame);
  Event departure(const Story& story) const;
  void add(EventType type, int64_t frame, std::vector<int32_t> tracks,
           std::vector<int32_t> children, Point position, std::map<std::string, double> evidence);
  int32_t track_of(int64_t particle) const;

  World& world_;
  int64_t next_frame_ = 0;
  std::map<int64_t, Story> stories_;  // by particle
  std::vector<Track> tracks_;         // track n is tracks_[n - 1]
  std::vector<Event> lineage_events_;
  std::vector<TrackEvent> events_;
  std::map<std::vector<int64_t>, double> contacts_;  // when which pair touched
  std::set<std::vector<int32_t>> overlaps_;          // of tracks, told and not over
};

}  // namespace mote::simulate
