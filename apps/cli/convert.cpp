#include "mote/pipeline/convert.h"

#include <cstdio>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/options_cli.h"
#include "apps/cli/terminal.h"
#include "mote/core/counted.h"
#include "mote/pipeline/json_text.h"

namespace mote::cli {
namespace {

struct ConvertOptions {
  pipeline::ConvertJob job;
  bool json = false;
};

nlohmann::ordered_json json_of(const pipeline::ConvertResult& result) {
  using Json = nlohmann::ordered_json;
  const Json scale = result.scale
                         ? Json{{"black", result.scale->black}, {"white", result.scale->white}}
                         : Json(nullptr);
  const Json pixel =
      result.pixel_size ? Json{{"y_nm", result.pixel_size->y_nm}, {"x_nm", result.pixel_size->x_nm}}
                        : Json(nullptr);
  return {{"event", "done"},
          {"output", result.output},
          {"format", result.format},
          {"frames", result.frames},
          {"height_px", result.size.height},
          {"width_px", result.size.width},
          {"sample_type", std::string(name(result.type))},
          {"scale", scale},
          {"pixel_size", pixel},
          {"frame_interval_s",
           result.frame_interval ? Json(result.frame_interval->seconds) : Json(nullptr)},
          {"warnings", result.warnings}};
}

void tell(const pipeline::ConvertResult& result) {
  for (const std::string& warning : result.warnings) {
    fmt::print(stderr, "warning: {}\n", warning);
  }
  fmt::print(stderr, "{}: {}, {} of {} x {} px, {}\n", result.output, result.format,
             counted(result.frames, "frame"), result.size.width, result.size.height,
             name(result.type));
  if (result.scale) {
    fmt::print(stderr, "black, 0, was {}; white, {}, was {}\n", result.scale->black,
               result.type == SampleType::kUint8 ? 255 : 65535, result.scale->white);
  }
}

void run(const ConvertOptions& options) {
  pipeline::ConvertResult result;
  {
    ProgressTeller teller(options.json);
    result = pipeline::convert(
        options.job,
        {.progress = [&](const auto& event) { teller.tell(event); }, .cancel = &interrupted()});
  }
  if (options.json) {
    fmt::print("{}\n", pipeline::json_text(json_of(result)));
  } else {
    tell(result);
  }
}

}  // namespace

Subcommand add_convert_command(CLI::App& app) {
  const auto options = std::make_shared<ConvertOptions>();
  pipeline::ConvertJob& job = options->job;
  CLI::App* command = app.add_subcommand(
      "convert", "Write a recording, or a part of it, in another format, with its calibration");
  command->add_option("recording", job.recording.path, "File, folder or glob of frames")
      ->required()
      ->type_name("RECORDING");
  command->add_option("-o,--output", job.output, "File, or folder of stills, to write")
      ->required()
      ->type_name("OUT");
  command->add_option("--to", job.to, "Format; default by the extension of OUT")
      ->check(one_of("to", pipeline::conversion_formats()));
  command
      ->add_option("--depth", job.depth,
                   "Samples: keep, 8 or 16 bits without sign, or 32 bits floating point")
      ->check(one_of("depth", {"keep", "8", "16", "32f"}))
      ->capture_default_str();
  command->add_option(
      "--range", job.range,
      "With 8 and 16 bits: A..B, what becomes black and white; default: numbers as "
      "they are where they fit, else the least and the most of the whole recording");
  command->add_flag("--force", job.force, "Replace what is there");
  command->add_flag("--json", options->json, "Tell progress and result as JSON, one object a line");
  add_selection_options(*command, job.recording);
  command->callback([options] { run(*options); });
  return {.app = command, .job = nullptr};
}

}  // namespace mote::cli
