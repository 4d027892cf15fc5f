#include "mote/track/held_frames.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>

#include "mote/core/error.h"

namespace mote::track {
namespace {

class Sets {
 public:
  explicit Sets(size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0); }

  size_t root(size_t i) {
    while (parent_[i] != i) {
      parent_[i] = parent_[parent_[i]];
      i = parent_[i];
    }
    return i;
  }
  /// The lower root stays.
  void join(size_t a, size_t b) {
    a = root(a);
    b = root(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<size_t> parent_;
};

/// Adds what a region shows of a track to what others do.
void add(std::optional<Glimpse>& seen, int64_t frame, const HeldRegion& region) {
  const Mask& mask = region.mask;
  double sum_y = 0;
  double sum_x = 0;
  for (const Run& run : mask.runs) {
    sum_y += static_cast<double>(run.length) * run.y;
    sum_x += run.length * (run.x + 0.5 * (run.length - 1));
  }
  const auto pixels = static_cast<double>(mask.area_px());
  if (!seen) {
    seen = Glimpse{.frame = frame, .centroid = {}, .box = mask.bounds(), .area_px = 0};
  }
  // The region's own centroid, weighted by its area.
  const double sum_px = seen->area_px + region.area_px;
  const double share = region.area_px / sum_px;
  seen->centroid.y_px += share * (sum_y / pixels - seen->centroid.y_px);
  seen->centroid.x_px += share * (sum_x / pixels - seen->centroid.x_px);
  seen->area_px = sum_px;
  seen->box = seen->box.joined(mask.bounds());
  seen->cut = seen->cut || region.cut;
}

/// `rename(a, b)` for all pairs of tracks that the frame tells something of.
template <typename Rename>
void for_pairs(HeldFrame& frame, const Rename& rename) {
  for (auto* pairs : {&frame.touching, &frame.joined}) {
    for (auto& [a, b] : *pairs) {
      rename(a, b);
    }
  }
  for (TrackedNeck& neck : frame.necks) {
    rename(neck.a, neck.b);
  }
}

}  // namespace

std::vector<uint8_t> packed(const Grid<uint8_t>& grid) {
  std::vector<uint8_t> bytes;
  const std::span<const uint8_t> values = grid.values();
  for (size_t i = 0; i < values.size();) {
    const size_t first = i;
    // Eight at a time: most of an image is background.
    uint64_t eight = 0;
    std::memset(&eight, values[first], sizeof(eight));
    for (uint64_t next = eight; next == eight && i + sizeof(next) <= values.size();) {
      std::memcpy(&next, values.data() + i, sizeof(next));
      i += next == eight ? sizeof(next) : 0;
    }
    while (i < values.size() && values[i] == values[first]) {
      ++i;
    }
    bytes.push_back(values[first]);
    size_t length = i - first;
    for (; length >= 128; length >>= 7) {
      bytes.push_back(static_cast<uint8_t>(length | 128));
    }
    bytes.push_back(static_cast<uint8_t>(length));
  }
  return bytes;
}

Grid<uint8_t> unpacked(const std::vector<uint8_t>& bytes, Size size) {
  if (bytes.empty()) {
    return {};
  }
  Grid<uint8_t> grid(size);
  const std::span<uint8_t> values = grid.values();
  size_t filled = 0;
  for (size_t i = 0; i < bytes.size();) {
    const uint8_t value = bytes[i++];
    size_t length = 0;
    for (int shift = 0; i < bytes.size() && shift < 63; shift += 7) {
      const uint8_t byte = bytes[i++];
      length |= static_cast<size_t>(byte & 127) << shift;
      if (byte < 128) {
        break;
      }
    }
    if (length == 0 || length > values.size() - filled) {
      throw Error(ErrorKind::kBadFile, "packed coverage does not fit a field of {} x {} px",
                  size.width, size.height);
    }
    std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(filled), length, value);
    filled += length;
  }
  if (filled != values.size()) {
    throw Error(ErrorKind::kBadFile, "packed coverage holds {} of {} pixels", filled,
                values.size());
  }
  return grid;
}

TrackedFrame handed_back(const HeldFrame& frame, Size field) {
  // One track's regions make one instance; so do those of joined tracks.
  Sets sets(frame.regions.size());
  std::map<int32_t, size_t> first_region;
  for (size_t r = 0; r < frame.regions.size(); ++r) {
    for (const HeldLobe& lobe : frame.regions[r].lobes) {
      sets.join(first_region.try_emplace(lobe.track, r).first->second, r);
    }
  }
  for (const auto& [a, b] : frame.joined) {
    const auto at_a = first_region.find(a);
    const auto at_b = first_region.find(b);
    if (at_a != first_region.end() && at_b != first_region.end()) {
      sets.join(at_a->second, at_b->second);
    }
  }

  TrackedFrame result{.index = frame.index,
                      .labels = LabelImage(field),
                      .coverage = unpacked(frame.coverage, field),
                      .instances = {},
                      .values = frame.values,
                      .necks = frame.necks};
  std::map<size_t, size_t> instance_of;
  for (size_t r = 0; r < frame.regions.size(); ++r) {
    const HeldRegion& region = frame.regions[r];
    const auto [at, is_new] = instance_of.try_emplace(sets.root(r), result.instances.size());
    if (is_new) {
      result.instances.push_back({.label = static_cast<int32_t>(result.instances.size()) + 1,
                                  .cluster = region.cluster,
                                  .tracks = {}});
    }
    TrackedInstance& instance = result.instances[at->second];
    for (const HeldLobe& lobe : region.lobes) {
      instance.tracks.push_back(lobe.track);
    }
    paint(result.labels, region.mask, instance.label);
  }
  for (TrackedInstance& instance : result.instances) {
    std::sort(instance.tracks.begin(), instance.tracks.end());
    instance.tracks.erase(std::unique(instance.tracks.begin(), instance.tracks.end()),
                          instance.tracks.end());
  }
  return result;
}

std::optional<Glimpse> glimpse_of(const HeldFrame& frame, int32_t track) {
  std::optional<Glimpse> seen;
  for (const HeldRegion& region : frame.regions) {
    if (std::any_of(region.lobes.begin(), region.lobes.end(),
                    [track](const HeldLobe& lobe) { return lobe.track == track; })) {
      add(seen, frame.index, region);
    }
  }
  return seen;
}

bool take_out(HeldFrame& frame, int32_t track, Size field) {
  const auto is_taken = [track](const HeldRegion& region) {
    return std::all_of(region.lobes.begin(), region.lobes.end(),
                       [track](const HeldLobe& lobe) { return lobe.track == track; });
  };
  if (std::none_of(frame.regions.begin(), frame.regions.end(), is_taken)) {
    return false;
  }
  Grid<uint8_t> coverage = unpacked(frame.coverage, field);
  for (const HeldRegion& region : frame.regions) {
    if (coverage.values().empty() || !is_taken(region)) {
      continue;
    }
    for (const Run& run : region.mask.runs) {
      std::fill_n(coverage.row(run.y) + run.x, run.length, uint8_t{0});
    }
  }
  if (!coverage.values().empty()) {
    frame.coverage = packed(coverage);
  }
  std::erase_if(frame.regions, is_taken);
  return true;
}

void rename_track(HeldFrame& frame, int32_t from, int32_t to) {
  for (HeldRegion& region : frame.regions) {
    for (HeldLobe& lobe : region.lobes) {
      if (lobe.track == from) {
        lobe.track = to;
      }
    }
  }
  for_pairs(frame, [=](int32_t& a, int32_t& b) {
    a = a == from ? to : a;
    b = b == from ? to : b;
  });
}

void rename_contact(HeldFrame& frame, int32_t from, int32_t other, int32_t to) {
  for_pairs(frame, [=](int32_t& a, int32_t& b) {
    if (a == from && b == other) {
      a = to;
    } else if (a == other && b == from) {
      b = to;
    }
  });
}

void part_strangers(HeldFrame& frame, const std::function<bool(int32_t track)>& allowed) {
  const auto regions_of = [&](int32_t track) {
    return std::count_if(
        frame.regions.begin(), frame.regions.end(), [track](const HeldRegion& region) {
          return std::any_of(region.lobes.begin(), region.lobes.end(),
                             [track](const HeldLobe& lobe) { return lobe.track == track; });
        });
  };
  for (HeldRegion& region : frame.regions) {
    std::set<int32_t> linked = {region.lobes.front().track};
    if (std::all_of(region.lobes.begin(), region.lobes.end(),
                    [&](const HeldLobe& lobe) { return linked.contains(lobe.track); })) {
      continue;
    }
    for (size_t before = 0; before < linked.size();) {
      before = linked.size();
      for (const auto& [a, b] : frame.touching) {
        if (linked.contains(a) || linked.contains(b)) {
          linked.insert({a, b});
        }
      }
    }
    std::erase_if(region.lobes, [&](const HeldLobe& lobe) {
      return !linked.contains(lobe.track) && (regions_of(lobe.track) > 1 || allowed(lobe.track));
    });
  }
}

}  // namespace mote::track
