#include "mote/video/libav.h"

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <mutex>

namespace mote::video {
namespace {

thread_local std::string last_message;

void keep_message(void* /*context*/, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR) {
    return;
  }
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  last_message = text;
  while (!last_message.empty() && (last_message.back() == '\n' || last_message.back() == '.')) {
    last_message.pop_back();
  }
}

template <typename Pointer>
Pointer made(typename Pointer::pointer raw) {
  if (raw == nullptr) {
    throw Error(ErrorKind::kResource, "no memory is left for video");
  }
  return Pointer(raw);
}

}  // namespace

PacketPtr make_packet() {
  return made<PacketPtr>(av_packet_alloc());
}

FramePtr make_frame() {
  return made<FramePtr>(av_frame_alloc());
}

void silence_libav() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(keep_message); });
}

void forget_messages() {
  last_message.clear();
}

bool has_message() {
  return !last_message.empty();
}

std::string failure(int code) {
  if (!last_message.empty()) {
    return last_message;
  }
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

ErrorKind kind_of(int code) {
  switch (code) {
    case AVERROR(ENOMEM):
    case AVERROR(ENOSPC):
    case AVERROR(EDQUOT):
    case AVERROR(EFBIG): return ErrorKind::kResource;
    default: return ErrorKind::kBadFile;
  }
}

std::string file_url(const std::string& path) {
  return "file:" + path;
}

}  // namespace mote::video
