#include "mote/pipeline/overlay_painter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "mote/core/error.h"

namespace mote::pipeline {
namespace {

constexpr int64_t kRangeFrames = 5;

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

std::vector<report::OverlayInstance> instances_of(const FinalFrame& frame) {
  std::vector<report::OverlayInstance> instances;
  for (const measure::ParticleRow& particle : frame.particles) {
    instances.push_back({.label = particle.measures.label,
                         .tracks = particle.tracks,
                         .centroid = particle.measures.centroid,
                         .ecd_px = particle.ecd_px()});
  }
  return instances;
}

std::vector<std::string> readings_of(const FinalFrame& frame, const FrameLog* log) {
  std::vector<std::string> texts;
  if (log == nullptr) {
    return texts;
  }
  for (const LogReading& reading : log->readings()) {
    if (const auto found = frame.row.values.find(reading.name); found != frame.row.values.end()) {
      texts.push_back(reading_text(reading, found->second));
    }
  }
  return texts;
}

}  // namespace

OverlayPainter::OverlayPainter(const Job& job, Recording& recording, const RunSummary& summary)
    : job_(job), recording_(recording), lineage_(summary.lineage), prompts_(job) {
  if (job.command != Command::kSegment && (job.overlay.enabled || job.report)) {
    range_ = held_range(recording);
  }
}

report::OverlayOptions OverlayPainter::options(Size most) const {
  report::OverlayOptions options{.max_height_px = most.height,
                                 .max_width_px = most.width,
                                 .clock = job_.command != Command::kSegment,
                                 .range = range_,
                                 .pixel_size = recording_.info().pixel_size};
  if (recording_.info().frame_interval) {
    options.frame_interval_s = recording_.info().frame_interval->seconds;
  }
  return options;
}

Size OverlayPainter::painted_size(Size frame, Size most) const {
  return report::Overlay(options(most), frame).size();
}

std::shared_ptr<const Picture> OverlayPainter::paint(const FinalFrame& frame, Size most) const {
  const Size size = painted_size(frame.labels.size(), most);
  for (const std::shared_ptr<const Picture>& picture : frame.overlays) {
    if (picture->size() == size) {
      return picture;
    }
  }
  const Grid<float>& image = frame.image();
  report::OverlayOptions chosen = options(most);
  if (job_.command == Command::kSegment) {
    // Stills need not resemble one another: each has its own range of grey.
    chosen.range = report::display_range(image);
  }
  frame.overlays.push_back(
      std::make_shared<const Picture>(report::Overlay(chosen, image.size())
                                          .draw({.image = image,
                                                 .labels = frame.labels,
                                                 .instances = instances_of(frame),
                                                 .index = frame.info.frame,
                                                 .recorded_frame = frame.info.recorded_frame,
                                                 .time_s = frame.info.time_s,
                                                 .readings = readings_of(frame, recording_.log()),
                                                 .trails = frame.trails,
                                                 .events = lineage_.events,
                                                 .prompt_points = prompts_.points(),
                                                 .prompt_boxes = prompts_.boxes()})));
  return frame.overlays.back();
}

}  // namespace mote::pipeline
