// Processor time of DeAOT a frame, whole and by step: mote's kernels beside the plain operators.
//
// bench_deaot_speed [FRAMES [HEIGHT WIDTH]]

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <torch/torch.h>

#include "mote/core/median.h"
#include "mote/core/process_cost.h"
#include "mote/nn/deaot_engine.h"
#include "mote/nn/deaot_merge.h"
#include "mote/nn/plain.h"
#include "mote/nn/threads.h"

namespace {

using namespace mote;

constexpr int64_t kObjects = 15;
constexpr std::array<const char*, 5> kSteps = {"encode", "layers", "decode", "labels", "update"};

/// Squares in five columns and three rows.
torch::Tensor squares(Size size) {
  const torch::Tensor labels = torch::zeros({1, size.height, size.width}, torch::kInt64);
  for (int64_t id = 1; id <= kObjects; ++id) {
    const int64_t y = ((id - 1) / 5 * 2 + 1) * size.height / 7;
    const int64_t x = ((id - 1) % 5 * 2 + 1) * size.width / 11;
    labels.narrow(1, y, size.height / 7).narrow(2, x, size.width / 11).fill_(id);
  }
  return labels;
}

/// One form of the engine, and what its steps took in each frame.
struct Form {
  nn::DeAotEngine engine;
  std::array<std::vector<double>, kSteps.size()> times_ms = {};
  std::vector<double> whole_ms = {};
};

/// Carries the objects to the next image.
torch::Tensor advance(Form& form, const torch::Tensor& image, Size output) {
  std::array<double, kSteps.size() + 1> at = {1e3 * processor_s()};
  form.engine.see(image);
  at[1] = 1e3 * processor_s();
  form.engine.propagate();
  at[2] = 1e3 * processor_s();
  const std::vector<torch::Tensor> logits = form.engine.logits_of_groups();
  at[3] = 1e3 * processor_s();
  const torch::Tensor labels = nn::merged_labels(logits, output);
  at[4] = 1e3 * processor_s();
  form.engine.update(labels);
  at[5] = 1e3 * processor_s();
  for (size_t step = 0; step < kSteps.size(); ++step) {
    form.times_ms[step].push_back(at[step + 1] - at[step]);
  }
  form.whole_ms.push_back(at[5] - at[0]);
  return labels;
}

torch::Tensor advance_plainly(Form& form, const torch::Tensor& image, Size output) {
  const nn::PlainOperators plain;
  return advance(form, image, output);
}

void print_row(const std::string& name, const std::vector<double>& plain,
               const std::vector<double>& fast) {
  fmt::print("  {:8} {:9.1f} {:9.1f} {:7.2f}\n", name, median(plain), median(fast),
             median(plain) / median(fast));
}

void measure(const std::string& name, const nn::DeAotOptions& options, Size size, int64_t frames) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  nn::DeAot network(options);
  network->eval();
  const nn::DeAotEngineOptions memory = {};
  Form plain = {.engine = nn::DeAotEngine(network, memory)};
  Form fast = {.engine = nn::DeAotEngine(network, memory)};
  const torch::Tensor images = torch::randn({frames + 2, 1, 3, size.height, size.width});
  for (Form* form : {&fast, &plain}) {
    form->engine.see(images[0]);
    form->engine.reference(squares(size), kObjects);
  }
  const double before_mb = peak_memory_mb();
  const torch::Tensor fast_labels = advance(fast, images[1], size);
  const double fast_mb = peak_memory_mb();
  const torch::Tensor plain_labels = advance_plainly(plain, images[1], size);
  const double plain_mb = peak_memory_mb();
  const double differing = plain_labels.ne(fast_labels).to(torch::kFloat64).mean().item<double>();
  for (Form* form : {&fast, &plain}) {
    form->whole_ms.clear();
    form->times_ms = {};
  }
  for (int64_t frame = 2; frame < frames + 2; ++frame) {
    advance_plainly(plain, images[frame], size);
    advance(fast, images[frame], size);
  }
  fmt::print("{}, {} x {} px, {} objects; median processor time of {} frames, in ms\n", name,
             size.height, size.width, kObjects, frames);
  fmt::print("  {:8} {:>9} {:>9} {:>7}\n", "step", "plain", "fast", "ratio");
  for (size_t step = 0; step < kSteps.size(); ++step) {
    print_row(kSteps[step], plain.times_ms[step], fast.times_ms[step]);
  }
  print_row("whole", plain.whole_ms, fast.whole_ms);
  fmt::print(
      "  peak memory: {:.0f} MB before, {:.0f} fast, {:.0f} plain; {:.4f} % of pixels differ\n",
      before_mb, fast_mb, plain_mb, 100 * differing);
}

}  // namespace

int main(int argc, char** argv) {
  const int64_t frames = argc > 1 ? std::atoi(argv[1]) : 7;
  const Size size =
      argc > 3 ? nn::deaot_size({std::atoi(argv[2]), std::atoi(argv[3])}) : Size{465, 833};
  nn::set_threads(0);
  measure("deaot-t", nn::deaot_t(), size, frames);
  measure("deaot-r50l", nn::r50_deaot_l(), size, frames);
  return 0;
}
