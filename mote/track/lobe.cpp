#include "mote/track/lobe.h"

#include <algorithm>
#include <cmath>

#include "mote/core/disc.h"
#include "mote/core/median.h"

namespace mote::track {
namespace {

constexpr size_t kSights = 9;
/// A centroid jumps when a region is cut, joined or leaves the field: no motion.
constexpr double kAreaJump = 0.3;
constexpr int kFitSteps = 8;
/// A lobe is whole whose area is no less than this share of the median of its latest.
constexpr double kWholeShare = 0.85;
constexpr size_t kAreas = 5;
constexpr size_t kFewestAreas = 3;

/// How many masks lie on each pixel around a region.
class Cover {
 public:
  Cover(const LabelImage& labels, int32_t label, Box box)
      : labels_(labels), label_(label), box_(box.grown(kMargin, labels.size())) {
    count_ = Grid<uint8_t>(box_.size());
  }

  void add(const Mask& mask, Offset by, int change) {
    visit(mask, by, [&](uint8_t& count, bool) { count = static_cast<uint8_t>(count + change); });
  }

  /// Pixels of the region that the mask alone covers, less those that it has outside.
  int64_t gain(const Mask& mask, Offset by) {
    int64_t gain = 0;
    visit(mask, by,
          [&](const uint8_t& count, bool inside) { gain += inside ? (count == 0 ? 1 : 0) : -1; });
    return gain;
  }

 private:
  static constexpr int64_t kMargin = 16;

  template <typename Function>
  void visit(const Mask& mask, Offset by, Function function) {
    for (const Run& run : mask.runs) {
      const int64_t y = run.y + by.dy;
      if (y < box_.y || y >= box_.y_end()) {
        continue;
      }
      const int64_t end = std::min(box_.x_end(), run.x + by.dx + run.length);
      for (int64_t x = std::max(box_.x, run.x + by.dx); x < end; ++x) {
        function(count_(y - box_.y, x - box_.x), labels_(y, x) == label_);
      }
    }
  }

  const LabelImage& labels_;
  int32_t label_;
  Box box_;
  Grid<uint8_t> count_;
};

}  // namespace

double radius_px(const Lobe& lobe) {
  return equivalent_radius_px(lobe.area_px);
}

Point touching_point(Point a, double a_radius_px, Point b, double b_radius_px) {
  const double share = a_radius_px / (a_radius_px + b_radius_px);
  const Point between = b - a;
  return a + Point{share * between.y_px, share * between.x_px};
}

double gap_px(const Lobe& a, const Lobe& b) {
  return std::hypot(a.position.y_px - b.position.y_px, a.position.x_px - b.position.x_px) -
         radius_px(a) - radius_px(b);
}

double closed_gap_px(const Lobe& a, const Lobe& b) {
  constexpr double kRimPx = 1.5;
  constexpr double kOutlineShare = 0.1;
  return kRimPx + kOutlineShare * std::min(radius_px(a), radius_px(b));
}

Point velocity(const Lobe& lobe) {
  if (lobe.sights.size() < 2) {
    return {};
  }
  const Sight& first = lobe.sights.front();
  const Sight& last = lobe.sights.back();
  const auto frames = static_cast<double>(last.frame - first.frame);
  return {.y_px = (last.position.y_px - first.position.y_px) / frames,
          .x_px = (last.position.x_px - first.position.x_px) / frames};
}

Point predicted(const Lobe& lobe, int64_t frame) {
  const Point step = velocity(lobe);
  const auto frames = static_cast<double>(frame - lobe.frame);
  return {.y_px = lobe.position.y_px + frames * step.y_px,
          .x_px = lobe.position.x_px + frames * step.x_px};
}

void see(Lobe& lobe, int64_t frame, Point centroid, Point drift, double area_px, Mask mask) {
  area_px = std::max(1.0, area_px);
  if (lobe.area_px > 0 && std::abs(std::log(area_px / lobe.area_px)) > kAreaJump) {
    lobe.sights.clear();
  }
  lobe.mask = std::move(mask);
  lobe.mask_centroid = centroid;
  lobe.area_px = area_px;
  lobe.position = {.y_px = centroid.y_px - drift.y_px, .x_px = centroid.x_px - drift.x_px};
  lobe.frame = frame;
  lobe.shared = false;
  lobe.missing = false;
  lobe.awaited = false;
  lobe.faded = false;
  if (lobe.sights.size() == kSights) {
    lobe.sights.erase(lobe.sights.begin());
  }
  lobe.sights.push_back({.frame = frame, .position = lobe.position});
}

void add_area(std::vector<double>& latest_px, double area_px) {
  if (latest_px.size() == kAreas) {
    latest_px.erase(latest_px.begin());
  }
  latest_px.push_back(area_px);
}

double sphere_area_px(double a_px, double b_px) {
  return std::pow(std::pow(a_px, 1.5) + std::pow(b_px, 1.5), 2.0 / 3);
}

void note_whole(Lobe& lobe) {
  add_area(lobe.areas_px, lobe.area_px);
  if (lobe.areas_px.size() >= kFewestAreas && lobe.area_px >= kWholeShare * median(lobe.areas_px)) {
    lobe.whole = {.mask = lobe.mask,
                  .mask_centroid = lobe.mask_centroid,
                  .area_px = lobe.area_px,
                  .position = lobe.position,
                  .frame = lobe.frame};
  }
}

void fade(Lobe& lobe, double time) {
  lobe.missing_since = lobe.missing ? lobe.missing_since : time;
  lobe.missing = true;
  lobe.awaited = true;
  lobe.faded = true;
  lobe.shared = false;
  lobe.mask = lobe.whole.mask;
  lobe.mask_centroid = lobe.whole.mask_centroid;
  lobe.area_px = lobe.whole.area_px;
  lobe.position = lobe.whole.position;
  lobe.sights.clear();  // it is awaited where it was
}

Offset offset_to(const Lobe& lobe, Point camera_position) {
  return offset_between(lobe.mask_centroid, camera_position);
}

Offset offset_between(Point from, Point to) {
  return {.dy = std::llround(to.y_px - from.y_px), .dx = std::llround(to.x_px - from.x_px)};
}

void fit_into(const LabelImage& labels, int32_t label, Box box, Point drift,
              const std::vector<Lobe*>& lobes) {
  Cover cover(labels, label, box);
  std::vector<Offset> offsets;
  for (const Lobe* lobe : lobes) {
    offsets.push_back(offset_to(*lobe, {.y_px = lobe->position.y_px + drift.y_px,
                                        .x_px = lobe->position.x_px + drift.x_px}));
    cover.add(lobe->mask, offsets.back(), 1);
  }
  bool moved = true;
  for (int step = 0; step < kFitSteps && moved; ++step) {
    moved = false;
    for (size_t i = 0; i < lobes.size(); ++i) {
      Lobe& lobe = *lobes[i];
      cover.add(lobe.mask, offsets[i], -1);
      Offset best = offsets[i];
      int64_t best_gain = cover.gain(lobe.mask, best);
      for (const Offset by : {Offset{-1, 0}, Offset{1, 0}, Offset{0, -1}, Offset{0, 1}}) {
        const Offset offset{.dy = offsets[i].dy + by.dy, .dx = offsets[i].dx + by.dx};
        const int64_t gain = cover.gain(lobe.mask, offset);
        if (gain > best_gain) {
          best = offset;
          best_gain = gain;
        }
      }
      cover.add(lobe.mask, best, 1);
      if (best != offsets[i]) {
        lobe.position.y_px += static_cast<double>(best.dy - offsets[i].dy);
        lobe.position.x_px += static_cast<double>(best.dx - offsets[i].dx);
        offsets[i] = best;
        moved = true;
      }
    }
  }
}

}  // namespace mote::track
