#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether a file that begins with these bytes is the first one of a TVIPS series (`_000.tvips`).
bool looks_like_tvips(const std::string& leading_bytes);

/// Opens a series of TVIPS EM-MENU: `NAME_000.tvips` with `NAME_001.tvips`, ... beside, which go on
/// without a header of their own.
///
/// TVIPS publishes no specification; the recorder's header (256 bytes) and that of each frame are
/// laid out as the programs that read them agree. These disagree on what the pixel size means (that
/// of the camera, or of the specimen), so it is told and not taken.
///
/// Stamps are taken where they advance. Throws kNotFound, kBadFile, or kUnsupported for other
/// versions than 1 and 2; the message does not repeat the path.
std::unique_ptr<FrameSource> open_tvips(const std::string& path, const ReadOptions& options = {});

}  // namespace mote::io
