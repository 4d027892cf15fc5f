#include "mote/pipeline/demo_recording.h"

#include <filesystem>
#include <memory>
#include <vector>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "mote/core/lineage.h"
#include "mote/core/version.h"
#include "mote/io/output_file.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/simulation_folder.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using simulate::Demo;
using simulate::TruthFrame;
using simulate::TruthInstance;

std::string tracks_csv(const Lineage& lineage) {
  std::string csv = "track,parents,first_frame,last_frame\n";
  for (const Track& track : lineage.tracks) {
    csv += fmt::format("{},{},{},{}\n", track.id, fmt::join(track.parents, ";"), track.first_frame,
                       track.last_frame);
  }
  return csv;
}

std::string events_csv(const Lineage& lineage, double interval_s) {
  std::string csv =
      "event,type,frame_before,frame,time_s,tracks,children,y_px,x_px,contact_frame,"
      "parted_frame\n";
  const auto evidence = [](const Event& event, const char* key) {
    const auto found = event.evidence.find(key);
    return found == event.evidence.end() ? std::string() : fmt::format("{}", found->second);
  };
  for (size_t i = 0; i < lineage.events.size(); ++i) {
    const Event& event = lineage.events[i];
    csv += fmt::format("{},{},{},{},{},{},{},{:.3f},{:.3f},{},{}\n", i + 1, name(event.type),
                       event.frame_before, event.frame,
                       static_cast<double>(event.frame) * interval_s, fmt::join(event.tracks, ";"),
                       fmt::join(event.children, ";"), event.position.y_px, event.position.x_px,
                       evidence(event, "contact_frame"), evidence(event, "parted_frame"));
  }
  return csv;
}

/// Writes as it grows, so that a long recording needs no more memory than a short one.
class InstanceTable {
 public:
  explicit InstanceTable(const fs::path& path) : file_(path.string()) {
    file_.write("frame,track,y_px,x_px,radius_px,area_px\n");
  }

  void add(const TruthFrame& frame) {
    for (const TruthInstance& instance : frame.instances) {
      file_.write(fmt::format("{},{},{:.4f},{:.4f},{:.4f},{}\n", frame.index, instance.track,
                              instance.centre.y_px, instance.centre.x_px, instance.radius_px,
                              instance.mask.area_px()));
    }
  }

  void close() { file_.sync_and_close(); }

 private:
  io::OutputFile file_;
};

std::string simulation_json(const simulate::DemoOptions& options) {
  const nlohmann::ordered_json json = {{"preset", "demo"},
                                       {"mote_version", version()},
                                       {"seed", options.seed},
                                       {"frames", options.frames},
                                       {"height_px", options.height},
                                       {"width_px", options.width},
                                       {"pixel_size_nm", options.pixel_size_nm},
                                       {"frame_interval_s", options.frame_interval_s},
                                       {"noise_sd", options.noise_sd},
                                       {"drift_px", options.drift_px},
                                       {"min_radius_px", options.min_radius_px}};
  return json_text(json, 2) + "\n";
}

}  // namespace

void write_demo(const DemoJob& job, const JobContext& context) {
  const fs::path folder = job.output;
  const std::unique_ptr<Demo> demo = simulate::make_demo(job.demo);
  const SimulationFolder stage(folder, job.force);

  const RecordingInfo& info = demo->info();
  const io::TiffWriterOptions tiff = {
      .pixel_size = info.pixel_size, .frame_interval = info.frame_interval, .frames = info.frames};
  io::TiffWriter recording(stage.file("recording.tif").string(), tiff);
  io::TiffWriter labels(stage.truth("labels.tif").string(), tiff);
  InstanceTable instances(stage.truth("instances.csv"));
  std::string drift = "frame,drift_y_px,drift_x_px\n";
  Every progress(kProgressEvery, true);
  for (int64_t index = 0; index < info.frames; ++index) {
    if (context.cancelled()) {
      throw Cancelled();
    }
    recording.write(demo->read(index).image);
    const TruthFrame truth = demo->truth(index);
    labels.write(truth.labels);
    instances.add(truth);
    drift += fmt::format("{},{:.5f},{:.5f}\n", index, truth.drift.y_px, truth.drift.x_px);
    if (context.progress && (progress.due() || index + 1 == info.frames)) {
      context.progress({.stage = "simulating", .done = index + 1, .total = info.frames});
    }
  }
  recording.close();
  labels.close();
  instances.close();
  write_file(stage.truth("tracks.csv").string(), tracks_csv(demo->lineage()));
  write_file(stage.truth("events.csv").string(),
             events_csv(demo->lineage(), job.demo.frame_interval_s));
  write_file(stage.truth("drift.csv").string(), drift);
  write_file(stage.truth("simulation.json").string(), simulation_json(job.demo));
  stage.publish();
}

}  // namespace mote::pipeline
