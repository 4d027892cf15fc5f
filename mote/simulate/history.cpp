#include "mote/simulate/history.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>
#include <utility>

namespace mote::simulate {
namespace {

constexpr double kMergeNeckRatio = 0.5;
constexpr int64_t kEventFrames = 60;  // nothing of a scene's event is farther from its time

/// An event whose tracks are not numbered yet: they are positions in Plan::roles.
struct Draft {
  Event event;
  std::vector<size_t> tracks;
  std::vector<size_t> children;
};

class Historian {
 public:
  Historian(Plan& plan, const DemoOptions& options) : plan_(plan), options_(options) {}

  void tell() {
    for (size_t i = 0; i < plan_.scenes.size(); ++i) {
      tell_scene(i);
    }
    number_tracks();
  }

 private:
  void tell_scene(size_t i) {
    const Scene& scene = plan_.scenes[i];
    switch (scene.motion) {
      case Motion::kStay: add_role(i, Part::kWhole, 0, end()); return;
      case Motion::kGrow: tell_coming(i, EventType::kAppeared, EventType::kLost); return;
      case Motion::kCross: tell_coming(i, EventType::kEntered, EventType::kLeft); return;
      case Motion::kPass: tell_passing(i); return;
      case Motion::kFuse: scene.reversed ? tell_split(i) : tell_merge(i); return;
    }
  }

  void tell_coming(size_t i, EventType coming, EventType going) {
    const Scene& scene = plan_.scenes[i];
    const auto visible = [&](int64_t t) { return is_in_truth(scene, t); };
    if (!scene.reversed) {
      const int64_t first = first_frame(scene, visible);
      const size_t role = add_role(i, Part::kWhole, first, end());
      add_event(coming, first, {role}, {}, centre(scene, first));
    } else {
      const int64_t after = first_frame(scene, [&](int64_t t) { return !visible(t); });
      const size_t role = add_role(i, Part::kWhole, 0, after);
      add_event(going, after, {role}, {}, centre(scene, after - 1));
    }
  }

  void tell_passing(size_t i) {
    const Scene& scene = plan_.scenes[i];
    const int64_t contact = first_frame(scene, [&](int64_t t) { return touches(scene, t); });
    const int64_t parted =
        first_frame(scene, [&](int64_t t) { return t > contact && !touches(scene, t); });
    const size_t a = add_role(i, Part::kA, 0, end());
    const size_t b = add_role(i, Part::kB, 0, end());
    add_event(EventType::kContact, contact, {a, b}, {}, middle(scene, contact));
    add_event(EventType::kParted, parted, {a, b}, {}, middle(scene, parted));
  }

  void tell_merge(size_t i) {
    const Scene& scene = plan_.scenes[i];
    const int64_t contact = first_frame(scene, [&](int64_t t) { return touches(scene, t); });
    const int64_t merge = first_frame(scene, [&](int64_t t) { return is_one(scene, t); });
    const size_t a = add_role(i, Part::kA, 0, merge);
    const size_t b = add_role(i, Part::kB, 0, merge);
    const size_t child = add_role(i, Part::kWhole, merge, end());
    add_event(EventType::kContact, contact, {a, b}, {}, middle(scene, contact));
    add_event(EventType::kCoalescence, merge, {a, b}, {child}, middle(scene, merge),
              {{"contact_frame", static_cast<double>(contact)}});
  }

  void tell_split(size_t i) {
    const Scene& scene = plan_.scenes[i];
    const int64_t split = first_frame(scene, [&](int64_t t) { return !is_one(scene, t); });
    const int64_t parted = first_frame(scene, [&](int64_t t) { return !touches(scene, t); });
    const size_t parent = add_role(i, Part::kWhole, 0, split);
    const size_t a = add_role(i, Part::kA, split, end());
    const size_t b = add_role(i, Part::kB, split, end());
    add_event(EventType::kSplit, split, {parent}, {a, b}, middle(scene, split),
              {{"parted_frame", static_cast<double>(parted)}});
  }

  int64_t end() const { return options_.frames; }

  template <typename Predicate>
  int64_t first_frame(const Scene& scene, const Predicate& predicate) const {
    const auto time = static_cast<int64_t>(scene.time);
    int64_t t = std::max<int64_t>(0, time - kEventFrames);
    while (t < end() - 1 && !predicate(t)) {
      ++t;
    }
    return t;
  }

  std::vector<Disc> seen(const Scene& scene, int64_t t) const {
    const auto time = static_cast<double>(t);
    return plan_.seen_at(scene, time);
  }
  DiscPair pair(const Scene& scene, int64_t t) const {
    const std::vector<Disc> discs = seen(scene, t);
    return measure(discs[0], discs[1]);
  }
  bool touches(const Scene& scene, int64_t t) const {
    const std::vector<Disc> discs = seen(scene, t);
    return measure(discs[0], discs[1]).distance_px <= discs[0].radius_px + discs[1].radius_px;
  }
  bool is_one(const Scene& scene, int64_t t) const {
    return pair(scene, t).neck_ratio >= kMergeNeckRatio;
  }
  Point middle(const Scene& scene, int64_t t) const { return pair(scene, t).centroid; }
  /// Of a disc, or the place on the border nearest to it.
  Point centre(const Scene& scene, int64_t t) const {
    const Point at = seen(scene, t)[0].centre;
    return {.y_px = std::clamp(at.y_px, 0.0, static_cast<double>(options_.height - 1)),
            .x_px = std::clamp(at.x_px, 0.0, static_cast<double>(options_.width - 1))};
  }

  bool is_in_truth(const Scene& scene, int64_t t) const {
    const std::vector<Disc> discs = seen(scene, t);
    if (discs.empty()) {
      return false;
    }
    if (scene.motion == Motion::kGrow) {
      return discs[0].radius_px >= options_.min_radius_px;
    }
    const double least = std::numbers::pi * options_.min_radius_px * options_.min_radius_px;
    const Size field = {options_.height, options_.width};
    return static_cast<double>(mask_of(discs, field).area_px()) >= least;
  }

  /// Position in Plan::roles; `after` is the first frame in which the track is no more.
  size_t add_role(size_t scene, Part part, int64_t first, int64_t after) {
    plan_.roles.push_back(
        {.scene = scene, .part = part, .first_frame = first, .last_frame = after - 1});
    return plan_.roles.size() - 1;
  }

  void add_event(EventType type, int64_t frame, std::vector<size_t> tracks,
                 std::vector<size_t> children, Point position,
                 std::map<std::string, double> evidence = {}) {
    drafts_.push_back({.event = {.type = type,
                                 .frame_before = frame - 1,
                                 .frame = frame,
                                 .tracks = {},
                                 .children = {},
                                 .position = position,
                                 .evidence = std::move(evidence)},
                       .tracks = std::move(tracks),
                       .children = std::move(children)});
  }

  void number_tracks() {
    std::vector<size_t> order(plan_.roles.size());
    for (size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return plan_.roles[a].first_frame < plan_.roles[b].first_frame;
    });
    for (size_t i = 0; i < order.size(); ++i) {
      plan_.roles[order[i]].track = static_cast<int32_t>(i + 1);
    }
    Lineage& lineage = plan_.lineage;
    for (const Draft& draft : drafts_) {
      Event event = draft.event;
      event.tracks = ids(draft.tracks);
      event.children = ids(draft.children);
      lineage.events.push_back(event);
    }
    std::sort(plan_.roles.begin(), plan_.roles.end(),
              [](const Role& a, const Role& b) { return a.track < b.track; });
    for (const Role& role : plan_.roles) {
      lineage.tracks.push_back({.id = role.track,
                                .first_frame = role.first_frame,
                                .last_frame = role.last_frame,
                                .parents = parents_of(role.track)});
    }
    std::sort(lineage.events.begin(), lineage.events.end(), [](const Event& a, const Event& b) {
      return std::tie(a.frame, a.type, a.tracks) < std::tie(b.frame, b.type, b.tracks);
    });
  }

  std::vector<int32_t> ids(const std::vector<size_t>& roles) const {
    std::vector<int32_t> ids;
    ids.reserve(roles.size());
    for (const size_t role : roles) {
      ids.push_back(plan_.roles[role].track);
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }

  std::vector<int32_t> parents_of(int32_t track) const {
    for (const Event& event : plan_.lineage.events) {
      if (std::find(event.children.begin(), event.children.end(), track) != event.children.end()) {
        return event.tracks;
      }
    }
    return {};
  }

  Plan& plan_;
  const DemoOptions& options_;
  std::vector<Draft> drafts_;
};

}  // namespace

void tell_history(Plan& plan, const DemoOptions& options) {
  Historian(plan, options).tell();
}

}  // namespace mote::simulate
