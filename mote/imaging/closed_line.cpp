#include "mote/imaging/closed_line.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mote::imaging {
namespace {

size_t wrapped(int64_t i, size_t count) {
  const auto n = static_cast<int64_t>(count);
  return static_cast<size_t>(i < 0 ? i + n : i >= n ? i - n : i);
}

}  // namespace

LineKernel::LineKernel(double sigma, size_t points) {
  const auto most = static_cast<int64_t>(points - 1) / 2;
  const auto radius =
      std::min<int64_t>(most, static_cast<int64_t>(std::ceil(3 * std::max(sigma, 0.0))));
  for (int64_t i = -radius; i <= radius; ++i) {
    weights_.push_back(radius == 0 ? 1.0F
                                   : static_cast<float>(std::exp(-0.5 * static_cast<double>(i * i) /
                                                                 (sigma * sigma))));
  }
  radius_ = radius;
}

void smooth(std::span<float> values, std::span<float> weights, const LineKernel& kernel) {
  const size_t count = values.size();
  const auto radius = static_cast<size_t>(kernel.radius());
  const auto extended = [count, radius](std::span<const float> line) {
    std::vector<float> out;
    out.reserve(count + 2 * radius);
    out.insert(out.end(), line.end() - static_cast<int64_t>(radius), line.end());
    out.insert(out.end(), line.begin(), line.end());
    out.insert(out.end(), line.begin(), line.begin() + static_cast<int64_t>(radius));
    return out;
  };
  const std::vector<float> in = extended(values);
  std::vector<float> sums(count, 0);
  if (std::all_of(weights.begin(), weights.end(), [](float w) { return w == 1; })) {
    float norm = 0;
    for (size_t k = 0; k <= 2 * radius; ++k) {
      const float w = kernel[static_cast<int64_t>(k) - kernel.radius()];
      norm += w;
      for (size_t i = 0; i < count; ++i) {
        sums[i] += w * in[i + k];
      }
    }
    for (size_t i = 0; i < count; ++i) {
      values[i] = sums[i] / norm;
    }
    return;
  }
  const std::vector<float> known = extended(weights);
  std::vector<float> norms(count, 0);
  for (size_t k = 0; k <= 2 * radius; ++k) {
    const float weight = kernel[static_cast<int64_t>(k) - kernel.radius()];
    for (size_t i = 0; i < count; ++i) {
      const float w = weight * known[i + k];
      sums[i] += w * in[i + k];
      norms[i] += w;
    }
  }
  for (size_t i = 0; i < count; ++i) {
    values[i] = norms[i] > 0 ? sums[i] / norms[i] : 0;
    weights[i] = norms[i] > 0 ? 1.0F : 0.0F;
  }
}

Outline resampled(const Outline& outline, double spacing_px) {
  const size_t count = outline.points.size();
  std::vector<double> along(count + 1, 0);
  for (size_t i = 0; i < count; ++i) {
    const Point& a = outline.points[i];
    const Point& b = outline.points[(i + 1) % count];
    along[i + 1] = along[i] + std::hypot(b.y_px - a.y_px, b.x_px - a.x_px);
  }
  const double length = along.back();
  const auto points = std::max<size_t>(12, static_cast<size_t>(std::lround(length / spacing_px)));
  Outline even;
  even.points.reserve(points);
  size_t i = 0;
  for (size_t k = 0; k < points; ++k) {
    const double at = length * static_cast<double>(k) / static_cast<double>(points);
    while (i + 1 < count && along[i + 1] <= at) {
      ++i;
    }
    const double part = along[i + 1] > along[i] ? (at - along[i]) / (along[i + 1] - along[i]) : 0;
    const Point& a = outline.points[i];
    const size_t next = (i + 1) % count;
    const Point& b = outline.points[next];
    even.points.push_back({a.y_px + part * (b.y_px - a.y_px), a.x_px + part * (b.x_px - a.x_px)});
    even.on_border.push_back(outline.on_border[i] != 0 || outline.on_border[next] != 0 ? 1 : 0);
  }
  return even;
}

void round_off(Outline& outline, double sigma) {
  const size_t count = outline.points.size();
  const LineKernel kernel(sigma, count);
  std::vector<Point> rounded(count);
  for (size_t i = 0; i < count; ++i) {
    if (outline.on_border[i] != 0) {
      rounded[i] = outline.points[i];
      continue;
    }
    // Both arms have to be of one length, or the end of an arc would shrink into it.
    int64_t reach = 1;
    while (reach <= kernel.radius() &&
           outline.on_border[wrapped(static_cast<int64_t>(i) + reach, count)] == 0 &&
           outline.on_border[wrapped(static_cast<int64_t>(i) - reach, count)] == 0) {
      ++reach;
    }
    double sum = 0;
    Point mean;
    for (int64_t k = -reach + 1; k < reach; ++k) {
      const Point& p = outline.points[wrapped(static_cast<int64_t>(i) + k, count)];
      sum += kernel[k];
      mean.y_px += kernel[k] * p.y_px;
      mean.x_px += kernel[k] * p.x_px;
    }
    rounded[i] = {mean.y_px / sum, mean.x_px / sum};
  }
  outline.points = std::move(rounded);
}

LineFrame frame_of(const Outline& outline, double sigma) {
  const size_t count = outline.points.size();
  Outline base = outline;
  round_off(base, sigma);
  LineFrame frame;
  frame.normals.resize(count);
  frame.curvature.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const Point& before = base.points[wrapped(static_cast<int64_t>(i) - 1, count)];
    const Point& here = base.points[i];
    const Point& after = base.points[wrapped(static_cast<int64_t>(i) + 1, count)];
    const double ty = after.y_px - before.y_px;
    const double tx = after.x_px - before.x_px;
    const double length = std::max(1e-9, std::hypot(ty, tx));
    // Clockwise on the screen, the outside is to the left of the direction of travel.
    frame.normals[i] = {-tx / length, ty / length};
    const double cross = (here.x_px - before.x_px) * (after.y_px - here.y_px) -
                         (here.y_px - before.y_px) * (after.x_px - here.x_px);
    const double a = std::hypot(here.y_px - before.y_px, here.x_px - before.x_px);
    const double b = std::hypot(after.y_px - here.y_px, after.x_px - here.x_px);
    frame.curvature[i] = 2 * cross / std::max(1e-9, a * b * length);
  }
  return frame;
}

}  // namespace mote::imaging
