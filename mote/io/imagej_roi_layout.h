#pragma once

#include <cstddef>
#include <cstdint>

/// Where what stands in a .roi file of ImageJ's, in big-endian numbers: a header, corners or
/// segments, a second header, a name.
///
/// ImageJ 1.53t, ij.io.RoiEncoder and RoiDecoder.
namespace mote::io::roi_layout {

inline constexpr int64_t kHeaderBytes = 64;  // and as many of the second header
inline constexpr int64_t kVersion = 227;
inline constexpr int64_t kFarthestPx = 60535;  // what lies beyond is read as negative
inline constexpr size_t kMostCorners = 65535;

enum Type { kPolygon = 0, kRectangle = 1, kOval = 2, kFreehand = 7, kTraced = 8 };
enum Segment { kMove = 0, kLine = 1, kQuadratic = 2, kCubic = 3, kClose = 4 };

// Where numbers stand: in the first header, then in the second.
inline constexpr int64_t kVersionAt = 4;
inline constexpr int64_t kTypeAt = 6;
inline constexpr int64_t kBoundsAt = 8;  // top, left, bottom, right
inline constexpr int64_t kCornersAt = 16;
inline constexpr int64_t kShapeSizeAt = 36;
inline constexpr int64_t kSubtypeAt = 48;
inline constexpr int64_t kOptionsAt = 50;
inline constexpr int64_t kArcSizeAt = 54;
inline constexpr int64_t kPositionAt = 56;
inline constexpr int64_t kSecondHeaderAt = 60;
inline constexpr int64_t kTimeAt = 12;
inline constexpr int64_t kNameAt = 16;
inline constexpr int64_t kNameLengthAt = 20;

}  // namespace mote::io::roi_layout
