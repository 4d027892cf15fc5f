#include "apps/cli/commands.h"
#include "apps/cli/options_cli.h"

namespace mote::cli {

Subcommand add_measure_command(CLI::App& app) {
  const auto job =
      std::make_shared<pipeline::Job>(pipeline::default_job(pipeline::Command::kMeasure));
  const auto flags = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand(
      "measure", "Measure label images that exist already, or a run corrected by hand");
  command
      ->add_option("labels", job->labels,
                   "Label images: a file, folder or glob; or the folder of a mote run, which was "
                   "corrected by hand (docs/corrections.md)")
      ->type_name("LABELS");
  command
      ->add_option("--image", job->recording.path,
                   "The recording that the labels belong to; a run knows its own")
      ->type_name("RECORDING");
  add_run_options(*command, *job, *flags);
  add_file_options(*command, false);
  add_job_options(*command, *job);
  command->callback([command, job, flags] { run_job(*command, *job, *flags); });
  return {.app = command, .job = job};
}

}  // namespace mote::cli
