#include "mote/pipeline/preview.h"

#include <cstdio>
#include <filesystem>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/options_cli.h"
#include "apps/cli/terminal.h"
#include "mote/pipeline/json_text.h"

namespace mote::cli {

Subcommand add_preview_command(CLI::App& app) {
  const auto job = std::make_shared<pipeline::Job>();
  const auto flags = std::make_shared<RunFlags>();
  job->command = pipeline::Command::kSegment;
  CLI::App* command =
      app.add_subcommand("preview", "See in seconds what a run would find, as one picture");
  command->add_option("recording", job->recording.path, "File, folder or glob of frames")
      ->required()
      ->type_name("RECORDING");
  command->add_option("-o,--output", job->output, "PNG to write; default NAME_preview.png here")
      ->type_name("FILE");
  command->add_flag("--force", job->force, "Overwrite the picture");
  command->add_flag("--json", flags->json, "Tell progress and result as JSON");
  add_file_options(*command, true);
  add_segment_options(*command, *job);
  command->callback([command, job, flags] {
    add_given_options(*command, *job);
    if (job->output.empty()) {
      const std::filesystem::path path(job->recording.path);
      const std::filesystem::path name = path.has_stem() ? path.stem() : path.parent_path().stem();
      job->output = name.string() + "_preview.png";
    }
    pipeline::PreviewResult result;
    {
      ProgressTeller teller(flags->json);
      result = pipeline::preview(*job, {.progress = [&](const auto& event) { teller.tell(event); },
                                        .cancel = &interrupted()});
    }
    if (flags->json) {
      const nlohmann::ordered_json line = {{"event", "done"},
                                           {"picture", result.picture},
                                           {"command", result.command},
                                           {"particles", result.particles},
                                           {"variants", result.variants},
                                           {"warnings", result.warnings}};
      fmt::print("{}\n", pipeline::json_text(line));
      return;
    }
    for (const std::string& warning : result.warnings) {
      fmt::print(stderr, "warning: {}\n", warning);
    }
    fmt::print(stderr, "{}\nTo run it:\n", result.picture);
    fmt::print("{}\n", result.command);
  });
  return {.app = command, .job = job};
}

}  // namespace mote::cli
