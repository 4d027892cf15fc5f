#include "mote/imaging/watershed.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "mote/core/runs.h"

namespace mote::imaging {
namespace {

// Distances are flooded in steps of 1/16 px: coarser than the float, far below what a pixel mask
// can tell.
constexpr float kStepsPerPx = 16;

/// A pixel that none of its neighbours exceeds.
struct Peak {
  int64_t pixel = 0;
  float height = 0;
};

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

class Cutter {
 public:
  Cutter(const Components& components, const Grid<float>& distance, const CutOptions& options)
      : components_(components),
        distance_(distance),
        options_(options),
        size_(distance.size()),
        stride_(size_.width + 2) {}

  LabelImage cut();

 private:
  bool apart(float saddle, float lower_peak) const {
    // The background's edge lies half a pixel inside the nearest background pixel.
    const float neck = saddle - 0.5F;
    const float lobe = lower_peak - 0.5F;
    return neck < static_cast<float>(options_.max_neck_ratio) * lobe &&
           lower_peak - saddle >= static_cast<float>(options_.min_depth_px) &&
           2 * lobe >= static_cast<float>(options_.min_diameter_px);
  }
  std::vector<std::vector<Peak>> peaks() const;
  bool surely_whole(const std::vector<Peak>& peaks) const;
  void flood(int32_t component);
  LabelImage numbered();

  const Components& components_;
  const Grid<float>& distance_;
  const CutOptions& options_;
  Size size_;
  int64_t stride_;  // of basin_of_, which has a frame of one pixel so that neighbours need no check
  std::vector<int32_t> basin_of_;
  Basins basins_;
};

std::vector<std::vector<Peak>> Cutter::peaks() const {
  std::vector<std::vector<Peak>> found(components_.components.size() + 1);
  for (int64_t y = 0; y < size_.height; ++y) {
    const int32_t* labels = components_.labels.row(y);
    const float* here = distance_.row(y);
    const float* above = y > 0 ? distance_.row(y - 1) : here;
    const float* below = y + 1 < size_.height ? distance_.row(y + 1) : here;
    for_runs(labels, size_.width, [&](int64_t begin, int64_t end) {
      for (int64_t x = begin; x < end; ++x) {
        const float d = here[x];
        const int64_t left = x > 0 ? x - 1 : x;
        const int64_t right = x + 1 < size_.width ? x + 1 : x;
        if (above[x] > d || below[x] > d || here[left] > d || here[right] > d || above[left] > d ||
            above[right] > d || below[left] > d || below[right] > d) {
          continue;
        }
        found[static_cast<size_t>(labels[x])].push_back({y * size_.width + x, d});
      }
    });
  }
  return found;
}

bool Cutter::surely_whole(const std::vector<Peak>& peaks) const {
  const Peak top = *std::max_element(
      peaks.begin(), peaks.end(), [](const Peak& a, const Peak& b) { return a.height < b.height; });
  // The discs around two peaks lie inside: on the line between, the distance to the background is
  // nowhere less than (h1 + h2 - length) / 2, so the saddle is at least that high.
  return std::all_of(peaks.begin(), peaks.end(), [&](const Peak& peak) {
    const int64_t dy = peak.pixel / size_.width - top.pixel / size_.width;
    const int64_t dx = peak.pixel % size_.width - top.pixel % size_.width;
    const float apart_px = std::hypot(static_cast<float>(dy), static_cast<float>(dx));
    const float saddle = 0.5F * (top.height + peak.height - apart_px);
    return !apart(saddle, peak.height);
  });
}

void Cutter::flood(int32_t component) {
  const Box& box = components_.components[static_cast<size_t>(component) - 1].box;
  // Pixels, farthest from the background first, in reading order within a step.
  const auto step_of = [](float d) { return static_cast<size_t>(d * kStepsPerPx); };
  std::vector<int64_t> pixels;
  size_t top = 0;
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      if (components_.labels(y, x) == component) {
        pixels.push_back(y * size_.width + x);
        top = std::max(top, step_of(distance_(y, x)));
      }
    }
  }
  const auto height = [this](int64_t pixel) {
    return distance_.values()[static_cast<size_t>(pixel)];
  };
  std::vector<size_t> begin(top + 2, 0);
  for (const int64_t pixel : pixels) {
    ++begin[top - step_of(height(pixel)) + 1];
  }
  for (size_t i = 1; i < begin.size(); ++i) {
    begin[i] += begin[i - 1];
  }
  std::vector<int64_t> order(pixels.size());
  for (const int64_t pixel : pixels) {
    order[begin[top - step_of(height(pixel))]++] = pixel;
  }

  const int64_t steps[8] = {-stride_,     -1,           1,           stride_,
                            -stride_ - 1, -stride_ + 1, stride_ - 1, stride_ + 1};
  const int64_t flat_steps[8] = {
      -size_.width,   -1, 1, size_.width, -size_.width - 1, -size_.width + 1, size_.width - 1,
      size_.width + 1};
  for (const int64_t pixel : order) {
    const int64_t at = pixel + stride_ + 1 + 2 * (pixel / size_.width);
    int32_t first = -1;
    bool mixed = false;
    for (const int64_t step : steps) {
      const int32_t basin = basin_of_[static_cast<size_t>(at + step)];
      if (basin >= 0) {
        mixed = mixed || (first >= 0 && basin != first);
        first = basin;
      }
    }
    int32_t& own = basin_of_[static_cast<size_t>(at)];
    if (!mixed) {
      own = first >= 0 ? first : basins_.add(height(pixel));
      continue;
    }
    // The pixel goes to the highest neighbour's basin; the others are joined to it or kept apart.
    int32_t roots[8];
    int count = 0;
    float highest = -1;
    for (int i = 0; i < 8; ++i) {
      const int32_t basin = basin_of_[static_cast<size_t>(at + steps[i])];
      if (basin < 0) {
        continue;
      }
      const int32_t root = basins_.root(basin);
      if (height(pixel + flat_steps[i]) > highest) {
        highest = height(pixel + flat_steps[i]);
        own = root;
      }
      if (std::find(roots, roots + count, root) == roots + count) {
        roots[count++] = root;
      }
    }
    for (int i = 0; i < count; ++i) {
      for (int j = i + 1; j < count; ++j) {
        const int32_t a = basins_.root(roots[i]);
        const int32_t b = basins_.root(roots[j]);
        if (a != b && !apart(height(pixel), std::min(basins_.peak(a), basins_.peak(b)))) {
          basins_.join(a, b);
        }
      }
    }
  }
}

LabelImage Cutter::numbered() {
  LabelImage labels(size_);
  std::vector<int32_t> label_of;
  int32_t next = 1;
  for (int64_t y = 0; y < size_.height; ++y) {
    const int32_t* in = basin_of_.data() + (y + 1) * stride_ + 1;
    int32_t* out = labels.row(y);
    for (int64_t x = 0; x < size_.width; ++x) {
      if (in[x] < 0) {
        continue;
      }
      if (x > 0 && in[x] == in[x - 1]) {
        out[x] = out[x - 1];
        continue;
      }
      const auto root = static_cast<size_t>(basins_.root(in[x]));
      if (root >= label_of.size()) {
        label_of.resize(root + 1, 0);
      }
      if (label_of[root] == 0) {
        label_of[root] = next++;
      }
      out[x] = label_of[root];
    }
  }
  return labels;
}

LabelImage Cutter::cut() {
  const auto count = static_cast<int32_t>(components_.components.size());
  const std::vector<std::vector<Peak>> found = peaks();
  std::vector<int32_t> whole(static_cast<size_t>(count) + 1, -1);
  bool any_cut = false;
  for (int32_t component = 1; component <= count; ++component) {
    const auto i = static_cast<size_t>(component);
    if (surely_whole(found[i])) {
      whole[i] = basins_.add(0);
    } else {
      any_cut = true;
    }
  }
  if (!any_cut) {
    return components_.labels;
  }
  basin_of_.assign(static_cast<size_t>((size_.height + 2) * stride_), -1);
  for (int64_t y = 0; y < size_.height; ++y) {
    const int32_t* labels = components_.labels.row(y);
    int32_t* basins = basin_of_.data() + (y + 1) * stride_ + 1;
    for (int64_t x = 0; x < size_.width; ++x) {
      if (labels[x] != 0) {
        basins[x] = whole[static_cast<size_t>(labels[x])];
      }
    }
  }
  for (int32_t component = 1; component <= count; ++component) {
    if (whole[static_cast<size_t>(component)] < 0) {
      flood(component);
    }
  }
  return numbered();
}

}  // namespace

LabelImage cut_at_necks(const Components& components, const Grid<float>& distance,
                        const CutOptions& options) {
  return Cutter(components, distance, options).cut();
}

}  // namespace mote::imaging
