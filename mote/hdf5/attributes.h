#pragma once

#include <map>
#include <string>

#include "mote/hdf5/library.h"
#include "mote/io/hdf5_tree.h"

namespace mote::hdf5 {

/// The attributes of a group or dataset that are numbers or texts, at most 64 KiB each.
std::map<std::string, io::Hdf5Value> attributes_of(hid_t object);

/// The first text of a dataset, at most its first kHdf5TextBytes; empty where it is none or larger
/// than a mebibyte.
std::string first_text(hid_t dataset);

}  // namespace mote::hdf5
