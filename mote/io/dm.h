#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// Opens a DM3 or DM4 file of Gatan's DigitalMicrograph: the first image that is no thumbnail, of
/// two dimensions, or of three, of which the last is time or a series. The byte layout is that of
/// mote/io/dm_tags.h.
///
/// A third axis in units of time gives the frame interval, one in units of length makes a volume.
/// Units of reciprocal length give no pixel size, and a warning.
///
/// Throws kNotFound, kBadFile, or kUnsupported for complex numbers, spectra, and four dimensions;
/// the message does not repeat the path.
std::unique_ptr<FrameSource> open_dm(const std::string& path, const ReadOptions& options = {});

}  // namespace mote::io
