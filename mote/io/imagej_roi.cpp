#include "mote/io/imagej_roi.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/binary_reader.h"
#include "mote/io/file.h"
#include "mote/io/frame_number.h"
#include "mote/io/imagej_roi_layout.h"
#include "mote/io/mask_outline.h"
#include "mote/io/zip.h"

namespace mote::io {
namespace {

using namespace roi_layout;

constexpr int64_t kLeastForSecondHeader = 222;
constexpr std::array<const char*, 11> kTypeNames = {
    "polygon",  "rectangle", "oval",   "line",  "freehand line", "segmented line",
    "no shape", "freehand",  "traced", "angle", "point"};
enum Subtype { kText = 1, kImage = 4 };
enum Option { kSpline = 1, kSubPixel = 128 };

/// Takes big-endian numbers off bytes that may end anywhere.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t get(int64_t at, int64_t count) const {
    expect(at, count);
    uint64_t value = 0;
    for (int64_t i = 0; i < count; ++i) {
      value = value << 8 | static_cast<unsigned char>(bytes_[static_cast<size_t>(at + i)]);
    }
    return value;
  }
  int64_t get_short(int64_t at) const { return static_cast<int64_t>(get(at, 2)); }
  int64_t get_int(int64_t at) const { return static_cast<int32_t>(get(at, 4)); }
  double get_float(int64_t at) const {
    return std::bit_cast<float>(static_cast<uint32_t>(get(at, 4)));
  }
  /// As ImageJ takes places: from -5000 to 60535.
  int64_t get_place(int64_t at) const {
    const int64_t value = get_short(at);
    return value > kFarthestPx ? value - 65536 : value;
  }
  std::string text(int64_t at, int64_t count) const {
    expect(at, count);
    return std::string(bytes_.substr(static_cast<size_t>(at), static_cast<size_t>(count)));
  }
  void expect(int64_t at, int64_t count) const {
    const auto size = static_cast<int64_t>(bytes_.size());
    if (at < 0 || count < 0 || at > size || count > size - at) {
      throw Error(ErrorKind::kBadFile, "the ROI has {} bytes, expected {} from byte {} on", size,
                  count, at);
    }
  }

 private:
  std::string_view bytes_;
};

/// Follows a curve of Bezier's in steps of about half a pixel.
class Path {
 public:
  void move(Corner to) {
    close();
    ring_.push_back(to);
  }
  void line(Corner to) { ring_.push_back(to); }
  void curve(const std::vector<Corner>& controls) {
    std::vector<Corner> points{ring_.empty() ? controls.back() : ring_.back()};
    points.insert(points.end(), controls.begin(), controls.end());
    double length = 0;
    for (size_t i = 1; i < points.size(); ++i) {
      length += std::hypot(points[i].y - points[i - 1].y, points[i].x - points[i - 1].x);
    }
    const double steps = std::isfinite(length) ? std::clamp(std::ceil(2 * length), 1.0, 256.0) : 1;
    for (int step = 1; step <= static_cast<int>(steps); ++step) {
      ring_.push_back(at(points, step / steps));
    }
  }
  void close() {
    if (ring_.size() > 2) {
      rings_.push_back(std::move(ring_));
    }
    ring_ = {};
  }
  std::vector<Ring> take() {
    close();
    return std::move(rings_);
  }

 private:
  // De Casteljau's algorithm.
  static Corner at(std::vector<Corner> points, double part) {
    for (size_t count = points.size() - 1; count > 0; --count) {
      for (size_t i = 0; i < count; ++i) {
        points[i].y += part * (points[i + 1].y - points[i].y);
        points[i].x += part * (points[i + 1].x - points[i].x);
      }
    }
    return points[0];
  }

  std::vector<Ring> rings_;
  Ring ring_;
};

std::vector<Ring> composite_rings(const Reader& in, int64_t count) {
  in.expect(kHeaderBytes, 4 * count);
  Path path;
  int64_t at = kHeaderBytes;
  const int64_t end = at + 4 * count;
  while (at < end) {
    const double number = in.get_float(at);
    at += 4;
    const bool known = number >= 0 && number <= 4 && number == std::floor(number);
    const int type = known ? static_cast<int>(number) : kClose;
    // Corners that follow, by type.
    constexpr std::array<int, 5> kCorners = {1, 1, 2, 3, 0};
    const int corners = kCorners[static_cast<size_t>(type)];
    if (!known || end - at < 8 * corners) {
      throw Error(ErrorKind::kBadFile, "a composite ROI with a damaged list of segments");
    }
    std::vector<Corner> points;
    for (int i = 0; i < corners; ++i, at += 8) {
      points.push_back({.y = in.get_float(at + 4), .x = in.get_float(at)});
    }
    if (type == kMove) {
      path.move(points[0]);
    } else if (type == kClose) {
      path.close();
    } else if (corners == 1) {
      path.line(points[0]);
    } else {
      path.curve(points);
    }
  }
  return path.take();
}

Ring polygon_ring(const Reader& in, const Box& box, bool sub_pixel) {
  const int64_t count = in.get_short(kCornersAt);
  const int64_t whole_at = kHeaderBytes;
  const int64_t parts_at = whole_at + 4 * count;
  in.expect(whole_at, (sub_pixel ? 12 : 4) * count);
  Ring ring;
  for (int64_t i = 0; i < count; ++i) {
    if (sub_pixel) {
      ring.push_back(
          {.y = in.get_float(parts_at + 4 * (count + i)), .x = in.get_float(parts_at + 4 * i)});
    } else {
      ring.push_back({.y = static_cast<double>(box.y + in.get_short(whole_at + 2 * (count + i))),
                      .x = static_cast<double>(box.x + in.get_short(whole_at + 2 * i))});
    }
  }
  return ring;
}

Box bounds_of(const Reader& in) {
  const int64_t top = in.get_place(kBoundsAt);
  const int64_t left = in.get_place(kBoundsAt + 2);
  const Box box{.y = top,
                .x = left,
                .height = in.get_place(kBoundsAt + 4) - top,
                .width = in.get_place(kBoundsAt + 6) - left};
  if (box.height < 0 || box.width < 0) {
    throw Error(ErrorKind::kBadFile, "a ROI of {} x {} px", box.width, box.height);
  }
  return box;
}

/// The pixels of a box whose centres lie within its ellipse.
Mask oval_mask(const Box& box) {
  Mask mask;
  const double a = 0.5 * static_cast<double>(box.width);
  const double b = 0.5 * static_cast<double>(box.height);
  for (int64_t y = std::max<int64_t>(0, -box.y); y < box.height; ++y) {
    const double v = (static_cast<double>(y) + 0.5 - b) / b;
    const double half = a * std::sqrt(std::max(0.0, 1 - v * v));
    const auto from = static_cast<int64_t>(std::ceil(a - half - 0.5));
    const auto last = static_cast<int64_t>(std::floor(a + half - 0.5));
    const int64_t begin = std::max<int64_t>(0, box.x + from);
    if (box.x + last >= begin) {
      mask.runs.push_back({.y = static_cast<int32_t>(box.y + y),
                           .x = static_cast<int32_t>(begin),
                           .length = static_cast<int32_t>(box.x + last + 1 - begin)});
    }
  }
  return mask;
}

Mask rectangle_mask(const Box& box) {
  const auto y = static_cast<double>(box.y);
  const auto x = static_cast<double>(box.x);
  const auto y_end = static_cast<double>(box.y_end());
  const auto x_end = static_cast<double>(box.x_end());
  return filled({{{y, x}, {y, x_end}, {y_end, x_end}, {y_end, x}}}, FillRule::kEvenOdd);
}

Mask mask_of(const Reader& in) {
  const auto type = static_cast<int64_t>(in.get(kTypeAt, 1));
  const int64_t shape_size = in.get_int(kShapeSizeAt);
  if (shape_size > 0) {
    return filled(composite_rings(in, shape_size), FillRule::kNonZero);
  }
  const int64_t subtype = in.get_short(kSubtypeAt);
  const int64_t options = in.get_short(kOptionsAt);
  if (type >= static_cast<int64_t>(kTypeNames.size())) {
    throw Error(ErrorKind::kBadFile, "a ROI of type {}, expected 0 to 10", type);
  }
  if (type == kRectangle && (subtype == kText || subtype == kImage)) {
    throw Error(ErrorKind::kUnsupported, "a ROI of {}, which has no shape",
                subtype == kText ? "a text" : "an image");
  }
  const Box box = bounds_of(in);
  switch (type) {
    case kRectangle:
      if (in.get_short(kArcSizeAt) > 0) {
        throw Error(ErrorKind::kUnsupported, "a rounded rectangle: mote reads plain ones");
      }
      return rectangle_mask(box);
    case kOval: return oval_mask(box);
    case kPolygon:
    case kFreehand:
    case kTraced:
      if ((options & kSpline) != 0) {
        throw Error(ErrorKind::kUnsupported, "a spline: mote reads polygons");
      }
      return filled({polygon_ring(in, box, (options & kSubPixel) != 0)}, FillRule::kEvenOdd);
    default:
      throw Error(ErrorKind::kUnsupported, "a ROI of type {}, which has no inside",
                  kTypeNames[static_cast<size_t>(type)]);
  }
}

/// The frame in a name of ImageJ's such as `0012-0345-0067`.
std::optional<int64_t> frame_in(const std::string& name) {
  int frame = 0;
  int y = 0;
  int x = 0;
  int end = 0;
  const bool found = std::sscanf(name.c_str(), "%4d-%4d-%4d%n", &frame, &y, &x, &end) == 3;
  constexpr size_t kLength = 14;
  if (!found || name.size() != kLength || static_cast<size_t>(end) != kLength || frame < 1) {
    return std::nullopt;
  }
  return frame - 1;
}

}  // namespace

ImagejRoi imagej_roi(std::string_view bytes, const std::string& file_name) {
  if (!bytes.starts_with("Iout")) {
    throw Error(ErrorKind::kBadFile, "no ImageJ ROI: it does not begin with 'Iout'");
  }
  const Reader in(bytes);
  ImagejRoi roi{.name = file_name, .mask = mask_of(in)};
  int64_t frame = in.get_int(kPositionAt);
  const int64_t second = in.get_int(kSecondHeaderAt);
  if (in.get_short(kVersionAt) >= kLeastForSecondHeader && second > 0) {
    in.expect(second, kHeaderBytes);
    const int64_t time = in.get_int(second + kTimeAt);
    frame = time > 0 ? time : frame;
    const int64_t length = in.get_int(second + kNameLengthAt);
    if (length > 0) {
      roi.name = utf16_to_utf8(in.text(in.get_int(second + kNameAt), 2 * length), std::endian::big);
    }
  }
  roi.frame = frame > 0 ? std::optional(frame - 1) : frame_in(roi.name);
  require_frame(roi.frame.value_or(0));
  return roi;
}

void for_each_imagej_roi(const std::string& path,
                         const std::function<void(const ImagejRoi& roi)>& use) {
  const auto stem = [](const std::string& name) {
    const std::string last = name.substr(name.find_last_of('/') + 1);
    return last.substr(0, last.size() - (last.ends_with(".roi") ? 4 : 0));
  };
  const File file(path);
  if (looks_like_zip(file.leading_bytes(4))) {
    for_each_zip_entry(
        path, [](const std::string& name) { return name.ends_with(".roi"); },
        [&](const std::string& name, const std::string& bytes) {
          use(imagej_roi(bytes, stem(name)));
        });
    return;
  }
  constexpr int64_t kMostBytes = 32 << 20;
  if (file.bytes() > kMostBytes) {
    throw Error(ErrorKind::kBadFile, "a ROI of {} bytes, expected {} at the most", file.bytes(),
                kMostBytes);
  }
  use(imagej_roi(file.leading_bytes(file.bytes()), stem(path)));
}

}  // namespace mote::io
