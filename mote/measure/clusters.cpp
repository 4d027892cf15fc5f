#include "mote/measure/clusters.h"

#include <algorithm>
#include <map>

#include "mote/measure/frame.h"

namespace mote::measure {
namespace {

struct Cluster {
  double area_px2 = 0;
  Box box;
  Point moment;  // area x position
  int64_t instances = 0;
  int32_t track = 0;
  bool shared = false;
  bool touches_border = false;
};

std::map<int32_t, Cluster> clusters_of(std::span<const ParticleRow> particles) {
  std::map<int32_t, Cluster> clusters;
  int32_t alone = 0;
  for (const ParticleRow& row : particles) {
    --alone;
    Cluster& cluster = clusters[row.cluster > 0 ? row.cluster : alone];
    const InstanceMeasures& measures = row.measures;
    cluster.box = cluster.instances == 0 ? measures.box : cluster.box.joined(measures.box);
    cluster.track =
        cluster.instances == 0 && !row.tracks.empty() ? row.tracks.front() : cluster.track;
    cluster.area_px2 += measures.area_px2;
    cluster.moment.y_px += measures.area_px2 * row.specimen().y_px;
    cluster.moment.x_px += measures.area_px2 * row.specimen().x_px;
    cluster.instances += 1;
    cluster.shared = cluster.shared || row.shared();
    cluster.touches_border = cluster.touches_border || measures.touches_border;
  }
  return clusters;
}

SizedBody body_of(const Cluster& cluster, int32_t number, Size field) {
  InstanceMeasures outline;
  outline.box = cluster.box;
  return {
      .ecd_px = equivalent_diameter_px(cluster.area_px2),
      .border_weight = border_weight(outline, field),
      .touches_border = cluster.touches_border,
      .specimen = {cluster.moment.y_px / cluster.area_px2, cluster.moment.x_px / cluster.area_px2},
      .cluster = number,
      .track = cluster.track};
}

}  // namespace

std::string_view name(ClusterRule rule) {
  switch (rule) {
    case ClusterRule::kSplit: return "split";
    case ClusterRule::kWhole: return "whole";
    case ClusterRule::kExclude: return "exclude";
  }
  return "";
}

std::vector<SizedBody> sized_bodies(std::span<const ParticleRow> particles, Size field,
                                    ClusterRule rule) {
  std::vector<SizedBody> bodies;
  if (rule == ClusterRule::kSplit) {
    int32_t alone = 0;
    for (const ParticleRow& row : particles) {
      --alone;
      if (!row.shared()) {
        bodies.push_back({.ecd_px = row.ecd_px(),
                          .border_weight = row.border_weight,
                          .touches_border = row.measures.touches_border,
                          .specimen = row.specimen(),
                          .cluster = row.cluster > 0 ? row.cluster : alone,
                          .track = row.tracks.empty() ? 0 : row.tracks.front()});
      }
    }
    return bodies;
  }
  for (const auto& [number, cluster] : clusters_of(particles)) {
    const bool single = cluster.instances == 1 && !cluster.shared;
    if (rule == ClusterRule::kWhole || single) {
      bodies.push_back(body_of(cluster, number, field));
    }
  }
  return bodies;
}

bool lies_in(const Box& window, const Point& specimen) {
  return specimen.y_px >= static_cast<double>(window.y) - 0.5 &&
         specimen.x_px >= static_cast<double>(window.x) - 0.5 &&
         specimen.y_px < static_cast<double>(window.y_end()) - 0.5 &&
         specimen.x_px < static_cast<double>(window.x_end()) - 0.5;
}

}  // namespace mote::measure
