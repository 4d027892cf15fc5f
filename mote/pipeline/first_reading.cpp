#include "mote/pipeline/first_reading.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/core/median.h"
#include "mote/measure/detection_limit.h"
#include "mote/measure/frame.h"
#include "mote/pipeline/frame_names.h"
#include "mote/pipeline/journal_end.h"
#include "mote/pipeline/nothing_found.h"
#include "mote/pipeline/timing.h"

namespace mote::pipeline {
namespace {

constexpr size_t kMostFrameWarnings = 20;

// A warning without its numbers: what frames of the same cause have in common.
std::string cause_of(const std::string& warning) {
  std::string cause;
  std::copy_if(warning.begin(), warning.end(), std::back_inserter(cause),
               [](char c) { return c < '0' || c > '9'; });
  return cause;
}

// Frame warnings, counted by their cause, those of most frames first.
class FrameWarnings {
 public:
  void add(const std::vector<std::string>& warnings, int64_t recorded_frame) {
    for (const std::string& warning : warnings) {
      const std::string cause = cause_of(warning);
      const auto found = std::find_if(list_.begin(), list_.end(),
                                      [&](const Told& told) { return told.cause == cause; });
      if (found != list_.end()) {
        ++found->frames;
      } else if (list_.size() < kMostFrameWarnings) {
        list_.push_back({warning, cause, recorded_frame, 1});
      } else {
        ++others_;
      }
    }
  }

  /// `stills`: the names of recorded frames, where they have any.
  void tell(const std::vector<std::string>& stills, std::vector<std::string>& out) {
    std::stable_sort(list_.begin(), list_.end(),
                     [](const Told& a, const Told& b) { return a.frames > b.frames; });
    for (const Told& told : list_) {
      const std::string first = stills.empty() ? fmt::format("frame {}", told.first)
                                               : stills.at(static_cast<size_t>(told.first));
      out.push_back(told.frames == 1
                        ? fmt::format("{}: {}", first, told.text)
                        : fmt::format("{} frames, first {}: {}", told.frames, first, told.text));
    }
    if (others_ > 0) {
      out.push_back(fmt::format("further warnings about single frames: {}", others_));
    }
  }

 private:
  struct Told {
    std::string text;  // of the first
    std::string cause;
    int64_t first = 0;
    int64_t frames = 0;
  };
  std::vector<Told> list_;
  int64_t others_ = 0;
};

bool by_own_segmenter(const Job& job) {
  return job.command != Command::kMeasure && job.labels.empty();
}

/// What is known of particles only from all of them: where their rims are, and how small they may
/// be. Damaged journals are for Reader to tell.
void learn_sizes(const Job& job, const std::string& journal, RunSummary& summary) {
  measure::EdgePool edges;
  measure::ContrastBySize contrasts;
  std::vector<double> heights;
  std::vector<double> sigmas_px;
  JournalReader records(journal);
  while (const auto record = records.next()) {
    if (record->type != RecordType::kFrame) {
      continue;
    }
    const JournalFrame frame = decode_frame(record->payload);
    for (const JournalInstance& instance : frame.instances) {
      edges.add(instance.measures);
      contrasts.add(instance.measures);
    }
    if (const auto height = frame.values.find("least_height"); height != frame.values.end()) {
      heights.push_back(height->second);
      sigmas_px.push_back(frame.values.at("sigma_px"));
    }
  }
  if (job.edge_model && job.threshold.refine) {
    summary.edges = measure::fitted_edge_model(edges);
  }
  const measure::DetectionRule rule{.height = heights.empty() ? 0 : median(heights),
                                    .sigma_px = sigmas_px.empty() ? 0 : median(sigmas_px),
                                    .least_px = job.threshold.min_diameter_px};
  summary.detection_limit_px =
      heights.empty() ? rule.least_px : measure::detection_limit_px(contrasts, rule);
}

class Reader {
 public:
  Reader(const Job& job, const Recording& recording, const std::string& journal)
      : job_(job), recording_(recording) {
    if (recording.log() != nullptr) {
      log_coverage_.emplace(*recording.log());
    }
    if (by_own_segmenter(job)) {
      learn_sizes(job, journal, out_.summary);
    }
  }

  void take(const JournalRecord& record) {
    switch (record.type) {
      case RecordType::kHeader: take_header(record.payload); break;
      case RecordType::kFrame: take_frame(decode_frame(record.payload)); break;
      case RecordType::kChanges: out_.lineage.add(decode_changes(record.payload)); break;
      case RecordType::kBadFrame: take_bad_frame(record.payload); break;
      case RecordType::kEnd: end_ = decode_end(record.payload); break;
    }
  }

  bool ended() const { return end_.has_value(); }

  FirstReading finish() {
    RunSummary& summary = out_.summary;
    summary.lineage = out_.lineage.build();
    count_corrections();
    for (const auto& [name, values] : values_) {
      const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
      summary.value_names.push_back(name);
      summary.values[name] = {.least = *least, .median = median(values), .greatest = *greatest};
    }
    std::set<std::string> evidence;
    for (const Event& event : summary.lineage.events) {
      for (const auto& [name, unused] : event.evidence) {
        evidence.insert(name);
      }
    }
    summary.evidence_names.assign(evidence.begin(), evidence.end());
    if (const auto reach = summary.values.find("link_reach_px"); reach != summary.values.end()) {
      summary.link_reach_px = reach->second.median;
    }
    take_drift();
    take_interval();
    summary.common_window = measure::common_window(out_.drift, summary.field, farthest_);
    tell_warnings();
    return std::move(out_);
  }

 private:
  // Tracks that are given, or of a corrected run, keep the numbers by which the user knows them.
  void take_header(const std::string& payload) {
    if (job_.command == Command::kMeasure ||
        nlohmann::json::parse(payload).contains("corrected_from")) {
      out_.lineage = track::LineageBuilder(true);
    }
  }

  void take_frame(const JournalFrame& frame) {
    RunSummary& summary = out_.summary;
    if (summary.frames == 0) {
      summary.field = frame.size;
      if (const auto sigma = frame.values.find("sigma_px"); sigma != frame.values.end()) {
        summary.sigma_px = sigma->second;
      }
    }
    take_sizes(frame);
    if (last_time_s_ && frame.time_s) {
      intervals_s_.push_back(*frame.time_s - *last_time_s_);
    }
    last_time_s_ = frame.time_s;
    if (log_coverage_) {
      log_coverage_->add(frame.time_s);
    }
    summary.one_size = summary.one_size && frame.size == summary.field;
    for (const auto& [name, value] : frame.values) {
      values_[name].push_back(value);
    }
    frame_warnings_.add(frame.warnings, recording_.recorded_index(frame.source_index));
    summary.instances += static_cast<int64_t>(frame.instances.size());
    ++summary.frames;
    if (recording_.stamped() && job_.command != Command::kSegment) {
      stamps_.push_back({.source_index = frame.source_index,
                         .recorded_frame = recording_.recorded_index(frame.source_index),
                         .time_s = frame.time_s});
    }
    if (job_.command == Command::kTrack) {
      infos_.push_back(frame_info(frame, recording_, {}));
      source_of_.push_back(frame.source_index);
    }
  }

  void count_corrections() {
    const auto is_manual = [](const auto& row) { return row.source == Source::kManual; };
    const Lineage& lineage = out_.summary.lineage;
    Corrections& corrections = out_.summary.corrections;
    corrections.tracks = std::count_if(lineage.tracks.begin(), lineage.tracks.end(), is_manual);
    corrections.events = std::count_if(lineage.events.begin(), lineage.events.end(), is_manual);
    corrections.tracks_removed = end_->tracks_removed;
  }

  void take_sizes(const JournalFrame& frame) {
    // Frames of a recording show the same particles: the one with most of them counts.
    measure::SizeSample of_frame =
        job_.command == Command::kSegment ? sizes_ : measure::SizeSample();
    const measure::FrameInfo info = frame_info(frame, recording_, {});
    for (const JournalInstance& instance : frame.instances) {
      out_.summary.corrections.instances += instance.source == Source::kManual ? 1 : 0;
      const measure::InstanceMeasures measures = told_measures(instance.measures, out_.summary);
      const Point reach = measure::reach_px(measures);
      farthest_.y_px = std::max(farthest_.y_px, reach.y_px);
      farthest_.x_px = std::max(farthest_.x_px, reach.x_px);
      of_frame.add(
          measure::particle_row(info, measures, instance.tracks, instance.cluster, frame.size));
    }
    if (of_frame.count() > sizes_.count()) {
      sizes_ = of_frame;
    }
  }

  void take_bad_frame(const std::string& payload) {
    const auto bad = nlohmann::json::parse(payload);
    out_.summary.bad_sources.push_back(bad.at("source_index").get<int64_t>());
    if (bad_frames_.size() < kMostFrameWarnings) {
      bad_frames_.push_back(fmt::format("left out: {}", bad.at("reason").get<std::string>()));
    }
  }

  void take_interval() {
    const auto& nominal = recording_.info().frame_interval;
    if (nominal && !recording_.stamped()) {
      out_.summary.interval_s = nominal->seconds;
    } else if (const double interval = median(intervals_s_); interval > 0) {
      out_.summary.interval_s = interval;
    }
  }

  void take_drift() {
    const JournalEnd& end = *end_;
    if (end.drift.empty()) {
      return;
    }
    // A file may count from anywhere; drift here is since the first frame that was used.
    Point origin;
    if (!end.measured && !source_of_.empty()) {
      origin = end.drift.at(static_cast<size_t>(source_of_[0])).shift;
    }
    for (size_t i = 0; i < infos_.size(); ++i) {
      const size_t row_index = end.measured ? i : static_cast<size_t>(source_of_[i]);
      const track::DriftRow& row = end.drift.at(row_index);
      const Point shift{row.shift.y_px - origin.y_px, row.shift.x_px - origin.x_px};
      out_.drift.push_back(shift);
      infos_[i].drift = shift;
      measure::DriftTableRow& out = out_.summary.drift.emplace_back();
      out.info = std::move(infos_[i]);
      if (end.measured) {
        out.peak_ratio = row.peak_ratio;
        out.residual_px = row.residual_px;
      }
      out.ok = row.ok;
      out.jump = row.jump;
      out.blurred = row.blurred;
    }
  }

  void tell_warnings() {
    std::vector<std::string>& warnings = out_.summary.warnings;
    const auto add = [&warnings](const std::vector<std::string>& more) {
      warnings.insert(warnings.end(), more.begin(), more.end());
    };
    if (out_.summary.instances == 0) {
      const bool by_threshold =
          job_.command != Command::kMeasure && job_.labels.empty() && !job_.network.is_network();
      warnings.push_back(nothing_found(job_) +
                         (by_threshold ? "; mote preview shows what other options find" : ""));
    }
    add(bad_frames_);
    if (const size_t more = out_.summary.bad_sources.size() - bad_frames_.size(); more > 0) {
      warnings.push_back(
          fmt::format("further frames left out: {} (run.json lists them all)", more));
    }
    add(end_->correction_warnings);
    add(end_->warnings);
    add(stamp_warnings(stamps_));
    add(log_coverage_ ? log_coverage_->warnings() : std::vector<std::string>{});
    const bool stills = job_.command == Command::kSegment;
    frame_warnings_.tell(stills ? FrameNames(recording_).stills() : std::vector<std::string>{},
                         warnings);
    out_.summary.size_sample = sizes_;
  }

  const Job& job_;
  const Recording& recording_;
  FirstReading out_;
  std::optional<JournalEnd> end_;
  std::map<std::string, std::vector<double>> values_;  // of the frames, by name
  FrameWarnings frame_warnings_;
  std::vector<std::string> bad_frames_;
  std::vector<measure::FrameInfo> infos_;  // of the frames of a lineage
  std::vector<int64_t> source_of_;         // likewise
  std::vector<FrameStamp> stamps_;
  std::optional<LogCoverage> log_coverage_;
  measure::SizeSample sizes_;
  std::vector<double> intervals_s_;  // between frames that follow one another
  std::optional<double> last_time_s_;
  Point farthest_;  // that an instance reaches from its centroid
};

}  // namespace

measure::InstanceMeasures told_measures(const measure::InstanceMeasures& measures,
                                        const RunSummary& summary) {
  return measure::at_rim(measures, summary.edges);
}

measure::FrameInfo frame_info(const JournalFrame& frame, const Recording& recording, Point drift) {
  return {.frame = frame.index,
          .recorded_frame = recording.recorded_index(frame.source_index),
          .time_s = frame.time_s,
          .pixel_size = recording.info().pixel_size,
          .drift = drift};
}

FirstReading read_whole(const Job& job, const Recording& recording, const std::string& journal) {
  Reader reader(job, recording, journal);
  JournalReader records(journal);
  while (const auto record = records.next()) {
    reader.take(*record);
  }
  if (!reader.ended()) {
    throw Error(ErrorKind::kBadFile, "{}: is damaged; start anew with --force", journal);
  }
  return reader.finish();
}

}  // namespace mote::pipeline
