#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// Opens a TIFF or BigTIFF file, with ImageJ's or OME's dimensions and calibration where it has
/// them. docs/formats.md states what is read and by which rules.
///
/// Resolution fields alone are a pixel size only where they are finer than any print: under 1 µm a
/// pixel. Where the chain of directories breaks off after two images or more, what follows is one
/// bad frame at the end; after one image it is a warning.
///
/// Throws kNotFound, kBadFile or kUnsupported, and kUsage where `options` names a channel or slice
/// that is not there; the message does not repeat the path.
std::unique_ptr<FrameSource> open_tiff(const std::string& path, const ReadOptions& options = {});

}  // namespace mote::io
