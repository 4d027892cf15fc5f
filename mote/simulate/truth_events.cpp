#include "mote/simulate/truth_events.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

namespace mote::simulate {
namespace {

constexpr double kSameOverlap = 1;  // in s, between two that are one

class Teller {
 public:
  Teller(const Lineage& lineage, std::span<const TrackEvent> events, const WorldOptions& options)
      : lineage_(lineage), events_(events), options_(options) {
    for (const Event& event : lineage.events) {
      const bool is_end = event.type == EventType::kLeft || event.type == EventType::kLost ||
                          event.type == EventType::kCoalescence;
      if (event.type == EventType::kParted) {
        partings_[event.tracks].push_back(&event);
      }
      for (const int32_t track : is_end ? event.tracks : std::vector<int32_t>()) {
        ends_[track] = &event;
      }
    }
  }

  std::vector<TruthEvent> told() {
    for (const Event& event : lineage_.events) {
      tell(event);
    }
    for (size_t i = 0; i < events_.size(); ++i) {
      if (events_[i].type == WorldEventType::kContrastLost) {
        tell_flicker(i);
      }
    }
    join_overlaps();
    std::stable_sort(told_.begin(), told_.end(), [](const TruthEvent& a, const TruthEvent& b) {
      return std::tie(a.at.frame, a.type, a.tracks) < std::tie(b.at.frame, b.type, b.tracks);
    });
    return std::move(told_);
  }

 private:
  static double evidence(const Event& event, const char* key) { return event.evidence.at(key); }
  static bool has(const Event& event, const char* key) { return event.evidence.contains(key); }

  Moment moment(double time_s) const { return {time_s, frame_at(time_s, options_)}; }

  Moment end_of_recording() const {
    return {static_cast<double>(options_.frames) * options_.frame_interval_s, options_.frames};
  }

  static std::string type_of(const Event& event) {
    if (has(event, "nucleated")) {
      return "nucleated";
    }
    if (has(event, "dissolved")) {
      return "dissolved";
    }
    return has(event, "overlap") ? "overlap" : std::string(name(event.type));
  }

  void tell(const Event& event) {
    TruthEvent out{.type = type_of(event),
                   .frame_before = event.frame_before,
                   .tracks = event.tracks,
                   .children = event.children,
                   .position = event.position};
    const double frame_s = static_cast<double>(event.frame) * options_.frame_interval_s;
    out.at = {has(event, "time_s") ? evidence(event, "time_s") : frame_s, event.frame};
    if (out.type == "overlap") {
      if (event.type == EventType::kParted) {
        return;  // the end of one that was told
      }
      out.until = end_of_overlap(event);
    }
    if (event.type == EventType::kCoalescence) {
      out.contact = moment(evidence(event, "contact_s"));
      if (has(event, "merged_s")) {
        out.merged = moment(evidence(event, "merged_s"));
      }
      if (has(event, "complete_s")) {
        out.complete = moment(evidence(event, "complete_s"));
      }
    }
    const bool stays_dumbbell =
        out.type == name(EventType::kContact) && options_.coalescence.enabled &&
        options_.coalescence.final_neck_ratio < options_.coalescence.merge_neck_ratio;
    told_.push_back(out);
    if (stays_dumbbell) {
      out.type = name(EventType::kAggregation);
      told_.push_back(std::move(out));
    }
  }

  Moment end_of_overlap(const Event& begin) const {
    Moment end = end_of_recording();
    const auto partings = partings_.find(begin.tracks);
    if (partings != partings_.end()) {
      for (const Event* parting : partings->second) {
        const double time = evidence(*parting, "time_s");
        if (time > evidence(begin, "time_s") && time < end.time_s) {
          end = {time, parting->frame};
        }
      }
    }
    for (const int32_t id : begin.tracks) {
      const Moment after = end_of_track(id);
      if (after.frame < end.frame) {
        end = after;
      }
    }
    return end;
  }

  /// The first frame without it, and when it ended; that of the recording where it runs on.
  Moment end_of_track(int32_t id) const {
    const int64_t after = lineage_.tracks[static_cast<size_t>(id) - 1].last_frame + 1;
    if (after >= options_.frames) {
      return end_of_recording();
    }
    const auto end = ends_.find(id);
    const double begin_s = static_cast<double>(after) * options_.frame_interval_s;
    return {end != ends_.end() ? evidence(*end->second, "time_s") : begin_s, after};
  }

  /// The lineage has its events in order, so has told_ those of the same two.
  void join_overlaps() {
    std::map<std::vector<int32_t>, TruthEvent*> last;
    for (TruthEvent& event : told_) {
      if (event.type != "overlap") {
        continue;
      }
      TruthEvent*& before = last[event.tracks];
      if (before != nullptr && event.at.time_s - before->until->time_s < kSameOverlap) {
        before->until = std::max(*before->until, *event.until,
                                 [](Moment a, Moment b) { return a.time_s < b.time_s; });
        event.until = event.at;  // gone into the one before
      } else {
        before = &event;
      }
    }
    std::erase_if(told_, [](const TruthEvent& event) {
      return event.type == "overlap" && event.until->frame == event.at.frame;
    });
  }

  void tell_flicker(size_t index) {
    const TrackEvent& lost = events_[index];
    TruthEvent out{.type = "contrast_lost", .at = moment(lost.time_s), .tracks = lost.tracks};
    out.frame_before = std::max<int64_t>(0, out.at.frame - 1);
    Moment end = end_of_track(lost.tracks.at(0));
    if (out.at.frame >= end.frame) {
      return;  // out of sight
    }
    for (size_t i = index + 1; i < events_.size(); ++i) {
      if (events_[i].type == WorldEventType::kContrastBack && events_[i].tracks == lost.tracks) {
        const Moment back = moment(events_[i].time_s);
        end = back.frame < end.frame ? back : end;
        break;
      }
    }
    if (end.frame < options_.frames) {
      out.until = end;
    }
    told_.push_back(std::move(out));
  }

  const Lineage& lineage_;
  std::span<const TrackEvent> events_;
  const WorldOptions& options_;
  std::map<std::vector<int32_t>, std::vector<const Event*>> partings_;
  std::map<int32_t, const Event*> ends_;  // of tracks
  std::vector<TruthEvent> told_;
};

}  // namespace

int64_t frame_at(double time_s, const WorldOptions& options) {
  const double frames = (time_s - 0.5 * options.exposure_s) / options.frame_interval_s;
  return std::max<int64_t>(0, static_cast<int64_t>(std::ceil(frames)));
}

std::vector<TruthEvent> truth_events(const Lineage& lineage, std::span<const TrackEvent> events,
                                     const WorldOptions& options) {
  return Teller(lineage, events, options).told();
}

}  // namespace mote::simulate
