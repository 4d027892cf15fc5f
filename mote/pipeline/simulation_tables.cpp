#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/pipeline/simulation_truth.h"

namespace mote::pipeline {
namespace {

using simulate::Moment;
using simulate::TruthEvent;
using simulate::WorldOptions;

constexpr std::array<std::string_view, 3> kBirths = {"nucleated", "entered", "appeared"};
constexpr std::array<std::string_view, 3> kDeaths = {"dissolved", "left", "lost"};

struct Ends {
  std::string start_cause = "recording_start";
  std::string end_cause = "recording_end";
  std::vector<int32_t> children;
};

std::map<int32_t, Ends> ends_of(const Lineage& lineage, const std::vector<TruthEvent>& events) {
  std::map<int32_t, Ends> ends;
  for (const Track& track : lineage.tracks) {
    for (const int32_t parent : track.parents) {
      ends[parent].children.push_back(track.id);
    }
  }
  const auto is_one_of = [](const auto& types, const std::string& type) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  for (const TruthEvent& event : events) {
    const bool merge = event.type == name(EventType::kCoalescence);
    for (const int32_t id : event.tracks) {
      if (is_one_of(kBirths, event.type)) {
        ends[id].start_cause = event.type;
      } else if (merge || is_one_of(kDeaths, event.type)) {
        ends[id].end_cause = event.type;
      }
    }
    for (const int32_t id : event.children) {
      ends[id].start_cause = merge ? event.type : ends[id].start_cause;
    }
  }
  return ends;
}

std::string frame_of(const std::optional<Moment>& moment) {
  return moment ? fmt::format("{}", moment->frame) : std::string();
}

std::string time_of(const std::optional<Moment>& moment) {
  return moment ? fmt::format("{}", moment->time_s) : std::string();
}

}  // namespace

std::string truth_tracks_csv(const Lineage& lineage, const std::vector<TruthEvent>& events,
                             const WorldOptions& options) {
  std::map<int32_t, Ends> ends = ends_of(lineage, events);
  std::string csv =
      "track,parents,children,start_cause,end_cause,first_frame,last_frame,first_recorded_frame,"
      "last_recorded_frame,first_time_s,last_time_s,length_frames,duration_s\n";
  for (const Track& track : lineage.tracks) {
    const Ends& own = ends[track.id];
    const auto frames = static_cast<double>(track.last_frame - track.first_frame);
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", track.id,
                       fmt::join(track.parents, ";"), fmt::join(own.children, ";"), own.start_cause,
                       own.end_cause, track.first_frame, track.last_frame, track.first_frame,
                       track.last_frame,
                       static_cast<double>(track.first_frame) * options.frame_interval_s,
                       static_cast<double>(track.last_frame) * options.frame_interval_s,
                       track.last_frame - track.first_frame + 1, frames * options.frame_interval_s);
  }
  return csv;
}

std::string truth_events_csv(const std::vector<TruthEvent>& events, const WorldOptions& options) {
  std::string csv =
      "event,type,frame_before,frame,recorded_frame,time_s,recorded_frame_before,time_before_s,"
      "tracks,children,y_px,x_px,y_nm,x_nm,exact_time_s,contact_frame,contact_time_s,merged_frame,"
      "merged_time_s,complete_frame,complete_time_s,until_frame,until_time_s\n";
  for (size_t i = 0; i < events.size(); ++i) {
    const TruthEvent& event = events[i];
    const auto cell = [&](double Point::*side, double scale) {
      return event.position ? fmt::format("{}", (*event.position).*side * scale) : std::string();
    };
    csv += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", i + 1, event.type,
        event.frame_before, event.at.frame, event.at.frame,
        static_cast<double>(event.at.frame) * options.frame_interval_s, event.frame_before,
        static_cast<double>(event.frame_before) * options.frame_interval_s,
        fmt::join(event.tracks, ";"), fmt::join(event.children, ";"), cell(&Point::y_px, 1),
        cell(&Point::x_px, 1), cell(&Point::y_px, options.pixel_size_nm),
        cell(&Point::x_px, options.pixel_size_nm), event.at.time_s, frame_of(event.contact),
        time_of(event.contact), frame_of(event.merged), time_of(event.merged),
        frame_of(event.complete), time_of(event.complete), frame_of(event.until),
        time_of(event.until));
  }
  return csv;
}

}  // namespace mote::pipeline
