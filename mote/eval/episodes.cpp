#include "mote/eval/episodes.h"

#include <algorithm>

namespace mote::eval {
namespace {

std::vector<int32_t> sorted(std::vector<int32_t> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

/// The first parting or merge of these tracks from `frame` on.
const HistoryEvent* end_of_contact(std::span<const HistoryEvent> truth,
                                   const std::vector<int32_t>& tracks, int64_t frame) {
  const HistoryEvent* end = nullptr;
  for (const HistoryEvent& event : truth) {
    const bool ends = event.type == "parted" || is_merge(event.type);
    if (ends && event.frame >= frame && sorted(event.tracks) == tracks &&
        (end == nullptr || event.frame < end->frame)) {
      end = &event;
    }
  }
  return end;
}

int64_t frames_away(const Episode& episode, int64_t frame) {
  if (frame < episode.frame) {
    return episode.frame - frame;
  }
  return std::max<int64_t>(0, frame - episode.until_frame.value_or(frame));
}

/// The nearest episode that holds an event, or none.
Episode* episode_of(const EventClaim& event, int64_t tolerance, std::vector<Episode>& episodes) {
  Episode* nearest = nullptr;
  for (Episode& episode : episodes) {
    if (std::includes(event.tracks.begin(), event.tracks.end(), episode.tracks.begin(),
                      episode.tracks.end()) &&
        frames_away(episode, *event.frame) <= tolerance &&
        (nearest == nullptr ||
         frames_away(episode, *event.frame) < frames_away(*nearest, *event.frame))) {
      nearest = &episode;
    }
  }
  return nearest;
}

}  // namespace

std::vector<Episode> crossings_of(std::span<const HistoryEvent> truth) {
  std::vector<Episode> crossings;
  for (const HistoryEvent& event : truth) {
    Episode crossing{.kind = "crossing", .tracks = sorted(event.tracks), .frame = event.frame};
    if (event.type == "overlap") {
      crossing.until_frame = event.until_frame.value_or(event.frame);
      crossings.push_back(crossing);
    } else if (event.type == "contact") {
      const HistoryEvent* end = end_of_contact(truth, crossing.tracks, event.frame);
      if (end != nullptr && end->type == "parted") {
        crossing.until_frame = end->frame;
        crossings.push_back(crossing);
      }
    }
  }
  return crossings;
}

std::vector<Episode> flickers_of(std::span<const HistoryEvent> truth) {
  std::vector<Episode> flickers;
  for (const HistoryEvent& event : truth) {
    if (event.type == "contrast_lost") {
      flickers.push_back({.kind = "flicker",
                          .tracks = sorted(event.tracks),
                          .frame = event.frame,
                          .until_frame = event.until_frame});
    }
  }
  return flickers;
}

int64_t count_mistakes(const std::vector<EventClaim>& events, const std::vector<bool>& is_wrong,
                       int64_t tolerance, int64_t Episode::*mistakes,
                       std::vector<Episode>& episodes) {
  int64_t count = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    Episode* episode =
        is_wrong[i] && events[i].frame ? episode_of(events[i], tolerance, episodes) : nullptr;
    if (episode != nullptr) {
      ++(episode->*mistakes);
      ++count;
    }
  }
  return count;
}

}  // namespace mote::eval
