#pragma once

#include <string>

#include "mote/core/grid.h"

namespace mote::pipeline {

/// Reads `--mask`: 1 where its first image is zero or not a number, which is left out of the field.
/// Throws as io::open_frames, and kUsage where it is not of the size `recorded`, leaves out every
/// pixel, or is a photograph.
BinaryImage read_mask_file(const std::string& path, Size recorded);

}  // namespace mote::pipeline
