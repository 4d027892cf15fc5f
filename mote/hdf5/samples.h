#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "mote/hdf5/library.h"
#include "mote/io/hdf5_file.h"

namespace mote::hdf5 {

/// As Hdf5File::read (mote/io/hdf5_file.h). Throws kBadFile also where the box does not lie within
/// the dataset, or a chunk is larger than the memory that this process may take.
void read_samples(hid_t file, const std::string& path, const io::Hdf5Box& box,
                  std::span<std::byte> to);

}  // namespace mote::hdf5
