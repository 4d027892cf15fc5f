#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether a folder is a recording of Gatan's In-situ software: it has a folder `Hour_00` or the
/// like.
bool looks_like_in_situ(const std::string& folder);

/// Opens a recording of Gatan's In-situ software, one DM file a frame:
/// `NAME/Hour_00/Minute_00/Second_00/NAME_Hour_00_Minute_00_Second_00_Frame_0000.dm4`.
///
/// Times come from the names: the second, and within it the frame's number by the most frames that
/// a second has. Frames that the numbers tell of and that are not there are counted in a warning;
/// the last frame of a second may be absent, at rates that are not whole numbers.
///
/// Throws kNotFound where no file has such a name, and as open_dm; messages name the file.
std::unique_ptr<FrameSource> open_in_situ(const std::string& folder,
                                          const ReadOptions& options = {});

}  // namespace mote::io
