#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/core/lineage.h"

/// What is wrong with the tracks and events that were found in a simulated recording. Found tracks
/// get the names of true ones by the pixels that they have in common.
namespace mote::testing_support {

/// A demo recording, tracked, beside its truth.
struct DemoRun {
  Lineage truth;
  Lineage found;
  int64_t frames = 0;
  std::map<int32_t, std::map<int32_t, int64_t>> shared_px;  ///< by found, then true track
  int64_t homeless_instances = 0;                           ///< that belong to no track
};

/// The true track that a found one covers most.
inline int32_t true_track(const DemoRun& run, int32_t found) {
  const auto at = run.shared_px.find(found);
  if (at == run.shared_px.end()) {
    return 0;
  }
  return std::max_element(at->second.begin(), at->second.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

inline std::vector<int32_t> true_tracks(const DemoRun& run, const std::vector<int32_t>& found) {
  std::vector<int32_t> tracks;
  for (const int32_t track : found) {
    tracks.push_back(true_track(run, track));
  }
  std::sort(tracks.begin(), tracks.end());
  return tracks;
}

inline std::string text(const Event& event) {
  return fmt::format("{} in {} of [{}] to [{}] at {:.0f},{:.0f}", name(event.type), event.frame,
                     fmt::join(event.tracks, " "), fmt::join(event.children, " "),
                     event.position.y_px, event.position.x_px);
}

/// The truth of a demo does not tell why tracks begin and end, and calls a crossing, which shows
/// both, a contact.
inline bool same_type(EventType found, EventType truth) {
  return found == truth || (found == EventType::kOverlap && truth == EventType::kContact) ||
         (found == EventType::kNucleated && truth == EventType::kAppeared) ||
         (found == EventType::kDissolved && truth == EventType::kLost);
}

/// What is wrong with the found events: one line for each that is missing, false or misdated. An
/// event is right with the type, exact parents and children, and a date within a frame; events
/// closer to either end than `margin` frames are excepted.
inline std::vector<std::string> mistakes(const DemoRun& run, int64_t margin = 10) {
  const auto counts = [&](const Event& event) {
    return event.frame >= margin && event.frame < run.frames - margin;
  };
  std::vector<std::string> lines;
  std::vector<bool> taken(run.found.events.size());
  for (const Event& truth : run.truth.events) {
    std::optional<size_t> match;
    const auto late_by = [&](size_t i) { return run.found.events[i].frame - truth.frame; };
    for (size_t i = 0; i < run.found.events.size(); ++i) {
      const Event& found = run.found.events[i];
      const bool alike = !taken[i] && same_type(found.type, truth.type) &&
                         true_tracks(run, found.tracks) == truth.tracks &&
                         true_tracks(run, found.children) == truth.children;
      if (alike && (!match || std::abs(late_by(i)) < std::abs(late_by(*match)))) {
        match = i;
      }
    }
    if (match) {
      taken[*match] = true;
      const int64_t late = late_by(*match);
      if ((late < -1 || late > 1) && counts(truth)) {
        lines.push_back(fmt::format("{} frames late: {}", late, text(truth)));
      }
    } else if (counts(truth)) {
      lines.push_back(fmt::format("missing: {}", text(truth)));
    }
  }
  for (size_t i = 0; i < run.found.events.size(); ++i) {
    if (!taken[i] && counts(run.found.events[i])) {
      Event found = run.found.events[i];
      const std::string as_found = text(found);
      found.tracks = true_tracks(run, found.tracks);
      found.children = true_tracks(run, found.children);
      lines.push_back(fmt::format("false: {} (truth's names: {})", as_found, text(found)));
    }
  }
  return lines;
}

/// Found tracks that are not one true track throughout, one line each: less than `least` of the
/// pixels that they share with the truth are those of one track, or another found track is the same
/// one.
inline std::vector<std::string> mixed_tracks(const DemoRun& run, double least = 0.95) {
  std::vector<std::string> lines;
  std::set<int32_t> taken;
  for (const Track& track : run.found.tracks) {
    const int32_t truth = true_track(run, track.id);
    if (truth == 0) {
      lines.push_back(fmt::format("track {} is none of the truth", track.id));
      continue;
    }
    int64_t all_px = 0;
    for (const auto& [unused, pixels] : run.shared_px.at(track.id)) {
      all_px += pixels;
    }
    const double share =
        static_cast<double>(run.shared_px.at(track.id).at(truth)) / static_cast<double>(all_px);
    if (share < least) {
      lines.push_back(fmt::format("track {} is to {:.2f} the true {}", track.id, share, truth));
    }
    if (!taken.insert(truth).second) {
      lines.push_back(fmt::format("track {} is the true {}, as another is", track.id, truth));
    }
  }
  return lines;
}

}  // namespace mote::testing_support
