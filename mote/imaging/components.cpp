#include "mote/imaging/components.h"

#include <algorithm>
#include <utility>

#include "mote/core/mask.h"
#include "mote/core/runs.h"

namespace mote::imaging {
namespace {

/// A piece of a row that belongs to one component.
struct Run {
  int64_t y = 0;
  int64_t begin = 0;
  int64_t end = 0;
};

/// Joins runs of neighbouring rows into components: the representative of a component is its first
/// run in reading order.
class RunSets {
 public:
  /// `reach_px`: 1 where pixels that share a corner are joined, 0 where they have to share a side.
  /// Runs are added in reading order.
  RunSets(std::vector<Run> runs, int64_t reach_px) : runs_(std::move(runs)) {
    parents_.resize(runs_.size());
    size_t above = 0;  // the first run of the row above that may still touch
    for (size_t i = 0; i < runs_.size(); ++i) {
      parents_[i] = i;
      const Run& run = runs_[i];
      while (runs_[above].y + 1 < run.y ||
             (runs_[above].y + 1 == run.y && runs_[above].end + reach_px <= run.begin)) {
        ++above;
      }
      for (size_t k = above; runs_[k].y + 1 == run.y && runs_[k].begin < run.end + reach_px; ++k) {
        join(k, i);
      }
    }
  }

  const std::vector<Run>& runs() const { return runs_; }

  size_t root(size_t i) {
    while (parents_[i] != i) {
      parents_[i] = parents_[parents_[i]];
      i = parents_[i];
    }
    return i;
  }

 private:
  void join(size_t a, size_t b) {
    a = root(a);
    b = root(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }

  std::vector<Run> runs_;
  std::vector<size_t> parents_;
};

/// The components that `keep` accepts, numbered in reading order of their first pixels.
template <typename Keep>
Components gather(Size size, RunSets sets, Keep keep) {
  struct Extent {
    int64_t area = 0, y0 = 0, y1 = 0, x0 = 0, x1 = 0;
  };
  const std::vector<Run>& runs = sets.runs();
  std::vector<Extent> extents(runs.size());
  for (size_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    Extent& e = extents[sets.root(i)];
    if (e.area == 0) {
      e = {.area = 0, .y0 = run.y, .y1 = run.y, .x0 = run.begin, .x1 = run.end - 1};
    }
    e.area += run.end - run.begin;
    e.y1 = run.y;
    e.x0 = std::min(e.x0, run.begin);
    e.x1 = std::max(e.x1, run.end - 1);
  }
  Components found{.labels = LabelImage(size), .components = {}};
  std::vector<int32_t> numbers(runs.size(), 0);
  for (size_t i = 0; i < runs.size(); ++i) {
    const size_t root = sets.root(i);
    if (root == i) {
      const Extent& e = extents[i];
      const Component component{
          .area_px = e.area,
          .box = {.y = e.y0, .x = e.x0, .height = e.y1 - e.y0 + 1, .width = e.x1 - e.x0 + 1},
          .touches_border =
              e.y0 == 0 || e.x0 == 0 || e.y1 == size.height - 1 || e.x1 == size.width - 1};
      if (keep(component)) {
        found.components.push_back(component);
        numbers[i] = static_cast<int32_t>(found.components.size());
      }
    }
    int32_t* row = found.labels.row(runs[i].y);
    std::fill(row + runs[i].begin, row + runs[i].end, numbers[root]);
  }
  return found;
}

}  // namespace

Components components_of(const BinaryImage& mask) {
  std::vector<Run> runs;
  for (int64_t y = 0; y < mask.height(); ++y) {
    for_runs(mask.row(y), mask.width(), [&](int64_t begin, int64_t end) {
      runs.push_back({y, begin, end});
    });
  }
  return gather(mask.size(), RunSets(std::move(runs), 1), [](const Component&) { return true; });
}

Components holes_of(const BinaryImage& mask) {
  std::vector<Run> runs;
  for (int64_t y = 0; y < mask.height(); ++y) {
    int64_t free = 0;
    const auto add_before = [&](int64_t end) {
      if (end > free) {
        runs.push_back({y, free, end});
      }
    };
    for_runs(mask.row(y), mask.width(), [&](int64_t begin, int64_t end) {
      add_before(begin);
      free = end;
    });
    add_before(mask.width());
  }
  return gather(mask.size(), RunSets(std::move(runs), 0),
                [](const Component& component) { return !component.touches_border; });
}

LabelPieces pieces_of(const LabelImage& labels) {
  LabelPieces found{.numbers = LabelImage(labels.size()), .labels = {}, .areas_px = {}};
  for (const auto& [label, mask] : masks_of(labels)) {
    const Box box = mask.bounds();
    BinaryImage inside(box.size());
    for (const mote::Run& run : mask.runs) {
      std::fill_n(inside.row(run.y - box.y) + (run.x - box.x), run.length, uint8_t{1});
    }
    const Components pieces = components_of(inside);
    const auto others = static_cast<int32_t>(found.labels.size());
    for (const mote::Run& run : mask.runs) {
      const int32_t* from = pieces.labels.row(run.y - box.y) + (run.x - box.x);
      std::transform(from, from + run.length, found.numbers.row(run.y) + run.x,
                     [others](int32_t piece) { return others + piece; });
    }
    for (const Component& piece : pieces.components) {
      found.labels.push_back(label);
      found.areas_px.push_back(piece.area_px);
    }
  }
  return found;
}

BinaryImage mask_of(const LabelImage& labels) {
  auto mask = BinaryImage::unfilled(labels.size());
  std::transform(labels.values().begin(), labels.values().end(), mask.values().begin(),
                 [](int32_t label) { return label != 0 ? uint8_t{1} : uint8_t{0}; });
  return mask;
}

}  // namespace mote::imaging
