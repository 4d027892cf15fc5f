#include "mote/pipeline/corrected_neighbours.h"

#include <algorithm>
#include <map>
#include <set>

#include "mote/core/segmentation.h"
#include "mote/imaging/regions.h"

namespace mote::pipeline {
namespace {

// Between masks that nobody touched, under the names of now.
std::vector<track::TrackedNeck> necks_that_hold(const JournalFrame& automatic,
                                                const CorrectedFrame& out) {
  const auto now = [&](int32_t track) {
    const auto found = out.now.find(track);
    return found == out.now.end() ? track : found->second;
  };
  std::vector<track::TrackedNeck> necks;
  for (track::TrackedNeck neck : automatic.necks) {
    const bool moved = out.redrawn.contains(neck.a) || out.redrawn.contains(neck.b);
    neck.a = now(neck.a);
    neck.b = now(neck.b);
    if (!moved && neck.a != 0 && neck.b != 0) {
      necks.push_back(neck);
    }
  }
  return necks;
}

void join_cluster(JournalInstance& instance, int32_t cluster, bool touching) {
  if (instance.cluster != cluster || instance.measures.touching != touching) {
    instance.source = Source::kManual;
  }
  instance.cluster = cluster;
  instance.measures.touching = touching;
}

// Clusters that hold something redrawn, or held it, are found anew; all others stay.
void number_clusters(const JournalFrame& automatic, const Segmentation& segmentation,
                     CorrectedFrame& out) {
  std::map<int32_t, std::vector<JournalInstance*>> members;
  for (size_t i = 0; i < out.frame.instances.size(); ++i) {  // both in order of label
    members[segmentation.regions.at(i).cluster].push_back(&out.frame.instances[i]);
  }
  std::set<int32_t> broken;
  int32_t last = 0;
  for (const JournalInstance& instance : automatic.instances) {
    last = std::max(last, instance.cluster);
    if (std::any_of(instance.tracks.begin(), instance.tracks.end(),
                    [&](int32_t track) { return out.redrawn.contains(track); })) {
      broken.insert(instance.cluster);
    }
  }
  std::set<int32_t> given;
  for (const auto& [component, all] : members) {
    int32_t cluster = 0;
    bool touched = false;
    for (const JournalInstance* one : all) {
      touched = touched || one->cluster == 0 || broken.contains(one->cluster);
      const bool lower = one->cluster != 0 && (cluster == 0 || one->cluster < cluster);
      cluster = lower ? one->cluster : cluster;
    }
    if (!touched) {
      continue;
    }
    if (cluster == 0 || !given.insert(cluster).second) {
      cluster = ++last;
    }
    for (JournalInstance* one : all) {
      join_cluster(*one, cluster, all.size() > 1);
    }
  }
}

void add_necks(const Segmentation& segmentation, const CorrectedFrame& out,
               std::vector<track::TrackedNeck>& necks) {
  const auto region = [&](int32_t label) -> const Region& {
    return segmentation.regions.at(static_cast<size_t>(label) - 1);
  };
  const auto is_redrawn = [&](int32_t track) { return out.redrawn.contains(track); };
  for (const Neck& neck : segmentation.necks) {
    const JournalInstance& first = out.frame.instances.at(static_cast<size_t>(neck.a) - 1);
    const JournalInstance& second = out.frame.instances.at(static_cast<size_t>(neck.b) - 1);
    for (const int32_t a : first.tracks) {
      for (const int32_t b : second.tracks) {
        if (is_redrawn(a) || is_redrawn(b)) {
          const auto [low, high] = std::minmax(a, b);
          necks.push_back({.a = low,
                           .b = high,
                           .ratio = neck.ratio,
                           .width_px = neck.width_px,
                           .apart = region(neck.b).centroid - region(neck.a).centroid,
                           .excess = {}});
        }
      }
    }
  }
  for (const JournalInstance& instance : out.frame.instances) {
    const std::vector<int32_t>& tracks = instance.tracks;
    for (size_t i = 0; i < tracks.size(); ++i) {
      for (size_t j = i + 1; j < tracks.size(); ++j) {
        if (is_redrawn(tracks[i]) || is_redrawn(tracks[j])) {
          necks.push_back({.a = tracks[i], .b = tracks[j], .excess = {}});
        }
      }
    }
  }
}

}  // namespace

std::vector<track::TrackedNeck> renewed_neighbours(const JournalFrame& automatic,
                                                   CorrectedFrame& corrected) {
  std::vector<track::TrackedNeck> necks = necks_that_hold(automatic, corrected);
  if (!corrected.redrawn.empty()) {
    const Segmentation segmentation = imaging::segmentation_of(corrected.labels);
    number_clusters(automatic, segmentation, corrected);
    add_necks(segmentation, corrected, necks);
  }
  return necks;
}

}  // namespace mote::pipeline
