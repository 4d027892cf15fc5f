#include "apps/cli/commands.h"
#include "apps/cli/options_cli.h"

namespace mote::cli {

Subcommand add_segment_command(CLI::App& app) {
  const auto job =
      std::make_shared<pipeline::Job>(pipeline::default_job(pipeline::Command::kSegment));
  const auto flags = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand(
      "segment", "Find and measure the particles of micrographs, each by itself");
  command->add_option("recording", job->recording.path, "File, folder or glob of micrographs")
      ->type_name("RECORDING");
  add_run_options(*command, *job, *flags);
  add_file_options(*command, true);
  add_job_options(*command, *job);
  command->callback([command, job, flags] { run_job(*command, *job, *flags); });
  return {.app = command, .job = job};
}

}  // namespace mote::cli
