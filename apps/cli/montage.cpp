#include "mote/pipeline/montage.h"

#include <fmt/format.h>

#include "apps/cli/commands.h"

namespace mote::cli {

Subcommand add_montage_command(CLI::App& app) {
  const auto options = std::make_shared<pipeline::MontageOptions>();
  CLI::App* command =
      app.add_subcommand("montage", "Show an event of a run, frame by frame, as one picture");
  command->add_option("run", options->run, "Folder of a finished run")
      ->required()
      ->type_name("RUN");
  command->add_option("--event", options->event, "Number of the event in events.csv")->required();
  command->add_option("-o,--output", options->output, "PNG to write; default event_N.png here")
      ->type_name("FILE");
  command->add_option("--recording", options->recording,
                      "Where the recording is, if it has moved since the run");
  command->add_option("--before", options->before, "Frames before the event")
      ->capture_default_str();
  command->add_option("--after", options->after, "Frames from the first after the event on")
      ->capture_default_str();
  command->add_option("--step", options->step, "Frames from one picture to the next")
      ->capture_default_str();
  command->add_option("--columns", options->columns, "Pictures in a row")->capture_default_str();
  command->add_option("--tile-px", options->tile_px, "Least side of a picture")
      ->capture_default_str();
  command->add_flag("!--no-outlines", options->outlines, "Do not draw outlines");
  command->add_flag("--force", options->force, "Overwrite the picture");
  command->callback([options] {
    if (options->output.empty()) {
      options->output = fmt::format("event_{}.png", options->event);
    }
    fmt::print(stderr, "{}\n", pipeline::montage(*options).picture);
  });
  return {.app = command};
}

}  // namespace mote::cli
