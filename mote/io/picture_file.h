#pragma once

#include <string>
#include <vector>

#include "mote/core/image.h"
#include "mote/core/picture.h"

namespace mote::io {

/// PNG and JPEG files in memory; the same picture gives the same bytes. `quality` is libjpeg's, 1
/// to 100. Throws kResource where memory runs out or a side is longer than the format allows.
std::vector<uint8_t> encode_png(const Picture& picture);
std::vector<uint8_t> encode_jpeg(const Picture& picture, int quality = 85);

/// Writes a PNG file. Throws as encode_png, and kResource where the file cannot be written.
void write_png(const std::string& path, const Picture& picture);

/// Writes a grey image of uint8 or uint16 as a PNG file of as many bits, numbers as they are.
/// Throws as write_png, and kUnsupported for another sample type, which PNG does not have.
void write_grey_png(const std::string& path, const Image& image);

}  // namespace mote::io
