#include "mote/imaging/outline.h"

#include <algorithm>
#include <cmath>

#include "mote/core/runs.h"

namespace mote::imaging {
namespace {

// Directions from a mask pixel to its free neighbour, clockwise on the screen from up.
constexpr int kLeft = 3;
constexpr int kStepY[4] = {-1, 0, 1, 0};
constexpr int kStepX[4] = {0, 1, 0, -1};

class Tracer {
 public:
  Tracer(const BinaryImage& mask, const Grid<float>& field)
      : mask_(mask), field_(field), seen_(mask.size()) {}

  bool inside(int64_t y, int64_t x) const {
    return mask_.size().contains(y, x) && mask_(y, x) != 0;
  }
  bool seen(int64_t y, int64_t x, int side) const { return (seen_(y, x) >> side & 1) != 0; }

  /// Follows the sides between mask and free pixels from side `side` of mask pixel (y, x) around.
  Outline trace(int64_t y, int64_t x, int side) {
    Outline outline;
    while (!seen(y, x, side)) {
      seen_(y, x) = static_cast<uint8_t>(seen_(y, x) | 1 << side);
      add_point(outline, y, x, side);
      // Onwards clockwise on the screen: along the side, the mask to the right.
      const int along = (side + 1) % 4;
      const int64_t ahead_y = y + kStepY[along];
      const int64_t ahead_x = x + kStepX[along];
      const int64_t across_y = ahead_y + kStepY[side];
      const int64_t across_x = ahead_x + kStepX[side];
      if (inside(across_y, across_x)) {
        y = across_y;
        x = across_x;
        side = (side + 3) % 4;
      } else if (inside(ahead_y, ahead_x)) {
        y = ahead_y;
        x = ahead_x;
      } else {
        side = along;
      }
    }
    return outline;
  }

 private:
  void add_point(Outline& outline, int64_t y, int64_t x, int side) const {
    const int64_t v = y + kStepY[side];
    const int64_t u = x + kStepX[side];
    const bool border = !mask_.size().contains(v, u);
    double part = 0.5;
    if (!border) {
      const float in = field_(y, x);
      const float out = field_(v, u);
      if (in > 0 && out < 0) {
        part = static_cast<double>(in) / (static_cast<double>(in) - out);
      }
    }
    outline.points.push_back({.y_px = static_cast<double>(y) + part * kStepY[side],
                              .x_px = static_cast<double>(x) + part * kStepX[side]});
    outline.on_border.push_back(border ? 1 : 0);
  }

  const BinaryImage& mask_;
  const Grid<float>& field_;
  Grid<uint8_t> seen_;
};

/// One edge of a polygon in the coordinates of pixel corners.
void add_edge(Grid<float>& cover, double y0, double x0, double y1, double x1) {
  if (y0 == y1) {
    return;
  }
  const double sign = y0 < y1 ? 1 : -1;
  if (y0 > y1) {
    std::swap(y0, y1);
    std::swap(x0, x1);
  }
  const auto height = static_cast<double>(cover.height());
  const auto width = static_cast<double>(cover.width() - 1);
  const double slope = (x1 - x0) / (y1 - y0);
  const double from = std::max(y0, 0.0);
  const double to = std::min(y1, height);
  for (auto row = static_cast<int64_t>(from); row < cover.height() && static_cast<double>(row) < to;
       ++row) {
    const double top = std::max(from, static_cast<double>(row));
    const double bottom = std::min(to, static_cast<double>(row) + 1);
    const double dy = bottom - top;
    if (dy <= 0) {
      continue;
    }
    const auto clamped = [&](double y) { return std::clamp(x0 + (y - y0) * slope, 0.0, width); };
    double left = clamped(top);
    double right = clamped(bottom);
    if (left > right) {
      std::swap(left, right);
    }
    // What lies right of the edge gets dy; the pixels that it crosses, their share.
    float* out = cover.row(row);
    const auto first = static_cast<int64_t>(left);
    const auto last = static_cast<int64_t>(std::ceil(right));
    const double d = sign * dy;
    if (last <= first + 1) {
      const double middle = 0.5 * (left + right) - static_cast<double>(first);
      out[first] += static_cast<float>(d * (1 - middle));
      if (first + 1 < cover.width()) {
        out[first + 1] += static_cast<float>(d * middle);
      }
      continue;
    }
    double before = 0;
    for (int64_t x = first; x <= last && x < cover.width(); ++x) {
      // The integral of the share passed so far, over this pixel.
      const auto passed = [&](double at) {
        const double t = std::clamp(at, left, right) - left;
        return 0.5 * t * t / (right - left) + std::max(0.0, at - right);
      };
      const double total = passed(static_cast<double>(x) + 1) - passed(static_cast<double>(x));
      out[x] += static_cast<float>(d * (total - before));
      before = total;
    }
  }
}

}  // namespace

std::vector<Outline> outlines_of(const BinaryImage& mask, const Grid<float>& field) {
  std::vector<Outline> outlines;
  Tracer tracer(mask, field);
  // Every outline has a side that looks left.
  for (int64_t y = 0; y < mask.height(); ++y) {
    const uint8_t* row = mask.row(y);
    for_runs(row, mask.width(), [&](int64_t begin, int64_t) {
      if (!tracer.seen(y, begin, kLeft)) {
        outlines.push_back(tracer.trace(y, begin, kLeft));
      }
    });
  }
  return outlines;
}

double signed_area(const Outline& outline) {
  double area = 0;
  const size_t count = outline.points.size();
  for (size_t i = 0; i < count; ++i) {
    const Point& a = outline.points[i];
    const Point& b = outline.points[(i + 1) % count];
    area += a.x_px * b.y_px - b.x_px * a.y_px;
  }
  return 0.5 * area;
}

void add_area_coverage(const std::vector<Outline>& outlines, Grid<float>& covered) {
  const Size size = covered.size();
  Grid<float> cover({size.height, size.width + 1});
  for (const Outline& outline : outlines) {
    const size_t count = outline.points.size();
    for (size_t i = 0; i < count; ++i) {
      const Point& a = outline.points[i];
      const Point& b = outline.points[(i + 1) % count];
      add_edge(cover, a.y_px + 0.5, a.x_px + 0.5, b.y_px + 0.5, b.x_px + 0.5);
    }
  }
  for (int64_t y = 0; y < size.height; ++y) {
    double sum = 0;
    const float* in = cover.row(y);
    float* out = covered.row(y);
    for (int64_t x = 0; x < size.width; ++x) {
      // Up to the next edge all pixels have the same.
      const int64_t edge = next_set(in, x, size.width);
      const auto inside = static_cast<float>(sum);
      for (; x < edge; ++x) {
        out[x] -= inside;
      }
      if (x < size.width) {
        sum += in[x];
        // Clockwise on the screen the left edge goes up.
        out[x] -= static_cast<float>(sum);
      }
    }
  }
}

}  // namespace mote::imaging
