#include "mote/pipeline/info.h"

#include <cstdio>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "mote/pipeline/json_text.h"

namespace mote::cli {

Subcommand add_info_command(CLI::App& app) {
  struct Options {
    pipeline::RecordingOptions recording;
    bool all = false;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("info", "What a recording is, and what a run will cost");
  command->add_option("recording", options->recording.path, "File, folder or glob of frames")
      ->required()
      ->type_name("RECORDING");
  command->add_option("--frames", options->recording.frames, "Frames to use, A:B:STEP, B excluded");
  command->add_option("--roi", options->recording.roi, "Part of the field, x=..,y=..,w=..,h=..");
  command->add_option("--bin", options->recording.bin, "Average N x N pixels to one");
  command->add_option("--average", options->recording.average, "Average K consecutive frames");
  command->add_option("--channel", options->recording.channel, "Channel to use, from 0");
  command->add_option("--z", options->recording.z, "Slice to use, from 0");
  command->add_option("--pixel-size", options->recording.pixel_size, "Such as 0.21nm");
  command->add_option("--frame-interval", options->recording.frame_interval, "Such as 40ms");
  command->add_flag("--all", options->all, "Also whatever else the file says");
  command->add_flag("--json", options->json, "As JSON");
  command->callback([options] {
    const auto description = pipeline::describe(options->recording, options->all);
    fmt::print("{}", options->json ? pipeline::json_text(description, 2) + "\n"
                                   : pipeline::to_text(description));
  });
  return {command, nullptr};
}

}  // namespace mote::cli
