#include "mote/pipeline/bench.h"

#include <cstdio>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "apps/cli/commands.h"
#include "apps/cli/terminal.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/onnxruntime.h"

namespace mote::cli {
namespace {

struct BenchFlags {
  std::vector<std::string> networks;
  int64_t rounds = 5;
  std::string onnxruntime;  // the folder of its runner
  bool json = false;
};

void run_bench(const BenchFlags& flags) {
  const std::vector<std::string> networks =
      pipeline::benched_networks(flags.networks, flags.rounds);
  const std::unique_ptr<OnnxRunner> program =
      flags.onnxruntime.empty()
          ? nullptr
          : pipeline::onnxruntime_in(flags.onnxruntime, pipeline::processor_count());
  const pipeline::MachineFigures machine = pipeline::machine_figures();
  if (!flags.json) {
    fmt::print("{}", pipeline::bench_header(machine));
  }
  for (const std::string& name : networks) {
    const NetworkFigures figures = pipeline::bench_network(name, flags.rounds, program.get());
    fmt::print("{}", flags.json ? pipeline::json_text(pipeline::bench_json(figures, machine)) + "\n"
                                : pipeline::bench_rows(figures, machine));
    std::fflush(stdout);
  }
}

}  // namespace

Subcommand add_bench_command(CLI::App& app) {
  const auto flags = std::make_shared<BenchFlags>();
  CLI::App* command = app.add_subcommand("bench", "Measure how fast mote is on this machine");
  command->require_subcommand(1);
  CLI::App* models = command->add_subcommand(
      "models", "Time each network: operator by operator, in mote's kernels, and in bfloat16");
  models->add_option("networks", flags->networks, "Networks to time; all without")
      ->type_name("NAME");
  models->add_option("--rounds", flags->rounds, "How often each form runs, in turn")
      ->capture_default_str();
  models
      ->add_option(
          "--onnxruntime", flags->onnxruntime,
          "mote's folder bench/onnxruntime, with onnxruntime installed: the exported networks "
          "run there in turn with mote's")
      ->type_name("FOLDER");
  models->add_flag("--json", flags->json, "One JSON object a network on stdout");
  models->callback([flags] { run_bench(*flags); });
  return {.app = command};
}

}  // namespace mote::cli
