#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"

namespace mote::io {

/// True where `leading_bytes` are those of a JPEG file.
bool looks_like_jpeg(const std::string& leading_bytes);

/// Opens a JPEG file as a recording of one frame. In colour, the luma that the file stores is the
/// grey value. Its resolution is no pixel size.
///
/// ITU-T T.81 (1992), T.871 (JFIF, 2011).
///
/// Throws kNotFound, kBadFile or, for CMYK, 12 bits and lossless JPEG, kUnsupported; the message
/// does not repeat the path.
std::unique_ptr<FrameSource> open_jpeg(const std::string& path);

}  // namespace mote::io
