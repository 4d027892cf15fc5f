#include "mote/track/portrait.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "mote/core/disc.h"

namespace mote::track {
namespace {

constexpr int64_t kMostFrames = 20;  // that the mean remembers
constexpr int64_t kLeastFrames = 3;  // before a portrait is believed
constexpr double kBlurShare = 0.35;  // of the radius, beyond which a particle shows no more
constexpr int64_t kBlurPx = 4;
constexpr int64_t kResizedPx = 3;         // beyond which a portrait is begun anew
constexpr int64_t kClearPx = 2;           // between background and the nearest region
constexpr int64_t kLeastBackground = 30;  // pixels
/// Where two rims only meet, blur darkens both: what lies so near to a rim tells nothing.
constexpr double kRimPx = 2.5;

struct Pixel {
  int64_t y = 0;
  int64_t x = 0;
};

constexpr std::array<Pixel, 4> kSides = {Pixel{-1, 0}, Pixel{1, 0}, Pixel{0, -1}, Pixel{0, 1}};

Pixel pixel_of(Point point) {
  return {.y = std::llround(point.y_px), .x = std::llround(point.x_px)};
}

Point point_of(Pixel pixel) {
  return {.y_px = static_cast<double>(pixel.y), .x_px = static_cast<double>(pixel.x)};
}

Box square(Pixel centre, int64_t half_px) {
  return {.y = centre.y - half_px,
          .x = centre.x - half_px,
          .height = 2 * half_px + 1,
          .width = 2 * half_px + 1};
}

int64_t half_px_of(double radius_px) {
  return static_cast<int64_t>(std::ceil(radius_px * (1 + kBlurShare))) + kBlurPx;
}

bool within(Pixel at, Pixel centre, double radius_px) {
  if (radius_px < 0) {
    return false;
  }
  const auto dy = static_cast<double>(at.y - centre.y);
  const auto dx = static_cast<double>(at.x - centre.x);
  return dy * dy + dx * dx <= radius_px * radius_px;
}

template <typename Function>
void for_pixels(const Box& box, Function function) {
  for (int64_t y = box.y; y < box.y_end(); ++y) {
    for (int64_t x = box.x; x < box.x_end(); ++x) {
      function(Pixel{.y = y, .x = x});
    }
  }
}

class Mean {
 public:
  void add(double value) {
    sum_ += value;
    ++count_;
  }
  std::optional<double> of_at_least(int64_t count) const {
    return count_ < std::max<int64_t>(1, count) ? std::nullopt
                                                : std::optional(sum_ / static_cast<double>(count_));
  }

 private:
  double sum_ = 0;
  int64_t count_ = 0;
};

bool clear_of_regions(const LabelImage& labels, Pixel at) {
  const auto free = [&](int64_t y, int64_t x) {
    return !labels.size().contains(y, x) || labels(y, x) == 0;
  };
  return free(at.y, at.x) && free(at.y - kClearPx, at.x) && free(at.y + kClearPx, at.x) &&
         free(at.y, at.x - kClearPx) && free(at.y, at.x + kClearPx);
}

float value_at(const Portrait& portrait, Pixel centre, Pixel at) {
  const int64_t half = portrait.values.height() / 2;
  const int64_t dy = at.y - centre.y + half;
  const int64_t dx = at.x - centre.x + half;
  return portrait.values.size().contains(dy, dx) ? portrait.values(dy, dx) : 1.0F;
}

/// An image beside two portraits.
class Comparison {
 public:
  Comparison(const Grid<float>& image, const Portrait& a, const Portrait& b, double background)
      : image_(image), a_(a), b_(b), background_(background) {}

  /// The sum of squares that portraits at `a` and `b` leave, less that of the image without them.
  double misfit(Pixel a, Pixel b) const {
    double sum = 0;
    for_pixels(box_of(a, b), [&](Pixel at) {
      const double missing = seen(at) - 1;
      const double left = seen(at) - both(value_at(a_, a, at), value_at(b_, b, at));
      sum += left * left - missing * missing;
    });
    return sum;
  }

  Excess excess(Pixel a, Pixel b) const {
    Excess excess;
    Mean squares;
    for_pixels(box_of(a, b), [&](Pixel at) {
      const double value_a = value_at(a_, a, at);
      const double value_b = value_at(b_, b, at);
      const double stronger = a_.dark ? std::min(value_a, value_b) : std::max(value_a, value_b);
      const double added = both(value_a, value_b) - stronger;
      const double left = seen(at) - both(value_a, value_b);
      squares.add(left * left);
      if (within(at, a, a_.radius_px - kRimPx) && within(at, b, b_.radius_px - kRimPx)) {
        excess.seen += added * (seen(at) - stronger);
        excess.expected += added * added;
      }
    });
    excess.variance = excess.expected * squares.of_at_least(1).value_or(0);
    return excess;
  }

 private:
  Box box_of(Pixel a, Pixel b) const {
    return square(a, a_.values.height() / 2)
        .joined(square(b, b_.values.height() / 2))
        .grown(0, image_.size());
  }
  double seen(Pixel at) const {
    const double value = image_(at.y, at.x);
    return a_.dark ? value / background_ : 1 + value - background_;
  }
  double both(double a, double b) const { return a_.dark ? a * b : a + b - 1; }

  const Grid<float>& image_;
  const Portrait& a_;
  const Portrait& b_;
  double background_;
};

/// Moves `a` and `b` downhill, in steps that halve, within `reach_px` of where they were.
void descend(const Comparison& comparison, int64_t reach_px, Pixel& a, Pixel& b) {
  const std::array<Pixel, 2> start = {a, b};
  double least = comparison.misfit(a, b);
  for (int64_t step = std::max<int64_t>(1, reach_px / 2); step >= 1; step /= 2) {
    bool moved = true;
    while (moved) {
      moved = false;
      for (const bool moves_b : {false, true}) {
        for (const Pixel side : kSides) {
          Pixel& moving = moves_b ? b : a;
          const Pixel from = start[moves_b ? 1 : 0];
          const Pixel to{.y = moving.y + step * side.y, .x = moving.x + step * side.x};
          if (std::abs(to.y - from.y) > reach_px || std::abs(to.x - from.x) > reach_px) {
            continue;
          }
          const double misfit = moves_b ? comparison.misfit(a, to) : comparison.misfit(to, b);
          if (misfit < least) {
            least = misfit;
            moving = to;
            moved = true;
          }
        }
      }
    }
  }
}

}  // namespace

void paint(Portrait& portrait, const Grid<float>& image, const LabelImage& labels,
           const Region& region, bool touching) {
  const bool partial = touching || region.touches_border;
  if (partial && portrait.frames > 0 && !portrait.partial) {
    return;
  }
  const Pixel centre = pixel_of(region.centroid);
  const double radius_px = equivalent_radius_px(region.area_px);
  const int64_t half_px = half_px_of(radius_px);
  Mean around;
  Mean inside;
  for_pixels(square(centre, half_px).grown(0, labels.size()), [&](Pixel at) {
    if (labels(at.y, at.x) == region.label) {
      inside.add(image(at.y, at.x));
    } else if (!within(at, centre, radius_px * (1 + kBlurShare)) && clear_of_regions(labels, at)) {
      around.add(image(at.y, at.x));
    }
  });
  const std::optional<double> background = around.of_at_least(kLeastBackground);
  if (!background) {
    return;
  }
  const bool dark = inside.of_at_least(1).value_or(*background) < *background;
  if (dark && *background <= 0) {
    return;
  }
  const int64_t known_px = portrait.values.height() / 2;
  if (portrait.frames == 0 || portrait.dark != dark || portrait.partial != partial ||
      std::abs(half_px - known_px) > kResizedPx) {
    portrait = {.values = Grid<float>(square(centre, half_px).size(), 1.0F),
                .radius_px = 0,
                .dark = dark,
                .partial = partial,
                .frames = 0};
  }
  portrait.radius_px = radius_px;
  portrait.frames = std::min(portrait.frames + 1, kMostFrames);
  const float share = 1.0F / static_cast<float>(portrait.frames);
  const auto level = static_cast<float>(*background);
  const int64_t half = portrait.values.height() / 2;
  const auto is_own = [&](Pixel at) {
    const int32_t label = labels(at.y, at.x);
    return label == 0 || label == region.label;
  };
  for_pixels(square(centre, half).grown(0, labels.size()), [&](Pixel at) {
    Pixel from = at;
    if (partial && !is_own(at)) {
      from = {.y = 2 * centre.y - at.y, .x = 2 * centre.x - at.x};
    }
    if (labels.size().contains(from.y, from.x) && is_own(from)) {
      const float value = image(from.y, from.x);
      float& mean = portrait.values(at.y - centre.y + half, at.x - centre.x + half);
      mean += share * ((dark ? value / level : 1.0F + value - level) - mean);
    }
  });
}

double Excess::error() const {
  return std::sqrt(variance) / expected;
}

void Excess::add(const Excess& other) {
  seen += other.seen;
  expected += other.expected;
  variance += other.variance;
}

void Excess::fade(double share) {
  seen *= share;
  expected *= share;
  variance *= share * share;
}

std::optional<Superposition> superposition(const Grid<float>& image, const LabelImage& labels,
                                           const Portrait& portrait_a, Point a,
                                           const Portrait& portrait_b, Point b, int64_t reach_px) {
  if (std::min(portrait_a.frames, portrait_b.frames) < kLeastFrames ||
      portrait_a.dark != portrait_b.dark) {
    return std::nullopt;
  }
  Pixel at_a = pixel_of(a);
  Pixel at_b = pixel_of(b);
  const int64_t half_a = portrait_a.values.height() / 2;
  const int64_t half_b = portrait_b.values.height() / 2;
  const Box box = square(at_a, half_a + reach_px)
                      .joined(square(at_b, half_b + reach_px))
                      .grown(0, image.size());
  if (box.empty()) {
    return std::nullopt;
  }
  Mean around;
  for_pixels(box, [&](Pixel at) {
    if (!within(at, at_a, static_cast<double>(half_a)) &&
        !within(at, at_b, static_cast<double>(half_b)) && clear_of_regions(labels, at)) {
      around.add(image(at.y, at.x));
    }
  });
  const std::optional<double> background = around.of_at_least(kLeastBackground);
  if (!background || (portrait_a.dark && *background <= 0)) {
    return std::nullopt;
  }
  const Comparison comparison(image, portrait_a, portrait_b, *background);
  descend(comparison, reach_px, at_a, at_b);
  return Superposition{
      .a = point_of(at_a), .b = point_of(at_b), .excess = comparison.excess(at_a, at_b)};
}

}  // namespace mote::track
