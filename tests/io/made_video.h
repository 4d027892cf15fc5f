#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include "mote/core/grid.h"

/// Videos of any codec and container that libav writes, drawn in code.
namespace mote::made_video {

struct Look {
  std::string codec = "rawvideo";
  AVPixelFormat format = AV_PIX_FMT_GRAY8;
  Size size = {32, 48};
  int64_t frames = 12;
  int keyframe_distance = 5;
  int b_frames = 0;
  int quantiser = 2;
  AVColorRange range = AVCOL_RANGE_UNSPECIFIED;
};

inline void require(bool holds, const char* what) {
  if (!holds) {
    throw std::runtime_error(std::string("libav cannot ") + what);
  }
}

/// The container follows from the extension of `path`; `draw` fills frame `index`.
inline void write(const std::string& path, const Look& look,
                  const std::function<void(int64_t index, AVFrame& frame)>& draw) {
  AVFormatContext* container = nullptr;
  avformat_alloc_output_context2(&container, nullptr, nullptr, path.c_str());
  require(container != nullptr, "make the container");
  const AVCodec* encoder = avcodec_find_encoder_by_name(look.codec.c_str());
  require(encoder != nullptr, "find the encoder");
  AVCodecContext* codec = avcodec_alloc_context3(encoder);
  codec->width = static_cast<int>(look.size.width);
  codec->height = static_cast<int>(look.size.height);
  codec->pix_fmt = look.format;
  codec->time_base = {1, 10};
  codec->framerate = {10, 1};
  codec->gop_size = look.keyframe_distance;
  codec->max_b_frames = look.b_frames;
  codec->color_range = look.range;
  codec->thread_count = 1;
  codec->flags |= AV_CODEC_FLAG_QSCALE;
  codec->global_quality = FF_QP2LAMBDA * look.quantiser;
  if (look.codec == "ffv1") {
    codec->level = 3;  // the first with checksums
  }
  codec->strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL;
  if ((container->oformat->flags & AVFMT_GLOBALHEADER) != 0) {
    codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  }
  require(avcodec_open2(codec, encoder, nullptr) >= 0, "open the encoder");
  AVStream* stream = avformat_new_stream(container, nullptr);
  avcodec_parameters_from_context(stream->codecpar, codec);
  stream->time_base = codec->time_base;
  stream->avg_frame_rate = codec->framerate;
  require(avio_open(&container->pb, path.c_str(), AVIO_FLAG_WRITE) >= 0, "open the file");
  require(avformat_write_header(container, nullptr) >= 0, "write the header");
  AVPacket* packet = av_packet_alloc();
  for (int64_t i = 0; i <= look.frames; ++i) {
    AVFrame* frame = nullptr;
    if (i < look.frames) {
      frame = av_frame_alloc();
      frame->format = look.format;
      frame->width = codec->width;
      frame->height = codec->height;
      frame->pts = i;
      frame->quality = codec->global_quality;
      require(av_frame_get_buffer(frame, 0) >= 0, "get a frame");
      draw(i, *frame);
    }
    avcodec_send_frame(codec, frame);
    av_frame_free(&frame);
    while (avcodec_receive_packet(codec, packet) >= 0) {
      packet->duration = 1;
      av_packet_rescale_ts(packet, codec->time_base, stream->time_base);
      require(av_write_frame(container, packet) >= 0, "write a packet");
      av_packet_unref(packet);
    }
  }
  av_write_trailer(container);
  av_packet_free(&packet);
  avio_closep(&container->pb);
  avcodec_free_context(&codec);
  avformat_free_context(container);
}

struct Bytes {
  int64_t begin = 0;
  int64_t end = 0;
};

/// Where packet `number` lies in a MOV file.
inline Bytes packet_bytes(const std::string& path, int number) {
  AVFormatContext* container = nullptr;
  require(avformat_open_input(&container, path.c_str(), nullptr, nullptr) >= 0, "open the file");
  AVPacket* packet = av_packet_alloc();
  for (int i = 0; i <= number; ++i) {
    av_packet_unref(packet);
    require(av_read_frame(container, packet) >= 0, "read the packet");
  }
  const Bytes bytes = {packet->pos, packet->pos + packet->size};
  av_packet_free(&packet);
  avformat_close_input(&container);
  return bytes;
}

}  // namespace mote::made_video
