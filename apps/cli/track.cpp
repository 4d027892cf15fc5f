#include "apps/cli/commands.h"
#include "apps/cli/options_cli.h"

namespace mote::cli {

Subcommand add_track_command(CLI::App& app) {
  const auto job =
      std::make_shared<pipeline::Job>(pipeline::default_job(pipeline::Command::kTrack));
  const auto flags = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand("track", "Segment, track and measure a recording");
  command->add_option("recording", job->recording.path, "File, folder or glob of frames")
      ->type_name("RECORDING");
  add_run_options(*command, *job, *flags);
  add_file_options(*command, true);
  add_job_options(*command, *job);
  command
      ->add_flag_callback(
          "--no-drift", [job] { job->drift_from = "none"; }, "The same as --drift-from none")
      ->group("Drift");
  command->callback([command, job, flags] { run_job(*command, *job, *flags); });
  return {.app = command, .job = job};
}

}  // namespace mote::cli
