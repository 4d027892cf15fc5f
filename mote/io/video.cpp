#include "mote/io/video.h"

#include <string_view>

#include "mote/core/error.h"
#include "mote/io/video_plugin.h"

namespace mote::io {
namespace {

const VideoPlugin& plugin() {
  try {
    return static_cast<const VideoPlugin&>(load_plugin("mote_video"));
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kResource) {
      throw;
    }
    throw Error(error.kind(), "mote was built without video (libmote_video); {}", error.what());
  }
}

}  // namespace

bool looks_like_video(const std::string& leading_bytes) {
  const std::string_view bytes = leading_bytes;
  const auto part = [bytes](size_t from, size_t count) {
    return from < bytes.size() ? bytes.substr(from, count) : std::string_view();
  };
  const bool avi = part(0, 4) == "RIFF" && (part(8, 4) == "AVI " || part(8, 4) == "AVIX");
  const bool gif = part(0, 6) == "GIF87a" || part(0, 6) == "GIF89a";
  const bool matroska = part(0, 4) == "\x1A\x45\xDF\xA3";
  // ISO/IEC 14496-12, sec. 4.2: a box is its size, then its type.
  const std::string_view box = part(4, 4);
  const bool iso = box == "ftyp" || box == "moov" || box == "mdat" || box == "wide" ||
                   box == "free" || box == "skip";
  return avi || gif || matroska || iso;
}

std::unique_ptr<FrameSource> open_video(const std::string& path) {
  return plugin().open(path);
}

std::unique_ptr<VideoSegmentWriter> open_video_segment(const std::string& path, Size size,
                                                       const VideoOptions& options) {
  return plugin().open_segment(path, size, options);
}

void require_video() {
  plugin();
}

void join_video_segments(const std::vector<std::string>& segments, const std::string& path) {
  plugin().join_segments(segments, path);
}

}  // namespace mote::io
