#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/io/video.h"

namespace mote::video {

/// The functions that libmote_video offers, by the contracts in mote/io/video.h.
std::unique_ptr<FrameSource> open_source(const std::string& path);
std::unique_ptr<io::VideoSegmentWriter> open_segment(const std::string& path, Size size,
                                                     const io::VideoOptions& options);
void join_segments(const std::vector<std::string>& segments, const std::string& path);

}  // namespace mote::video
