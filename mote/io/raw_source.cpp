#include "mote/io/raw_source.h"

#include <utility>

#include "mote/core/error.h"

namespace mote::io {
namespace {

class RawSource : public FrameSource {
 public:
  RawSource(RawRecording recording, const ReadOptions& options)
      : recording_(std::move(recording)), info_(std::move(recording_.info)) {
    describe_series(options, recording_.images, recording_.is_volume, info_);
    info_.size = recording_.format.size;
    info_.type = recording_.format.type();
    info_.colour = recording_.format.colour();
    chosen("channel", options.channel, 1);
    slice_ = chosen("slice", options.z, info_.slices).value_or(0);
  }

  const RecordingInfo& info() const override { return info_; }

  Frame read(int64_t index) override {
    check_frame(index, info_.frames);
    const RawPlace place = recording_.place(info_.slices > 1 ? slice_ : index);
    Frame frame;
    frame.index = index;
    frame.time_s = place.time_s;
    frame.image = read_raw_image(*recording_.files.at(place.file), place.offset, recording_.format);
    return frame;
  }

 private:
  RawRecording recording_;
  RecordingInfo info_;
  int64_t slice_ = 0;
};

}  // namespace

RawRecording recording_in(const std::string& path) {
  RawRecording recording;
  recording.files.push_back(std::make_unique<File>(path));
  recording.info.files = {path};
  return recording;
}

std::unique_ptr<FrameSource> make_raw_source(RawRecording recording, const ReadOptions& options) {
  return std::make_unique<RawSource>(std::move(recording), options);
}

void describe_series(const ReadOptions& options, int64_t images, bool is_volume,
                     RecordingInfo& info) {
  info.frames = images;
  if (!is_volume || images == 1) {
    return;
  }
  if (options.z) {
    info.slices = images;
    info.frames = 1;
    info.frame_interval.reset();
    return;
  }
  info.warnings.push_back(
      fmt::format("the header calls the {} images slices of a volume: they are taken for "
                  "frames; --z takes one of them",
                  images));
}

void check_frame(int64_t index, int64_t frames) {
  if (index < 0 || index >= frames) {
    throw Error(ErrorKind::kUsage, "frame {}: the recording has {} (0 to {})", index, frames,
                frames - 1);
  }
}

std::optional<int64_t> chosen(const char* what, std::optional<int64_t> index, int64_t count) {
  if (index && (*index < 0 || *index >= count)) {
    throw Error(ErrorKind::kUsage, "{} {}: the recording has {} (0 to {})", what, *index, count,
                count - 1);
  }
  return count == 1 ? 0 : index;
}

void require_chosen(const RecordingInfo& info, std::optional<int64_t> channel,
                    std::optional<int64_t> slice) {
  if (!channel) {
    throw Error(ErrorKind::kUsage, "{} channels: expected one, from 0 to {}, by --channel",
                info.channels, info.channels - 1);
  }
  if (!slice) {
    throw Error(ErrorKind::kUsage, "{} slices (z): expected one, from 0 to {}, by --z", info.slices,
                info.slices - 1);
  }
}

}  // namespace mote::io
