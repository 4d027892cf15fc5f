#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"

namespace mote::io {

/// True where `leading_bytes` are those of a PNG file.
bool looks_like_png(const std::string& leading_bytes);

/// Opens a PNG file as a recording of one frame: grey of 1 to 16 bits with its numbers kept,
/// palette and RGB by luma, alpha and gamma left aside. Its resolution is no pixel size.
///
/// Portable Network Graphics Specification (Second Edition), W3C 2003 (ISO/IEC 15948).
///
/// Throws kNotFound or kBadFile; the message does not repeat the path.
std::unique_ptr<FrameSource> open_png(const std::string& path);

}  // namespace mote::io
