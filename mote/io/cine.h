#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether a file that begins with these bytes is a Phantom CINE file.
bool looks_like_cine(const std::string& leading_bytes);

/// Opens a CINE file of Vision Research's Phantom cameras: uncompressed monochrome images of 8 and
/// 16 bits, with the time stamps of the file's tagged blocks.
///
/// Vision Research, "The Cine File Format" (phantomhighspeed.com). A positive height in the bitmap
/// header means that the last row comes first. Times count from the first frame; where there are
/// none, the frame interval is one by the frame rate that the camera was set to.
///
/// Throws kNotFound, kBadFile, or kUnsupported for compressed, packed and colour images; the
/// message does not repeat the path.
std::unique_ptr<FrameSource> open_cine(const std::string& path, const ReadOptions& options = {});

}  // namespace mote::io
