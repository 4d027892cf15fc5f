#pragma once

#include <cstdint>

#include "mote/core/error.h"

namespace mote::io {

/// More frames than a recording has: a larger number in a file is a slip or damage, and would ask
/// for as many label images.
inline constexpr int64_t kMostFrames = 10'000'000;

/// Throws kBadFile for a frame (from 0 on) that no recording has.
inline void require_frame(int64_t frame) {
  if (frame < 0 || frame >= kMostFrames) {
    throw Error(ErrorKind::kBadFile, "frame {}, expected 0 to {}", frame, kMostFrames - 1);
  }
}

/// Throws kBadFile for a number of frames that no recording has.
inline void require_frames(int64_t frames) {
  if (frames < 0 || frames > kMostFrames) {
    throw Error(ErrorKind::kBadFile, "{} frames, expected 0 to {}", frames, kMostFrames);
  }
}

}  // namespace mote::io
