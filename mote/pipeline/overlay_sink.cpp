#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "mote/io/output_file.h"
#include "mote/io/picture_file.h"
#include "mote/io/video.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/frame_names.h"
#include "mote/pipeline/sinks.h"

namespace mote::pipeline {
namespace {

constexpr int64_t kSegmentFrames = 250;

// Only every `stride`-th frame is drawn.
int64_t overlay_stride(int64_t frames, int64_t most) {
  return std::max<int64_t>(1, (frames + most - 1) / most);
}

Size most_of(const Job& job) {
  const int64_t height = job.overlay.max_height_px;
  return {.height = height, .width = height * 16 / 9};
}

struct Drawn : Sink::Rendered {
  std::shared_ptr<const Picture> picture;
};

struct Png : Sink::Rendered {
  std::vector<uint8_t> bytes;
};

class VideoSink : public Sink {
 public:
  VideoSink(const std::string& folder, const Job& job, const OverlayPainter& painter,
            const RunSummary& summary)
      : folder_(folder),
        painter_(painter),
        most_(most_of(job)),
        size_(painter.painted_size(summary.field, most_)),
        video_{.frames_per_second = job.overlay.frames_per_second},
        stride_(overlay_stride(summary.frames, job.overlay.max_frames)) {}

  std::unique_ptr<Rendered> render(const FinalFrame& frame) const override {
    if (frame.info.frame % stride_ != 0) {
      return nullptr;
    }
    auto drawn = std::make_unique<Drawn>();
    drawn->picture = painter_.paint(frame, most_);
    return drawn;
  }

  void write(const FinalFrame&, std::unique_ptr<Rendered> rendered) override {
    if (!rendered) {
      return;
    }
    if (frames_ % kSegmentFrames == 0) {
      begin_segment();
    }
    segment_->write(*static_cast<const Drawn&>(*rendered).picture);
    ++frames_;
  }

  void finish() override {
    if (close_segment()) {
      io::join_video_segments(segments_, folder_ + "/overlay.mp4");
      sync_path(folder_ + "/overlay.mp4");
    }
    for (const std::string& segment : segments_) {
      std::filesystem::remove(segment);
    }
  }

 private:
  // An encoder is large: it goes before the next one comes.
  bool close_segment() {
    if (!segment_) {
      return false;
    }
    segment_->close();
    segment_.reset();
    return true;
  }

  void begin_segment() {
    close_segment();
    segments_.push_back(fmt::format("{}/overlay_{:06}.part", folder_, segments_.size()));
    segment_ = io::open_video_segment(segments_.back(), size_, video_);
  }

  std::string folder_;
  const OverlayPainter& painter_;
  Size most_;
  Size size_;
  io::VideoOptions video_;
  int64_t stride_;
  int64_t frames_ = 0;
  std::vector<std::string> segments_;
  std::unique_ptr<io::VideoSegmentWriter> segment_;
};

class PicturesSink : public Sink {
 public:
  PicturesSink(const std::string& folder, const Job& job, const OverlayPainter& painter,
               const Recording& recording, const RunSummary& summary)
      : folder_(folder + "/overlays"),
        painter_(painter),
        most_(most_of(job)),
        names_(recording),
        stride_(overlay_stride(summary.frames, job.overlay.max_frames)) {
    std::filesystem::create_directories(folder_);
  }

  std::unique_ptr<Rendered> render(const FinalFrame& frame) const override {
    if (frame.info.frame % stride_ != 0) {
      return nullptr;
    }
    auto png = std::make_unique<Png>();
    png->bytes = io::encode_png(*painter_.paint(frame, most_));
    return png;
  }

  void write(const FinalFrame& frame, std::unique_ptr<Rendered> rendered) override {
    if (!rendered) {
      return;
    }
    const std::vector<uint8_t>& png = static_cast<const Png&>(*rendered).bytes;
    io::OutputFile file(fmt::format("{}/{}.png", folder_, names_(frame.source_index)));
    file.write({reinterpret_cast<const char*>(png.data()), png.size()});
    file.sync_and_close();
  }

  void finish() override {}

 private:
  std::string folder_;
  const OverlayPainter& painter_;
  Size most_;
  FrameNames names_;
  int64_t stride_;
};

}  // namespace

std::unique_ptr<Sink> make_overlay_sink(const std::string& folder, const Job& job,
                                        const OverlayPainter& painter, const Recording& recording,
                                        const RunSummary& summary) {
  if (job.command == Command::kSegment) {
    return std::make_unique<PicturesSink>(folder, job, painter, recording, summary);
  }
  return std::make_unique<VideoSink>(folder, job, painter, summary);
}

}  // namespace mote::pipeline
