#pragma once

#include "mote/hdf5/library.h"

namespace mote::hdf5 {

/// Opens the file behind a descriptor, for reading. libhdf5 gets a driver of ours that reads from
/// the descriptor and nothing else: no path is looked at, and nothing is written or locked.
/// Throws kBadFile where it is no sound HDF5 file.
Handle open_file(int descriptor);

}  // namespace mote::hdf5
