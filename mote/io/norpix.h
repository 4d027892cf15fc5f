#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether a file that begins with these bytes is a Norpix sequence (`.seq`).
bool looks_like_norpix(const std::string& leading_bytes);

/// Opens a sequence of Norpix StreamPix: uncompressed monochrome images of 8 and 16 bits, with the
/// time stamp that follows each.
///
/// NorPix Inc., "StreamPix sequence file format". The `suggested frame rate` is one of playback: it
/// is told, and no frame interval.
///
/// Throws kNotFound, kBadFile, or kUnsupported for compressed and colour images; the message does
/// not repeat the path.
std::unique_ptr<FrameSource> open_norpix(const std::string& path, const ReadOptions& options = {});

}  // namespace mote::io
