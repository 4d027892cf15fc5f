#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/eval/objects.h"
#include "mote/eval/summary.h"

namespace mote::eval {

struct NeckDates {
  std::optional<int64_t> merged_frame;
  std::optional<int64_t> complete_frame;
};

/// Something that happened to tracks. Types are words, since truths know more than mote finds.
struct HistoryEvent {
  std::string type;   ///< `coalescence`, `merge`, `contact`, `lost`, ...
  int64_t frame = 0;  ///< first frame after it
  std::vector<int32_t> tracks;
  std::vector<int32_t> children;
  std::optional<int64_t> contact_frame;  ///< of a merge: when its parents first touched
  /// Of a merge whose neck is dated: the first frame in which it has 0.7, and 0.95, of the smaller
  /// diameter; none where that is not within the recording. Else `frame` stands for all.
  std::optional<NeckDates> neck;
  /// Of a meeting or split: who takes part was cut by the border of the field then.
  bool at_border = false;
  /// Of a crossing or flicker: the first frame after it; none of a flicker that is never over.
  std::optional<int64_t> until_frame;
};

/// Whether several tracks become one by it: `coalescence`, or `merge` where nothing is said of why.
bool is_merge(std::string_view type);

/// What the tracks' parents, begins and ends alone tell: `merge`, `split`, `appeared` (after frame
/// 0) and `lost` (before the last of `frames`), in order of frame.
std::vector<HistoryEvent> events_of(std::span<const Track> tracks, int64_t frames);

/// The truth's name of every result track: the truth track with which it shares the largest area,
/// summed over the frames (of equal ones the lowest id). Tracks that share none have no name.
std::map<int32_t, int32_t> names_of(std::span<const Overlaps> frames);

struct EventOptions {
  int64_t tolerance_frames = 2;  ///< how far from the truth an event may be dated
};

/// Events of one kind.
struct EventScores {
  Counts counts;
  std::vector<double> timing_errors_frames;  ///< of the right ones: result - truth
  /// Likewise of all that name the same tracks, whatever the date: paired one to one, as many as
  /// possible, at the least sum of timing errors.
  std::vector<double> anytime_errors_frames;
};

/// What became of an event: the result has it, lacks it, or made it up.
enum class EventOutcome { kRight, kMissed, kWrong };

/// An event of one kind that the truth asks for or the result claims.
struct EventFate {
  std::string kind;  ///< as HistoryScores names it
  EventOutcome outcome = EventOutcome::kRight;
  std::optional<int64_t> truth_frame;   ///< none of a wrong one
  std::optional<int64_t> result_frame;  ///< none of a missed one
  std::vector<int32_t> tracks;          ///< by the truth's names; -1 - id of a result's without one
  std::vector<int32_t> children;        ///< likewise

  bool operator==(const EventFate&) const = default;
};

/// What tracks of the truth do for a while and a result may take for something else. A mistake
/// counts in the nearest episode of its tracks that holds it, of equally near ones in the first.
struct Episode {
  std::string kind;  ///< `crossing` or `flicker`
  std::vector<int32_t> tracks;
  int64_t frame = 0;                   ///< the first
  std::optional<int64_t> until_frame;  ///< the first after it; none: it is never over
  int64_t false_merges = 0;            ///< of a crossing
  int64_t false_deaths = 0;            ///< of a flicker
  int64_t false_dissolutions = 0;      ///< of the false deaths

  bool operator==(const Episode&) const = default;
};

/// The kinds of events, each by its name, in the order in which they are reported.
///
/// `contact`; `aggregation`, dated by contact; `merge` (of whatever cause), dated by when its neck
/// has 0.7 of the smaller diameter, and the same dated by contact (`merge_contact`), by its own
/// frame (`merge_half`) and by 0.95 (`merge_complete`), the last two where the truth dates a neck;
/// `split`; `birth` and `death` of whatever cause, and every cause by its own name. A truth that is
/// not dated by a kind, and a meeting at the border, is neither asked there, nor is what names it
/// wrong; nor is a result's at the border. A result's event is right where a truth of its kind has
/// the same tracks, under the truth's names, within `tolerance_frames`: a merge all parents, a
/// split the parent and all children, a contact both tracks, a birth the child, a death the track.
/// Events are paired one to one, as many as possible, at the least sum of timing errors.
/// docs/metrics.md has worked examples.
struct HistoryScores {
  std::vector<std::pair<std::string, EventScores>> kinds;
  Counts
      causes;  ///< of the births and deaths that are right whatever the cause: those of right cause
  int64_t crossings = 0;     ///< truth: two tracks overlap in projection, or touch, and part
  int64_t false_merges = 0;  ///< wrong merges of the result, of two tracks that are just crossing
  int64_t flickers = 0;      ///< truth: a track loses contrast and has it again
  int64_t false_deaths = 0;  ///< wrong deaths of the result, of a track that just flickers
  int64_t false_dissolutions = 0;  ///< of these, told inside the field: `dissolved` or `lost`
  std::optional<double> false_merges_per_crossing;
  std::optional<double> false_deaths_per_flicker;
  std::optional<double> false_dissolutions_per_flicker;
  std::vector<EventFate> fates;   ///< as many of each kind and outcome as its counts say
  std::vector<Episode> episodes;  ///< the crossings, then the flickers
};
HistoryScores history_scores(std::span<const HistoryEvent> truth,
                             std::span<const HistoryEvent> result,
                             const std::map<int32_t, int32_t>& names,
                             const EventOptions& options = {});

}  // namespace mote::eval
