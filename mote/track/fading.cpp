#include "mote/track/fading.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>
#include <numeric>
#include <set>
#include <span>
#include <utility>

#include "mote/core/disc.h"
#include "mote/imaging/drawn.h"

namespace mote::track {
namespace {

/// A lobe was whole so many frames ago at the most: what goes more slowly shrinks.
constexpr int64_t kSudden = 3;
/// Of its area: a region that large is the lobe itself.
constexpr double kStillThere = 0.7;
/// The middle of a mask reaches to this share of its radius.
constexpr double kMiddle = 0.6;
/// Of the middle, covered by any region, below which it is empty.
constexpr double kCovered = 0.5;
/// A remnant lies within the mask, or as near to it, by this share of its pixels.
constexpr int64_t kNearPx = 3;
constexpr double kWithin = 0.6;
/// Second moment of a rim's pieces over that of a disc: 1.2 and more where simulated crystals turn
/// out of contrast, below 1.1 where particles jump or are cut in two.
constexpr double kSpread = 1.15;

/// Where the mask of a lobe lay when it was whole, moved with the specimen.
class Place {
 public:
  Place(const Whole& whole, Point drift, Size field)
      : center_(whole.position + drift),
        offset_(offset_between(whole.mask_centroid, center_)),
        middle_px_(kMiddle * equivalent_radius_px(whole.area_px)),
        box_(moved(whole.mask.bounds()).grown(kNearPx, field)),
        near_(box_.empty() ? Size{} : box_.size()) {
    for (const Run& run : whole.mask.runs) {
      for (int64_t dy = -kNearPx; dy <= kNearPx; ++dy) {
        cover(run.y + offset_.dy + dy, run.x + offset_.dx - kNearPx, run.length + 2 * kNearPx);
      }
    }
  }

  const Box& box() const { return box_; }

  bool is_near(int64_t y, int64_t x) const {
    return y >= box_.y && y < box_.y_end() && x >= box_.x && x < box_.x_end() &&
           near_(y - box_.y, x - box_.x) != 0;
  }

  bool is_middle(int64_t y, int64_t x) const {
    return std::hypot(static_cast<double>(y) - center_.y_px,
                      static_cast<double>(x) - center_.x_px) <= middle_px_;
  }

 private:
  Box moved(Box box) const {
    box.y += offset_.dy;
    box.x += offset_.dx;
    return box;
  }

  void cover(int64_t y, int64_t x, int64_t length) {
    if (y < box_.y || y >= box_.y_end()) {
      return;
    }
    const int64_t end = std::min(box_.x_end(), x + length);
    for (int64_t at = std::max(box_.x, x); at < end; ++at) {
      near_(y - box_.y, at - box_.x) = 1;
    }
  }

  Point center_;
  Offset offset_;
  double middle_px_;
  Box box_;
  Grid<uint8_t> near_;
};

bool is_middle_empty(const Place& place, const LabelImage& labels) {
  int64_t all = 0;
  int64_t covered = 0;
  const Box& box = place.box();
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      if (place.is_middle(y, x)) {
        ++all;
        covered += labels(y, x) != 0 ? 1 : 0;
      }
    }
  }
  return all > 0 && static_cast<double>(covered) < kCovered * static_cast<double>(all);
}

template <typename Use>
void for_pixels(const Region& region, const LabelImage& labels, const Use& use) {
  for (int64_t y = region.box.y; y < region.box.y_end(); ++y) {
    for (int64_t x = region.box.x; x < region.box.x_end(); ++x) {
      if (labels(y, x) == region.label) {
        use(y, x);
      }
    }
  }
}

/// Whether a region lies mostly in the middle of the place, where nothing is left of a rim.
bool is_in_middle(const Place& place, const Region& region, const LabelImage& labels) {
  int64_t all = 0;
  int64_t inside = 0;
  for_pixels(region, labels, [&](int64_t y, int64_t x) {
    ++all;
    inside += place.is_middle(y, x) ? 1 : 0;
  });
  return 2 * inside > all;
}

/// What lies where a lobe was.
struct Left {
  std::vector<int32_t> regions;
  std::vector<int32_t> pieces;  ///< lobes
};

/// Regions that nobody has but `l` and lobes that began since it was whole, and that lie where it
/// was.
Left left_of(const Place& place, size_t l, const std::vector<Lobe>& lobes,
             const Segmentation& segmentation, const Links& links) {
  Left left;
  const auto is_stranger = [&](int32_t owner) {
    const auto o = static_cast<size_t>(owner);
    return o != l && lobes[o].begun <= lobes[l].whole.frame;
  };
  for (size_t r = 0; r < segmentation.regions.size(); ++r) {
    const Region& region = segmentation.regions[r];
    const std::vector<int32_t>& owners = links.lobes_of[r];
    if (!imaging::overlaps(region.box, place.box()) ||
        std::any_of(owners.begin(), owners.end(), is_stranger)) {
      continue;
    }
    int64_t all = 0;
    int64_t near = 0;
    for_pixels(region, segmentation.labels, [&](int64_t y, int64_t x) {
      ++all;
      near += place.is_near(y, x) ? 1 : 0;
    });
    if (static_cast<double>(near) >= kWithin * static_cast<double>(all)) {
      left.regions.push_back(static_cast<int32_t>(r));
      std::copy_if(owners.begin(), owners.end(), std::back_inserter(left.pieces),
                   [&](int32_t owner) { return static_cast<size_t>(owner) != l; });
    }
  }
  return left;
}

/// Whether the regions are pieces of a rim, not a particle that has moved or lost a part: their
/// second moment is larger than that of a disc of their area, and no border cuts them.
bool is_rim(const std::vector<int32_t>& regions, const Segmentation& segmentation) {
  double pixels = 0;
  Point sum;
  double squares = 0;
  for (const int32_t r : regions) {
    const Region& region = segmentation.regions[static_cast<size_t>(r)];
    if (region.touches_border) {
      return false;
    }
    for_pixels(region, segmentation.labels, [&](int64_t y, int64_t x) {
      const Point at{.y_px = static_cast<double>(y), .x_px = static_cast<double>(x)};
      pixels += 1;
      sum = sum + at;
      squares += at.y_px * at.y_px + at.x_px * at.x_px;
    });
  }
  const double variance_px2 =
      pixels > 0 ? (squares - (sum.y_px * sum.y_px + sum.x_px * sum.x_px) / pixels) / pixels : 0;
  return 2 * std::numbers::pi * variance_px2 > kSpread * pixels;
}

/// Whether the lobe was whole a moment ago, and has no region now that it may be.
bool may_fade(const Lobe& lobe, int32_t region, int64_t frame, const Segmentation& segmentation) {
  if (lobe.shared || lobe.whole.mask.runs.empty() || frame - lobe.whole.frame > kSudden) {
    return false;
  }
  return region < 0 || segmentation.regions[static_cast<size_t>(region)].area_px <
                           kStillThere * lobe.whole.area_px;
}

}  // namespace

Remnants remnants(const std::vector<Lobe>& lobes, int64_t frame, Point drift,
                  const Segmentation& segmentation, const Links& links) {
  Remnants result;
  for (size_t l = 0; l < lobes.size(); ++l) {
    const Lobe& lobe = lobes[l];
    const bool waits = lobe.awaited && !lobe.whole.mask.runs.empty() && links.region_of[l] < 0;
    if (!waits && (lobe.awaited || !may_fade(lobe, links.region_of[l], frame, segmentation))) {
      continue;
    }
    const Place place(lobe.whole, drift, segmentation.labels.size());
    if (!waits && !is_middle_empty(place, segmentation.labels)) {
      continue;
    }
    const Left left = left_of(place, l, lobes, segmentation, links);
    if (!waits && !is_rim(left.regions, segmentation)) {
      continue;
    }
    if (waits && left.regions.size() == 1 &&
        is_in_middle(place, segmentation.regions[static_cast<size_t>(left.regions.front())],
                     segmentation.labels)) {
      continue;
    }
    result.regions.insert(result.regions.end(), left.regions.begin(), left.regions.end());
    if (!waits) {
      result.faded.push_back({.lobe = static_cast<int32_t>(l), .pieces = left.pieces});
    }
  }
  std::sort(result.regions.begin(), result.regions.end());
  result.regions.erase(std::unique(result.regions.begin(), result.regions.end()),
                       result.regions.end());
  return result;
}

bool has_come_back(const Region& region, const std::vector<const Lobe*>& owners, int64_t frame,
                   Point drift) {
  const double sum_px =
      std::accumulate(owners.begin(), owners.end(), 0.0,
                      [](double sum, const Lobe* lobe) { return sum + lobe->area_px; });
  if (sum_px >= kStillThere * region.area_px) {
    return false;
  }
  std::set<std::pair<int64_t, int64_t>> covered;
  const double middle_px = kMiddle * equivalent_radius_px(region.area_px);
  for (const Lobe* lobe : owners) {
    const Offset by = offset_to(*lobe, predicted(*lobe, frame) + drift);
    for (const Run& run : lobe->mask.runs) {
      const int64_t y = run.y + by.dy;
      for (int64_t x = run.x + by.dx; x < run.x + by.dx + run.length; ++x) {
        if (std::hypot(static_cast<double>(y) - region.centroid.y_px,
                       static_cast<double>(x) - region.centroid.x_px) <= middle_px) {
          covered.emplace(y, x);
        }
      }
    }
  }
  return static_cast<double>(covered.size()) < kCovered * std::numbers::pi * middle_px * middle_px;
}

Segmentation without(const Segmentation& segmentation, const std::vector<int32_t>& regions) {
  Segmentation kept = segmentation;
  kept.regions.clear();
  kept.necks.clear();
  std::vector<int32_t> label_of(segmentation.regions.size() + 1);
  for (const Region& region : segmentation.regions) {
    if (!std::binary_search(regions.begin(), regions.end(), region.label - 1)) {
      kept.regions.push_back(region);
      kept.regions.back().label = static_cast<int32_t>(kept.regions.size());
      label_of[static_cast<size_t>(region.label)] = kept.regions.back().label;
    }
  }
  for (const Neck& neck : segmentation.necks) {
    const int32_t a = label_of[static_cast<size_t>(neck.a)];
    const int32_t b = label_of[static_cast<size_t>(neck.b)];
    if (a != 0 && b != 0) {
      kept.necks.push_back(neck);
      kept.necks.back().a = a;
      kept.necks.back().b = b;
    }
  }
  const std::span<int32_t> labels = kept.labels.values();
  const std::span<uint8_t> coverage = kept.coverage.values();
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != 0) {
      labels[i] = label_of[static_cast<size_t>(labels[i])];
      if (labels[i] == 0 && !coverage.empty()) {
        coverage[i] = 0;
      }
    }
  }
  return kept;
}

}  // namespace mote::track
