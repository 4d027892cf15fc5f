#pragma once

#include <memory>

#include "mote/core/frame_source.h"
#include "mote/io/hdf5_file.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether the tree is that of a DM5 file: it has an `ImageList`.
bool looks_like_dm5(const Hdf5Tree& tree);

/// Opens a DM5 file, which holds the tags of a DM3 or DM4 file (mote/io/dm.h) as groups and
/// attributes of HDF5: `ImageList/[0]/ImageData` with `Data`, and with `Dimensions`, x first, in
/// attributes `[0]`, `[1]`, ... Follows files that Nion Swift wrote. RGB is not read.
///
/// Throws as open_dm.
std::unique_ptr<FrameSource> open_dm5(std::shared_ptr<Hdf5File> file, const ReadOptions& options);

}  // namespace mote::io
