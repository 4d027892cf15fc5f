#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mote/core/lineage.h"

namespace mote::io {

/// The tracks in the text of a `man_track.txt` or `res_track.txt`, in order of id: a line `L B E P`
/// each, label, first frame, last frame, and the parent's label or 0.
///
/// The Cell Tracking Challenge's "Naming and file content conventions".
/// Throws kBadFile, naming the line, where it is none or its track was there before.
std::vector<Track> ctc_tracks(std::string_view text);

/// The frame of a mask by the number at the end of its file's name, as `mask012.tif`.
/// Throws kUnsupported where there is none, kBadFile where no recording has it.
int64_t ctc_frame(const std::string& mask_file);

}  // namespace mote::io
