#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/core/plugin.h"
#include "mote/io/video.h"

namespace mote::io {

/// What libmote_video's entry point `mote_video_plugin` returns: the functions of mote/io/video.h.
struct VideoPlugin : PluginHeader {
  std::unique_ptr<FrameSource> (*open)(const std::string& path) = nullptr;
  std::unique_ptr<VideoSegmentWriter> (*open_segment)(const std::string& path, Size size,
                                                      const VideoOptions& options) = nullptr;
  void (*join_segments)(const std::vector<std::string>& segments,
                        const std::string& path) = nullptr;
};

}  // namespace mote::io
