#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mote/track/approach.h"
#include "mote/track/contacts.h"
#include "mote/track/held_frames.h"
#include "mote/track/linking.h"
#include "mote/track/live_track.h"
#include "mote/track/lobe.h"
#include "mote/track/overlap.h"

namespace mote::track {

/// Two lobes of one track.
struct Bond {
  PairSeries series;
  std::optional<Since> below;  ///< split_neck_ratio
};

/// How two lobes touch in a frame.
struct Touch {
  double ratio = kApart;
  double width_px = 0;    ///< of the neck
  double area_ratio = 0;  ///< as in PairSample
};

/// What `make_overlap_tracker` makes; the header is for its own sources.
class OverlapTracker : public Tracker {
 public:
  OverlapTracker(const OverlapOptions& options, Size field);

  TrackerOutput push(const TrackerFrame& frame, const LazySegmentation& segmentation) override;
  TrackerOutput finish() override;
  int64_t lag_frames() const override { return options_.lag_frames; }
  std::string save_state() const override;
  void load_state(std::string_view state) override;

 private:
  struct Now {
    int64_t frame = 0;
    double time = 0;
    Point drift;
  };

  using Part = std::vector<const Lobe*>;
  /// A track in parts, and since when.
  struct Cut {
    std::vector<Part> parts;                                 ///< the largest first
    std::map<int32_t, size_t> part_of;                       ///< by lobe
    std::map<std::pair<size_t, size_t>, PairSeries> series;  ///< by parts, the lower first
    Since since;                                             ///< the last cut between two parts
  };

  // overlap_fading.cpp: what loses its contrast, and has it again.
  std::optional<Segmentation> fade_lobes(const Segmentation& segmentation, Links& links);
  void restore_lobes(const Segmentation& segmentation, Links& links);
  void absorb(int32_t track, int32_t whole);
  void forget_since(int32_t track, int64_t frame);

  // overlap_tracker.cpp: one frame.
  void take_regions(const Segmentation& segmentation, std::vector<Mask>& masks, Links& links);
  void note_return(const Lobe& lobe, const Region& region);
  void begin_lobes(const Segmentation& segmentation, const std::vector<Mask>& masks, Links& links);
  size_t begin_lobe(int32_t track, const Region& region, const Mask& mask);
  void glimpse_tracks(const Segmentation& segmentation, const Links& links);

  // overlap_portraits.cpp: what the image shows.
  void paint_portraits(const Grid<float>& image, const Segmentation& segmentation,
                       const Links& links);
  void look_through(const Grid<float>& image, const Segmentation& segmentation, const Links& links);
  Excess excess_of(const Lobe& a, const Lobe& b) const;

  // overlap_tracker.cpp again.
  void note_pairs(const Segmentation& segmentation, const Links& links);
  void note_necks(const Segmentation& segmentation, const Links& links, std::set<IdPair>& touching);
  void note_shared_regions(const Segmentation& segmentation, const Links& links,
                           std::set<IdPair>& touching);
  void note_apart(const Links& links, const std::set<IdPair>& touching);
  double filled_area_ratio(const Segmentation& segmentation, const Links& links,
                           const std::set<int32_t>& regions) const;
  void note_pair(const Lobe& a, const Lobe& b, const Touch& touch);
  void note_track_neck(const PairSample& sample, const Lobe& a, const Lobe& b, double width_px);
  void hold(const TrackerFrame& frame, const Segmentation& segmentation, std::vector<Mask>& masks,
            const Links& links);
  void drop_absorbed_lobes();
  void drop_lobes(const std::set<int32_t>& ids);
  void end_missing();
  bool has_faded(int32_t track) const;
  bool is_alone(const Lobe& lobe) const;

  // overlap_decisions.cpp, overlap_splits.cpp: what becomes of tracks.
  void judge(HeldFrame& frame);
  void end_tracks(const HeldFrame& frame);
  void close(const EndedContact& ended);
  void judge_bonds(const HeldFrame& frame);
  /// False where what would have come of it was never seen: then the contact is closed.
  bool merge(const EndedContact& ended, const HeldFrame& decided_in);
  void dissolve(int32_t track, int32_t into);
  void split_where_due(const HeldFrame& frame);
  Cut cut_between(std::vector<Part> parts) const;
  void split(int32_t track, const Cut& cut, const HeldFrame& decided_in);
  std::vector<int32_t> name_parts(const LiveTrack& whole, const Cut& cut, int64_t date,
                                  bool is_split);
  void glimpse_again(LiveTrack& track);
  void hand_contacts_on(int32_t track, const std::vector<int32_t>& ids, int64_t frame);
  void hand_events_on(int32_t track, const std::vector<int32_t>& ids, int64_t frame);
  void reassign(int64_t frame, const std::vector<int32_t>& from, int32_t to);
  void rename_in_events(int32_t from, int32_t to, int64_t frame);

  // overlap_output.cpp: what is handed back.
  void hand_back(int64_t until);
  bool date_within_lives(Event& event);
  LiveTrack* known_track(int32_t id);
  void add_events(const std::vector<Event>& events);
  LiveTrack& begin_track(int64_t frame);
  void end(int32_t track, int64_t last_frame, bool died);
  std::map<int32_t, double> areas_px() const;

  template <typename Archive>
  void archive(Archive& archive);

  OverlapOptions options_;
  Size field_;
  Now now_;
  int64_t next_frame_ = 0;
  int64_t handed_back_ = -1;  ///< last frame handed back
  int32_t last_track_id_ = 0;
  int32_t last_lobe_id_ = 0;
  std::vector<Lobe> lobes_;  ///< in order of id
  std::map<int32_t, LiveTrack> tracks_;
  std::map<int32_t, LiveTrack> ended_;  ///< whose last frame is held
  Contacts contacts_;
  Approaches approaches_;
  std::map<IdPair, Bond> bonds_;         ///< by lobes
  std::map<IdPair, Excess> excess_;      ///< by lobes, of this frame
  std::map<IdPair, TrackedNeck> necks_;  ///< by tracks, of this frame
  /// By lobes, of this frame: necks in the image between regions that the mask has apart.
  std::map<IdPair, double> faint_widths_px_;
  std::deque<HeldFrame> held_;
  std::vector<Event> held_events_;  ///< of frames that are held
  TrackerOutput output_;
};

}  // namespace mote::track
