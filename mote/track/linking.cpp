#include "mote/track/linking.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "mote/core/assignment.h"
#include "mote/core/error.h"
#include "mote/core/runs.h"

namespace mote::track {
namespace {

/// Pairings that cost more are not made: no overlap (1) at full distance (1), size alike.
constexpr double kMaxCost = 2.2;
constexpr double kSizeWeight = 0.5;
/// Without overlap, sizes may differ by a factor of two.
constexpr double kMaxLogAreaApart = 0.7;
/// What comes back after long is as large as before, but for a half, and in its place.
constexpr double kMaxLogAreaAwaited = 0.4;
constexpr double kSharePlace = 0.5;
/// Of its mask, to say that a lobe lies in a region; less where it was there before.
constexpr double kShareInside = 0.5;
constexpr double kShareInsideAgain = 0.25;

struct Overlap {
  int32_t region = 0;
  int64_t pixels = 0;
};

/// Pixels that the mask, moved, has in each region, in order of region.
std::vector<Overlap> overlaps(const Lobe& lobe, Offset by, const LabelImage& labels) {
  std::vector<Overlap> result;
  for (const Run& run : lobe.mask.runs) {
    const int64_t y = run.y + by.dy;
    if (y < 0 || y >= labels.height()) {
      continue;
    }
    const int64_t end = std::min(labels.width(), run.x + by.dx + run.length);
    const int64_t begin = std::max<int64_t>(0, run.x + by.dx);
    if (begin >= end) {
      continue;
    }
    for_label_runs(
        labels.row(y) + begin, end - begin, [&](int32_t label, int64_t from, int64_t to) {
          const auto at = std::find_if(result.begin(), result.end(),
                                       [&](const Overlap& o) { return o.region == label - 1; });
          if (at == result.end()) {
            result.push_back({.region = label - 1, .pixels = to - from});
          } else {
            at->pixels += to - from;
          }
        });
  }
  std::sort(result.begin(), result.end(),
            [](const Overlap& a, const Overlap& b) { return a.region < b.region; });
  return result;
}

/// Points by the cell of a square grid in which they lie; those outside the field lie in its
/// outermost cells.
class Cells {
 public:
  Cells(const std::vector<Point>& points, Size field, double cell_px)
      : cell_px_(std::max(cell_px, kMinCellPx)),
        height_(cell_of(static_cast<double>(field.height)) + 1),
        width_(cell_of(static_cast<double>(field.width)) + 1),
        begin_(static_cast<size_t>(height_ * width_) + 1) {
    std::vector<size_t> cells;
    for (const Point& point : points) {
      const int64_t y = std::clamp<int64_t>(cell_of(point.y_px), 0, height_ - 1);
      const int64_t x = std::clamp<int64_t>(cell_of(point.x_px), 0, width_ - 1);
      cells.push_back(static_cast<size_t>(y * width_ + x));
      ++begin_[cells.back() + 1];
    }
    for (size_t cell = 1; cell < begin_.size(); ++cell) {
      begin_[cell] += begin_[cell - 1];
    }
    std::vector<size_t> next(begin_.begin(), begin_.end() - 1);
    points_.resize(cells.size());
    for (size_t point = 0; point < cells.size(); ++point) {
      points_[next[cells[point]]++] = static_cast<int32_t>(point);
    }
  }

  /// Calls `function` with every point of the field within a cell's side, and some more.
  template <typename Function>
  void near(Point point, Function function) const {
    const int64_t y = cell_of(point.y_px);
    const int64_t x = cell_of(point.x_px);
    for (int64_t cy = std::max<int64_t>(0, y - 1); cy <= std::min(height_ - 1, y + 1); ++cy) {
      for (int64_t cx = std::max<int64_t>(0, x - 1); cx <= std::min(width_ - 1, x + 1); ++cx) {
        const auto cell = static_cast<size_t>(cy * width_ + cx);
        for (size_t i = begin_[cell]; i < begin_[cell + 1]; ++i) {
          function(points_[i]);
        }
      }
    }
  }

 private:
  static constexpr double kMinCellPx = 8;

  int64_t cell_of(double px) const { return static_cast<int64_t>(std::floor(px / cell_px_)); }

  double cell_px_;
  int64_t height_;
  int64_t width_;
  std::vector<size_t> begin_;
  std::vector<int32_t> points_;
};

double distance(Point a, Point b) {
  return std::hypot(a.y_px - b.y_px, a.x_px - b.x_px);
}

// Where a lobe is expected in a frame, and what lies there.
struct Placed {
  Point camera;
  int64_t mask_px = 0;  // rasterised, as the overlaps are
  std::vector<Overlap> overlaps;
  double reach_px = 0;  // how far it is sought where nothing overlaps it
};

Placed place(const Lobe& lobe, int64_t frame, Point drift, const Segmentation& segmentation) {
  const Point at = predicted(lobe, frame);
  const Point camera{.y_px = at.y_px + drift.y_px, .x_px = at.x_px + drift.x_px};
  return {.camera = camera,
          .mask_px = lobe.mask.area_px(),
          .overlaps = overlaps(lobe, offset_to(lobe, camera), segmentation.labels)};
}

// The reach that its nearest neighbour leaves each lobe.
void limit_reaches(const std::vector<Lobe>& lobes, Size field, std::vector<Placed>& placed) {
  std::vector<Point> points;
  points.reserve(placed.size());
  for (const Placed& place : placed) {
    points.push_back(place.camera);
  }
  const Cells cells(points, field, kFarthestPx / kNeighbourShare);
  for (size_t l = 0; l < lobes.size(); ++l) {
    cells.near(points[l], [&](int32_t other) {
      const auto o = static_cast<size_t>(other);
      // One that is searched for may be this one's own past, under another name.
      if (lobes[o].track != lobes[l].track && !lobes[o].missing) {
        placed[l].reach_px =
            std::min(placed[l].reach_px, kNeighbourShare * distance(points[l], points[o]));
      }
    });
  }
}

// What linking lobe `row` to each region that it overlaps or is near to would gain.
void offer_regions(const Lobe& lobe, const Placed& placed, const Segmentation& segmentation,
                   const Cells& cells, double max_distance_px, int32_t row,
                   std::vector<Edge>& edges) {
  const auto offer = [&](int32_t r, int64_t overlap_px) {
    const Region& region = segmentation.regions[static_cast<size_t>(r)];
    const double apart = distance(placed.camera, region.centroid);
    const double log_area = std::abs(std::log(std::max(1.0, region.area_px) / lobe.area_px));
    if (overlap_px == 0 && (apart > placed.reach_px || log_area > kMaxLogAreaApart)) {
      return;
    }
    const auto both = static_cast<double>(overlap_px);
    if (lobe.awaited && (both < kSharePlace * std::min(lobe.area_px, region.area_px) ||
                         log_area > kMaxLogAreaAwaited)) {
      return;
    }
    const double either =
        std::max(1.0, static_cast<double>(placed.mask_px) + region.area_px - both);
    const double cost = 1 - std::min(1.0, both / either) + std::min(1.0, apart / max_distance_px) +
                        kSizeWeight * log_area;
    edges.push_back({.row = row, .column = r, .gain = kMaxCost - cost});
  };
  for (const Overlap& overlap : placed.overlaps) {
    offer(overlap.region, overlap.pixels);
  }
  cells.near(placed.camera, [&](int32_t r) {
    if (std::none_of(placed.overlaps.begin(), placed.overlaps.end(),
                     [&](const Overlap& overlap) { return overlap.region == r; })) {
      offer(r, 0);
    }
  });
}

// Lobes that are left over share the region that they lie in.
void share_regions(const std::vector<Lobe>& lobes, const std::vector<Placed>& placed,
                   Links& links) {
  for (size_t l = 0; l < lobes.size(); ++l) {
    const std::vector<Overlap>& overlaps = placed[l].overlaps;
    if (links.region_of[l] >= 0 || overlaps.empty() || lobes[l].awaited) {
      continue;
    }
    const Overlap most =
        *std::max_element(overlaps.begin(), overlaps.end(),
                          [](const Overlap& a, const Overlap& b) { return a.pixels < b.pixels; });
    const double inside = static_cast<double>(most.pixels) / static_cast<double>(placed[l].mask_px);
    if (inside >= (lobes[l].shared ? kShareInsideAgain : kShareInside)) {
      links.region_of[l] = most.region;
      links.lobes_of[static_cast<size_t>(most.region)].push_back(static_cast<int32_t>(l));
    }
  }
}

/// Of the area that a particle takes up of one that it swallows, to say that it did.
constexpr double kShareSwallowed = 0.5;

// Whether a region has become larger, since `host` had it for itself, by what `lobe` adds to it
// when both flow together at constant volume.
bool swallowed(const Lobe& lobe, const Lobe& host, const Region& region) {
  const double volume = std::pow(lobe.area_px, 1.5) + std::pow(host.area_px, 1.5);
  const double added_px = std::cbrt(volume * volume) - host.area_px;
  return region.area_px >= host.area_px + kShareSwallowed * added_px;
}

// Lobes that are left over, and touched or shared a region with one whose region has grown by them.
void share_swallowers(const std::vector<Lobe>& lobes, const Segmentation& segmentation,
                      Links& links) {
  for (size_t l = 0; l < lobes.size(); ++l) {
    if (links.region_of[l] >= 0 || lobes[l].missing) {
      continue;
    }
    const Lobe* host = nullptr;
    int32_t region = -1;
    for (size_t o = 0; o < lobes.size(); ++o) {
      const int32_t r = links.region_of[o];
      if (r < 0 || o == l || gap_px(lobes[l], lobes[o]) > closed_gap_px(lobes[l], lobes[o]) ||
          !swallowed(lobes[l], lobes[o], segmentation.regions[static_cast<size_t>(r)])) {
        continue;
      }
      if (host == nullptr || gap_px(lobes[l], lobes[o]) < gap_px(lobes[l], *host)) {
        host = &lobes[o];
        region = r;
      }
    }
    if (host != nullptr) {
      links.region_of[l] = region;
      links.lobes_of[static_cast<size_t>(region)].push_back(static_cast<int32_t>(l));
    }
  }
}

// Regions without a lobe, of which a track covered more than half.
void tell_covered(const std::vector<Lobe>& lobes, const std::vector<Placed>& placed,
                  const Segmentation& segmentation, Links& links) {
  std::map<std::pair<int32_t, int32_t>, int64_t> covered_px;  // by region and track
  for (size_t l = 0; l < lobes.size(); ++l) {
    if (lobes[l].awaited) {
      continue;
    }
    for (const Overlap& overlap : placed[l].overlaps) {
      if (links.lobes_of[static_cast<size_t>(overlap.region)].empty()) {
        covered_px[{overlap.region, lobes[l].track}] += overlap.pixels;
      }
    }
  }
  for (const auto& [key, pixels] : covered_px) {
    const auto r = static_cast<size_t>(key.first);
    if (2 * static_cast<double>(pixels) > segmentation.regions[r].area_px) {
      links.covered_by[r] = key.second;
    }
  }
}

}  // namespace

std::vector<Mask> region_masks(const Segmentation& segmentation) {
  const LabelImage& labels = segmentation.labels;
  std::vector<Mask> masks(segmentation.regions.size());
  for (int64_t y = 0; y < labels.height(); ++y) {
    const auto add = [&](int32_t label, int64_t begin, int64_t end) {
      if (label < 0 || static_cast<size_t>(label) > masks.size()) {
        throw Error(ErrorKind::kUsage, "label {} in a segmentation of {} regions", label,
                    masks.size());
      }
      masks[static_cast<size_t>(label) - 1].runs.push_back(
          {.y = static_cast<int32_t>(y),
           .x = static_cast<int32_t>(begin),
           .length = static_cast<int32_t>(end - begin)});
    };
    for_label_runs(labels.row(y), labels.width(), add);
  }
  return masks;
}

Links link(const std::vector<Lobe>& lobes, int64_t frame, Point drift,
           const Segmentation& segmentation, double max_distance_px) {
  const size_t regions = segmentation.regions.size();
  Links links{.region_of = {},
              .lobes_of = std::vector<std::vector<int32_t>>(regions),
              .covered_by = std::vector<int32_t>(regions),
              .reach_px = {}};
  const double farthest_px = max_distance_px > 0 ? max_distance_px : kFarthestPx;
  std::vector<Placed> placed;
  for (const Lobe& lobe : lobes) {
    placed.push_back(place(lobe, frame, drift, segmentation));
    placed.back().reach_px = farthest_px;
  }
  if (max_distance_px == 0) {
    limit_reaches(lobes, segmentation.labels.size(), placed);
  }
  std::vector<Point> centroids;
  for (const Region& region : segmentation.regions) {
    centroids.push_back(region.centroid);
  }
  const Cells cells(centroids, segmentation.labels.size(), farthest_px);
  std::vector<Edge> edges;
  for (size_t l = 0; l < lobes.size(); ++l) {
    offer_regions(lobes[l], placed[l], segmentation, cells, farthest_px, static_cast<int32_t>(l),
                  edges);
    links.reach_px.push_back(placed[l].reach_px);
  }
  links.region_of =
      assign(static_cast<int32_t>(lobes.size()), static_cast<int32_t>(regions), std::move(edges));
  for (size_t l = 0; l < lobes.size(); ++l) {
    if (links.region_of[l] >= 0) {
      links.lobes_of[static_cast<size_t>(links.region_of[l])].push_back(static_cast<int32_t>(l));
    }
  }
  share_regions(lobes, placed, links);
  share_swallowers(lobes, segmentation, links);
  tell_covered(lobes, placed, segmentation, links);
  return links;
}

}  // namespace mote::track
