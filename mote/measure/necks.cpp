#include "mote/measure/necks.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include "mote/measure/table_builder.h"

namespace mote::measure {
namespace {

constexpr size_t kLooks = 5;  // that a particle before contact is the mean of

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

std::optional<double> intensity_of(const InstanceMeasures& measures) {
  return measures.background
             ? std::optional(measures.area_px2 * (measures.mean_intensity - *measures.background))
             : std::nullopt;
}

std::optional<double> sum(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::optional(*a + *b) : std::nullopt;
}

double relaxed_area_px2(double a_px2, double b_px2) {
  const double r3_a = std::pow(a_px2 / std::numbers::pi, 1.5);
  const double r3_b = std::pow(b_px2 / std::numbers::pi, 1.5);
  return std::numbers::pi * std::pow(r3_a + r3_b, 2.0 / 3);
}

// In units of the geometric mean of the sides of a pixel.
double length_px(Point vector, const std::optional<PixelSize>& pixel) {
  const double stretch = pixel ? std::sqrt(pixel->y_nm / pixel->x_nm) : 1;
  return std::hypot(vector.y_px * stretch, vector.x_px / stretch);
}

bool stands_alone(const ParticleRow& particle) {
  return particle.tracks.size() == 1 && !particle.measures.touches_border;
}

// The instances that a pair is: two, or one, or none where others have a part in them.
struct Instances {
  const ParticleRow* a = nullptr;
  const ParticleRow* b = nullptr;  // null where `a` is both
  int64_t count = 0;
};

Instances instances_of(const ContactSpan& span, const ParticleRow* a, const ParticleRow* b,
                       const ParticleRow* child) {
  if (a != nullptr && a == b) {
    return {.a = a->tracks.size() == 2 ? a : nullptr, .count = 1};
  }
  if (a != nullptr && b != nullptr) {
    const bool own = a->tracks.size() == 1 && b->tracks.size() == 1;
    return {.a = own ? a : nullptr, .b = own ? b : nullptr, .count = 2};
  }
  if (span.child != 0 && child != nullptr) {
    return {.a = child->tracks.size() == 1 ? child : nullptr, .count = 1};
  }
  return {};
}

void measure(NeckRow& row, const Instances& instances) {
  if (instances.a == nullptr || instances.a->measures.touches_border ||
      (instances.b != nullptr && instances.b->measures.touches_border)) {
    return;
  }
  row.area_px2 = instances.a->measures.area_px2;
  std::optional<double> intensity = intensity_of(instances.a->measures);
  if (instances.b != nullptr) {
    *row.area_px2 += instances.b->measures.area_px2;
    intensity = sum(intensity, intensity_of(instances.b->measures));
  } else {
    row.solidity = instances.a->measures.solidity;
  }
  if (intensity && row.before && row.before->intensity && *row.before->intensity != 0) {
    row.intensity_balance = *intensity / *row.before->intensity;
  }
}

void take_neck(NeckRow& row, const Instances& instances, const NeckSample* neck) {
  if (neck != nullptr) {
    row.ratio = neck->ratio;
    row.width_px = neck->width_px;
    row.distance_px = length_px(neck->apart, row.info.pixel_size);
    row.excess = neck->excess;
    row.excess_error = neck->excess_error;
  } else if (instances.b != nullptr) {  // the gap has closed, and no neck is seen yet
    row.ratio = 0;
    row.width_px = 0;
    row.distance_px = length_px(instances.b->measures.centroid - instances.a->measures.centroid,
                                row.info.pixel_size);
  }
}

std::vector<Column<NeckRow>> make_neck_columns() {
  using Row = NeckRow;
  auto table = table_with_info<Row>();
  const auto area = [&table](const std::string& name, const std::string& definition,
                             const std::function<std::optional<double>(const Row&)>& px2) {
    table.add(name + "_px2", "px²", definition, "", px2);
    table.add(name + "_nm2", "nm²", "the same in square nanometres", "",
              [px2](const Row& row) { return area_nm2(px2(row), row.info.pixel_size); });
  };
  const auto before = [](double Parents::*member) {
    return [member](const Row& row) -> std::optional<double> {
      return row.before ? std::optional((*row.before).*member) : std::nullopt;
    };
  };
  table.frame_and_time();
  table.add("tracks", "", "both tracks, `;` between; of a merge the parents, to its end", "",
            [](const Row& row) { return row.tracks; });
  table.add("began_as", "", "`contact`, or `overlap` where one was seen through the other", "",
            [](const Row& row) { return row.began_as; });
  table.add("ends_as", "",
            "`coalescence`, `aggregation`, `parted` or `unresolved`, as in events.csv; empty where "
            "a track ends "
            "otherwise, or goes on under the name of a child",
            "", [](const Row& row) { return row.ends_as; });
  table.add("contact_frame", "", "frame in which the contact began", "",
            [](const Row& row) { return row.contact_frame; });
  table.add("since_contact_s", "s", "time since then", "",
            [](const Row& row) { return row.since_contact_s; });
  table.add("n_instances", "", "2, or 1 where both make one instance", "",
            [](const Row& row) { return row.n_instances; });
  table.length("neck_width",
               "width of the neck; 0 where none is seen, empty where one region holds both", "",
               [](const Row& row) { return row.width_px; });
  table.add("neck_ratio", "",
            "x/r: width of the neck over the smaller diameter, both of inscribed circles", "",
            [](const Row& row) { return row.ratio; });
  area("combined_area", "area of both; empty where it is cut, or holds a third track",
       [](const Row& row) { return row.area_px2; });
  area("contact_area", "A1 + A2: of both before the contact", before(&Parents::contact_area_px2));
  area("relaxed_area", "π (r1³ + r2³)^(2/3), r1 and r2 of equal area before the contact",
       before(&Parents::relaxed_area_px2));
  table.add("solidity", "", "of the outline, where both make one instance", "",
            [](const Row& row) { return row.solidity; });
  table.length("distance", "between the centroids of both", "",
               [](const Row& row) { return row.distance_px; });
  table.length("distance_step", "change of the distance since the frame before", "",
               [](const Row& row) { return row.distance_step_px; });
  table.add("intensity_balance", "",
            "sum of area x (mean_intensity - background) of both, over that before the contact", "",
            [](const Row& row) { return row.intensity_balance; });
  table.add("excess", "", "share of the weaker's contrast that is seen in front of the other", "",
            [](const Row& row) { return row.excess; });
  table.add("excess_error", "", "its standard error", "",
            [](const Row& row) { return row.excess_error; });
  return table.columns();
}

}  // namespace

std::vector<ContactSpan> contact_spans(const Lineage& lineage) {
  return Spans(lineage).take();
}

NeckCollector::NeckCollector(const Lineage& lineage) : waiting_(contact_spans(lineage)) {
  for (const ContactSpan& span : waiting_) {
    looks_[span.tracks.first];
    looks_[span.tracks.second];
    began_s_[span.contact_frame];
  }
  std::reverse(waiting_.begin(), waiting_.end());
}

std::vector<NeckRow> NeckCollector::add(const FrameInfo& info,
                                        std::span<const ParticleRow> particles,
                                        std::span<const NeckSample> necks) {
  ByTrack seen;
  for (const ParticleRow& particle : particles) {
    for (const int32_t track : particle.tracks) {
      seen[track] = &particle;
    }
  }
  const auto particle_of = [&seen](int32_t track) {
    const auto found = seen.find(track);
    return found == seen.end() ? nullptr : found->second;
  };
  std::map<std::pair<int32_t, int32_t>, const NeckSample*> samples;
  for (const NeckSample& neck : necks) {
    samples[std::minmax(neck.a, neck.b)] = &neck;
  }
  std::erase_if(open_, [&info](const Open& open) { return open.span.last_frame < info.frame; });
  open_contacts(info, seen);

  std::vector<NeckRow> rows;
  for (Open& open : open_) {
    const auto [a, b] = open.span.tracks;
    const int32_t child = open.span.child;
    const Instances instances =
        instances_of(open.span, particle_of(a), particle_of(b), particle_of(child));
    if (instances.count == 0) {
      continue;
    }
    NeckRow row{.info = info,
                .tracks = {a, b},
                .began_as = open.span.began_as,
                .ends_as = open.span.ends_as,
                .contact_frame = open.span.contact_frame,
                .n_instances = instances.count,
                .before = open.before};
    if (info.time_s && open.began_s) {
      row.since_contact_s = *info.time_s - *open.began_s;
    }
    const auto of_parents = samples.find(open.span.tracks);
    const auto of_child = samples.find({child, child});
    take_neck(row, instances,
              of_parents != samples.end()               ? of_parents->second
              : child != 0 && of_child != samples.end() ? of_child->second
                                                        : nullptr);
    if (row.distance_px) {
      if (open.distance_px && open.distance_px->first == info.frame - 1) {
        row.distance_step_px = *row.distance_px - open.distance_px->second;
      }
      open.distance_px = {info.frame, *row.distance_px};
    }
    measure(row, instances);
    rows.push_back(std::move(row));
  }
  look(particles);
  return rows;
}

void NeckCollector::open_contacts(const FrameInfo& info, const ByTrack& seen) {
  if (const auto begins = began_s_.find(info.frame); begins != began_s_.end()) {
    begins->second = info.time_s;
  }
  while (!waiting_.empty() && waiting_.back().first_frame <= info.frame) {
    ContactSpan span = std::move(waiting_.back());
    waiting_.pop_back();
    Open open{.span = span, .before = before(span, seen)};
    open.began_s = began_s_.at(span.contact_frame);
    open_.push_back(std::move(open));
  }
  std::sort(open_.begin(), open_.end(), [](const Open& a, const Open& b) {
    return std::tie(a.span.tracks, a.span.first_frame) <
           std::tie(b.span.tracks, b.span.first_frame);
  });
}

void NeckCollector::look(std::span<const ParticleRow> particles) {
  for (const ParticleRow& particle : particles) {
    if (!stands_alone(particle)) {
      continue;
    }
    const auto found = looks_.find(particle.tracks.front());
    if (found == looks_.end()) {
      continue;
    }
    std::deque<Look>& looks = found->second;
    looks.push_back(
        {.area_px2 = particle.measures.area_px2, .intensity = intensity_of(particle.measures)});
    if (looks.size() > kLooks) {
      looks.pop_front();
    }
  }
}

// As it is now where it was never seen before.
std::optional<NeckCollector::Look> NeckCollector::mean_look(int32_t track,
                                                            const ByTrack& seen) const {
  std::deque<Look> looks = looks_.at(track);
  if (looks.empty()) {
    const auto now = seen.find(track);
    if (now == seen.end() || !stands_alone(*now->second)) {
      return std::nullopt;
    }
    const InstanceMeasures& measures = now->second->measures;
    looks.push_back({.area_px2 = measures.area_px2, .intensity = intensity_of(measures)});
  }
  Look mean{.area_px2 = 0, .intensity = 0.0};
  const auto n = static_cast<double>(looks.size());
  for (const Look& look : looks) {
    mean.area_px2 += look.area_px2 / n;
    mean.intensity = look.intensity ? sum(mean.intensity, *look.intensity / n) : std::nullopt;
  }
  return mean;
}

std::optional<Parents> NeckCollector::before(const ContactSpan& span, const ByTrack& seen) const {
  const std::optional<Look> a = mean_look(span.tracks.first, seen);
  const std::optional<Look> b = mean_look(span.tracks.second, seen);
  if (!a || !b) {
    return std::nullopt;
  }
  return Parents{.contact_area_px2 = a->area_px2 + b->area_px2,
                 .relaxed_area_px2 = relaxed_area_px2(a->area_px2, b->area_px2),
                 .intensity = sum(a->intensity, b->intensity)};
}

const std::vector<Column<NeckRow>>& neck_columns() {
  static const std::vector<Column<NeckRow>> columns = make_neck_columns();
  return columns;
}

}  // namespace mote::measure
