#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/track/approach.h"
#include "mote/track/held_frames.h"
#include "mote/track/neck_history.h"
#include "mote/track/overlap.h"
#include "mote/track/pair_series.h"

namespace mote::track {

/// The lower id first.
using IdPair = std::pair<int32_t, int32_t>;
IdPair pair_of(int32_t a, int32_t b);

/// Whether the time from `since` to `now` is `long_enough`, but for rounding: frame times of 0.1 s
/// do not add up to seconds exactly.
bool has_lasted(double since, double now, double long_enough);

/// What has held without a break, in the median, since some frame.
struct Since {
  int64_t frame = 0;
  double time = 0;
  Point position;
  double ratio = kApart;  ///< of the neck then
  int64_t frames = 0;     ///< that were looked at
  int64_t agreeing = 0;   ///< of these, in which it held by itself

  double confidence() const {
    return frames > 0 ? static_cast<double>(agreeing) / static_cast<double>(frames) : 1;
  }
};

/// Carries `since` on by a frame: it begins where `holds` is first true and is reset where it is
/// not. `agrees`: the frame says so by itself.
void advance(std::optional<Since>& since, bool holds, bool agrees, const PairSample& median,
             double time);

/// The distance of two centres in the frames in which a neck was seen.
struct Hold {
  int64_t frames = 0;
  double mean_px = 0;
  double squares_px2 = 0;  ///< sum of the squared differences from the mean

  void add(double distance_px);
  /// Mean and spread together: farther than that they have moved apart.
  double reach_px() const;
};

/// The area that two fill together while they seem to be one, over that of one sphere of both
/// volumes. Two spheres that fuse come down to 1 from up to 1.26 and stay there; two in front of
/// each other fill less, or more and more again as they move on.
struct FilledArea {
  double least = 0;               ///< 0 before the first
  double rise = 0;                ///< the largest, above the least before it
  double second_differences = 0;  ///< sum over the frames
  int64_t frames = 0;

  void add(const AreaRatios& ratios);
  /// Standard deviation of the ratio of a single frame, from second differences: those of a steady
  /// change are 0.
  double noise() const;
};

/// Two tracks that touch, or may be about to.
struct Contact {
  PairSeries series;
  bool open = false;
  /// They come from a split and have not been apart since: no contact until they close again.
  bool after_split = false;
  std::vector<Event> openings;  ///< one; several where tracks in contact with a third one merged
  double area_px = 0;           ///< of both when the contact opened
  double highest_ratio = kApart;
  double last_ratio = kApart;
  double opened = 0;            ///< when it opened, in TrackerFrame::time
  NeckHistory necks;            ///< since then
  Hold hold;                    ///< since then
  Excess excess;                ///< of the latest frames in which both made one instance
  FilledArea filled;            ///< while they seem to be one
  bool overlapped = false;      ///< one was in front of the other
  int64_t judged = -1;          ///< last frame that had something to judge by
  std::optional<Since> joined;  ///< split_neck_ratio reached
  std::optional<Since> fused;   ///< merge_neck_ratio exceeded
  std::optional<Since> apart;
};

/// Whether both of a pair are seen where they lie over each other: then they are two, however much
/// of a neck there seems to be.
bool seen_through(const Excess& excess);

/// Whether one of a pair lies in front of the other: seen through it, or by the area of both.
bool is_overlap(const Contact& contact);

/// Whether the image shows that neither of a pair is seen through the other: by two standard errors
/// less than `seen_through` asks for.
bool hides_nothing(const Excess& excess);

/// Whether the two, in `frame`, are no farther apart than where a neck was seen.
bool is_held(const Contact& contact, int64_t frame);

/// Whether the two have stayed a dumbbell for `long_enough`: never seen through one another, and
/// their neck has ceased to grow, below what makes them one.
bool is_aggregate(const Contact& contact, double long_enough);

/// A contact that has ended, at `joined` by a merge or at `apart` by a parting.
struct EndedContact {
  IdPair tracks;
  Contact contact;
  double confirmed = 1;  ///< of a merge: the share of `confirm` that it was seen for, up to 1
};

/// All pairs of tracks that touch, and how.
class Contacts {
 public:
  explicit Contacts(const OverlapOptions& options) : options_(options) {}

  /// Notes how a pair touches in a frame; `both_since` is the first frame in which both are there.
  void note(IdPair tracks, const PairSample& sample, int64_t both_since);

  /// Judges a frame, of which kHalfWindow later frames have been noted (fewer at the end). Tracks
  /// whose regions make one instance go into `frame.joined`, all in contact into
  /// `frame.touching`. Gives the contacts that have parted.
  /// `areas_px` holds those of the tracks now; `approaches` dates the contacts that open.
  std::vector<EndedContact> judge(HeldFrame& frame, const std::map<int32_t, double>& areas_px,
                                  const Approaches& approaches);

  /// Takes out a contact that, in the frame just judged, has been a merge for `confirm`, while
  /// there is one.
  std::optional<EndedContact> take_merge(const HeldFrame& frame);

  /// Takes out a contact of a track that has ended while it was a merge, however short, and no
  /// overlap: what went into another particle and did not come out.
  std::optional<EndedContact> take_swallowed(int32_t track);

  /// Takes out a contact that the recording's end, in `frame`, leaves a merge not yet confirmed, of
  /// which the image shows that it is no overlap, while there is one.
  std::optional<EndedContact> take_unconfirmed(const HeldFrame& frame);

  /// Takes out the contacts of a track; of all tracks where it is 0.
  std::vector<EndedContact> take(int32_t track);

  /// What was noted of track `from` holds for track `to`, which it is from `frame` on. Gives the
  /// contacts that had parted before.
  std::vector<EndedContact> rename(int32_t from, int32_t to, int64_t frame);

  /// The same for the contact of `from` with one other track.
  std::vector<EndedContact> rename(int32_t from, int32_t other, int32_t to, int64_t frame);

  const std::map<IdPair, Contact>& pairs() const { return pairs_; }
  std::map<IdPair, Contact>& pairs() { return pairs_; }

 private:
  /// Takes out the first pair of which `wanted(tracks, contact)` is true; nothing where none is.
  template <typename Wanted>
  std::optional<EndedContact> take_first(const Wanted& wanted);

  OverlapOptions options_;
  std::map<IdPair, Contact> pairs_;
};

}  // namespace mote::track
