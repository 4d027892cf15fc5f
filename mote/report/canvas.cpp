#include "mote/report/canvas.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "mote/core/rounded.h"

namespace mote::report {
namespace {

uint8_t mix(uint8_t under, uint8_t over, int alpha) {
  const int value = under * (255 - alpha) + over * alpha;
  return static_cast<uint8_t>((value + 127) / 255);
}

}  // namespace

StrokeLayer::StrokeLayer(Size size) : size_(size), colours_(size), coverage_(size) {}

void StrokeLayer::line(Point from, Point to, const Stroke& stroke) {
  const double reach = stroke.width_px / 2 + 0.5;
  const double dy = to.y_px - from.y_px;
  const double dx = to.x_px - from.x_px;
  const double length2 = dy * dy + dx * dx;
  if (!std::isfinite(length2 + from.y_px + from.x_px)) {
    return;
  }
  const auto rows = static_cast<double>(size_.height - 1);
  const auto columns = static_cast<double>(size_.width - 1);
  const double y_min = std::max(0.0, std::ceil(std::min(from.y_px, to.y_px) - reach));
  const double y_max = std::min(rows, std::floor(std::max(from.y_px, to.y_px) + reach));
  const double x_min = std::max(0.0, std::ceil(std::min(from.x_px, to.x_px) - reach));
  const double x_max = std::min(columns, std::floor(std::max(from.x_px, to.x_px) + reach));

  // A row crosses a slanted line's band of half-width `reach` over this much in x.
  const double per_length2 = length2 > 0 ? 1 / length2 : 0;
  const double most = std::min(1.0, stroke.width_px);
  const bool slanted = std::abs(dy) > 4 * reach;
  const double half_span = slanted ? reach * std::sqrt(length2) / std::abs(dy) : 0;
  for (double y = y_min; y <= y_max; ++y) {
    double x0 = x_min;
    double x1 = x_max;
    if (slanted) {
      const double x_on_line = from.x_px + (y - from.y_px) * dx / dy;
      x0 = std::max(x0, std::ceil(x_on_line - half_span));
      x1 = std::min(x1, std::floor(x_on_line + half_span));
    }
    uint8_t* coverage = coverage_.row(static_cast<int64_t>(y));
    Rgb* colours = colours_.row(static_cast<int64_t>(y));
    const double ry = y - from.y_px;
    for (auto x = static_cast<int64_t>(x0); x <= static_cast<int64_t>(x1); ++x) {
      const double rx = static_cast<double>(x) - from.x_px;
      const double along = std::clamp((ry * dy + rx * dx) * per_length2, 0.0, 1.0);
      const double off_y = ry - along * dy;
      const double off_x = rx - along * dx;
      const double distance2 = off_y * off_y + off_x * off_x;
      if (distance2 >= reach * reach) {
        continue;
      }
      const double covered = std::min(most, reach - std::sqrt(distance2));
      const auto value = grey_level(255 * stroke.opacity * covered);
      if (value > coverage[x]) {
        coverage[x] = value;
        colours[x] = stroke.colour;
      }
    }
  }
}

void StrokeLayer::polyline(std::span<const Point> points, const Stroke& stroke, bool closed) {
  for (size_t i = 1; i < points.size(); ++i) {
    line(points[i - 1], points[i], stroke);
  }
  if (closed && points.size() > 2) {
    line(points.back(), points.front(), stroke);
  }
}

void StrokeLayer::ring(Point centre, double radius_px, const Stroke& stroke) {
  const int sides = std::clamp(static_cast<int>(radius_px * 2), 12, 180);
  std::vector<Point> points(static_cast<size_t>(sides));
  for (int i = 0; i < sides; ++i) {
    const double angle = 2 * M_PI * i / sides;
    points[static_cast<size_t>(i)] = {centre.y_px + radius_px * std::sin(angle),
                                      centre.x_px + radius_px * std::cos(angle)};
  }
  polyline(points, stroke, true);
}

void StrokeLayer::draw_on(Picture& picture) const {
  assert(picture.size() == size_);
  Rgb* pixel = picture.data();
  const Rgb* colour = colours_.data();
  for (const uint8_t alpha : coverage_.values()) {
    if (alpha != 0) {
      *pixel = {mix(pixel->r, colour->r, alpha), mix(pixel->g, colour->g, alpha),
                mix(pixel->b, colour->b, alpha)};
    }
    ++pixel;
    ++colour;
  }
}

void fill(Picture& picture, Box box, Rgb colour, double opacity) {
  const int alpha = static_cast<int>(std::lround(255 * opacity));
  const int64_t y_end = std::min(picture.height(), box.y_end());
  const int64_t x_end = std::min(picture.width(), box.x_end());
  for (int64_t y = std::max<int64_t>(0, box.y); y < y_end; ++y) {
    Rgb* row = picture.row(y);
    for (int64_t x = std::max<int64_t>(0, box.x); x < x_end; ++x) {
      row[x] = {mix(row[x].r, colour.r, alpha), mix(row[x].g, colour.g, alpha),
                mix(row[x].b, colour.b, alpha)};
    }
  }
}

void paste(Picture& picture, const Picture& source, int64_t y, int64_t x) {
  const int64_t x0 = std::max<int64_t>(0, -x);
  const int64_t x1 = std::min(source.width(), picture.width() - x);
  if (x0 >= x1) {
    return;
  }
  for (int64_t row = std::max<int64_t>(0, -y); row < source.height() && row + y < picture.height();
       ++row) {
    std::copy(source.row(row) + x0, source.row(row) + x1, picture.row(row + y) + x + x0);
  }
}

Picture shrink(const Picture& picture, int64_t side_px) {
  const int64_t side = std::max(picture.height(), picture.width());
  if (side <= side_px) {
    return picture;
  }
  const double scale = static_cast<double>(side_px) / static_cast<double>(side);
  const auto scaled = [scale](int64_t length) {
    return std::max<int64_t>(1, std::llround(static_cast<double>(length) * scale));
  };
  Picture small({scaled(picture.height()), scaled(picture.width())});
  const cv::Mat from(static_cast<int>(picture.height()), static_cast<int>(picture.width()), CV_8UC3,
                     const_cast<Rgb*>(picture.data()));
  cv::Mat to(static_cast<int>(small.height()), static_cast<int>(small.width()), CV_8UC3,
             small.data());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_AREA);
  return small;
}

}  // namespace mote::report
