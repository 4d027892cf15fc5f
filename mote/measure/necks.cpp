#include "mote/measure/necks.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

namespace mote::measure {
namespace {

constexpr size_t kLooks = 5;  // that a particle before contact is the mean of

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
    row.mask_ratio = neck->ratio;
    row.width_px = neck->width_px;
    row.distance_px = length_px(neck->apart, row.info.pixel_size);
    row.excess = neck->excess;
    row.excess_error = neck->excess_error;
  } else if (instances.b != nullptr) {  // the gap has closed, and no neck is seen yet
    row.mask_ratio = 0;
    row.width_px = 0;
    row.distance_px = length_px(instances.b->measures.centroid - instances.a->measures.centroid,
                                row.info.pixel_size);
  }
  if (row.width_px && row.before && row.before->smaller_area_px2 > 0) {
    row.ratio = *row.width_px / equivalent_diameter_px(row.before->smaller_area_px2);
  }
}

}  // namespace

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
                 .smaller_area_px2 = std::min(a->area_px2, b->area_px2),
                 .relaxed_area_px2 = relaxed_area_px2(a->area_px2, b->area_px2),
                 .intensity = sum(a->intensity, b->intensity)};
}

}  // namespace mote::measure
