#include "mote/pipeline/simulation.h"

#include <memory>

#include <nlohmann/json.hpp>
#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include "mote/core/require.h"
#include "mote/core/version.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/simulation_folder.h"
#include "mote/pipeline/simulation_truth.h"
#include "mote/simulate/simulator.h"
#include "mote/simulate/truth_events.h"

namespace mote::pipeline {
namespace {

/// A frame on its way to the disk.
struct MadeFrame {
  int64_t index = 0;
  Image image;
  simulate::WorldFrame truth;
  int64_t first_mask = 0;
  TruthWriter::Rendered rendered;
};
using MadePtr = std::shared_ptr<MadeFrame>;

std::string simulation_json(const RequestedSimulation& simulation) {
  const simulate::WorldOptions& world = simulation.options.world;
  const simulate::MicroscopeOptions microscope = microscope_of(simulation.options);
  const double dose = microscope.beam.dose_e_per_a2_s;
  const nlohmann::ordered_json json = {{"preset", simulation.preset},
                                       {"mote_version", version()},
                                       {"seed", world.seed},
                                       {"frames", world.frames},
                                       {"height_px", world.height_px},
                                       {"width_px", world.width_px},
                                       {"pixel_size_nm", world.pixel_size_nm},
                                       {"frame_interval_s", world.frame_interval_s},
                                       {"exposure_s", world.exposure_s},
                                       {"dose_e_per_a2_s", dose},
                                       {"dose_e_per_a2_frame", dose * world.exposure_s},
                                       {"electrons_per_pixel", electrons_per_pixel(microscope)},
                                       {"options", simulation_to_json(simulation.options)}};
  return json_text(json, 2) + "\n";
}

/// Makes every frame, many at once, and gives them to the files in order.
void stream(simulate::Simulator& simulator, io::TiffWriter& recording, TruthWriter& truth,
            const JobContext& context) {
  const size_t threads =
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism);
  const int64_t frames = simulator.info().frames;
  int64_t next = 0;
  int64_t masks = 0;
  Every progress(kProgressEvery, true);
  using Mode = tbb::filter_mode;
  tbb::parallel_pipeline(
      threads + 2,
      tbb::make_filter<void,
                       int64_t>(Mode::serial_in_order, [&](tbb::flow_control& control) -> int64_t {
        if (next == frames || context.cancelled()) {
          control.stop();
          return 0;
        }
        return next++;
      }) & tbb::make_filter<int64_t, MadePtr>(Mode::parallel, [&](int64_t index) {
        auto frame = std::make_shared<MadeFrame>();
        frame->index = index;
        frame->image = simulator.image(index);
        return frame;
      }) & tbb::make_filter<MadePtr, MadePtr>(Mode::serial_in_order, [&](MadePtr frame) {
        frame->truth = simulator.truth();
        frame->first_mask = masks + 1;
        masks += static_cast<int64_t>(frame->truth.instances.size());
        return frame;
      }) & tbb::make_filter<MadePtr, MadePtr>(Mode::parallel, [&](MadePtr frame) {
        frame->rendered = truth.render(std::move(frame->truth), frame->first_mask);
        return frame;
      }) & tbb::make_filter<MadePtr, void>(Mode::serial_in_order, [&](const MadePtr& frame) {
        recording.write(frame->image);
        truth.write(frame->rendered);
        const int64_t done = frame->index + 1;
        if (context.progress && (progress.due() || done == frames)) {
          context.progress({.stage = "simulating", .done = done, .total = frames});
        }
      }));
  if (context.cancelled()) {
    throw Cancelled();
  }
}

}  // namespace

void write_simulation(const SimulationJob& job, const JobContext& context) {
  require_option(job.threads >= 0, "threads", job.threads, "0 or more");
  const auto threads =
      static_cast<size_t>(job.threads > 0 ? job.threads : tbb::this_task_arena::max_concurrency());
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  const simulate::SimulationOptions& options = job.simulation.options;
  simulate::Simulator simulator(options);
  const SimulationFolder folder(job.output, job.force);
  const RecordingInfo& info = simulator.info();
  const int64_t bytes = info.type == SampleType::kUint8 ? 1 : 2;
  io::TiffWriter recording(folder.file("recording.tif").string(),
                           {.pixel_size = info.pixel_size,
                            .frame_interval = info.frame_interval,
                            .frames = info.frames,
                            .bytes_expected = info.frames * info.size.area() * bytes});
  TruthWriter truth(folder.truth(), options);
  stream(simulator, recording, truth, context);
  recording.close();
  const Lineage lineage = simulator.lineage();
  truth.finish(lineage, truth_events(lineage, simulator.events(), options.world));
  write_file(folder.truth("simulation.json").string(), simulation_json(job.simulation));
  write_file(folder.truth("simulation.toml").string(), simulation_to_toml(options));
  folder.publish();
}

}  // namespace mote::pipeline
