#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "mote/core/error.h"
#include "mote/io/output_file.h"
#include "mote/io/picture_file.h"
#include "mote/io/video.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/sinks.h"

namespace mote::pipeline {
namespace {

constexpr int64_t kRangeFrames = 5;
constexpr int64_t kSegmentFrames = 250;

// Only every `stride`-th frame is drawn.
int64_t overlay_stride(int64_t frames, int64_t most) {
  return std::max<int64_t>(1, (frames + most - 1) / most);
}

struct Drawn : Sink::Rendered {
  Picture picture;
  std::vector<uint8_t> png;
};

class VideoSink : public Sink {
 public:
  VideoSink(const std::string& folder, const Job& job, Recording& recording,
            const RunSummary& summary)
      : folder_(folder),
        lineage_(summary.lineage),
        overlay_(overlay_options(job, recording, held_range(recording)), summary.field),
        video_{.frames_per_second = job.overlay.frames_per_second},
        stride_(overlay_stride(summary.frames, job.overlay.max_frames)) {}

  std::unique_ptr<Rendered> render(const FinalFrame& frame) const override {
    if (frame.info.frame % stride_ != 0) {
      return nullptr;
    }
    auto drawn = std::make_unique<Drawn>();
    drawn->picture = draw(overlay_, frame, lineage_);
    return drawn;
  }

  void write(const FinalFrame&, std::unique_ptr<Rendered> rendered) override {
    if (!rendered) {
      return;
    }
    if (frames_ % kSegmentFrames == 0) {
      begin_segment();
    }
    segment_->write(static_cast<const Drawn&>(*rendered).picture);
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
    segment_ = io::open_video_segment(segments_.back(), overlay_.size(), video_);
  }

  std::string folder_;
  const Lineage& lineage_;
  report::Overlay overlay_;
  io::VideoOptions video_;
  int64_t stride_;
  int64_t frames_ = 0;
  std::vector<std::string> segments_;
  std::unique_ptr<io::VideoSegmentWriter> segment_;
};

class PicturesSink : public Sink {
 public:
  PicturesSink(const std::string& folder, const Job& job, Recording& recording,
               const RunSummary& summary)
      : folder_(folder + "/overlays"),
        job_(job),
        recording_(recording),
        names_(recording),
        lineage_(summary.lineage),
        stride_(overlay_stride(summary.frames, job.overlay.max_frames)) {
    std::filesystem::create_directories(folder_);
  }

  std::unique_ptr<Rendered> render(const FinalFrame& frame) const override {
    if (frame.info.frame % stride_ != 0) {
      return nullptr;
    }
    // Stills need not resemble one another: each has its own range of grey.
    const Grid<float>& image = frame.image();
    const report::Overlay overlay(overlay_options(job_, recording_, report::display_range(image)),
                                  image.size());
    auto drawn = std::make_unique<Drawn>();
    drawn->png = io::encode_png(draw(overlay, frame, lineage_));
    return drawn;
  }

  void write(const FinalFrame& frame, std::unique_ptr<Rendered> rendered) override {
    if (!rendered) {
      return;
    }
    const std::vector<uint8_t>& png = static_cast<const Drawn&>(*rendered).png;
    io::OutputFile file(fmt::format("{}/{}.png", folder_, names_(frame.source_index)));
    file.write({reinterpret_cast<const char*>(png.data()), png.size()});
    file.sync_and_close();
  }

  void finish() override {}

 private:
  std::string folder_;
  const Job& job_;
  Recording& recording_;
  FrameNames names_;
  const Lineage& lineage_;
  int64_t stride_;
};

}  // namespace

report::DisplayRange held_range(Recording& recording) {
  const int64_t frames = recording.info().frames;
  std::vector<report::DisplayRange> ranges;
  for (int64_t k = 0; k < std::min(frames, kRangeFrames); ++k) {
    try {
      const int64_t index = frames <= kRangeFrames ? k : k * (frames - 1) / (kRangeFrames - 1);
      ranges.push_back(report::display_range(to_float32(recording.read(index).image)));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kBadFile) {
        throw;  // a bad frame was reported by pass 1; others show the range
      }
    }
  }
  return ranges.empty() ? report::DisplayRange{} : report::join(std::move(ranges));
}

report::OverlayOptions overlay_options(const Job& job, const Recording& recording,
                                       const report::DisplayRange& range) {
  report::OverlayOptions options{.max_height_px = job.overlay.max_height_px,
                                 .max_width_px = job.overlay.max_height_px * 16 / 9,
                                 .range = range,
                                 .pixel_size = recording.info().pixel_size};
  if (recording.info().frame_interval) {
    options.frame_interval_s = recording.info().frame_interval->seconds;
  }
  options.clock = job.command != Command::kSegment;
  return options;
}

Picture draw(const report::Overlay& overlay, const FinalFrame& frame, const Lineage& lineage) {
  const Grid<float>& image = frame.image();
  static const Grid<uint8_t> kNoCoverage;
  std::vector<report::OverlayInstance> instances;
  for (const measure::ParticleRow& particle : frame.particles) {
    instances.push_back({.label = particle.measures.label,
                         .tracks = particle.tracks,
                         .centroid = particle.measures.centroid,
                         .ecd_px = particle.ecd_px()});
  }
  return overlay.draw({.image = image,
                       .labels = frame.labels,
                       .coverage = kNoCoverage,
                       .instances = std::move(instances),
                       .index = frame.info.frame,
                       .recorded_frame = frame.info.recorded_frame,
                       .time_s = frame.info.time_s,
                       .trails = frame.trails,
                       .events = lineage.events});
}

FrameNames::FrameNames(const Recording& recording) : recording_(recording) {
  const std::vector<std::string>& files = recording.info().files;
  if (static_cast<int64_t>(files.size()) != recording.recorded_frames()) {
    return;
  }
  std::set<std::string> met;
  for (const std::string& file : files) {
    stills_.push_back(std::filesystem::path(file).stem().string());
    met.insert(stills_.back());
  }
  if (met.size() < stills_.size()) {
    for (size_t i = 0; i < stills_.size(); ++i) {
      stills_[i] = fmt::format("{:06}_{}", i, stills_[i]);
    }
  }
}

std::string FrameNames::operator()(int64_t source_index) const {
  const int64_t recorded = recording_.recorded_index(source_index);
  return stills_.empty() ? fmt::format("frame_{:06}", recorded)
                         : stills_[static_cast<size_t>(recorded)];
}

std::unique_ptr<Sink> make_overlay_sink(const std::string& folder, const Job& job,
                                        Recording& recording, const RunSummary& summary) {
  if (job.command == Command::kSegment) {
    return std::make_unique<PicturesSink>(folder, job, recording, summary);
  }
  return std::make_unique<VideoSink>(folder, job, recording, summary);
}

}  // namespace mote::pipeline
