#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mote/core/frame_source.h"
#include "mote/core/picture.h"

namespace mote::io {

/// Opens a video (AVI, MP4, MOV, GIF, ...) through libmote_video, which is loaded on first need.
/// Its playback rate is put into the metadata and a warning, never into frame_interval.
/// Throws kUnsupported where the plug-in is not there, saying what to install.
std::unique_ptr<FrameSource> open_video(const std::string& path);

/// True where the leading bytes are those of a container that libmote_video reads.
bool looks_like_video(const std::string& leading_bytes);

struct VideoOptions {
  double frames_per_second = 25;
  int crf = 23;  ///< x264's constant rate factor; less is better and larger
};

/// Encodes pictures of one size to a closed H.264 segment (yuv420p, even sizes by padding, one
/// thread, bit-exact), so that segments can be made in parallel and survive a kill.
/// Throws kResource where the disk is full, kUnsupported where the plug-in is not there.
class VideoSegmentWriter {
 public:
  virtual ~VideoSegmentWriter() = default;
  virtual void write(const Picture& picture) = 0;
  virtual void close() = 0;
};
std::unique_ptr<VideoSegmentWriter> open_video_segment(const std::string& path, Size size,
                                                       const VideoOptions& options);

/// Throws kUnsupported, as the functions above, where videos cannot be written: to be called before
/// long work whose result is a video.
void require_video();

/// Joins segments, in order, to one MP4 with the index in front (faststart), without re-encoding.
void join_video_segments(const std::vector<std::string>& segments, const std::string& path);

}  // namespace mote::io
