#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "mote/core/frame_source.h"

namespace mote::io {

struct ReadOptions {
  std::optional<int64_t> channel;  ///< from 0; needed where a recording has several
  std::optional<int64_t> z;        ///< from 0; needed where a recording has several slices
};

/// Opens a recording: a file, a folder or a glob of stills. The format is recognised by the
/// leading bytes, never by the extension alone.
/// Throws kNotFound, kBadFile, kUnsupported or kUsage, with the path in front of the message.
std::unique_ptr<FrameSource> open_frames(const std::string& path, const ReadOptions& options = {});

}  // namespace mote::io
