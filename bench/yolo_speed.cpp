// Time of YOLOv8n-seg an image: operator by operator, fused, and fused in bfloat16, interleaved;
// then of what follows the network. Processor time is what counts where others share the machine.
// Set OMP_WAIT_POLICY=passive.

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <torch/torch.h>

#include "mote/core/median.h"
#include "mote/core/process_cost.h"
#include "mote/nn/fused_yolo.h"
#include "mote/nn/plain.h"
#include "mote/nn/threads.h"
#include "mote/nn/yolo.h"
#include "mote/nn/yolo_masks.h"

namespace {

using namespace mote::nn;

constexpr int kRounds = 25;

struct Times {
  std::string name;
  std::function<void()> work;
  std::vector<double> wall_ms;
  std::vector<double> cpu_ms;
};

/// Runs the forms one after another, round by round, and prints their medians and least times; the
/// last number is how many times less processor time than the first.
void measure(std::vector<Times> forms) {
  for (Times& form : forms) {
    form.work();
  }
  for (int round = 0; round < kRounds; ++round) {
    for (Times& form : forms) {
      const mote::ProcessCost cost = mote::cost_of(form.work);
      form.wall_ms.push_back(1e3 * cost.wall_s);
      form.cpu_ms.push_back(1e3 * cost.processor_s);
    }
  }
  for (const Times& form : forms) {
    fmt::print("  {:24} wall {:7.2f} ms (least {:7.2f})  cpu {:7.2f} ms (least {:7.2f}, {:.2f}x)\n",
               form.name, mote::median(form.wall_ms),
               *std::min_element(form.wall_ms.begin(), form.wall_ms.end()),
               mote::median(form.cpu_ms), *std::min_element(form.cpu_ms.begin(), form.cpu_ms.end()),
               mote::median(forms[0].cpu_ms) / mote::median(form.cpu_ms));
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
                },
            .wall_ms = {},
            .cpu_ms = {}},
           {.name = "fused", .work = [&] { fused.forward(image); }, .wall_ms = {}, .cpu_ms = {}},
           {.name = "fused, bfloat16",
            .work = [&] { rounded.forward(image); },
            .wall_ms = {},
            .cpu_ms = {}}});

  const YoloOutput output = fused.forward(image);
  const torch::Tensor decoded = candidates(side);
  const NmsOptions suppression{.max_detections = 100};
  const YoloDetections detections = yolo_detections(decoded, torch::randn({400, 32}), suppression);
  const Letterbox box = letterbox(side, side, side, side);
  fmt::print(" then, {} detections of 20 to 100 px\n", detections.boxes.size(0));
  measure({{.name = "decoding",
            .work = [&] { yolo_decoded(output, fused.bins()); },
            .wall_ms = {},
            .cpu_ms = {}},
           {.name = "suppression",
            .work =
                [&] {
                  yolo_detections(decoded, torch::zeros({400, 32}), suppression);
                },
            .wall_ms = {},
            .cpu_ms = {}},
           {.name = "masks, cut to boxes",
            .work = [&] { yolo_cut_masks(detections, output.prototypes[0]); },
            .wall_ms = {},
            .cpu_ms = {}},
           {.name = "masks",
            .work = [&] { yolo_masks(detections, output.prototypes[0]); },
            .wall_ms = {},
            .cpu_ms = {}},
           {.name = "native masks",
            .work = [&] { native_masks(detections, output.prototypes[0], box); },
            .wall_ms = {},
            .cpu_ms = {}}});
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
