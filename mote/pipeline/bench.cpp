#include "mote/pipeline/bench.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <tbb/task_arena.h>

#include "mote/core/counted.h"
#include "mote/core/require.h"
#include "mote/pipeline/models_text.h"
#include "mote/pipeline/networks.h"

namespace mote::pipeline {
namespace {

double rate_of(const FormFigures& form, const MatrixRate& rate) {
  return form.form == "bf16" ? rate.bfloat16 : rate.float32;
}

double share(const NetworkFigures& figures, const FormFigures& form, const MatrixRate& rate) {
  const double machine = rate_of(form, rate);
  return machine > 0 ? figures.multiply_adds / form.seconds / machine : 0;
}

double speedup(const NetworkFigures& figures, const FormFigures& form) {
  return figures.forms.front().seconds / form.seconds;
}

/// How many times faster than onnxruntime; nothing where that was not timed.
std::optional<double> speedup_over_onnxruntime(const NetworkFigures& figures,
                                               const FormFigures& form) {
  for (const FormFigures& other : figures.forms) {
    if (other.form == "onnxruntime") {
      return other.seconds / form.seconds;
    }
  }
  return {};
}

double pixels_of(const NetworkFigures& figures) {
  return static_cast<double>(figures.size.height * figures.size.width);
}

}  // namespace

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown processor";
}

int64_t processor_count() {
  return tbb::this_task_arena::max_concurrency();
}

MachineFigures machine_figures() {
  return {.processor = processor_name(),
          .processors = processor_count(),
          .matrix_rate = learned_plugin().matrix_rate()};
}

std::vector<std::string> benched_networks(const std::vector<std::string>& asked, int64_t rounds) {
  require_option(rounds >= 1 && rounds <= 1000, "rounds", rounds, "1 to 1000");
  const std::vector<std::string> all = learned_plugin().networks();
  for (const std::string& name : asked) {
    require_network(name, all);
  }
  return asked.empty() ? all : asked;
}

NetworkFigures bench_network(const std::string& network, int64_t rounds, OnnxRunner* program) {
  return learned_plugin().bench(network, rounds, program);
}

std::string bench_header(const MachineFigures& machine) {
  const auto giga = [](double rate) { return fmt::format("{:.0f}", rate / 1e9); };
  const std::string low = machine.matrix_rate.bfloat16 > 0
                              ? fmt::format(", {} in bf16", giga(machine.matrix_rate.bfloat16))
                              : "";
  return fmt::format(
      "{} on {}; matrix products: {} billion multiply-adds/s in float32{}\n"
      "  {:<12}{:>9}{:>9}{:>10}{:>9}{:>9}{:>8}{:>10}{:>10}{:>16}\n",
      machine.processor, counted(machine.processors, "processor"),
      giga(machine.matrix_rate.float32), low, "form", "ms", "CPU ms", "images/s", "Mpx/s",
      "peak MB", "share", "error", "of plain", "of onnxruntime");
}

std::string bench_rows(const NetworkFigures& figures, const MachineFigures& machine) {
  std::string rows =
      fmt::format("{}, {} at {} x {} px: {} parameters, {:.1f} billion multiply-adds\n",
                  figures.network, figures.step, figures.size.width, figures.size.height,
                  with_commas(figures.parameters), figures.multiply_adds / 1e9);
  for (const FormFigures& form : figures.forms) {
    const auto onnxruntime = speedup_over_onnxruntime(figures, form);
    rows += fmt::format(
        "  {:<12}{:>9.0f}{:>9.0f}{:>10.2f}{:>9.2f}{:>9.0f}{:>6.0f} %{:>10}{:>9.2f}x{:>16}\n",
        form.form, 1e3 * form.seconds, 1e3 * form.processor_s, 1 / form.seconds,
        pixels_of(figures) / form.seconds / 1e6, form.peak_mb,
        100 * share(figures, form, machine.matrix_rate),
        form.error ? fmt::format("{:.1e}", *form.error) : "-", speedup(figures, form),
        onnxruntime ? fmt::format("{:.2f}x", *onnxruntime) : "-");
  }
  return rows;
}

nlohmann::ordered_json bench_json(const NetworkFigures& figures, const MachineFigures& machine) {
  nlohmann::ordered_json forms = nlohmann::ordered_json::array();
  for (const FormFigures& form : figures.forms) {
    nlohmann::ordered_json one = {
        {"form", form.form},
        {"seconds", form.seconds},
        {"processor_s", form.processor_s},
        {"images_per_s", 1 / form.seconds},
        {"pixels_per_s", pixels_of(figures) / form.seconds},
        {"peak_mb", form.peak_mb},
        {"share_of_matrix_rate", share(figures, form, machine.matrix_rate)},
        {"speedup_over_plain", speedup(figures, form)}};
    if (form.error) {
      one["error"] = *form.error;
    }
    if (const auto onnxruntime = speedup_over_onnxruntime(figures, form)) {
      one["speedup_over_onnxruntime"] = *onnxruntime;
    }
    forms.push_back(std::move(one));
  }
  return {{"network", figures.network},
          {"step", figures.step},
          {"parameters", figures.parameters},
          {"height_px", figures.size.height},
          {"width_px", figures.size.width},
          {"multiply_adds", figures.multiply_adds},
          {"processor", machine.processor},
          {"processors", machine.processors},
          {"matrix_rate_float32_per_s", machine.matrix_rate.float32},
          {"matrix_rate_bf16_per_s", machine.matrix_rate.bfloat16},
          {"forms", forms}};
}

}  // namespace mote::pipeline
