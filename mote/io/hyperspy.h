#pragma once

#include <memory>

#include "mote/core/frame_source.h"
#include "mote/io/hdf5_file.h"
#include "mote/io/open.h"

namespace mote::io {

/// Whether the tree is that of a HyperSpy file: it has `/Experiments`.
bool looks_like_hyperspy(const Hdf5Tree& tree);

/// Opens a HyperSpy file: the first signal in `/Experiments` whose signal axes are two, alone or
/// along one navigation axis; others are named in a warning. Scale and units of `axis-0`, ... in
/// the order of the array; a navigation axis in a unit of time gives the frame interval, one in a
/// unit of length makes a volume.
///
/// HyperSpy user guide, "HSpy - HyperSpy's HDF5 Specification" (RosettaSciIO), versions 1 to 3.
///
/// Throws kBadFile, or kUnsupported for spectra, complex numbers, and images at the points of a
/// scan.
std::unique_ptr<FrameSource> open_hyperspy(std::shared_ptr<Hdf5File> file,
                                           const ReadOptions& options);

}  // namespace mote::io
