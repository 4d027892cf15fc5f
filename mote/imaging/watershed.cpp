#include "mote/imaging/watershed.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace mote::imaging {
namespace {

// Distances are flooded in steps of 1/16 px: coarser than the float, far below what a pixel mask
// can tell.
constexpr float kStepsPerPx = 16;

/// Pixels of the mask, farthest from the background first, in reading order within a step.
std::vector<int64_t> flooding_order(const BinaryImage& mask, const Grid<float>& distance) {
  const auto step_of = [](float d) { return static_cast<size_t>(d * kStepsPerPx); };
  size_t top = 0;
  for (size_t i = 0; i < mask.values().size(); ++i) {
    if (mask.values()[i] != 0) {
      top = std::max(top, step_of(distance.values()[i]));
    }
  }
  std::vector<int64_t> begin(top + 2, 0);
  for (size_t i = 0; i < mask.values().size(); ++i) {
    if (mask.values()[i] != 0) {
      ++begin[top - step_of(distance.values()[i]) + 1];
    }
  }
  for (size_t i = 1; i < begin.size(); ++i) {
    begin[i] += begin[i - 1];
  }
  std::vector<int64_t> order(static_cast<size_t>(begin.back()));
  for (size_t i = 0; i < mask.values().size(); ++i) {
    if (mask.values()[i] != 0) {
      order[static_cast<size_t>(begin[top - step_of(distance.values()[i])]++)] =
          static_cast<int64_t>(i);
    }
  }
  return order;
}

class Basins {
 public:
  int32_t add(float peak) {
    parents_.push_back(static_cast<int32_t>(parents_.size()));
    peaks_.push_back(peak);
    return parents_.back();
  }
  int32_t root(int32_t basin) {
    while (parents_[index(basin)] != basin) {
      parents_[index(basin)] = parents_[index(parents_[index(basin)])];
      basin = parents_[index(basin)];
    }
    return basin;
  }
  float peak(int32_t root) const { return peaks_[index(root)]; }
  void join(int32_t a, int32_t b) {
    if (peak(b) > peak(a)) {
      std::swap(a, b);
    }
    parents_[index(b)] = a;
  }

 private:
  static size_t index(int32_t basin) { return static_cast<size_t>(basin); }

  std::vector<int32_t> parents_;
  std::vector<float> peaks_;
};

}  // namespace

LabelImage cut_at_necks(const BinaryImage& mask, const Grid<float>& distance,
                        const CutOptions& options) {
  const Size size = mask.size();
  LabelImage basin_of(size, -1);
  Basins basins;
  // The background's edge lies half a pixel inside the nearest background pixel.
  const auto apart = [&options](float saddle, float lower_peak) {
    const float neck = saddle - 0.5F;
    const float lobe = lower_peak - 0.5F;
    return neck < static_cast<float>(options.max_neck_ratio) * lobe &&
           lower_peak - saddle >= static_cast<float>(options.min_depth_px) &&
           2 * lobe >= static_cast<float>(options.min_diameter_px);
  };

  for (const int64_t pixel : flooding_order(mask, distance)) {
    const int64_t y = pixel / size.width;
    const int64_t x = pixel % size.width;
    const float level = distance(y, x);
    int32_t best = -1;
    float highest = -1;
    int32_t roots[8];
    int count = 0;
    for (int64_t v = std::max<int64_t>(0, y - 1); v <= std::min(size.height - 1, y + 1); ++v) {
      for (int64_t u = std::max<int64_t>(0, x - 1); u <= std::min(size.width - 1, x + 1); ++u) {
        if (basin_of(v, u) < 0) {
          continue;
        }
        const int32_t root = basins.root(basin_of(v, u));
        if (distance(v, u) > highest) {
          highest = distance(v, u);
          best = root;
        }
        if (std::find(roots, roots + count, root) == roots + count) {
          roots[count++] = root;
        }
      }
    }
    if (best < 0) {
      basin_of(y, x) = basins.add(level);
      continue;
    }
    basin_of(y, x) = best;
    for (int i = 0; i < count; ++i) {
      for (int j = i + 1; j < count; ++j) {
        const int32_t a = basins.root(roots[i]);
        const int32_t b = basins.root(roots[j]);
        if (a != b && !apart(level, std::min(basins.peak(a), basins.peak(b)))) {
          basins.join(a, b);
        }
      }
    }
  }

  LabelImage labels(size);
  std::vector<int32_t> label_of;
  int32_t next = 1;
  for (size_t i = 0; i < labels.values().size(); ++i) {
    if (basin_of.values()[i] < 0) {
      continue;
    }
    const auto root = static_cast<size_t>(basins.root(basin_of.values()[i]));
    if (root >= label_of.size()) {
      label_of.resize(root + 1, 0);
    }
    if (label_of[root] == 0) {
      label_of[root] = next++;
    }
    labels.values()[i] = label_of[root];
  }
  return labels;
}

}  // namespace mote::imaging
