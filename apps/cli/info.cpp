#include "mote/pipeline/info.h"

#include <cstdio>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/options_cli.h"
#include "mote/pipeline/json_text.h"

namespace mote::cli {

Subcommand add_info_command(CLI::App& app) {
  struct Flags {
    bool all = false;
    bool json = false;
  };
  const auto job = std::make_shared<pipeline::Job>();
  const auto flags = std::make_shared<Flags>();
  job->command = pipeline::Command::kTrack;  // so that --config may name every option
  CLI::App* command = app.add_subcommand("info", "What a recording is, and what a run will cost");
  command->add_option("recording", job->recording.path, "File, folder or glob of frames")
      ->type_name("RECORDING");
  command->add_flag("--all", flags->all, "Also whatever else the file says");
  command->add_flag("--json", flags->json, "Print it as JSON");
  add_file_options(*command, false);
  add_recording_options(*command, job->recording);
  command->callback([job, flags] {
    const auto description = pipeline::describe(job->recording, flags->all);
    fmt::print("{}", flags->json ? pipeline::json_text(description, 2) + "\n"
                                 : pipeline::to_text(description));
  });
  return {.app = command, .job = job, .any_run = true};
}

}  // namespace mote::cli
