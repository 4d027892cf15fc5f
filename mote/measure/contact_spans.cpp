#include "mote/measure/contact_spans.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace mote::measure {
namespace {

bool opens(const Event& event) {
  return (event.type == EventType::kContact || event.type == EventType::kOverlap) &&
         event.tracks.size() == 2;
}

bool closes(const Event& event) {
  return (event.type == EventType::kCoalescence || event.type == EventType::kParted ||
          event.type == EventType::kAggregation || event.type == EventType::kUnresolved) &&
         event.tracks.size() == 2;
}

// The last frame that belongs to the contact which `event` ends.
int64_t last_frame_of(const Event& event) {
  if (event.type == EventType::kUnresolved) {
    return event.frame;
  }
  const auto last = event.evidence.find("last_frame");
  if (event.type == EventType::kAggregation && last != event.evidence.end()) {
    return static_cast<int64_t>(last->second);
  }
  const auto merged = event.evidence.find("merged_frame");
  return event.type == EventType::kCoalescence && merged != event.evidence.end()
             ? static_cast<int64_t>(merged->second)
             : event.frame_before;
}

// Follows contacts through a lineage.
class Spans {
 public:
  explicit Spans(const Lineage& lineage) {
    for (const Track& track : lineage.tracks) {
      tracks_[track.id] = &track;
    }
    for (const Event& event : lineage.events) {
      if (closes(event)) {
        ends_[event.tracks].push_back(&event);
      }
      if (event.type == EventType::kCoalescence && event.children.size() == 1) {
        for (const int32_t parent : event.tracks) {
          child_of_[parent] = event.children.front();
        }
      }
    }
    for (const Event& event : lineage.events) {
      if (opens(event)) {
        follow(event);
      }
    }
  }

  std::vector<ContactSpan> take() {
    std::vector<ContactSpan> spans;
    for (auto& [key, span] : spans_) {
      spans.push_back(std::move(span));
    }
    std::sort(spans.begin(), spans.end(), [](const ContactSpan& a, const ContactSpan& b) {
      return std::tie(a.first_frame, a.tracks) < std::tie(b.first_frame, b.tracks);
    });
    return spans;
  }

 private:
  void follow(const Event& opening) {
    ContactSpan span{.tracks = {opening.tracks[0], opening.tracks[1]},
                     .first_frame = opening.frame,
                     .contact_frame = opening.frame,
                     .began_as = std::string(name(opening.type))};
    while (!take_end(span)) {
      const auto [a, b] = span.tracks;
      const int64_t last_a = tracks_.at(a)->last_frame;
      const int64_t last_b = tracks_.at(b)->last_frame;
      span.last_frame = std::min(last_a, last_b);
      keep(span);
      const int32_t ended = last_a < last_b ? a : b;
      const int32_t other = last_a < last_b ? b : a;
      const auto child = child_of_.find(ended);
      if (child == child_of_.end() || child->second == other) {
        return;
      }
      span.tracks = std::minmax(child->second, other);
      span.first_frame =
          std::max(tracks_.at(child->second)->first_frame, tracks_.at(other)->first_frame);
    }
  }

  // Whether an event ends the contact of these two.
  bool take_end(ContactSpan span) {
    const auto found = ends_.find({span.tracks.first, span.tracks.second});
    if (found == ends_.end()) {
      return false;
    }
    for (const Event* event : found->second) {
      if (event->frame >= span.first_frame) {
        span.last_frame = last_frame_of(*event);
        span.ends_as = name(event->type);
        if (event->type == EventType::kCoalescence && event->children.size() == 1) {
          span.child = event->children.front();
        }
        keep(span);
        return true;
      }
    }
    return false;
  }

  // Both of two that merge may have been in contact with the third: it counts from the earlier on.
  void keep(const ContactSpan& span) {
    if (span.last_frame < span.first_frame) {
      return;
    }
    const auto [at, is_new] = spans_.try_emplace({span.tracks, span.first_frame}, span);
    if (!is_new && span.contact_frame < at->second.contact_frame) {
      at->second = span;
    }
  }

  std::map<int32_t, const Track*> tracks_;
  std::map<std::vector<int32_t>, std::vector<const Event*>> ends_;
  std::map<int32_t, int32_t> child_of_;
  std::map<std::pair<std::pair<int32_t, int32_t>, int64_t>, ContactSpan> spans_;
};

}  // namespace

std::vector<ContactSpan> contact_spans(const Lineage& lineage) {
  return Spans(lineage).take();
}

}  // namespace mote::measure
