#include "mote/track/contact_events.h"

#include <optional>
#include <utility>

namespace mote::track {
namespace {

/// A dumbbell must have lasted for so many times `confirm`.
constexpr double kAggregateConfirms = 5;

/// They have held together since they touched.
void date_aggregation(const Contact& contact, int64_t last_frame, Event& event) {
  const Event& opening = contact.openings.front();
  event.frame_before = opening.frame_before;
  event.frame = opening.frame;
  event.position = opening.position;
  event.confidence = contact.necks.share_touching();
  event.evidence["last_frame"] = static_cast<double>(last_frame);
  if (const std::optional<NeckGrowth> growth = contact.necks.growth(contact.opened)) {
    event.evidence["neck_ratio"] = growth->ratio;
    event.evidence["neck_growth"] = growth->growth;
    event.evidence["neck_growth_error"] = growth->error;
  }
}

}  // namespace

void add_ratio(std::map<std::string, double>& evidence, const std::string& name, double ratio) {
  if (ratio >= kInseparable) {
    evidence["one_region"] = 1;
  } else if (ratio >= 0) {
    evidence[name] = ratio;
  }
}

EventType ending_of(const Contact& contact, int64_t last_frame, double confirm) {
  const std::optional<Since>& apart = contact.apart;
  if (apart && apart->frame <= last_frame && !is_held(contact, last_frame)) {
    return EventType::kParted;
  }
  return is_aggregate(contact, kAggregateConfirms * confirm) ? EventType::kAggregation
                                                             : EventType::kUnresolved;
}

std::vector<Event> events_of(const EndedContact& ended, EventType type, int64_t last_frame) {
  const Contact& contact = ended.contact;
  std::vector<Event> events = contact.openings;
  if (events.empty()) {
    return events;
  }
  if (contact.overlapped && type != EventType::kCoalescence) {
    events.front().type = EventType::kOverlap;
  }
  Event end{.type = type,
            .frame_before = last_frame,
            .frame = last_frame,
            .tracks = {ended.tracks.first, ended.tracks.second},
            .children = {},
            .position = events.back().position,
            .confidence = 0,
            .evidence = {{"contact_frame", static_cast<double>(events.front().frame)},
                         {"area_px2", contact.area_px}}};
  add_ratio(end.evidence, "neck_ratio", contact.last_ratio);
  add_ratio(end.evidence, "highest_neck_ratio", contact.highest_ratio);
  if (contact.excess.expected > 0) {
    end.evidence["excess"] = contact.excess.share();
    end.evidence["excess_error"] = contact.excess.error();
  }
  if (contact.filled.least > 0) {
    end.evidence["area_ratio"] = contact.filled.least;
    end.evidence["area_rise"] = contact.filled.rise;
    end.evidence["area_noise"] = contact.filled.noise();
  }
  const std::optional<Since>& since =
      type == EventType::kCoalescence ? contact.joined : contact.apart;
  if ((type == EventType::kCoalescence || type == EventType::kParted) && since) {
    end.frame_before = since->frame - 1;
    end.frame = since->frame;
    end.position = since->position;
    end.confidence =
        ended.confirmed *
        (type == EventType::kCoalescence ? contact.fused : contact.apart)->confidence();
  }
  if (type == EventType::kAggregation) {
    date_aggregation(contact, last_frame, end);
  }
  if (type == EventType::kCoalescence && contact.fused) {
    end.evidence["merged_frame"] = static_cast<double>(contact.fused->frame);
  }
  events.push_back(std::move(end));
  return events;
}

}  // namespace mote::track
