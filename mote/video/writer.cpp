#include <memory>
#include <string>

#include "mote/video/libav.h"
#include "mote/video/muxer.h"
#include "mote/video/plugin.h"
#include "mote/video/yuv.h"

namespace mote::video {
namespace {

constexpr int64_t kMaxSide = 16384;

// Scrubbing decodes from the keyframe before.
constexpr int kMaxKeyframeDistance = 50;

// What bench_video says of noisy frames: half the time of `veryfast` and as small, where
// `superfast` alone is almost twice as large.
constexpr const char* kPreset = "superfast";
constexpr const char* kSettings = "bframes=0:rc-lookahead=5:mbtree=1";

CodecPtr open_encoder(Size size, const io::VideoOptions& options) {
  silence_libav();
  forget_messages();
  const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
  if (encoder == nullptr) {
    throw Error(ErrorKind::kUnsupported, "H.264 cannot be written: libavcodec has no libx264 here");
  }
  CodecPtr codec(avcodec_alloc_context3(encoder));
  if (codec == nullptr) {
    throw Error(ErrorKind::kResource, "no memory is left to write video");
  }
  codec->width = static_cast<int>(size.width + size.width % 2);
  codec->height = static_cast<int>(size.height + size.height % 2);
  codec->pix_fmt = AV_PIX_FMT_YUV420P;
  codec->framerate = av_d2q(options.frames_per_second, 100000);
  codec->time_base = av_inv_q(codec->framerate);
  codec->gop_size = kMaxKeyframeDistance;
  codec->thread_count = 1;
  codec->flags |= AV_CODEC_FLAG_BITEXACT | AV_CODEC_FLAG_GLOBAL_HEADER;
  codec->color_range = AVCOL_RANGE_MPEG;
  codec->colorspace = AVCOL_SPC_BT709;
  codec->color_primaries = AVCOL_PRI_BT709;
  codec->color_trc = AVCOL_TRC_BT709;
  codec->chroma_sample_location = AVCHROMA_LOC_CENTER;
  AVDictionary* settings = nullptr;
  av_dict_set(&settings, "preset", kPreset, 0);
  av_dict_set(&settings, "x264-params", kSettings, 0);
  av_dict_set(&settings, "profile", "high", 0);
  av_dict_set_int(&settings, "crf", options.crf, 0);
  const int code = avcodec_open2(codec.get(), encoder, &settings);
  av_dict_free(&settings);
  if (code < 0) {
    throw Error(ErrorKind::kResource, "H.264 encoder cannot be started: {}", failure(code));
  }
  return codec;
}

class SegmentWriter : public io::VideoSegmentWriter {
 public:
  SegmentWriter(const std::string& path, Size size, const io::VideoOptions& options)
      : size_(size),
        codec_(open_encoder(size, options)),
        packet_(make_packet()),
        frame_(make_frame()) {
    frame_->format = codec_->pix_fmt;
    frame_->width = codec_->width;
    frame_->height = codec_->height;
    const std::unique_ptr<AVCodecParameters, void (*)(AVCodecParameters*)> parameters(
        avcodec_parameters_alloc(), [](AVCodecParameters* p) { avcodec_parameters_free(&p); });
    if (parameters == nullptr || av_frame_get_buffer(frame_.get(), 0) < 0 ||
        avcodec_parameters_from_context(parameters.get(), codec_.get()) < 0) {
      throw Error(ErrorKind::kResource, "no memory is left to write video");
    }
    muxer_ = std::make_unique<Muxer>(path, *parameters, codec_->framerate, false);
  }

  void write(const Picture& picture) override {
    if (picture.size() != size_) {
      throw Error(ErrorKind::kUsage, "picture of {} x {} px in a video of {} x {} px",
                  picture.width(), picture.height(), size_.width, size_.height);
    }
    if (av_frame_make_writable(frame_.get()) < 0) {
      throw Error(ErrorKind::kResource, "no memory is left to write video");
    }
    to_yuv420(picture, *frame_);
    frame_->pts = pictures_++;
    encode(frame_.get());
  }

  void close() override {
    encode(nullptr);
    muxer_->close();
  }

 private:
  void encode(const AVFrame* frame) {
    int code = avcodec_send_frame(codec_.get(), frame);
    while (code >= 0) {
      code = avcodec_receive_packet(codec_.get(), packet_.get());
      if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) {
        return;
      }
      if (code >= 0) {
        packet_->duration = 1;
        muxer_->write(*packet_, codec_->time_base);
      }
    }
    throw Error(ErrorKind::kResource, "H.264 encoder failed: {}", failure(code));
  }

  Size size_;
  CodecPtr codec_;
  PacketPtr packet_;
  FramePtr frame_;
  std::unique_ptr<Muxer> muxer_;
  int64_t pictures_ = 0;
};

}  // namespace

std::unique_ptr<io::VideoSegmentWriter> open_segment(const std::string& path, Size size,
                                                     const io::VideoOptions& options) {
  if (size.height <= 0 || size.width <= 0 || size.height > kMaxSide || size.width > kMaxSide) {
    throw Error(ErrorKind::kUsage, "video of {} x {} px: sides are 1 to {} px", size.width,
                size.height, kMaxSide);
  }
  if (!(options.frames_per_second >= 0.01 && options.frames_per_second <= 1000)) {
    throw Error(ErrorKind::kUsage, "video at {} frames per second: expected 0.01 to 1000",
                options.frames_per_second);
  }
  if (options.crf < 1 || options.crf > 51) {
    throw Error(ErrorKind::kUsage, "crf {}: expected 1 (best) to 51 (smallest)", options.crf);
  }
  return std::make_unique<SegmentWriter>(path, size, options);
}

}  // namespace mote::video
