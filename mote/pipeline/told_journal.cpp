#include "mote/pipeline/told_journal.h"

#include <optional>
#include <utility>

#include "mote/pipeline/journal.h"
#include "mote/pipeline/timing.h"
#include "mote/pipeline/tracker_options.h"
#include "mote/track/told_events.h"

namespace mote::pipeline {
namespace {

track::ToldGlimpse glimpse_of(const JournalInstance& instance, int32_t track, int64_t frame) {
  const measure::InstanceMeasures& measures = instance.measures;
  return {.track = track,
          .seen = {.frame = frame,
                   .centroid = measures.centroid,
                   .box = measures.box,
                   .area_px = measures.area_px2,
                   .cut = measures.touches_border},
          .shared = instance.tracks.size() > 1};
}

track::ToldFrame told_frame(const JournalFrame& frame, double time, Point drift) {
  track::ToldFrame told{
      .index = frame.index, .time = time, .drift = drift, .glimpses = {}, .necks = frame.necks};
  for (const JournalInstance& instance : frame.instances) {
    for (const int32_t track : instance.tracks) {
      told.glimpses.push_back(glimpse_of(instance, track, frame.index));
    }
  }
  return told;
}

}  // namespace

std::vector<Event> told_by_journal(const std::string& journal, const Job& job,
                                   const Recording& recording, const std::vector<Track>& tracks,
                                   const std::set<int32_t>& wanted,
                                   const std::function<Point(int64_t)>& drift) {
  const TimeScale scale = time_scale(recording);
  TrackerClock clock(scale);
  std::optional<track::ToldEvents> told;
  JournalReader reader(journal);
  while (const auto record = reader.next()) {
    if (record->type != RecordType::kFrame) {
      continue;
    }
    const JournalFrame frame = decode_frame(record->payload);
    if (!told) {
      told.emplace(tracker_options(job, scale), frame.size, tracks, wanted);
    }
    told->push(told_frame(frame, clock.time(frame.source_index, frame.time_s), drift(frame.index)));
  }
  return told ? told->finish() : std::vector<Event>();
}

}  // namespace mote::pipeline
