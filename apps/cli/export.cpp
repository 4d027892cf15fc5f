#include "mote/pipeline/export.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/terminal.h"
#include "mote/core/counted.h"
#include "mote/pipeline/json_text.h"

namespace mote::cli {
namespace {

std::string list_of_formats() {
  std::string text = "Formats:\n";
  for (const pipeline::ExportFormat& format : pipeline::export_formats()) {
    text += fmt::format("  {:<12} {}\n", format.name, format.what);
  }
  return text + "docs/exchange.md has what each of them holds.";
}

void tell(const pipeline::ExportResult& result, bool json) {
  for (const std::string& warning : result.warnings) {
    fmt::print(stderr, "warning: {}\n", warning);
  }
  if (json) {
    fmt::print("{}\n", pipeline::json_text({{"event", "done"},
                                            {"output", result.output},
                                            {"frames", result.frames},
                                            {"instances", result.instances},
                                            {"tracks", result.tracks},
                                            {"warnings", result.warnings}}));
    return;
  }
  fmt::print(stderr, "{}: {}, {}, {}\n", result.output, counted(result.frames, "frame"),
             counted(result.instances, "particle"), counted(result.tracks, "track"));
}

}  // namespace

Subcommand add_export_command(CLI::App& app) {
  struct Options {
    pipeline::ExportJob job;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  pipeline::ExportJob& job = options->job;
  CLI::App* command = app.add_subcommand("export", "Write the results of a run for other programs");
  command->footer(list_of_formats());
  command->add_option("run", job.run, "Folder of a finished run")->required()->type_name("RUN");
  command->add_option("--to", job.to, "Format, one of those below")
      ->required()
      ->type_name("FORMAT");
  command
      ->add_option("-o,--output", job.output,
                   "File or folder to write; default: named after the run, here")
      ->type_name("PATH");
  command->add_flag("--force", job.force, "Overwrite it");
  command->add_flag("--json", options->json, "Tell progress and result as JSON, one object a line");
  command->callback([options] {
    pipeline::ExportResult result;
    {
      ProgressTeller teller(options->json);
      result = pipeline::export_run(
          options->job,
          {.progress = [&](const auto& event) { teller.tell(event); }, .cancel = &interrupted()});
    }
    tell(result, options->json);
  });
  return {.app = command};
}

}  // namespace mote::cli
