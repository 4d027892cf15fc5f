#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "mote/core/frame_source.h"

namespace mote::io {

/// Which images of a recording of several channels or slices are its frames. Without a choice such
/// a recording opens, so that its description can be shown, and reading a frame throws kUsage.
struct ReadOptions {
  std::optional<int64_t> channel;  ///< from 0
  std::optional<int64_t> z;        ///< from 0
};

/// Opens a recording: a file, a folder or a glob of stills. The format is recognised by the
/// leading bytes, never by the extension alone.
/// Throws kNotFound, kBadFile, kUnsupported or kUsage, with the path in front of the message.
std::unique_ptr<FrameSource> open_frames(const std::string& path, const ReadOptions& options = {});

}  // namespace mote::io
