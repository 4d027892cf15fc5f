#include "mote/learned/stitching.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace mote::learned {
namespace {

constexpr double kAgree = 0.5;

/// An instance in pixels of the field.
struct Placed {
  Box box;
  BinaryImage mask;
  double score = 0;
  size_t tile = 0;
  int64_t area = 0;
  bool cut = false;  ///< by an edge of its tile inside the field
};

Box intersection(const Box& a, const Box& b) {
  const int64_t y = std::max(a.y, b.y);
  const int64_t x = std::max(a.x, b.x);
  return {.y = y,
          .x = x,
          .height = std::min(a.y_end(), b.y_end()) - y,
          .width = std::min(a.x_end(), b.x_end()) - x};
}

int64_t area_of(const BinaryImage& mask) {
  return std::accumulate(mask.values().begin(), mask.values().end(), int64_t{0});
}

/// Pixels of both, and of `a` and of `b`, inside `where`.
struct Overlap {
  int64_t both = 0;
  int64_t either = 0;

  double iou() const {
    return either > 0 ? static_cast<double>(both) / static_cast<double>(either) : 0;
  }
};

bool has(const Placed& instance, int64_t y, int64_t x) {
  const int64_t v = y - instance.box.y;
  const int64_t u = x - instance.box.x;
  return instance.mask.size().contains(v, u) && instance.mask(v, u) != 0;
}

Overlap overlap_in(const Placed& a, const Placed& b, const Box& where) {
  Overlap overlap;
  const Box around = intersection(a.box.joined(b.box), where);
  for (int64_t y = around.y; y < around.y_end(); ++y) {
    for (int64_t x = around.x; x < around.x_end(); ++x) {
      const bool in_a = has(a, y, x);
      const bool in_b = has(b, y, x);
      overlap.both += in_a && in_b ? 1 : 0;
      overlap.either += in_a || in_b ? 1 : 0;
    }
  }
  return overlap;
}

/// The instance in the field, without what lies beyond it.
Placed placed(const FoundInstance& found, size_t tile, const Box& place, Size field) {
  const Box in_field = {.y = place.y + found.box.y,
                        .x = place.x + found.box.x,
                        .height = found.box.height,
                        .width = found.box.width};
  Placed instance{.box = intersection(in_field, {0, 0, field.height, field.width}),
                  .mask = {},
                  .score = found.score,
                  .tile = tile};
  if (instance.box.empty()) {
    return instance;
  }
  instance.mask = BinaryImage(instance.box.size());
  for (int64_t y = 0; y < instance.box.height; ++y) {
    const uint8_t* from =
        found.mask.row(y + instance.box.y - in_field.y) + (instance.box.x - in_field.x);
    std::copy_n(from, instance.box.width, instance.mask.row(y));
  }
  instance.area = area_of(instance.mask);
  if (2 * instance.area < area_of(found.mask)) {
    instance.area = 0;
  }
  instance.cut = (found.box.y == 0 && place.y > 0) || (found.box.x == 0 && place.x > 0) ||
                 (found.box.y_end() == place.height && place.y_end() < field.height) ||
                 (found.box.x_end() == place.width && place.x_end() < field.width);
  return instance;
}

/// Which instances are one particle: the index of the first of each one's group.
std::vector<size_t> groups_of(const std::vector<Placed>& all,
                              const std::vector<TileInstances>& tiles) {
  std::vector<size_t> group(all.size());
  std::iota(group.begin(), group.end(), size_t{0});
  const auto first = [&group](size_t i) {
    while (group[i] != i) {
      i = group[i];
    }
    return i;
  };
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t j = i + 1; j < all.size(); ++j) {
      if (all[i].tile == all[j].tile || !(all[i].cut || all[j].cut) ||
          intersection(all[i].box, all[j].box).empty()) {
        continue;
      }
      const Box seen_by_both = intersection(tiles[all[i].tile].place, tiles[all[j].tile].place);
      if (overlap_in(all[i], all[j], seen_by_both).iou() >= kAgree) {
        const size_t a = first(i);
        const size_t b = first(j);
        group[std::max(a, b)] = std::min(a, b);
      }
    }
  }
  for (size_t i = 0; i < all.size(); ++i) {
    group[i] = first(i);
  }
  return group;
}

Placed joined(const Placed& a, const Placed& b) {
  Placed both{.box = a.box.joined(b.box),
              .mask = BinaryImage(a.box.joined(b.box).size()),
              .score = std::max(a.score, b.score),
              .tile = a.tile,
              .cut = true};
  for (const Placed* part : {&a, &b}) {
    for (int64_t y = 0; y < part->box.height; ++y) {
      for (int64_t x = 0; x < part->box.width; ++x) {
        if (part->mask(y, x) != 0) {
          both.mask(y + part->box.y - both.box.y, x + part->box.x - both.box.x) = 1;
        }
      }
    }
  }
  both.area = area_of(both.mask);
  return both;
}

/// One instance of each group: the surest whole one, or all pieces joined.
std::vector<Placed> particles_of(std::vector<Placed> all, const std::vector<size_t>& groups) {
  std::map<size_t, Placed> particles;
  for (size_t i = 0; i < all.size(); ++i) {
    const auto [at, fresh] = particles.try_emplace(groups[i]);
    Placed& particle = at->second;
    if (fresh || (particle.cut && !all[i].cut)) {
      particle = std::move(all[i]);
    } else if (particle.cut && all[i].cut) {
      particle = joined(particle, all[i]);
    } else if (!all[i].cut && all[i].score > particle.score) {
      particle = std::move(all[i]);
    }
  }
  std::vector<Placed> list;
  for (auto& [group, particle] : particles) {
    list.push_back(std::move(particle));
  }
  std::stable_sort(list.begin(), list.end(),
                   [](const Placed& a, const Placed& b) { return a.score > b.score; });
  return list;
}

bool covered_by_surer(const Placed& instance, const std::vector<Placed>& surer,
                      double max_overlap) {
  return std::any_of(surer.begin(), surer.end(), [&](const Placed& other) {
    return !intersection(instance.box, other.box).empty() &&
           overlap_in(instance, other, instance.box.joined(other.box)).iou() > max_overlap;
  });
}

/// Labels the free pixels of an instance; whether these are half of it or more. Else none is.
bool paint(const Placed& instance, int32_t label, LabelImage& labels) {
  std::vector<int32_t*> free;
  for (int64_t y = 0; y < instance.box.height; ++y) {
    for (int64_t x = 0; x < instance.box.width; ++x) {
      int32_t& pixel = labels(y + instance.box.y, x + instance.box.x);
      if (instance.mask(y, x) != 0 && pixel == 0) {
        free.push_back(&pixel);
      }
    }
  }
  if (2 * std::ssize(free) < instance.area) {
    return false;
  }
  for (int32_t* pixel : free) {
    *pixel = label;
  }
  return true;
}

}  // namespace

LabelImage stitched(const std::vector<TileInstances>& tiles, Size field, double max_overlap) {
  std::vector<Placed> all;
  for (size_t tile = 0; tile < tiles.size(); ++tile) {
    for (const FoundInstance& found : tiles[tile].instances) {
      Placed instance = placed(found, tile, tiles[tile].place, field);
      if (instance.area > 0) {
        all.push_back(std::move(instance));
      }
    }
  }
  const std::vector<size_t> groups = groups_of(all, tiles);
  std::vector<Placed> kept;
  for (Placed& particle : particles_of(std::move(all), groups)) {
    if (!covered_by_surer(particle, kept, max_overlap)) {
      kept.push_back(std::move(particle));
    }
  }
  LabelImage labels(field);
  int32_t label = 1;
  for (const Placed& particle : kept) {
    label += paint(particle, label, labels) ? 1 : 0;
  }
  return labels;
}

}  // namespace mote::learned
