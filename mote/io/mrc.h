#pragma once

#include <memory>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether a file that begins with these 1024 bytes is an MRC or CCP4 file: by its `MAP`, or, of
/// files older than that, by a machine stamp and sizes and axes that make sense.
bool looks_like_mrc(const std::string& leading_bytes);

/// Opens an MRC, MRCS or CCP4 file: modes 0, 1, 2, 6, 12, 16 and 101, either byte order, with FEI's
/// extended header and the `_info.txt` that Direct Electron's cameras write beside.
///
/// Cheng et al., "MRC2014: Extensions to the MRC format header for electron cryo-microscopy and
/// tomography", J. Struct. Biol. 192, 2015 (10.1016/j.jsb.2015.04.002); modes 16 and 101 and the
/// sign of mode 0 as in IMOD's `mrc_format.txt`. Pixel size is cell length, in angstrom, by grid
/// intervals of the axis that columns (MAPC) or rows (MAPR) run along. Rows are kept in their
/// order.
///
/// Throws kNotFound, kBadFile, or kUnsupported for complex numbers; the message does not repeat the
/// path.
std::unique_ptr<FrameSource> open_mrc(const std::string& path, const ReadOptions& options = {});

}  // namespace mote::io
