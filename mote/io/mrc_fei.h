#pragma once

#include <cstdint>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/io/binary_reader.h"

namespace mote::io {

/// Reads FEI's extended header of an MRC file (`FEI1`, `FEI2`): one block an image, with pixel size
/// in metres, time in days, microscope, voltage, magnification and camera. The pixel size replaces
/// that of the main header, with a warning where the two differ by more than 1 %.
///
/// Thermo Fisher, "MRC2014 file image format specification: Falcon 4 EC" (FEI extended header).
///
/// Gives the seconds of each image since the first; none where blocks are missing or time does not
/// advance. Throws kBadFile where the header does not hold one block.
std::vector<double> describe_fei(BinaryReader& reader, int64_t offset, int64_t bytes,
                                 int64_t images, RecordingInfo& info);

}  // namespace mote::io
