#include "mote/pipeline/simulation_truth.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mote/core/calibration.h"
#include "mote/io/coco_writer.h"
#include "mote/measure/tables.h"
#include "mote/pipeline/json_text.h"
#include "mote/simulate/sight.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;
using simulate::Face;
using simulate::WorldFrame;
using simulate::WorldInstance;
using simulate::WorldOptions;

std::string_view name(Face face) {
  switch (face) {
    case Face::kAbove: return "above";
    case Face::kBelow: return "below";
    case Face::kInside: break;
  }
  return "inside";
}

io::TiffWriterOptions tiff_options(const WorldOptions& world) {
  return {.pixel_size = PixelSize{world.pixel_size_nm, world.pixel_size_nm, {}, "simulation"},
          .frame_interval = FrameInterval{world.frame_interval_s, "simulation"},
          .frames = world.frames,
          .bytes_expected = world.frames * world.height_px * world.width_px * 4};
}

}  // namespace

TruthWriter::TruthWriter(std::filesystem::path folder, const simulate::SimulationOptions& options)
    : folder_(std::move(folder)),
      options_(options),
      labels_((folder_ / "labels.tif").string(), tiff_options(options.world)),
      instances_((folder_ / "instances.csv").string()),
      masks_((folder_ / "masks.json").string()),
      drift_((folder_ / "drift.csv").string()),
      temperature_((folder_ / "temperature.csv").string()) {
  instances_.write(
      "frame,recorded_frame,time_s,track,species,face,y_px,x_px,y_nm,x_nm,specimen_y_px,"
      "specimen_x_px,specimen_y_nm,specimen_x_nm,radius_px,radius_nm,volume_nm3,area_px2,area_nm2,"
      "neck_ratio,contrast,dark,border\n");
  drift_.write("frame,recorded_frame,time_s,drift_y_px,drift_x_px,drift_y_nm,drift_x_nm\n");
  temperature_.write("frame,recorded_frame,time_s,temperature_k\n");
  begin_masks();
}

void TruthWriter::begin_masks() {
  const WorldOptions& world = options_.world;
  masks_.write("{\"images\":[");
  for (int64_t frame = 0; frame < world.frames; ++frame) {
    masks_.write(
        fmt::format("{}\n{{\"id\":{},\"height\":{},\"width\":{},\"file_name\":\"recording.tif\","
                    "\"frame\":{}}}",
                    frame == 0 ? "" : ",", frame + 1, world.height_px, world.width_px, frame));
  }
  Json categories = Json::array();
  for (size_t i = 0; i < world.species.size(); ++i) {
    categories.push_back({{"id", i + 1}, {"name", world.species[i].name}});
  }
  masks_.write("],\n\"categories\":" + json_text(categories) + ",\n\"annotations\":[");
}

void TruthWriter::add_instance(const WorldFrame& frame, const WorldInstance& instance,
                               Rendered& out) const {
  const double pixel = options_.world.pixel_size_nm;
  const double y = instance.centre.y_px;
  const double x = instance.centre.x_px;
  const double specimen_y = y - frame.drift.y_px;
  const double specimen_x = x - frame.drift.x_px;
  const auto area = static_cast<double>(instance.mask.area_px());
  const auto& species = options_.world.species[static_cast<size_t>(instance.species)];
  out.instances += fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", frame.index,
      frame.index, static_cast<double>(frame.index) * options_.world.frame_interval_s,
      instance.track, measure::text(species.name), name(instance.face), y, x, y * pixel, x * pixel,
      specimen_y, specimen_x, specimen_y * pixel, specimen_x * pixel, instance.radius_nm / pixel,
      instance.radius_nm, instance.volume_nm3, area, area * pixel * pixel, instance.neck_ratio,
      instance.contrast, instance.dark ? 1 : 0,
      simulate::touches_border(instance.mask, frame.labels.size()) ? 1 : 0);
}

TruthWriter::Rendered TruthWriter::render(WorldFrame frame, int64_t first_mask) const {
  Rendered out;
  const Size size = frame.labels.size();
  for (const WorldInstance& instance : frame.instances) {
    add_instance(frame, instance, out);
    out.masks += ",\n" + io::coco_annotation(first_mask++, {.image_id = frame.index + 1,
                                                            .category_id = instance.species + 1,
                                                            .track_id = instance.track,
                                                            .size = size,
                                                            .mask = instance.mask});
  }
  const double time_s = static_cast<double>(frame.index) * options_.world.frame_interval_s;
  const double pixel = options_.world.pixel_size_nm;
  out.drift =
      fmt::format("{},{},{},{},{},{},{}\n", frame.index, frame.index, time_s, frame.drift.y_px,
                  frame.drift.x_px, frame.drift.y_px * pixel, frame.drift.x_px * pixel);
  out.temperature = fmt::format("{},{},{},{}\n", frame.index, frame.index, time_s, frame.kelvin);
  out.labels = std::move(frame.labels);
  return out;
}

void TruthWriter::write(const Rendered& frame) {
  labels_.write(frame.labels);
  instances_.write(frame.instances);
  std::string_view masks = frame.masks;
  if (first_mask_ && !masks.empty()) {
    masks.remove_prefix(1);  // its comma
    first_mask_ = false;
  }
  masks_.write(masks);
  drift_.write(frame.drift);
  temperature_.write(frame.temperature);
}

void TruthWriter::finish(const Lineage& lineage, const std::vector<simulate::TruthEvent>& events) {
  labels_.close();
  masks_.write("]}\n");
  for (io::OutputFile* file : {&instances_, &masks_, &drift_, &temperature_}) {
    file->sync_and_close();
  }
  for (const auto& [name, text] :
       {std::pair("tracks.csv", truth_tracks_csv(lineage, events, options_.world)),
        std::pair("events.csv", truth_events_csv(events, options_.world))}) {
    io::OutputFile file((folder_ / name).string());
    file.write(text);
    file.sync_and_close();
  }
}

}  // namespace mote::pipeline
