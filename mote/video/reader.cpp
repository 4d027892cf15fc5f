#include <string>
#include <string_view>
#include <utility>

extern "C" {
#include <libavutil/pixdesc.h>
}

#include "mote/video/decoder.h"
#include "mote/video/grey.h"
#include "mote/video/plugin.h"

namespace mote::video {
namespace {

std::string container_name(const AVFormatContext& container) {
  const std::string_view name = container.iformat->name;
  if (name == "avi") {
    return "AVI";
  }
  if (name == "gif") {
    return "GIF";
  }
  if (name.starts_with("matroska")) {
    return "Matroska";
  }
  const AVDictionaryEntry* brand = av_dict_get(container.metadata, "major_brand", nullptr, 0);
  return brand == nullptr || std::string_view(brand->value).starts_with("qt") ? "MOV" : "MP4";
}

RecordingInfo describe(const std::string& path, const Decoder& decoder) {
  const AVFormatContext& container = decoder.demuxer().container();
  const AVStream& stream = decoder.demuxer().stream();
  const AVCodecParameters& parameters = *stream.codecpar;
  const auto pixel_format = static_cast<AVPixelFormat>(parameters.format);
  const char* codec = avcodec_get_name(parameters.codec_id);
  if (decoder.frames() == 0) {
    throw Error(ErrorKind::kBadFile, "video stream ({}) holds no frames", codec);
  }
  if (parameters.width <= 0 || parameters.height <= 0 || pixel_format == AV_PIX_FMT_NONE) {
    throw Error(ErrorKind::kBadFile, "video stream ({}): no frame of it can be decoded", codec);
  }
  const std::optional<SampleType> type = sample_type(pixel_format);
  if (!type) {
    throw Error(ErrorKind::kUnsupported,
                "pixel format {}: mote reads video of grey, YUV, RGB and palettes",
                av_get_pix_fmt_name(pixel_format));
  }

  RecordingInfo info;
  info.format = fmt::format("{} ({})", container_name(container), codec);
  info.frames = decoder.frames();
  info.size = {parameters.height, parameters.width};
  info.type = *type;
  info.colour = is_colour(pixel_format);
  info.files = {path};
  const AVDictionaryEntry* tag = nullptr;
  while ((tag = av_dict_get(container.metadata, "", tag, AV_DICT_IGNORE_SUFFIX)) != nullptr) {
    info.metadata[tag->key] = tag->value;
  }
  info.metadata["codec"] = codec;
  info.metadata["pixel format"] = av_get_pix_fmt_name(pixel_format);
  const AVRational rate =
      stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate;
  if (rate.num > 0 && rate.den > 0) {
    const std::string fps = fmt::format("{:.6g} fps", av_q2d(rate));
    info.metadata["playback rate"] = fps;
    info.warnings.push_back(fmt::format(
        "playback rate {} is not taken as the frame interval; give --frame-interval", fps));
  }
  return info;
}

class VideoSource : public FrameSource {
 public:
  explicit VideoSource(const std::string& path) : decoder_(path), info_(describe(path, decoder_)) {}

  const RecordingInfo& info() const override { return info_; }

  Frame read(int64_t index) override {
    if (index < 0 || index >= info_.frames) {
      throw Error(ErrorKind::kUsage, "the recording has frames 0 to {}", info_.frames - 1);
    }
    Frame frame;
    frame.index = index;
    frame.image = grey_image(decoder_.decode(index));
    return frame;
  }

 private:
  Decoder decoder_;
  RecordingInfo info_;
};

}  // namespace

std::unique_ptr<FrameSource> open_source(const std::string& path) {
  return std::make_unique<VideoSource>(path);
}

}  // namespace mote::video
