#include "mote/pipeline/evaluate.h"

#include <cstdio>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/options_cli.h"
#include "apps/cli/terminal.h"
#include "mote/pipeline/evaluation_text.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/progress.h"

namespace mote::cli {

Subcommand add_evaluate_command(CLI::App& app) {
  struct Options {
    pipeline::EvaluateJob job;
    bool all = false;
    bool csv = false;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  pipeline::EvaluateJob& job = options->job;
  CLI::App* command =
      app.add_subcommand("evaluate", "Score a result against its ground truth (docs/metrics.md)");
  command
      ->add_option("--truth", job.truth,
                   "What is true: the folder of a simulation or run, a CTC folder, a MOTChallenge "
                   "text, a COCO JSON, or label images (file, folder or glob)")
      ->required()
      ->type_name("PATH");
  command->add_option("--result", job.result, "What was found, in any of these forms")
      ->required()
      ->type_name("PATH");
  command
      ->add_option("--as", job.as,
                   "Score as stills, or labels as tracks; auto: tracks where both sides have them")
      ->check(one_of("as", {"auto", "stills", "tracks"}))
      ->capture_default_str();
  command
      ->add_option("--tolerance-frames", job.events.tolerance_frames,
                   "How far from the truth an event may be dated")
      ->capture_default_str();
  command
      ->add_option("--border-sliver-px2", job.border_sliver_px2,
                   "Leave out objects of fewer pixels that the border cuts; default: 30 where the "
                   "truth is a simulation, else 0")
      ->type_name("AREA");
  command
      ->add_option("--pixel-size", job.pixel_size,
                   "As 0.21nm or 0.2x0.3nm (y by x); default: as the truth's files say")
      ->type_name("SIZE");
  command->add_option("--per-frame", job.per_frame, "CSV to write, a row a frame")
      ->type_name("FILE");
  command->add_option("--per-object", job.per_object, "CSV to write, a row an object")
      ->type_name("FILE");
  command
      ->add_option("--per-event", job.per_event,
                   "CSV to write, a row an event that was asked for or claimed, a crossing or a "
                   "flicker")
      ->type_name("FILE");
  command->add_flag("--force", job.force, "Overwrite these files");
  CLI::Option* all = command->add_flag("--all", options->all, "Print every score in the table");
  CLI::Option* csv =
      command->add_flag("--csv", options->csv, "Print the scores as CSV")->excludes(all);
  command->add_flag("--json", options->json, "Print the scores as JSON")
      ->excludes(csv)
      ->excludes(all);
  command->callback([options] {
    pipeline::Evaluation evaluation;
    {
      ProgressTeller teller(false);
      evaluation = pipeline::evaluate(options->job, [&](int64_t done, int64_t total) {
        if (interrupted()) {
          throw pipeline::Cancelled();
        }
        teller.tell({.stage = "scoring", .done = done, .total = total});
      });
    }
    for (const std::string& warning : evaluation.warnings) {
      fmt::print(stderr, "warning: {}\n", warning);
    }
    fmt::print("{}", options->json  ? pipeline::json_text(json_of(evaluation)) + "\n"
                     : options->csv ? csv_of(evaluation)
                                    : table_of(evaluation, options->all));
  });
  return {.app = command, .job = nullptr};
}

}  // namespace mote::cli
