#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/file.h"

namespace mote::io {

/// What a format of one image a file has of its own.
struct StillFormat {
  /// Format, size, sample type and what else the header says; `files` and `frames` are filled in.
  RecordingInfo (*describe)(const File& file);
  /// The image that `describe` told of.
  Image (*decode)(const File& file, const RecordingInfo& info);
};

/// Opens a file as a recording of one frame.
/// Throws what `format` throws, kNotFound, or kBadFile for an empty file; the message does not
/// repeat the path.
std::unique_ptr<FrameSource> open_still(const std::string& path, const StillFormat& format);

}  // namespace mote::io
