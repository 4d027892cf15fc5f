#pragma once

#include "mote/core/picture.h"
#include "mote/video/libav.h"

namespace mote::video {

/// Converts a picture to yuv420p in `frame`, whose size is the picture's made even; a row or column
/// more repeats the edge. Chroma is the mean of 2 x 2 pixels.
///
/// ITU-R Recommendation BT.709-6 (2015), sec. 3: luma 16 to 235, chroma 16 to 240.
void to_yuv420(const Picture& picture, AVFrame& frame);

}  // namespace mote::video
