#include "mote/pipeline/import.h"

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

void tell(const pipeline::ImportResult& result, bool json) {
  for (const std::string& warning : result.warnings) {
    fmt::print(stderr, "warning: {}\n", warning);
  }
  if (json) {
    fmt::print("{}\n", pipeline::json_text({{"event", "done"},
                                            {"format", result.format},
                                            {"output", result.output},
                                            {"frames", result.frames},
                                            {"instances", result.instances},
                                            {"tracks", result.tracks},
                                            {"next", result.next},
                                            {"warnings", result.warnings}}));
    return;
  }
  fmt::print(stderr, "{} ({}): {}, {}, {}. Measure it with:\n  {}\n", result.output, result.format,
             counted(result.frames, "frame"), counted(result.instances, "particle"),
             counted(result.tracks, "track"), result.next);
}

}  // namespace

Subcommand add_import_command(CLI::App& app) {
  struct Options {
    pipeline::ImportJob job;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  pipeline::ImportJob& job = options->job;
  CLI::App* command = app.add_subcommand(
      "import", "Take over tracks or masks of other programs (docs/exchange.md)");
  command
      ->add_option("input", job.input,
                   "GEFF, CTC folder, TrackMate XML, table of tracks (CSV), COCO JSON, MOTS text, "
                   "ImageJ ROIs, or label images")
      ->required()
      ->type_name("PATH");
  command->add_option("-o,--output", job.output, "Folder to write")->required()->type_name("DIR");
  command
      ->add_option("--run", job.run,
                   "The run that it corrects: a copy of it is edited as the file says")
      ->type_name("RUN");
  command
      ->add_option("--image", job.recording, "The recording that it is of, where there is no run")
      ->type_name("RECORDING");
  command
      ->add_option("--graph", job.graph,
                   "Parents by track, as napari's graph (JSON); default: graph.json beside a table")
      ->type_name("FILE");
  command
      ->add_option("--pixel-size", job.pixel_size,
                   "Pixel size, for positions in units of length, such as 0.21nm")
      ->type_name("SIZE");
  command
      ->add_option("--radius-px", job.radius_px,
                   "Radius of particles that are points in the file; 0: as the file says")
      ->check(CLI::Range(0.0, 10000.0))
      ->capture_default_str();
  command->add_flag("--force", job.force, "Overwrite what an earlier import left in the folder");
  command->add_flag("--json", options->json, "Tell progress and result as JSON, one object a line");
  command->callback([options] {
    pipeline::ImportResult result;
    {
      ProgressTeller teller(options->json);
      result = pipeline::import_tracks(
          options->job,
          {.progress = [&](const auto& event) { teller.tell(event); }, .cancel = &interrupted()});
    }
    tell(result, options->json);
  });
  return {.app = command};
}

}  // namespace mote::cli
