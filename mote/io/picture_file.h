#pragma once

#include <string>
#include <vector>

#include "mote/core/picture.h"

namespace mote::io {

/// PNG and JPEG files in memory, and PNG on disk; the same picture gives the same bytes.
std::vector<uint8_t> encode_png(const Picture& picture);
std::vector<uint8_t> encode_jpeg(const Picture& picture, int quality = 85);

/// Throws kResource where the file cannot be written.
void write_png(const std::string& path, const Picture& picture);

}  // namespace mote::io
