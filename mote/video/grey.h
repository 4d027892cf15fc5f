#pragma once

#include <optional>

#include "mote/core/image.h"
#include "mote/video/libav.h"

namespace mote::video {

/// The sample type that frames of this pixel format get, or nothing where mote does not read it.
std::optional<SampleType> sample_type(AVPixelFormat format);

/// True for RGB(A) and palettes.
bool is_colour(AVPixelFormat format);

/// The grey image in a decoded frame. Grey formats pass as they are. YUV gives its luma, with
/// limited range (16 to 235 of 8 bits) stretched to full range; a range that is not stated is
/// limited, as in ITU-T H.264, sec. E.2.1. RGB and palettes go through io::grey_row, as 8 bits
/// where they have fewer.
/// Throws kUnsupported on a pixel format without a sample type.
Image grey_image(const AVFrame& frame);

}  // namespace mote::video
