#include "mote/pipeline/simulate.h"

#include <cstdio>

#include <fmt/core.h>

#include "apps/cli/commands.h"
#include "apps/cli/terminal.h"
#include "mote/pipeline/progress.h"

namespace mote::cli {

Subcommand add_simulate_command(CLI::App& app) {
  struct Options {
    pipeline::SimulateJob job;
    std::string preset = "demo";
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Make a recording whose particles, tracks and events are known");
  simulate::DemoOptions& demo = options->job.demo;
  command->add_option("--preset", options->preset, "What to simulate")
      ->check(CLI::IsMember({"demo"}))
      ->capture_default_str();
  command->add_option("-o,--output", options->job.output, "Folder to write to")
      ->required()
      ->type_name("DIR");
  command->add_option("--seed", demo.seed, "Another seed, another recording")
      ->capture_default_str();
  command->add_option("--frames", demo.frames, "Number of frames")->capture_default_str();
  command->add_option("--height", demo.height, "Height of a frame, in pixels")
      ->capture_default_str();
  command->add_option("--width", demo.width, "Width of a frame, in pixels")->capture_default_str();
  command->add_option("--pixel-size-nm", demo.pixel_size_nm, "Side of a pixel, in nm")
      ->capture_default_str();
  command->add_option("--frame-interval-s", demo.frame_interval_s, "Time between frames, in s")
      ->capture_default_str();
  command
      ->add_option("--noise-sd", demo.noise_sd, "Noise in grey levels, on a contrast of about 70")
      ->capture_default_str();
  command->add_option("--drift-px", demo.drift_px, "How far the stage wanders, in pixels")
      ->capture_default_str();
  command->add_flag("--force", options->job.force, "Overwrite what lies in the folder");
  command->add_flag("--json", options->json, "Tell progress as JSON, one object a line");
  command->callback([options] {
    {
      ProgressTeller teller(options->json);
      pipeline::write_demo(options->job, [&](int64_t done, int64_t total) {
        if (interrupted()) {
          throw pipeline::Cancelled();
        }
        teller.tell({.stage = "simulating", .done = done, .total = total});
      });
    }
    fmt::print(stderr, "{}/recording.tif, its truth in {}/truth\n", options->job.output,
               options->job.output);
  });
  return {.app = command, .job = nullptr};
}

}  // namespace mote::cli
