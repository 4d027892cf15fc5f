#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "mote/core/mask.h"
#include "mote/io/coco_writer.h"
#include "mote/io/imagej_roi_writer.h"
#include "mote/io/mots.h"
#include "mote/io/ome_tiff_writer.h"
#include "mote/io/ome_zarr_writer.h"
#include "mote/io/yolo.h"
#include "mote/pipeline/export_writers.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

std::string frame_name(int64_t frame) {
  return fmt::format("frame_{:06}", frame);
}

// By which an import knows whose numbers they have.
std::string name_of_labels(const ExportSource& source) {
  return source.tracked() ? "labels" : kLabelsByFrame;
}

}  // namespace

void export_coco(ExportSource& source, const std::string& path) {
  io::CocoWriter writer(path, {}, {"particle"});
  source.for_each_labels([&](int64_t frame, const LabelImage& labels) {
    writer.add_image(
        {.id = frame + 1, .size = labels.size(), .file_name = frame_name(frame) + ".png"});
    for (auto& [label, mask] : masks_of(labels)) {
      writer.write({.image_id = frame + 1,
                    .track_id = source.tracked() ? label : 0,
                    .size = labels.size(),
                    .mask = std::move(mask)});
    }
  });
  writer.close();
}

void export_mots(ExportSource& source, const std::string& path) {
  constexpr int32_t kMostIds = 999;
  const auto& nodes = source.graph().nodes;
  const int32_t highest =
      nodes.empty()
          ? 0
          : std::max_element(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) {
              return a.label < b.label;
            })->label;
  const bool pictures = highest <= kMostIds;
  if (!pictures) {
    source.warn(
        fmt::format("numbers go up to {}, and pictures of MOTS up to {}: there is the text "
                    "alone",
                    highest, kMostIds));
  }
  io::OutputFile text(path + "/mots.txt");
  source.for_each_labels([&](int64_t frame, const LabelImage& labels) {
    std::vector<io::MotsInstance> instances;
    for (auto& [label, mask] : masks_of(labels)) {
      instances.push_back(
          {.frame = frame, .id = label, .size = labels.size(), .mask = std::move(mask)});
      text.write(io::mots_line(instances.back()));
    }
    if (pictures) {
      io::write_mots_png(fmt::format("{}/{:06}.png", path, frame), labels.size(), instances);
    }
  });
  text.sync_and_close();
}

void export_yolo(ExportSource& source, const std::string& path) {
  int64_t cut = 0;
  source.for_each_labels([&](int64_t frame, const LabelImage& labels) {
    std::string text;
    for (const auto& [label, mask] : masks_of(labels)) {
      text += io::yolo_line({.class_id = 0, .mask = mask}, labels.size());
      cut += io::fits_yolo(mask) ? 0 : 1;
    }
    write_file(fmt::format("{}/{}.txt", path, frame_name(frame)), text);
  });
  if (cut > 0) {
    source.warn(
        fmt::format("{} masks have holes or several pieces, of which YOLO's polygons hold "
                    "the largest outline alone",
                    cut));
  }
}

void export_imagej_roi(ExportSource& source, const std::string& path) {
  io::ImagejRoiWriter writer(path);
  const bool stack = source.graph().frames > 1;
  source.for_each_labels([&](int64_t frame, const LabelImage& labels) {
    for (auto& [label, mask] : masks_of(labels)) {
      // The name leads back to the track; a particle's number in a frame is none.
      writer.write(
          {.name = fmt::format("{}{}-{:06}", source.tracked() ? "" : "particle ", label, frame),
           .frame = stack ? std::optional(frame) : std::nullopt,
           .mask = std::move(mask)});
    }
  });
  writer.close();
}

void export_ome_tiff(ExportSource& source, const std::string& path) {
  const TrackGraph& graph = source.graph();
  io::OmeTiffWriter writer(path, {.pixel_size = graph.pixel_size,
                                  .frame_interval = graph.frame_interval,
                                  .name = name_of_labels(source),
                                  .frames = graph.frames});
  source.for_each_labels([&](int64_t frame, const LabelImage& labels) {
    const auto place = static_cast<size_t>(frame);
    writer.write(labels,
                 place < graph.times_s.size() ? std::optional(graph.times_s[place]) : std::nullopt);
    for (const auto& [label, mask] : masks_of(labels)) {
      writer.add_roi(fmt::format("{}", label), frame, mask);
    }
  });
  writer.close();
}

void export_ome_zarr(ExportSource& source, const std::string& path) {
  const TrackGraph& graph = source.graph();
  io::OmeZarrWriter writer(path, {.pixel_size = graph.pixel_size,
                                  .frame_interval = graph.frame_interval,
                                  .labels_name = name_of_labels(source)});
  source.for_each_labels([&](int64_t, const LabelImage& labels) { writer.write(labels); });
  writer.close();
}

}  // namespace mote::pipeline
