#include "mote/pipeline/score_collector.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "mote/eval/clear_mot.h"
#include "mote/eval/ctc.h"
#include "mote/eval/hota.h"
#include "mote/eval/summary.h"

namespace mote::pipeline {
namespace {

using Value = std::optional<double>;

/// Puts scores of one group behind one another.
class ScoreList {
 public:
  ScoreList(std::string group, std::vector<Score>& scores)
      : group_(std::move(group)), scores_(scores) {}

  void add(const std::string& name, Value value, const std::string& unit = "") {
    scores_.push_back({group_, name, value, unit, false, "", false});
  }
  void add_count(const std::string& name, int64_t value) {
    add(name, static_cast<double>(value));
    scores_.back().count = true;
  }
  void add_detail(const std::string& name, Value value, const std::string& unit = "") {
    scores_.push_back({group_, name, value, unit, true, "", false});
  }
  void add_count_to_row(const std::string& row, const std::string& column, int64_t value) {
    add_to_row(row, column, static_cast<double>(value));
    scores_.back().count = true;
  }
  void add_to_row(const std::string& row, const std::string& column, Value value,
                  const std::string& unit = "") {
    scores_.push_back({group_, row + "_" + column, value, unit, false, row, false});
  }

 private:
  std::string group_;
  std::vector<Score>& scores_;
};

void add_foreground(std::span<const eval::ForegroundCounts> images, ScoreList& list) {
  const auto scores = eval::foreground_scores(images);
  const auto of = [&](double eval::ForegroundScores::*member) {
    return scores ? Value((*scores).*member) : Value();
  };
  list.add("iou_pooled", of(&eval::ForegroundScores::pooled_iou));
  list.add("iou_pooled_eroded", of(&eval::ForegroundScores::eroded_pooled_iou));
  list.add("iou_mean", of(&eval::ForegroundScores::mean_iou));
  list.add("iou_mean_eroded", of(&eval::ForegroundScores::eroded_mean_iou));
  list.add("dice_pooled", of(&eval::ForegroundScores::pooled_dice));
  list.add("dice_pooled_eroded", of(&eval::ForegroundScores::eroded_pooled_dice));
  list.add("dice_mean", of(&eval::ForegroundScores::mean_dice));
  list.add("dice_mean_eroded", of(&eval::ForegroundScores::eroded_mean_dice));
  list.add("giou", of(&eval::ForegroundScores::mean_iou));
  list.add("ciou", of(&eval::ForegroundScores::pooled_iou));
}

void add_summary(const std::string& name, const std::optional<eval::Summary>& summary, double scale,
                 const std::string& unit, ScoreList& list) {
  const auto of = [&](double eval::Summary::*member) {
    return summary ? Value((*summary).*member * scale) : Value();
  };
  const std::string suffix = unit.empty() ? "" : "_" + unit;
  list.add(name + "_mean" + suffix, of(&eval::Summary::mean), unit);
  list.add(name + "_sd" + suffix, of(&eval::Summary::sd), unit);
  list.add(name + "_p5" + suffix, of(&eval::Summary::p5), unit);
  list.add(name + "_median" + suffix, of(&eval::Summary::median), unit);
  list.add(name + "_p95" + suffix, of(&eval::Summary::p95), unit);
}

void add_instances(std::span<const eval::InstanceCounts> images, bool masks,
                   const std::optional<PixelSize>& pixel_size, ScoreList& list) {
  const eval::InstanceScores scores =
      eval::instance_scores(images).value_or(eval::InstanceScores{});
  list.add_count("objects_truth", scores.counts.right + scores.counts.missed);
  list.add_count("objects_result", scores.counts.right + scores.counts.wrong);
  list.add_count("objects_matched", scores.counts.right);
  list.add("pq", scores.pq);
  list.add("sq", scores.sq);
  list.add("sq_eroded", masks ? Value(scores.eroded_sq) : Value());
  list.add("rq", scores.rq);
  list.add("dsb_mean", scores.dsb_mean);
  list.add("dsb_pooled", scores.dsb_pooled);
  for (size_t i = 0; i < eval::kIouThresholds; ++i) {
    list.add_detail(fmt::format("dsb_pooled_{:.0f}", 100 * eval::iou_threshold(i)),
                    scores.accuracy[i]);
  }
  list.add("count_error_mean", scores.count_error_mean);
  list.add("count_error_absolute_mean", scores.absolute_count_error_mean);
  list.add("count_error_relative", scores.relative_count_error);
  add_summary("diameter_error", scores.diameter_error_px, 1, "px", list);
  const Value scale = pixel_size ? Value(std::sqrt(pixel_size->area_nm2())) : Value();
  add_summary("diameter_error", scale ? scores.diameter_error_px : std::nullopt, scale.value_or(1),
              "nm", list);
  add_summary("diameter_error_relative", scores.relative_diameter_error, 1, "", list);
}

void add_precision(const std::string& suffix, const eval::AveragePrecisionCounter& counter,
                   ScoreList& list) {
  const auto result = counter.result();
  list.add("ap" + suffix, result ? Value(result->ap) : Value());
  list.add("ap50" + suffix, result ? Value(result->ap50) : Value());
  list.add("ap75" + suffix, result ? Value(result->ap75) : Value());
}

void add_boundaries(const eval::Distances& rims_px, const eval::Distances& rims_nm,
                    const std::optional<PixelSize>& pixel_size, ScoreList& list) {
  const bool square = pixel_size && pixel_size->isotropic();
  const double scale = square ? pixel_size->y_nm : 1;
  const eval::Distances& nm = square ? rims_px : rims_nm;
  const auto in_nm = [&](Value value) {
    return pixel_size && value ? Value(*value * scale) : Value();
  };
  list.add("boundary_mean_px", rims_px.mean(), "px");
  list.add("boundary_p95_px", rims_px.percentile(0.95), "px");
  list.add("boundary_mean_nm", in_nm(nm.mean()), "nm");
  list.add("boundary_p95_nm", in_nm(nm.percentile(0.95)), "nm");
}

/// Of tracks, or of stills as means over their objects.
void add_davis(const std::optional<eval::DavisScores>& scores, bool tracks, ScoreList& list) {
  list.add("davis_j", scores ? Value(scores->j) : Value());
  list.add("davis_f", scores ? Value(scores->f) : Value());
  if (tracks) {
    list.add("davis_j_in_view", scores ? Value(scores->j_in_view) : Value());
    list.add("davis_f_in_view", scores ? Value(scores->f_in_view) : Value());
  }
}

void add_kind(const std::string& kind, const eval::EventScores& score, ScoreList& list) {
  const eval::Counts& counts = score.counts;
  std::vector<double> distances = score.timing_errors_frames;
  for (double& distance : distances) {
    distance = std::abs(distance);
  }
  const auto late = eval::summary_of(score.timing_errors_frames);
  const auto distance = eval::summary_of(std::move(distances));
  list.add_to_row(kind, "precision", counts.precision());
  list.add_to_row(kind, "recall", counts.recall());
  list.add_to_row(kind, "f1", counts.f1());
  list.add_count_to_row(kind, "right", counts.right);
  list.add_count_to_row(kind, "missed", counts.missed);
  list.add_count_to_row(kind, "wrong", counts.wrong);
  list.add_to_row(kind, "late_mean_frames", late ? Value(late->mean) : Value(), "frames");
  list.add_to_row(kind, "timing_error_mean_frames", distance ? Value(distance->mean) : Value(),
                  "frames");
  const auto anytime = eval::summary_of(score.anytime_errors_frames);
  list.add_count_to_row(kind, "anytime", anytime ? anytime->count : 0);
  list.add_to_row(kind, "anytime_late_mean_frames", anytime ? Value(anytime->mean) : Value(),
                  "frames");
}

/// Whether an overlap or flicker that began earlier goes on beyond the frame `first`.
bool goes_on_after(const eval::HistoryEvent& event, int64_t first) {
  if (event.type == "contrast_lost") {
    return event.until_frame.value_or(first + 1) > first;
  }
  return event.type == "overlap" && event.until_frame.value_or(event.frame) > first;
}

void forget_after(int64_t last, std::optional<int64_t>& frame) {
  if (frame && *frame > last) {
    frame.reset();
  }
}

/// A date as the place of the first scored frame that is no earlier.
void count_scored(const std::vector<FramePair>& pairs, int64_t& frame) {
  const auto found =
      std::lower_bound(pairs.begin(), pairs.end(), frame,
                       [](const FramePair& pair, int64_t number) { return pair.number < number; });
  frame = found - pairs.begin();
}
void count_scored(const std::vector<FramePair>& pairs, std::optional<int64_t>& frame) {
  if (frame) {
    count_scored(pairs, *frame);
  }
}

/// Whether all that an event names have an object in some scored frame.
bool all_are_there(const eval::HistoryEvent& event, const std::set<int32_t>& ids) {
  const std::vector<int32_t>& named = event.tracks.empty() ? event.children : event.tracks;
  return std::all_of(named.begin(), named.end(), [&](int32_t id) { return ids.contains(id); });
}

std::vector<std::vector<int32_t>> ids_of(const std::vector<eval::Overlaps>& frames,
                                         std::vector<int32_t> eval::Overlaps::*member) {
  std::vector<std::vector<int32_t>> ids;
  ids.reserve(frames.size());
  for (const eval::Overlaps& frame : frames) {
    ids.push_back(frame.*member);
  }
  return ids;
}

/// Marks the meetings and splits of particles that the border cut in the frame before.
///
/// `absent`: so does not being there in it, as in a truth, whose particles are never overlooked.
void mark_border(const std::vector<std::vector<int32_t>>& cut,
                 const std::vector<std::vector<int32_t>>& seen, bool absent,
                 std::vector<eval::HistoryEvent>& events) {
  for (eval::HistoryEvent& event : events) {
    const bool meets = event.type == "contact" || event.type == "overlap" ||
                       event.type == "parted" || event.type == "aggregation" ||
                       eval::is_merge(event.type) || event.type == "split";
    const auto before = static_cast<size_t>(std::max<int64_t>(0, event.frame - 1));
    if (!meets || before >= cut.size()) {
      continue;
    }
    const auto holds = [&](const std::vector<int32_t>& ids, int32_t id) {
      return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    event.at_border = std::any_of(event.tracks.begin(), event.tracks.end(), [&](int32_t id) {
      return holds(cut[before], id) || (absent && !holds(seen[before], id));
    });
  }
}

/// The events of a source that lie after the first and up to the last of the scored frames, and
/// the overlaps and flickers that go on in them, of tracks among `ids`; dates count scored frames.
std::vector<eval::HistoryEvent> events_within(const ScoreInfo& info, const std::set<int32_t>& ids,
                                              const std::vector<FramePair>& pairs) {
  const int64_t first = pairs.empty() ? 0 : pairs.front().number;
  const int64_t last = pairs.empty() ? 0 : pairs.back().number;
  std::vector<eval::HistoryEvent> events =
      info.events ? *info.events : eval::events_of(info.tracks, last + 1);
  std::erase_if(events, [&](const eval::HistoryEvent& event) {
    return event.frame > last || (event.frame <= first && !goes_on_after(event, first)) ||
           !all_are_there(event, ids);
  });
  for (eval::HistoryEvent& event : events) {
    if (event.neck) {
      forget_after(last, event.neck->merged_frame);
      forget_after(last, event.neck->complete_frame);
      count_scored(pairs, event.neck->merged_frame);
      count_scored(pairs, event.neck->complete_frame);
    }
    count_scored(pairs, event.frame);
    count_scored(pairs, event.contact_frame);
    count_scored(pairs, event.until_frame);
  }
  return events;
}

}  // namespace

void ScoreCollector::add(FrameScore&& frame) {
  capped_.add(frame.overlaps);
  uncapped_.add(frame.overlaps);
  if (masks_) {
    foreground_.push_back(frame.foreground);
    for (const RimScore& rim : frame.rims) {
      rims_px_.add(rim.px);
      rims_nm_.add(rim.nm);
    }
    add_to_davis(frame);
  }
  slivers_.truths += frame.slivers.truths;
  slivers_.results += frame.slivers.results;
  instances_.push_back(std::move(frame.instances));
  if (frame.flat_overlaps) {
    flat_overlaps_.push_back(std::move(*frame.flat_overlaps));
  }
  if (tracks_) {
    overlaps_.push_back(std::move(frame.overlaps));
  }
}

void ScoreCollector::add_to_davis(const FrameScore& frame) {
  if (tracks_) {
    sequence_.add(frame.overlaps, frame.boundary_fs);
    return;
  }
  eval::DavisCounter image;
  image.add(frame.overlaps, frame.boundary_fs);
  if (const auto scores = image.result()) {
    const auto objects = static_cast<double>(image.objects());
    still_sums_.j += scores->j * objects;
    still_sums_.f += scores->f * objects;
    still_objects_ += objects;
  }
}

eval::Counts ScoreCollector::objects() const {
  eval::Counts counts;
  for (const eval::InstanceCounts& image : instances_) {
    counts += image.counts(0);
  }
  return counts;
}

void ScoreCollector::add_segmentation(const std::optional<PixelSize>& pixel_size,
                                      std::vector<Score>& scores) const {
  ScoreList list("segmentation", scores);
  if (masks_) {
    add_foreground(foreground_, list);
  }
  add_instances(instances_, masks_, pixel_size, list);
  list.add_count("slivers_truth", slivers_.truths);
  list.add_count("slivers_result", slivers_.results);
  add_precision("", capped_, list);
  add_precision("_uncapped", uncapped_, list);
  if (!masks_) {
    return;
  }
  add_boundaries(rims_px_, rims_nm_, pixel_size, list);
  std::optional<eval::DavisScores> davis = sequence_.result();
  if (!tracks_ && still_objects_ > 0) {
    davis =
        eval::DavisScores{.j = still_sums_.j / still_objects_, .f = still_sums_.f / still_objects_};
  }
  add_davis(davis, tracks_, list);
}

void add_tracking(const std::vector<eval::Overlaps>& frames,
                  const std::vector<eval::Overlaps>& flat, const ScoreInfo& truth,
                  const ScoreInfo& result, std::vector<Score>& scores) {
  ScoreList list("tracking", scores);
  const eval::CtcScores ctc = eval::ctc_scores(flat, truth.tracks, result.tracks);
  list.add("ctc_seg", ctc.seg);
  list.add("ctc_det", ctc.det);
  list.add("ctc_tra", ctc.tra);
  list.add("ctc_lnk", ctc.lnk);
  for (const auto& [name, count] :
       {std::pair("ctc_splits", ctc.errors.splits), std::pair("ctc_missed", ctc.errors.missed),
        std::pair("ctc_wrong", ctc.errors.wrong),
        std::pair("ctc_wrong_links", ctc.errors.wrong_links),
        std::pair("ctc_missed_links", ctc.errors.missed_links),
        std::pair("ctc_mistaken_links", ctc.errors.mistaken_links)}) {
    list.add_detail(name, static_cast<double>(count));
  }
  const eval::Hota hota = eval::hota(frames);
  list.add("hota", hota.hota);
  list.add("hota_deta", hota.det_a);
  list.add("hota_assa", hota.ass_a);
  list.add("hota_loca", hota.loc_a);
  for (size_t i = 0; i < eval::kHotaThresholds; ++i) {
    list.add_detail(fmt::format("hota_{:02}", 5 * (i + 1)), hota.hota_at[i]);
  }
  std::vector<eval::PairingFrame> pairings;
  pairings.reserve(frames.size());
  for (const eval::Overlaps& frame : frames) {
    pairings.push_back(eval::pairing_frame(frame));
  }
  const eval::ClearMot clear = eval::clear_mot(pairings);
  list.add("mota", clear.mota);
  list.add("motp", clear.mean_distance ? Value(1 - *clear.mean_distance) : Value());
  list.add_count("id_switches", clear.switches);
  list.add_detail("mot_missed", static_cast<double>(clear.missed));
  list.add_detail("mot_wrong", static_cast<double>(clear.wrong));
  const eval::Counts identities = eval::identity_counts(pairings);
  list.add("idf1", identities.f1());
  list.add("idp", identities.precision());
  list.add("idr", identities.recall());
}

eval::HistoryScores history_of(const std::vector<eval::Overlaps>& frames, const ScoreInfo& truth,
                               const ScoreInfo& result, const std::vector<FramePair>& pairs,
                               const eval::EventOptions& options) {
  std::set<int32_t> truth_ids;
  std::set<int32_t> result_ids;
  for (const eval::Overlaps& frame : frames) {
    truth_ids.insert(frame.truth_ids.begin(), frame.truth_ids.end());
    result_ids.insert(frame.result_ids.begin(), frame.result_ids.end());
  }
  std::vector<eval::HistoryEvent> wanted = events_within(truth, truth_ids, pairs);
  std::vector<eval::HistoryEvent> claimed = events_within(result, result_ids, pairs);
  mark_border(ids_of(frames, &eval::Overlaps::cut_truths),
              ids_of(frames, &eval::Overlaps::truth_ids), true, wanted);
  mark_border(ids_of(frames, &eval::Overlaps::cut_results),
              ids_of(frames, &eval::Overlaps::result_ids), false, claimed);
  return eval::history_scores(wanted, claimed, eval::names_of(frames), options);
}

void add_events(const eval::HistoryScores& history, std::vector<Score>& scores) {
  ScoreList list("events", scores);
  for (const auto& [kind, score] : history.kinds) {
    if (score.counts != eval::Counts{}) {  // there is something of the kind on either side
      add_kind(kind, score, list);
    }
  }
  list.add("cause_accuracy", history.causes.precision());
  list.add_count("crossings", history.crossings);
  list.add("false_merges_per_crossing", history.false_merges_per_crossing);
  list.add_count("flickers", history.flickers);
  list.add("false_deaths_per_flicker", history.false_deaths_per_flicker);
  list.add("false_dissolutions_per_flicker", history.false_dissolutions_per_flicker);
}

}  // namespace mote::pipeline
