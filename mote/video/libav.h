#pragma once

#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include "mote/core/error.h"

namespace mote::video {

struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreeCodec {
  void operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
};
struct CloseInput {
  void operator()(AVFormatContext* container) const { avformat_close_input(&container); }
};
struct CloseOutput {
  void operator()(AVFormatContext* container) const {
    avio_closep(&container->pb);
    avformat_free_context(container);
  }
};
using PacketPtr = std::unique_ptr<AVPacket, FreePacket>;
using FramePtr = std::unique_ptr<AVFrame, FreeFrame>;
using CodecPtr = std::unique_ptr<AVCodecContext, FreeCodec>;
using InputPtr = std::unique_ptr<AVFormatContext, CloseInput>;
using OutputPtr = std::unique_ptr<AVFormatContext, CloseOutput>;

/// Each throws kResource where there is no memory.
PacketPtr make_packet();
FramePtr make_frame();

/// From the first call on, libav prints nothing; what it reports as an error on this thread is kept
/// for `failure`.
void silence_libav();

/// Forgets what libav has reported on this thread.
void forget_messages();

/// True where libav has reported an error on this thread since then.
bool has_message();

/// What libav reported last on this thread, else its words for `code`.
std::string failure(int code);

/// kResource where `code` says that memory or disk ran out, else kBadFile.
ErrorKind kind_of(int code);

/// The path as libav takes it, never read as the address of another protocol.
std::string file_url(const std::string& path);

}  // namespace mote::video
