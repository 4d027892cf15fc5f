#pragma once

#include "mote/hdf5/library.h"
#include "mote/io/hdf5_tree.h"

namespace mote::hdf5 {

/// All groups, datasets and attributes of a file, without samples. What cannot be opened is a
/// problem of the tree, told and passed over. Links into other files are left out.
/// Throws kUnsupported for a file of more things than 100,000, kBadFile where the root cannot be
/// read.
io::Hdf5Tree read_tree(hid_t file);

}  // namespace mote::hdf5
