#include "mote/learned/bench.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include <malloc.h>
#include <torch/torch.h>

#include "mote/core/median.h"
#include "mote/core/process_cost.h"
#include "mote/learned/bench_subjects.h"
#include "mote/learned/guard.h"
#include "mote/learned/network_export.h"
#include "mote/learned/onnx_export.h"
#include "mote/nn/precision.h"
#include "mote/nn/weights.h"

namespace mote::learned {
namespace {

/// A form, mote's or another program's, that is timed in turn with the others.
struct Timed {
  std::string form;
  std::function<ProcessCost()> run;
  double peak_mb = 0;
  std::optional<double> error = {};
  std::vector<ProcessCost> costs = {};
};

/// The most memory that a form takes, where nothing that was freed before is at hand.
double peak_mb_of(const BenchForm& form) {
  ::malloc_trim(0);
  return cost_of([&] { form.compute(); }).peak_mb;
}

/// The largest difference, as a share of the largest value.
double error_of(const torch::Tensor& found, const torch::Tensor& expected) {
  return ((found - expected).abs().max() / expected.abs().max()).item<double>();
}

/// Has the other program take up the network as ONNX.
Timed in_program(OnnxRunner& program, const BenchSubject& subject, const torch::Tensor& expected) {
  OnnxTask task;
  {
    const torch::InferenceMode tracing(false);
    const torch::NoGradGuard no_grad;
    const Traceable function = traceable(*subject.network, *subject.onnx);
    task = {.graph = onnx_file(onnx_graph(function)),
            .input = function.inputs.front(),
            .shape = subject.image.sizes().vec(),
            .image = {subject.image.data_ptr<float>(), static_cast<size_t>(subject.image.numel())},
            .output = function.outputs.back()};
  }
  const std::vector<float> found = program.load(task);
  return {.form = "onnxruntime",
          .run = [&program] { return program.run(); },
          .error = error_of(torch::tensor(found).reshape(expected.sizes()), expected)};
}

FormFigures figures_of(const Timed& timed) {
  return {.form = timed.form,
          .seconds = median_of(timed.costs, &ProcessCost::wall_s),
          .processor_s = median_of(timed.costs, &ProcessCost::processor_s),
          .peak_mb = std::max(timed.peak_mb, median_of(timed.costs, &ProcessCost::peak_mb)),
          .error = timed.error};
}

double matrix_rate_in(torch::ScalarType type) {
  constexpr int64_t kSide = 2048;
  constexpr int kRounds = 7;
  const torch::Tensor left = torch::rand({kSide, kSide}).to(type);
  const torch::Tensor right = torch::rand({kSide, kSide}).to(type);
  torch::matmul(left, right);
  std::vector<double> seconds;
  for (int round = 0; round < kRounds; ++round) {
    seconds.push_back(cost_of([&] { torch::matmul(left, right); }).wall_s);
  }
  return static_cast<double>(kSide * kSide * kSide) / median(std::move(seconds));
}

}  // namespace

NetworkFigures bench(const std::string& network, int64_t rounds, OnnxRunner* program) {
  return guarded([&] {
    torch::manual_seed(1);
    const BenchSubject subject = bench_subject(network);
    const torch::InferenceMode inference;
    NetworkFigures figures{
        .network = network,
        .step = subject.step,
        .parameters = nn::parameter_count(*subject.network),
        .size = {.height = subject.image.size(2), .width = subject.image.size(3)},
        .multiply_adds = 0,
        .forms = {}};
    std::vector<Timed> all;
    torch::Tensor expected;
    for (const BenchForm& form : subject.forms) {  // once before the rounds: some is made once
      Timed timed{.form = form.name, .run = [&form] { return cost_of([&] { form.compute(); }); }};
      if (all.empty()) {
        figures.multiply_adds = multiply_adds_of([&] { expected = form.compute(); });
      } else {
        timed.error = error_of(form.compute(), expected);
      }
      timed.peak_mb = peak_mb_of(form);
      all.push_back(std::move(timed));
    }
    if (program != nullptr && subject.onnx) {
      all.push_back(in_program(*program, subject, expected));
    }
    for (int64_t round = 0; round < rounds; ++round) {
      for (Timed& timed : all) {
        timed.costs.push_back(timed.run());
      }
    }
    for (const Timed& timed : all) {
      figures.forms.push_back(figures_of(timed));
    }
    return figures;
  });
}

MatrixRate matrix_rate() {
  return guarded([] {
    const torch::InferenceMode inference;
    return MatrixRate{.float32 = matrix_rate_in(torch::kFloat32),
                      .bfloat16 = nn::has_fast_bf16() ? matrix_rate_in(torch::kBFloat16) : 0};
  });
}

}  // namespace mote::learned
