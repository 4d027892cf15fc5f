#include "mote/pipeline/import_masks.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "mote/core/disc.h"
#include "mote/core/error.h"
#include "mote/io/coco.h"
#include "mote/io/ctc.h"
#include "mote/io/ctc_lineage.h"
#include "mote/io/file.h"
#include "mote/io/imagej_roi.h"
#include "mote/io/mots.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/frame_progress.h"
#include "mote/pipeline/label_input.h"
#include "mote/pipeline/run_tracks.h"

namespace mote::pipeline {
namespace {

LabelImage painted(const NumberedMasks& masks, int64_t frame, Size size) {
  LabelImage labels(size);
  const auto found = masks.find(frame);
  if (found != masks.end()) {
    for (const auto& [number, mask] : found->second) {
      paint(labels, mask, number);
    }
  }
  return labels;
}

// Where masks overlap, the later one has the pixels: nodes are of the label images.
ImportedTracks tracks_of_masks(ImportedTracks tracks, NumberedMasks masks, int64_t frames,
                               Size size, const JobContext& context) {
  tracks.parents = false;
  tracks.graph.frames = frames;
  tracks.graph.size = size;
  std::vector<int64_t> shown;
  for (const auto& [frame, unused] : masks) {
    shown.push_back(frame);
  }
  const auto shared = std::make_shared<const NumberedMasks>(std::move(masks));
  tracks.labels = [shared, size](int64_t frame) { return painted(*shared, frame, size); };
  add_nodes_of_labels(tracks, shown, context);
  return tracks;
}

void require_size(Size found, Size first) {
  if (found != first) {
    throw Error(ErrorKind::kUnsupported,
                "images of several sizes ({} x {} and {} x {} px): expected those of a recording",
                first.width, first.height, found.width, found.height);
  }
}

}  // namespace

TrackNode node_of(const Mask& mask, int64_t frame, int32_t number) {
  double y = 0;
  double x = 0;
  double area = 0;
  for (const Run& run : mask.runs) {
    const auto length = static_cast<double>(run.length);
    area += length;
    y += length * run.y;
    x += length * (run.x + (length - 1) / 2);
  }
  return {.frame = frame,
          .position = {.y_px = y / area, .x_px = x / area},
          .track = number,
          .label = number,
          .radius_px = equivalent_radius_px(area)};
}

void add_nodes_of_labels(ImportedTracks& tracks, const std::vector<int64_t>& frames,
                         const JobContext& context) {
  FrameProgress progress(context, "reading", static_cast<int64_t>(frames.size()));
  int64_t done = 0;
  for (const int64_t frame : frames) {
    const LabelImage labels = tracks.labels(frame);
    if (tracks.graph.size == Size{}) {
      tracks.graph.size = labels.size();
    }
    for (const auto& [number, mask] : masks_of(labels)) {
      tracks.graph.nodes.push_back(node_of(mask, frame, number));
    }
    progress.done(++done);
  }
  put_in_order(tracks.graph);
  if (tracks.tracked) {
    link_tracks(tracks.graph, {});
  }
}

void write_label_images(const ImportedTracks& tracks, const TrackGraph& like,
                        const std::string& path, const JobContext& context) {
  io::TiffWriter writer(path, {.pixel_size = like.pixel_size,
                               .frame_interval = like.frame_interval,
                               .frames = like.frames});
  FrameProgress progress(context, "writing", like.frames);
  for (int64_t frame = 0; frame < like.frames; ++frame) {
    writer.write(tracks.labels(frame));
    progress.done(frame + 1);
  }
  writer.close();
}

ImportedTracks read_coco_masks(const std::string& path, const JobContext& context) {
  const io::CocoFile file = io::coco_file(read_file(path));
  if (file.images.empty()) {
    throw Error(ErrorKind::kUnsupported,
                "a file of results without images: expected one with images and annotations");
  }
  const Size size = file.images.front().size;
  std::map<int64_t, int64_t> frame_of;  // by id of the image, in order of the ids
  for (const io::CocoImage& image : file.images) {
    require_size(image.size, size);
    frame_of.emplace(image.id, 0);
  }
  int64_t frames = 0;
  for (auto& [id, frame] : frame_of) {
    frame = frames++;
  }
  const bool tracked =
      std::all_of(file.annotations.begin(), file.annotations.end(),
                  [](const io::CocoAnnotation& each) { return each.track_id > 0; });
  NumberedMasks masks;
  for (size_t i = 0; i < file.annotations.size(); ++i) {
    const io::CocoAnnotation& annotation = file.annotations[i];
    const auto frame = frame_of.find(annotation.image_id);
    if (frame == frame_of.end()) {
      throw Error(ErrorKind::kBadFile, "annotation {} is of image {}, which is not there", i + 1,
                  annotation.image_id);
    }
    auto& list = masks[frame->second];
    const auto number = tracked ? annotation.track_id : static_cast<int32_t>(list.size() + 1);
    list.emplace_back(number, io::mask_of(annotation, size));
  }
  return tracks_of_masks({.format = "COCO", .tracked = tracked}, std::move(masks), frames, size,
                         context);
}

ImportedTracks read_mots_text(const std::string& path, const JobContext& context) {
  NumberedMasks masks;
  Size size;
  int64_t frames = 0;
  parsed_file(path, [&](const std::string& text) {
    io::for_each_mots_instance(text, [&](const io::MotsInstance& instance) {
      size = frames == 0 ? instance.size : size;
      require_size(instance.size, size);
      frames = std::max(frames, instance.frame + 1);
      masks[instance.frame].emplace_back(instance.id, instance.mask);
    });
  });
  return tracks_of_masks({.format = "MOTS"}, std::move(masks), frames, size, context);
}

namespace {

// The part of a mask that lies in the image.
Mask cut_to(const Mask& mask, Size size) {
  Mask part;
  for (const Run& run : mask.runs) {
    if (const std::optional<Run> within = part_within(run, size)) {
      part.runs.push_back(*within);
    }
  }
  return part;
}

// The track that mote wrote into a ROI's name, `TRACK-FRAME`.
std::optional<int32_t> track_in(const io::ImagejRoi& roi) {
  int track = 0;
  int frame = 0;
  int end = 0;
  const bool ours = std::sscanf(roi.name.c_str(), "%9d-%6d%n", &track, &frame, &end) == 2 &&
                    static_cast<size_t>(end) == roi.name.size() && frame == roi.frame.value_or(0) &&
                    track > 0;
  return ours ? std::optional(track) : std::nullopt;
}

}  // namespace

ImportedTracks read_imagej_rois(const std::string& path, Size size, const JobContext& context) {
  if (size == Size{}) {
    throw Error(ErrorKind::kUsage,
                "ImageJ's ROIs do not say how large the images are: give --run or --image");
  }
  // An outline has two corners a row of pixels; an oval and a rectangle have as many as they like.
  constexpr int64_t kRowsBeside = 4'000'000;
  int64_t rows_left = kRowsBeside + 4 * io::File(path).bytes();
  std::vector<io::ImagejRoi> rois;
  io::for_each_imagej_roi(path, [&](const io::ImagejRoi& roi) {
    rois.push_back({.name = roi.name, .frame = roi.frame, .mask = cut_to(roi.mask, size)});
    rows_left -= static_cast<int64_t>(rois.back().mask.runs.size());
    if (rows_left < 0) {
      throw Error(ErrorKind::kBadFile,
                  "its ROIs have more rows of pixels than a file of its size holds");
    }
  });
  const bool tracked = std::all_of(
      rois.begin(), rois.end(), [](const io::ImagejRoi& roi) { return track_in(roi).has_value(); });
  NumberedMasks masks;
  int64_t frames = 1;
  for (io::ImagejRoi& roi : rois) {
    const int64_t frame = roi.frame.value_or(0);
    frames = std::max(frames, frame + 1);
    auto& list = masks[frame];
    const int32_t number = tracked ? *track_in(roi) : static_cast<int32_t>(list.size() + 1);
    list.emplace_back(number, std::move(roi.mask));
  }
  return tracks_of_masks({.format = "ImageJ ROIs", .tracked = tracked}, std::move(masks), frames,
                         size, context);
}

namespace {

// Whether label images are those of a run without tracks: as an export says it, or run.json beside.
bool are_by_frame(const std::string& path, const RecordingInfo& info) {
  if (const auto name = info.metadata.find("name");
      name != info.metadata.end() && name->second == kLabelsByFrame) {
    return true;
  }
  const std::string folder = is_folder(path) ? path : path.substr(0, path.find_last_of('/') + 1);
  const std::string run = folder.empty() ? "." : folder;
  return exists(run + "/run.json") && !has_tracks(run);
}

}  // namespace

ImportedTracks read_label_images(const std::string& path, const JobContext& context) {
  const auto input = std::make_shared<LabelInput>(path);
  ImportedTracks tracks{.format = "label images",
                        .tracked = !input->masks() && !are_by_frame(path, input->info()),
                        .parents = false};
  tracks.graph.frames = input->info().frames;
  tracks.graph.size = input->info().size;
  tracks.graph.pixel_size = input->info().pixel_size;
  tracks.graph.frame_interval = input->info().frame_interval;
  tracks.labels = [input](int64_t frame) { return input->read(frame); };
  std::vector<int64_t> frames(static_cast<size_t>(tracks.graph.frames));
  std::iota(frames.begin(), frames.end(), int64_t{0});
  add_nodes_of_labels(tracks, frames, context);
  return tracks;
}

namespace {

// The challenge's names for ground truth and results.
struct CtcNames {
  const char* table;
  const char* masks;
};

std::optional<CtcNames> ctc_names_in(const std::string& folder) {
  for (const CtcNames& names :
       {CtcNames{"res_track.txt", "mask*.tif"}, CtcNames{"man_track.txt", "man_track*.tif"}}) {
    if (exists(folder + "/" + names.table)) {
      return names;
    }
  }
  return std::nullopt;
}

// Label images whose pieces have the numbers of their tracks.
LabelImage joined(LabelImage labels, const std::map<int32_t, int32_t>& track_of) {
  for (int32_t& label : labels.values()) {
    const auto found = label == 0 ? track_of.end() : track_of.find(label);
    label = found == track_of.end() ? 0 : found->second;
  }
  return labels;
}

std::map<int32_t, int32_t> tracks_by_label(const io::CtcLineage& lineage) {
  std::map<int32_t, int32_t> track_of;
  for (const io::CtcPiece& piece : lineage.pieces) {
    track_of[piece.label] = piece.track;
  }
  return track_of;
}

// A label without a line is no track.
void leave_out_unlisted(ImportedTracks& tracks, const std::map<int32_t, int32_t>& track_of) {
  std::set<int32_t> unlisted;
  std::erase_if(tracks.graph.nodes, [&](const TrackNode& node) {
    const bool listed = track_of.contains(node.label);
    if (!listed) {
      unlisted.insert(node.label);
    }
    return !listed;
  });
  if (!unlisted.empty()) {
    tracks.warnings.push_back(fmt::format(
        "{} labels have no line in the table of tracks: they are left out", unlisted.size()));
  }
}

// A parent with one child goes on as that child.
void renumber_by_edges(TrackGraph& graph, std::map<int32_t, int32_t>& track_of) {
  const std::vector<TrackNode> before = graph.nodes;
  number_tracks(graph);
  std::map<int32_t, int32_t> now;
  for (size_t i = 0; i < before.size(); ++i) {
    now[before[i].track] = graph.nodes[i].track;
  }
  for (auto& [label, track] : track_of) {
    track = now.contains(track) ? now[track] : track;
  }
  put_in_order(graph);
}

}  // namespace

ImportedTracks read_ctc_folder(const std::string& folder, const JobContext& context) {
  const std::optional<CtcNames> names = ctc_names_in(folder);
  const std::string sidecar = folder + "/" + io::kCtcSidecar;
  const std::vector<Track> lines = parsed_file(folder + "/" + names->table, io::ctc_tracks);
  const io::CtcLineage lineage = !exists(sidecar)
                                     ? io::ctc_lineage_of(lines, "")
                                     : parsed_file(sidecar, [&](const std::string& text) {
                                         return io::ctc_lineage_of(lines, text);
                                       });
  const auto input = std::make_shared<LabelInput>(folder + "/" + names->masks);
  std::map<int64_t, int64_t> image_of;  // by frame
  for (const std::string& file : input->info().files) {
    const int64_t frame = io::ctc_frame(file);
    if (!image_of.emplace(frame, static_cast<int64_t>(image_of.size())).second) {
      throw Error(ErrorKind::kBadFile, "{}: a second mask of frame {}", file, frame);
    }
  }
  ImportedTracks tracks{.format = "CTC"};
  std::vector<int64_t> frames;
  frames.reserve(image_of.size());
  for (const auto& [frame, unused] : image_of) {
    frames.push_back(frame);
  }
  tracks.graph.frames = frames.empty() ? 0 : frames.back() + 1;
  tracks.graph.size = input->info().size;
  tracks.labels = [input, image_of](int64_t frame) { return input->read(image_of.at(frame)); };
  tracks.tracked = false;  // linked by the lineage
  add_nodes_of_labels(tracks, frames, context);
  std::map<int32_t, int32_t> track_of = tracks_by_label(lineage);
  leave_out_unlisted(tracks, track_of);
  io::apply_ctc_lineage(tracks.graph, lineage);
  renumber_by_edges(tracks.graph, track_of);
  tracks.tracked = true;
  if (const int64_t missing = tracks.graph.frames - static_cast<int64_t>(frames.size());
      missing > 0) {
    tracks.warnings.push_back(
        fmt::format("{} of {} frames have no mask", missing, tracks.graph.frames));
  }
  tracks.labels = [input, image_of, track_of, size = tracks.graph.size](int64_t frame) {
    const auto image = image_of.find(frame);
    return image == image_of.end() ? LabelImage(size)
                                   : joined(input->read(image->second), track_of);
  };
  return tracks;
}

}  // namespace mote::pipeline
