#pragma once

#include <cstdint>
#include <string>

#include "mote/core/frame_source.h"

namespace mote::io {

/// Adds what the `NAME_info.txt` says that Direct Electron's cameras write beside `NAME_movie.mrc`
/// and `NAME_final.mrc`: pixel size where the file has none (-1 means unknown), and for a series
/// the frame interval, from `Frames Per Second` and the frames summed to one. A scan, whose images
/// belong to points, gets no interval, and a warning. Does nothing where there is no such file.
void describe_direct_electron(const std::string& path, int64_t images, RecordingInfo& info);

}  // namespace mote::io
