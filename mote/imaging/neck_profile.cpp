#include "mote/imaging/neck_profile.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "mote/core/disc.h"
#include "mote/imaging/necks.h"

namespace mote::imaging {
namespace {

constexpr double kStepPx = 0.5;
constexpr double kReach = 1.15;  // of a profile, in radii of the smaller lobe
// The optics fill the notch beside a neck up to where the particles are so far apart, as far as
// bench_neck_accuracy can tell.
constexpr double kFilledGapPx = 1.5;
constexpr double kFaintest = 0.1;        // of the lobes' contrast, that a neck has
constexpr double kLeastContrast = 1e-6;  // of lobes, against their ground: more than rounding
constexpr int kRows = 1;  // to either side of the neck, a pixel apart, that are averaged
constexpr int64_t kFewestSamples = 8;

std::optional<float> level_at(const Grid<float>& image, Point at) {
  if (!(at.y_px >= 0 && at.x_px >= 0 && at.y_px < static_cast<double>(image.height() - 1) &&
        at.x_px < static_cast<double>(image.width() - 1))) {
    return std::nullopt;
  }
  const auto y = static_cast<int64_t>(at.y_px);
  const auto x = static_cast<int64_t>(at.x_px);
  const auto fy = static_cast<float>(at.y_px - static_cast<double>(y));
  const auto fx = static_cast<float>(at.x_px - static_cast<double>(x));
  const float upper = image(y, x) * (1 - fx) + image(y, x + 1) * fx;
  const float lower = image(y + 1, x) * (1 - fx) + image(y + 1, x + 1) * fx;
  const float level = upper * (1 - fy) + lower * fy;
  return std::isfinite(level) ? std::optional(level) : std::nullopt;
}

int32_t label_at(const LabelImage& labels, Point at) {
  const auto y = std::clamp<int64_t>(std::llround(at.y_px), 0, labels.height() - 1);
  const auto x = std::clamp<int64_t>(std::llround(at.x_px), 0, labels.width() - 1);
  return labels(y, x);
}

// Across the neck, `along` the axis.
struct Crossing {
  Point place;
  Point along;

  Point at(double t, double s) const {
    return {.y_px = place.y_px + t * along.y_px + s * along.x_px,
            .x_px = place.x_px + t * along.x_px - s * along.y_px};
  }
};

// Where the line from the centroid of one region to that of the other goes from one to the other.
std::optional<Crossing> crossing_of(const Segmentation& segmentation, const Neck& neck) {
  const Point from = segmentation.regions[static_cast<size_t>(neck.a) - 1].centroid;
  const Point to = segmentation.regions[static_cast<size_t>(neck.b) - 1].centroid;
  const double length = std::hypot(to.y_px - from.y_px, to.x_px - from.x_px);
  if (length < 2) {
    return std::nullopt;
  }
  Crossing out{
      .place = from,
      .along = {.y_px = (to.y_px - from.y_px) / length, .x_px = (to.x_px - from.x_px) / length}};
  double last_a = -1;
  double first_b = -1;
  for (double t = 0; t <= length; t += kStepPx) {
    const int32_t label = label_at(segmentation.labels, out.at(t, 0));
    if (label == neck.a) {
      last_a = t;
    } else if (label == neck.b && first_b < 0) {
      first_b = t;
    }
  }
  if (last_a < 0 || first_b < 0) {
    return std::nullopt;
  }
  out.place = out.at((last_a + first_b) / 2, 0);
  return out;
}

// Mean level of the background to either side, away from fringes at the outlines.
std::optional<double> ground_of(const Segmentation& segmentation, const Grid<float>& image,
                                const Crossing& crossing, double lobe_px) {
  constexpr double kAlong = 0.5;  // all in radii of the smaller lobe
  constexpr double kFrom = 1.5;
  constexpr double kTo = 2;
  double sum = 0;
  int64_t count = 0;
  for (double t = -kAlong * lobe_px; t <= kAlong * lobe_px; ++t) {
    for (double s = kFrom * lobe_px; s <= kTo * lobe_px; ++s) {
      for (const double side : {-s, s}) {
        const Point at = crossing.at(t, side);
        const std::optional<float> level = level_at(image, at);
        if (level && label_at(segmentation.labels, at) == 0) {
          sum += *level;
          ++count;
        }
      }
    }
  }
  return count >= kFewestSamples ? std::optional(sum / static_cast<double>(count)) : std::nullopt;
}

// Mean contrast of the middles of both lobes.
double lobe_contrast(const Segmentation& segmentation, const Grid<float>& image, const Neck& neck,
                     double lobe_px, double ground, bool bright) {
  constexpr double kMiddle = 0.4;  // of the radius
  double sum = 0;
  int64_t count = 0;
  for (const int32_t label : {neck.a, neck.b}) {
    const Crossing middle{.place = segmentation.regions[static_cast<size_t>(label) - 1].centroid,
                          .along = {.y_px = 1, .x_px = 0}};
    const auto reach = static_cast<int64_t>(std::max(1.0, kMiddle * lobe_px));
    for (int64_t t = -reach; t <= reach; ++t) {
      for (int64_t s = -reach; s <= reach; ++s) {
        const auto level =
            level_at(image, middle.at(static_cast<double>(t), static_cast<double>(s)));
        sum += level ? *level - ground : 0;
        count += level ? 1 : 0;
      }
    }
  }
  return (bright ? sum : -sum) / static_cast<double>(std::max<int64_t>(1, count));
}

// Contrast by distance from the axis, kStepPx apart, the mean of both sides and of rows beside one
// another; up to where nothing could be read.
std::vector<double> contrast_across(const Segmentation& segmentation, const Grid<float>& image,
                                    const Neck& neck, const Crossing& crossing, double lobe_px,
                                    double ground, bool bright) {
  std::vector<double> contrast;
  for (double s = 0; s <= kReach * lobe_px; s += kStepPx) {
    double sum = 0;
    int64_t count = 0;
    for (int row = -kRows; row <= kRows; ++row) {
      for (const double side : {-s, s}) {
        const Point at = crossing.at(row, side);
        const int32_t label = label_at(segmentation.labels, at);
        const std::optional<float> level = level_at(image, at);
        if (level && (label == 0 || label == neck.a || label == neck.b)) {
          sum += *level - ground;
          ++count;
        }
      }
    }
    if (count == 0) {
      break;
    }
    contrast.push_back((bright ? sum : -sum) / static_cast<double>(count));
  }
  return contrast;
}

// Where the contrast falls through half of what it is in the middle: the sum of what it has above
// that is greatest there, which noise moves less than it moves a crossing. 0 where the middle has
// less than `least`.
double half_width(const std::vector<double>& contrast, double start_px, double least) {
  constexpr int kRounds = 3;
  constexpr double kMiddle = 0.4;
  double half = start_px;
  for (int round = 0; round < kRounds; ++round) {
    const auto middle =
        std::min(contrast.size(), static_cast<size_t>(std::max(1.5, kMiddle * half) / kStepPx) + 1);
    double level = 0;
    for (size_t i = 0; i < middle; ++i) {
      level += contrast[i] / static_cast<double>(middle);
    }
    if (level < least) {
      return 0;
    }
    double sum = 0;
    double best = 0;
    for (size_t i = 0; i < contrast.size(); ++i) {
      sum += contrast[i] - level / 2;
      if (sum > best) {
        best = sum;
        half = (static_cast<double>(i) + 0.5) * kStepPx;
      }
    }
  }
  return half;
}

}  // namespace

void measure_necks(Segmentation& segmentation, const Grid<float>& image, bool bright) {
  const auto radius_px = [&segmentation](int32_t label) {
    const Region& region = segmentation.regions[static_cast<size_t>(label) - 1];
    return equivalent_radius_px(region.area_px);
  };
  for (Neck& neck : segmentation.necks) {
    const auto [lower, higher] = std::minmax({radius_px(neck.a), radius_px(neck.b)});
    const std::optional<Crossing> crossing = crossing_of(segmentation, neck);
    const std::optional<double> ground =
        crossing ? ground_of(segmentation, image, *crossing, lower) : std::nullopt;
    if (!ground) {
      continue;
    }
    const double of_lobes = lobe_contrast(segmentation, image, neck, lower, *ground, bright);
    if (of_lobes <= kLeastContrast * std::abs(*ground)) {
      continue;
    }
    const std::vector<double> contrast =
        contrast_across(segmentation, image, neck, *crossing, lower, *ground, bright);
    const double half =
        half_width(contrast, std::max(neck.width_px / 2, lower / 2), kFaintest * of_lobes);
    neck.width_px = 2 * unfilled_half_width(std::min(half, lower), lower, higher, kFilledGapPx);
  }
}

}  // namespace mote::imaging
