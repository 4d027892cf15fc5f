#include "mote/io/imagej_roi_writer.h"

#include <bit>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/imagej_roi_layout.h"
#include "mote/io/mask_outline.h"
#include "mote/io/utf8.h"

namespace mote::io {
namespace {

using namespace roi_layout;

/// Puts big-endian numbers into bytes that are there.
class Writer {
 public:
  explicit Writer(size_t bytes) : bytes_(bytes, '\0') {}

  void put(int64_t at, int64_t count, uint64_t value) {
    for (int64_t i = 0; i < count; ++i) {
      bytes_[static_cast<size_t>(at + i)] = static_cast<char>(value >> (8 * (count - 1 - i)) & 255);
    }
  }
  void put_short(int64_t at, int64_t value) { put(at, 2, static_cast<uint64_t>(value)); }
  void put_int(int64_t at, int64_t value) { put(at, 4, static_cast<uint64_t>(value)); }
  void put_float(int64_t at, double value) {
    put(at, 4, std::bit_cast<uint32_t>(static_cast<float>(value)));
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

std::vector<uint16_t> utf16_of(std::string_view utf8) {
  std::vector<uint16_t> units;
  for (const char32_t code : utf8_to_utf32(utf8)) {
    if (code >= 0x10000) {
      units.push_back(static_cast<uint16_t>(0xD800 + ((code - 0x10000) >> 10)));
      units.push_back(static_cast<uint16_t>(0xDC00 + ((code - 0x10000) & 0x3FF)));
    } else {
      units.push_back(static_cast<uint16_t>(code));
    }
  }
  return units;
}

/// The rings as ImageJ's list of segments; for rings of straight lines.
std::vector<double> segments_of(const std::vector<Ring>& rings) {
  std::vector<double> segments;
  for (const Ring& ring : rings) {
    for (size_t i = 0; i < ring.size(); ++i) {
      segments.push_back(i == 0 ? kMove : kLine);
      segments.push_back(ring[i].x);
      segments.push_back(ring[i].y);
    }
    segments.push_back(kClose);
  }
  return segments;
}

}  // namespace

std::string imagej_roi_bytes(const ImagejRoi& roi) {
  if (roi.mask.runs.empty()) {
    throw Error(ErrorKind::kUsage, "{}: a ROI without pixels", roi.name);
  }
  const Box box = roi.mask.bounds();
  if (box.y < 0 || box.x < 0 || box.y_end() > kFarthestPx || box.x_end() > kFarthestPx) {
    throw Error(ErrorKind::kUnsupported, "{}: goes to x={} y={}, an ImageJ ROI to {}", roi.name,
                box.x_end(), box.y_end(), kFarthestPx);
  }
  const std::vector<Ring> rings = outlines_of(roi.mask);
  const bool composite = rings.size() > 1 || rings[0].size() > kMostCorners;
  const std::vector<double> segments = composite ? segments_of(rings) : std::vector<double>{};
  const size_t corners = composite ? 0 : rings[0].size();
  const std::vector<uint16_t> name = utf16_of(roi.name);

  const auto second = kHeaderBytes + static_cast<int64_t>(4 * (segments.size() + corners));
  const int64_t name_at = second + kHeaderBytes;
  Writer out(static_cast<size_t>(name_at) + 2 * name.size());
  out.put(0, 4, 0x496F7574);  // Iout
  out.put_short(kVersionAt, kVersion);
  out.put(kTypeAt, 1, composite ? kRectangle : kTraced);
  out.put_short(kBoundsAt, box.y);
  out.put_short(kBoundsAt + 2, box.x);
  out.put_short(kBoundsAt + 4, box.y_end());
  out.put_short(kBoundsAt + 6, box.x_end());
  out.put_short(kCornersAt, static_cast<int64_t>(corners));
  out.put_int(kShapeSizeAt, static_cast<int64_t>(segments.size()));
  out.put_int(kSecondHeaderAt, second);
  if (roi.frame) {
    out.put_int(kPositionAt, *roi.frame + 1);
    out.put_int(second + kTimeAt, *roi.frame + 1);
  }
  for (size_t i = 0; i < corners; ++i) {
    const auto at = kHeaderBytes + static_cast<int64_t>(2 * i);
    out.put_short(at, static_cast<int64_t>(rings[0][i].x) - box.x);
    out.put_short(at + static_cast<int64_t>(2 * corners),
                  static_cast<int64_t>(rings[0][i].y) - box.y);
  }
  for (size_t i = 0; i < segments.size(); ++i) {
    out.put_float(kHeaderBytes + static_cast<int64_t>(4 * i), segments[i]);
  }
  out.put_int(second + kNameAt, name_at);
  out.put_int(second + kNameLengthAt, static_cast<int64_t>(name.size()));
  for (size_t i = 0; i < name.size(); ++i) {
    out.put_short(name_at + static_cast<int64_t>(2 * i), name[i]);
  }
  return out.take();
}

}  // namespace mote::io
