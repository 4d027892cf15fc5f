#include "mote/pipeline/models.h"

#include <string>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/terminal.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/models_fit.h"
#include "mote/pipeline/models_pull.h"
#include "mote/pipeline/models_text.h"

namespace mote::cli {
namespace {

void print(const nlohmann::ordered_json& json, const std::string& text, bool as_json) {
  fmt::print("{}", as_json ? pipeline::json_text(json) + "\n" : text);
}

/// Lists what does not fit before the one line that says so.
void tell(const pipeline::WeightsFit& fit, bool as_json) {
  print(json_of(fit), text_of(fit), as_json);
  if (!fit.fits()) {
    throw_misfit(fit);
  }
}

void add_json_flag(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "Print it as JSON");
}

CLI::Option* add_name(CLI::App& command, std::string& name) {
  return command.add_option("name", name, "Name of the network, as mote models list has it")
      ->required()
      ->type_name("NAME");
}

void add_list(CLI::App& models) {
  const auto json = std::make_shared<bool>(false);
  CLI::App* command = models.add_subcommand("list", "The networks, and which have weights");
  add_json_flag(*command, *json);
  command->callback([json] {
    if (*json) {
      fmt::print("{}\n", pipeline::json_text(pipeline::models_json()));
    } else {
      fmt::print("{}", pipeline::models_table());
    }
  });
}

void add_show(CLI::App& models) {
  struct Options {
    std::string name;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = models.add_subcommand(
      "show", "A network's paper, source, licence, weights, input and parameters");
  add_name(*command, options->name);
  add_json_flag(*command, options->json);
  command->callback([options] {
    const pipeline::ModelState state = pipeline::state_of(pipeline::model(options->name));
    print(json_of(state), text_of(state), options->json);
  });
}

void add_import(CLI::App& models) {
  struct Options {
    pipeline::ImportJob job;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = models.add_subcommand(
      "import", "Take weights from a file: safetensors, or a state dict of PyTorch (.pt, .pth)");
  command->add_option("file", options->job.file, "File of weights")->required()->type_name("FILE");
  command->add_option("--model", options->job.model,
                      "Name of the network; the one that the file fits unless given");
  command->add_flag("--force", options->job.force, "Write over weights imported before");
  add_json_flag(*command, options->json);
  command->callback([options] { tell(pipeline::import_weights(options->job), options->json); });
}

void add_export(CLI::App& models) {
  struct Options {
    NetworkExport what;
    std::string file;
    bool force = false;
    bool onnx = false;
    bool torchscript = false;
  };
  const auto options = std::make_shared<Options>();
  NetworkExport& what = options->what;
  CLI::App* command = models.add_subcommand(
      "export", "Write a network's imported weights, or the network with them, to a file");
  add_name(*command, what.network);
  command->add_option("file", options->file, "File to write; safetensors unless told otherwise")
      ->required()
      ->type_name("FILE");
  CLI::Option* onnx = command->add_flag("--onnx", options->onnx, "The network as ONNX");
  command->add_flag("--torchscript", options->torchscript, "The network as TorchScript")
      ->excludes(onnx);
  command->add_option("--part", what.part,
                      "Of EfficientSAM: encoder or decoder; the encoder unless given");
  command
      ->add_option("--input-px", what.input_px,
                   "Side of the square image that the network takes; 0: as published")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--force", options->force, "Write over the file");
  command->callback([options] {
    if (!options->onnx && !options->torchscript) {
      pipeline::export_weights(options->what.network, options->file, options->force);
      return;
    }
    options->what.format =
        options->torchscript ? NetworkFormat::kTorchScript : NetworkFormat::kOnnx;
    pipeline::export_network(options->what, options->file, options->force);
  });
}

void add_verify(CLI::App& models) {
  struct Options {
    std::string name;
    std::string file;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = models.add_subcommand(
      "verify", "Compare the tensors of a file with those of a network, name by name");
  add_name(*command, options->name);
  command->add_option("file", options->file, "File of weights")->required()->type_name("FILE");
  add_json_flag(*command, options->json);
  command->callback(
      [options] { tell(pipeline::verify_weights(options->name, options->file), options->json); });
}

void add_pull(CLI::App& models) {
  struct Options {
    pipeline::PullJob job;
    bool json = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* command = models.add_subcommand(
      "pull", "Fetch the published weights of a network, check them, and import them");
  add_name(*command, options->job.model);
  command->add_option("--url", options->job.url, "Another place to fetch them from");
  command->add_option("--sha256", options->job.sha256, "SHA-256 of the file at --url");
  command->add_flag("--force", options->job.force, "Write over weights imported before");
  add_json_flag(*command, options->json);
  command->callback([options] {
    ProgressTeller teller(options->json, "bytes");
    const pipeline::WeightsFit fit = pipeline::pull_weights(
        options->job,
        {.progress = [&](const auto& event) { teller.tell(event); }, .cancel = &interrupted()});
    tell(fit, options->json);
  });
}

}  // namespace

Subcommand add_models_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("models", "Networks and their weights");
  command->require_subcommand(1);
  add_list(*command);
  add_show(*command);
  add_import(*command);
  add_export(*command);
  add_verify(*command);
  add_pull(*command);
  return {.app = command};
}

}  // namespace mote::cli
