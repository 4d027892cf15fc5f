#include "mote/imaging/regions.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "mote/core/runs.h"
#include "mote/imaging/components.h"
#include "mote/imaging/distance.h"

namespace mote::imaging {
namespace {

/// Disjoint sets whose representative is the lowest member.
class Sets {
 public:
  explicit Sets(size_t count) : parents_(count) { std::iota(parents_.begin(), parents_.end(), 0); }
  int32_t find(int32_t i) {
    while (parents_[static_cast<size_t>(i)] != i) {
      auto& parent = parents_[static_cast<size_t>(i)];
      parent = parents_[static_cast<size_t>(parent)];
      i = parent;
    }
    return i;
  }
  void join(int32_t a, int32_t b) {
    a = find(a);
    b = find(b);
    parents_[static_cast<size_t>(std::max(a, b))] = std::min(a, b);
  }

 private:
  std::vector<int32_t> parents_;
};

/// Numbers the sets of `sets` that hold 1..count from 1 in the order of their lowest members.
std::vector<int32_t> numbers_of(Sets& sets, size_t count) {
  std::vector<int32_t> numbers(count + 1, 0);
  int32_t next = 1;
  for (size_t i = 1; i <= count; ++i) {
    const int32_t root = sets.find(static_cast<int32_t>(i));
    numbers[i] = root == static_cast<int32_t>(i) ? next++ : numbers[static_cast<size_t>(root)];
  }
  return numbers;
}

void sort_necks(std::vector<Neck>& necks) {
  std::sort(necks.begin(), necks.end(),
            [](const Neck& l, const Neck& r) { return std::pair(l.a, l.b) < std::pair(r.a, r.b); });
}

/// Half the width of the widest way between labels a < b, in px.
struct Saddle {
  int32_t a = 0;
  int32_t b = 0;
  float half_width = 0;
};

/// The highest saddle of each touching pair. The distance to the background counts to its edge,
/// half a pixel before its nearest pixel.
std::vector<Saddle> saddles_of(const LabelImage& labels, const Grid<float>& distance) {
  const Size size = labels.size();
  std::vector<Saddle> saddles;
  const auto meet = [&](int64_t y, int64_t x, int64_t v, int64_t u) {
    if (!size.contains(v, u)) {
      return;
    }
    const int32_t a = labels(y, x);
    const int32_t b = labels(v, u);
    if (a == b || b == 0) {
      return;
    }
    const float half_width = std::min(distance(y, x), distance(v, u)) - 0.5F;
    saddles.push_back({std::min(a, b), std::max(a, b), half_width});
  };
  for (int64_t y = 0; y < size.height; ++y) {
    const int32_t* row = labels.row(y);
    const bool inner_row = y + 1 < size.height;
    const int32_t* below = inner_row ? labels.row(y + 1) : row;
    for_runs(row, size.width, [&](int64_t begin, int64_t end) {
      for (int64_t x = begin; x < end; ++x) {
        const auto free_or_same = [here = row[x]](int32_t label) {
          return label == here || label == 0;
        };
        const bool alone = inner_row && x > 0 && x + 1 < size.width && free_or_same(row[x + 1]) &&
                           free_or_same(below[x - 1]) && free_or_same(below[x]) &&
                           free_or_same(below[x + 1]);
        if (!alone) {
          meet(y, x, y, x + 1);
          meet(y, x, y + 1, x - 1);
          meet(y, x, y + 1, x);
          meet(y, x, y + 1, x + 1);
        }
      }
    });
  }
  std::sort(saddles.begin(), saddles.end(), [](const Saddle& l, const Saddle& r) {
    return std::pair(l.a, l.b) < std::pair(r.a, r.b) ||
           (std::pair(l.a, l.b) == std::pair(r.a, r.b) && l.half_width > r.half_width);
  });
  const auto last = std::unique(
      saddles.begin(), saddles.end(),
      [](const Saddle& l, const Saddle& r) { return std::pair(l.a, l.b) == std::pair(r.a, r.b); });
  saddles.erase(last, saddles.end());
  return saddles;
}

/// Whose the unlabelled pixel (y, x) is; 0 where it is nobody's.
int32_t owner_of(const LabelImage& labels, const Grid<uint8_t>& coverage, int64_t y, int64_t x) {
  constexpr int kSteps[8][2] = {{-1, 0},  {0, -1}, {0, 1},  {1, 0},
                                {-1, -1}, {-1, 1}, {1, -1}, {1, 1}};
  int32_t owner = 0;
  int most = -1;
  for (int i = 0; i < 8; ++i) {
    if (i == 4 && owner != 0) {
      break;
    }
    const int64_t v = y + kSteps[i][0];
    const int64_t u = x + kSteps[i][1];
    if (!labels.size().contains(v, u) || labels(v, u) == 0) {
      continue;
    }
    if (coverage(v, u) > most || (coverage(v, u) == most && labels(v, u) < owner)) {
      most = coverage(v, u);
      owner = labels(v, u);
    }
  }
  return owner;
}

struct Sums {
  double area = 0, y = 0, x = 0;
  int64_t y0 = 0, y1 = -1, x0 = 0, x1 = -1;
  float peak = 0;
};

/// Whether each labelled pixel is one that is covered by half and more, as Segmentation says.
[[maybe_unused]] bool covered_where_labelled(const LabelImage& labels,
                                             const Grid<uint8_t>& coverage) {
  const auto is = labels.values();
  return std::equal(is.begin(), is.end(), coverage.values().begin(), coverage.values().end(),
                    [](int32_t label, uint8_t covered) { return label == 0 || covered >= 128; });
}

/// Fills in everything but the contrast. Labels count from 1 without holes to `count`; where there
/// is coverage, all that is labelled must be covered.
void describe(Segmentation& segmentation, size_t count, const Grid<float>& distance) {
  const LabelImage& labels = segmentation.labels;
  const Size size = labels.size();
  const bool partial = !segmentation.coverage.empty();
  assert(!partial || covered_where_labelled(labels, segmentation.coverage));
  std::vector<Sums> sums(count + 1);
  for (int64_t y = 0; y < size.height; ++y) {
    const int32_t* row = labels.row(y);
    const float* height = distance.row(y);
    uint8_t* covered = partial ? segmentation.coverage.row(y) : nullptr;
    const auto add = [&](int64_t x) {
      int32_t owner = row[x];
      if (owner == 0) {
        owner = owner_of(labels, segmentation.coverage, y, x);
        if (owner == 0) {
          covered[x] = 0;
          return;
        }
      }
      Sums& s = sums[static_cast<size_t>(owner)];
      const double share = partial ? covered[x] / 255.0 : 1;
      s.area += share;
      s.y += share * static_cast<double>(y);
      s.x += share * static_cast<double>(x);
      if (row[x] == 0) {
        return;
      }
      if (s.y1 < s.y0) {
        s.y0 = y;
        s.x0 = x;
      }
      s.y1 = y;
      s.x0 = std::min(s.x0, x);
      s.x1 = std::max(s.x1, x);
      s.peak = std::max(s.peak, height[x] - 0.5F);
    };
    const auto add_all = [&](int64_t begin, int64_t end) {
      for (int64_t x = begin; x < end; ++x) {
        add(x);
      }
    };
    if (partial) {
      for_runs(covered, size.width, add_all);
    } else {
      for_runs(row, size.width, add_all);
    }
  }

  const std::vector<Saddle> saddles = saddles_of(labels, distance);
  Sets touching(count + 1);
  segmentation.necks.clear();
  for (const Saddle& saddle : saddles) {
    touching.join(saddle.a, saddle.b);
    const float lower = std::min(sums[static_cast<size_t>(saddle.a)].peak,
                                 sums[static_cast<size_t>(saddle.b)].peak);
    segmentation.necks.push_back({.a = saddle.a,
                                  .b = saddle.b,
                                  .width_px = 2 * saddle.half_width,
                                  .ratio = std::min(1.0F, saddle.half_width / lower)});
  }
  const std::vector<int32_t> clusters = numbers_of(touching, count);

  segmentation.regions.clear();
  for (size_t i = 1; i <= count; ++i) {
    const Sums& s = sums[i];
    segmentation.regions.push_back(
        {.label = static_cast<int32_t>(i),
         .cluster = clusters[i],
         .area_px = s.area,
         .centroid = {s.y / s.area, s.x / s.area},
         .box = {.y = s.y0, .x = s.x0, .height = s.y1 - s.y0 + 1, .width = s.x1 - s.x0 + 1},
         .touches_border =
             s.y0 == 0 || s.x0 == 0 || s.y1 == size.height - 1 || s.x1 == size.width - 1});
  }
}

/// Renumbers labels from 1 without holes in ascending order; how many there are.
size_t renumber(LabelImage& labels) {
  std::vector<int32_t> present;
  int32_t previous = 0;
  for (int64_t y = 0; y < labels.height(); ++y) {
    const int32_t* row = labels.row(y);
    for_runs(row, labels.width(), [&](int64_t begin, int64_t end) {
      for (int64_t x = begin; x < end; ++x) {
        if (row[x] != previous) {
          present.push_back(row[x]);
          previous = row[x];
        }
      }
    });
  }
  std::sort(present.begin(), present.end());
  present.erase(std::unique(present.begin(), present.end()), present.end());
  if (present.empty() || (present.front() == 1 && present.back() == std::ssize(present))) {
    return present.size();
  }
  int32_t old = 0;
  int32_t renumbered = 0;
  for (int32_t& label : labels.values()) {
    if (label != 0 && label != old) {
      const auto at = std::lower_bound(present.begin(), present.end(), label);
      old = label;
      renumbered = static_cast<int32_t>(at - present.begin()) + 1;
    }
    label = label == 0 ? 0 : renumbered;
  }
  return present.size();
}

}  // namespace

LabelImage coverage_owners(const LabelImage& labels, const Grid<uint8_t>& coverage) {
  LabelImage owners = labels;
  for (int64_t y = 0; y < labels.height(); ++y) {
    const uint8_t* covered = coverage.row(y);
    int32_t* row = owners.row(y);
    for_runs(covered, labels.width(), [&](int64_t begin, int64_t end) {
      for (int64_t x = begin; x < end; ++x) {
        if (row[x] == 0) {
          row[x] = owner_of(labels, coverage, y, x);
        }
      }
    });
  }
  return owners;
}

std::vector<int32_t> labels_beside(const LabelImage& labels, const BinaryImage& mask) {
  std::vector<int32_t> found;
  if (mask.size() != labels.size()) {
    return found;
  }
  const Size size = labels.size();
  for (int64_t y = 0; y < size.height; ++y) {
    const uint8_t* row = mask.row(y);
    for (int64_t x = 0; x < size.width; ++x) {
      if (row[x] == 0) {
        continue;
      }
      for (int64_t v = std::max<int64_t>(0, y - 1); v < std::min(size.height, y + 2); ++v) {
        for (int64_t u = std::max<int64_t>(0, x - 1); u < std::min(size.width, x + 2); ++u) {
          const int32_t label = labels(v, u);
          if (label != 0 && (found.empty() || found.back() != label)) {
            found.push_back(label);
          }
        }
      }
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void mark_cut(Segmentation& segmentation, const BinaryImage& excluded) {
  for (const int32_t label : labels_beside(segmentation.labels, excluded)) {
    segmentation.regions[static_cast<size_t>(label) - 1].touches_border = true;
  }
}

Segmentation segmentation_of(const LabelImage& labels) {
  return segmentation_of(labels, {});
}

Segmentation segmentation_of(LabelImage labels, Grid<uint8_t> coverage,
                             const Grid<float>* distance) {
  Segmentation segmentation;
  segmentation.labels = std::move(labels);
  segmentation.coverage = std::move(coverage);
  const size_t count = renumber(segmentation.labels);
  if (distance != nullptr) {
    describe(segmentation, count, *distance);
  } else {
    describe(segmentation, count, distance_to_background(mask_of(segmentation.labels)));
  }
  return segmentation;
}

Segmentation join_necks(Segmentation segmentation, double ratio) {
  const size_t count = segmentation.regions.size();
  Sets joined(count + 1);
  for (const Neck& neck : segmentation.necks) {
    if (is_one_particle(neck, ratio)) {
      joined.join(neck.a, neck.b);
    }
  }
  const std::vector<int32_t> numbers = numbers_of(joined, count);
  const auto number = [&numbers](int32_t label) { return numbers[static_cast<size_t>(label)]; };

  std::vector<Region> regions;
  for (const Region& part : segmentation.regions) {
    const auto at = static_cast<size_t>(number(part.label)) - 1;
    if (at == regions.size()) {
      regions.push_back(part);
      regions.back().label = static_cast<int32_t>(at) + 1;
      continue;
    }
    Region& whole = regions[at];
    const double area = whole.area_px + part.area_px;
    const double share = part.area_px / area;
    whole.centroid.y_px += share * (part.centroid.y_px - whole.centroid.y_px);
    whole.centroid.x_px += share * (part.centroid.x_px - whole.centroid.x_px);
    whole.contrast += share * (part.contrast - whole.contrast);
    whole.area_px = area;
    const int64_t y_end = std::max(whole.box.y_end(), part.box.y_end());
    const int64_t x_end = std::max(whole.box.x_end(), part.box.x_end());
    whole.box.y = std::min(whole.box.y, part.box.y);
    whole.box.x = std::min(whole.box.x, part.box.x);
    whole.box.height = y_end - whole.box.y;
    whole.box.width = x_end - whole.box.x;
    whole.touches_border = whole.touches_border || part.touches_border;
  }

  std::vector<Neck> necks;
  for (Neck neck : segmentation.necks) {
    const auto [a, b] = std::minmax({number(neck.a), number(neck.b)});
    if (a != b) {
      neck.a = a;
      neck.b = b;
      necks.push_back(neck);
    }
  }
  sort_necks(necks);
  std::vector<Neck> widest;
  for (const Neck& neck : necks) {
    if (!widest.empty() && widest.back().a == neck.a && widest.back().b == neck.b) {
      if (neck.ratio > widest.back().ratio) {
        widest.back() = neck;
      }
    } else {
      widest.push_back(neck);
    }
  }

  for (int32_t& label : segmentation.labels.values()) {
    label = number(label);
  }
  segmentation.regions = std::move(regions);
  segmentation.necks = std::move(widest);
  return segmentation;
}

}  // namespace mote::imaging
