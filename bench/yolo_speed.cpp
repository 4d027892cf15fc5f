// Time of YOLOv8n-seg an image: operator by operator, fused, and fused in bfloat16, interleaved;
// then of what follows the network. Processor time is what counts where others share the machine.
// Set OMP_WAIT_POLICY=passive.

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <torch/torch.h>

#include "mote/core/process_cost.h"
#include "mote/nn/fused_yolo.h"
#include "mote/nn/plain.h"
#include "mote/nn/threads.h"
#include "mote/nn/yolo.h"
#include "mote/nn/yolo_masks.h"

namespace {

using namespace mote::nn;

constexpr int kRounds = 25;

struct Form {
  std::string name;
  std::function<void()> work;
  std::vector<mote::ProcessCost> costs = {};
};

double median_ms(const Form& form, double mote::ProcessCost::*figure) {
  return 1e3 * mote::median_of(form.costs, figure);
}

double least_ms(const Form& form, double mote::ProcessCost::*figure) {
  const auto less = [figure](const mote::ProcessCost& a, const mote::ProcessCost& b) {
    return a.*figure < b.*figure;
  };
  return 1e3 * (*std::min_element(form.costs.begin(), form.costs.end(), less).*figure);
}

/// Runs the forms one after another, round by round, and prints their medians and least times; the
/// last number is how many times less processor time than the first.
void measure(std::vector<Form> forms) {
  constexpr auto kWall = &mote::ProcessCost::wall_s;
  constexpr auto kProcessor = &mote::ProcessCost::processor_s;
  for (Form& form : forms) {
    form.work();
  }
  for (int round = 0; round < kRounds; ++round) {
    for (Form& form : forms) {
      form.costs.push_back(mote::cost_of(form.work));
    }
  }
  for (const Form& form : forms) {
    fmt::print("  {:24} wall {:7.2f} ms (least {:7.2f})  cpu {:7.2f} ms (least {:7.2f}, {:.2f}x)\n",
               form.name, median_ms(form, kWall), least_ms(form, kWall),
               median_ms(form, kProcessor), least_ms(form, kProcessor),
               median_ms(forms[0], kProcessor) / median_ms(form, kProcessor));
  }
}

/// Random answers of a network: 400 candidates with boxes of 20 to 100 px.
torch::Tensor candidates(int64_t side) {
  const torch::Tensor centre = torch::rand({400, 2}) * static_cast<double>(side);
  return torch::cat({centre, 20 + 80 * torch::rand({400, 2}), torch::rand({400, 80})}, 1);
}

void measure_at(int64_t side) {
  Yolo network(YoloOptions{});
  network->eval();
  const FusedYolo fused(network);
  const FusedYolo rounded(network, Precision::kBFloat16);
  const torch::Tensor image = torch::rand({1, 3, side, side});
  fmt::print("YOLOv8n-seg, 80 classes, {} x {} px\n", side, side);
  measure({{.name = "operator by operator",
            .work =
                [&] {
                  const PlainOperators plain;
                  network->forward(image);
                }},
           {.name = "fused", .work = [&] { fused.forward(image); }},
           {.name = "fused, bfloat16", .work = [&] { rounded.forward(image); }}});

  const YoloOutput output = fused.forward(image);
  const torch::Tensor decoded = candidates(side);
  const NmsOptions suppression{.max_detections = 100};
  const YoloDetections detections = yolo_detections(decoded, torch::randn({400, 32}), suppression);
  const Letterbox box = letterbox(side, side, side, side);
  fmt::print(" then, {} detections of 20 to 100 px\n", detections.boxes.size(0));
  measure({{.name = "decoding", .work = [&] { yolo_decoded(output, fused.bins()); }},
           {.name = "suppression",
            .work =
                [&] {
                  yolo_detections(decoded, torch::zeros({400, 32}), suppression);
                }},
           {.name = "masks, cut to boxes",
            .work = [&] { yolo_cut_masks(detections, output.prototypes[0]); }},
           {.name = "masks", .work = [&] { yolo_masks(detections, output.prototypes[0]); }},
           {.name = "native masks",
            .work = [&] { native_masks(detections, output.prototypes[0], box); }}});
}

}  // namespace

int main() {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(1);
  set_threads(0);
  fmt::print("{} threads; medians of {} interleaved rounds\n", at::get_num_threads(), kRounds);
  measure_at(512);
  measure_at(640);
}
