#include <cstdio>
#include <optional>
#include <string>

#include <fmt/core.h>

#include "apps/cli/commands.h"
#include "apps/cli/options_cli.h"
#include "apps/cli/terminal.h"
#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/pipeline/demo_recording.h"
#include "mote/pipeline/progress.h"
#include "mote/pipeline/simulation.h"

namespace mote::cli {
namespace {

struct SimulateOptions {
  pipeline::SimulationRequest request;
  std::string output;
  std::optional<double> noise_sd;
  std::optional<double> drift_px;
  int64_t threads = 0;
  bool force = false;
  bool json = false;
  bool print_config = false;

  bool demo() const {
    return request.preset == "demo" || (request.preset.empty() && request.config.empty());
  }
};

void refuse(bool given, const char* option, const char* whose) {
  if (given) {
    throw Error(ErrorKind::kUsage, "{} is an option of {}", option, whose);
  }
}

pipeline::DemoJob demo_job(const SimulateOptions& options) {
  const pipeline::SimulationRequest& request = options.request;
  constexpr const char* kOthers = "presets other than demo";
  refuse(!request.config.empty(), "--config", kOthers);
  refuse(request.dose_e_per_a2_s.has_value(), "--dose-e-per-a2-s", kOthers);
  pipeline::DemoJob job{.output = options.output, .demo = {}, .force = options.force};
  simulate::DemoOptions& demo = job.demo;
  if (request.seed) {
    require_seed(*request.seed);
    demo.seed = static_cast<uint64_t>(*request.seed);
  }
  demo.frames = request.frames.value_or(demo.frames);
  demo.height = request.height_px.value_or(demo.height);
  demo.width = request.width_px.value_or(demo.width);
  demo.pixel_size_nm = request.pixel_size_nm.value_or(demo.pixel_size_nm);
  demo.frame_interval_s = request.frame_interval_s.value_or(demo.frame_interval_s);
  demo.noise_sd = options.noise_sd.value_or(demo.noise_sd);
  demo.drift_px = options.drift_px.value_or(demo.drift_px);
  return job;
}

void write(const SimulateOptions& options) {
  ProgressTeller teller(options.json);
  const pipeline::JobContext context{.progress = [&](const auto& event) { teller.tell(event); },
                                     .cancel = &interrupted()};
  if (options.demo()) {
    pipeline::write_demo(demo_job(options), context);
  } else {
    pipeline::write_simulation({.output = options.output,
                                .simulation = requested_simulation(options.request),
                                .force = options.force,
                                .threads = options.threads},
                               context);
  }
}

void run(const SimulateOptions& options) {
  if (!options.demo()) {
    refuse(options.noise_sd.has_value(), "--noise-sd", "the preset demo");
    refuse(options.drift_px.has_value(), "--drift-px", "the preset demo");
  }
  if (options.print_config) {
    if (options.demo()) {
      throw Error(ErrorKind::kUsage,
                  "--print-config needs --preset, other than demo, or --config: the demo has no "
                  "configuration file");
    }
    fmt::print("{}", pipeline::simulation_to_toml(requested_simulation(options.request).options));
    return;
  }
  if (options.output.empty()) {
    throw Error(ErrorKind::kUsage, "--output is required");
  }
  write(options);
  fmt::print(stderr, "{}/recording.tif, its truth in {}/truth\n", options.output, options.output);
}

}  // namespace

Subcommand add_simulate_command(CLI::App& app) {
  const auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Make a recording whose particles, tracks and events are known");
  pipeline::SimulationRequest& request = options->request;
  std::vector<std::string> presets = pipeline::simulation_preset_names();
  presets.insert(presets.begin(), "demo");
  command->add_option("--preset", request.preset, "What to simulate (docs/simulation.md)")
      ->check(one_of("preset", presets))
      ->default_str("demo");
  command
      ->add_option("--config", request.config,
                   "TOML file of world and microscope; it may name a preset to begin from")
      ->type_name("FILE");
  command->add_option("-o,--output", options->output, "Folder to write to")->type_name("DIR");
  command->add_option("--seed", request.seed, "Another seed, another recording");
  command->add_option("--frames", request.frames,
                      "Number of frames; 240 unless a file says; the demo takes 120 or more");
  command->add_option("--height", request.height_px, "Height of a frame, in pixels");
  command->add_option("--width", request.width_px, "Width of a frame, in pixels");
  command->add_option("--pixel-size-nm", request.pixel_size_nm,
                      "Side of a pixel, in nm; fringes, grain and electrons a pixel stay");
  command->add_option("--frame-interval-s", request.frame_interval_s,
                      "Time between frames, in s; the exposure keeps its share of it");
  command->add_option("--dose-e-per-a2-s", request.dose_e_per_a2_s,
                      "Electrons per square angstrom and second; the gain goes with the inverse");
  command->add_option("--noise-sd", options->noise_sd,
                      "Of the demo: noise in grey levels, on a contrast of about 70");
  command->add_option("--drift-px", options->drift_px,
                      "Of the demo: how far the stage wanders, in pixels");
  command->add_flag("--print-config", options->print_config,
                    "Print everything that is simulated as a TOML file, and do nothing");
  command->add_option("--threads", options->threads, "Processors to use; 0 for all")
      ->capture_default_str();
  command->add_flag("--force", options->force, "Overwrite what lies in the folder");
  command->add_flag("--json", options->json, "Tell progress as JSON, one object a line");
  command->callback([options] { run(*options); });
  return {.app = command, .job = nullptr};
}

}  // namespace mote::cli
