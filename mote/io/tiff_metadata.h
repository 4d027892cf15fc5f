#pragma once

#include <map>
#include <string>

#include "mote/io/tiff_chain.h"

namespace mote::io {

/// Every field of a directory as text, by the name of its tag (`XResolution`, or `tag 37706` for
/// one without a name here), but those that say where samples lie and how they are decoded. Texts
/// stand whole; of numbers the first 16; bytes without a meaning here are counted.
std::map<std::string, std::string> tiff_metadata(const File& file, const TiffChain& chain,
                                                 const TiffDirectory& directory);

}  // namespace mote::io
