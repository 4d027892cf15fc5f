// What the U-shaped networks cost, in mote's kernels and operator by operator, at the sizes of the
// paper that mote follows: medians of interleaved runs, one image.
//
// usage: bench_unet_speed [ROUNDS [NETWORK...]]

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <torch/torch.h>

#include "mote/core/process_cost.h"
#include "mote/nn/autoencoder.h"
#include "mote/nn/losses.h"
#include "mote/nn/plain.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/threads.h"
#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"

namespace {

using namespace mote;
using namespace mote::nn;
using Forward = std::function<torch::Tensor(const torch::Tensor&)>;

struct Subject {
  std::string name;
  std::shared_ptr<torch::nn::Module> network;
  Forward probabilities;
  std::vector<int64_t> image;
  int64_t training_px = 0;  // side of the image of a training step
};

void print(const std::string& what, const std::vector<ProcessCost>& plain,
           const std::vector<ProcessCost>& fast) {
  const double of_plain = median_of(plain, &ProcessCost::processor_s);
  const double of_fast = median_of(fast, &ProcessCost::processor_s);
  fmt::print("{:<28} {:>9.0f} {:>9.0f} {:>9.0f} {:>9.0f} {:>8.2f} {:>8.0f} {:>8.0f}\n", what,
             1e3 * median_of(plain, &ProcessCost::wall_s),
             1e3 * median_of(fast, &ProcessCost::wall_s), 1e3 * of_plain, 1e3 * of_fast,
             of_plain / of_fast, median_of(plain, &ProcessCost::peak_mb),
             median_of(fast, &ProcessCost::peak_mb));
  std::fflush(stdout);
}

/// Runs the two forms in turn. The first round warms up and does not count.
void compare(const std::string& what, int rounds, const std::function<void()>& run) {
  std::vector<ProcessCost> plain;
  std::vector<ProcessCost> fast;
  for (int round = 0; round <= rounds; ++round) {
    const ProcessCost fast_cost = cost_of(run);
    const ProcessCost plain_cost = cost_of([&] {
      const PlainOperators operators;
      run();
    });
    if (round > 0) {
      fast.push_back(fast_cost);
      plain.push_back(plain_cost);
    }
  }
  print(what, plain, fast);
}

void measure(const Subject& subject, int rounds) {
  const torch::Tensor image = torch::rand(subject.image);
  subject.network->eval();
  compare(subject.name + " forward", rounds, [&] {
    const torch::NoGradGuard no_grad;
    subject.probabilities(image);
  });
  subject.network->train();
  const torch::Tensor tile =
      torch::rand({1, subject.image[1], subject.training_px, subject.training_px});
  const torch::Tensor target = (subject.probabilities(tile).detach() > 0.5).to(torch::kFloat32);
  compare(fmt::format("  a training step at {}", subject.training_px), rounds, [&] {
    subject.network->zero_grad();
    bce_dice_loss(subject.probabilities(tile), target).total().backward();
  });
}

template <typename Holder, typename Options>
Subject subject(const std::string& name, const Options& options, bool logits, int64_t channels,
                int64_t side_px, int64_t training_px) {
  Holder network(options);
  return {.name = name,
          .network = network.ptr(),
          .probabilities =
              [network, logits](const torch::Tensor& image) mutable {
                const torch::Tensor out = network(image);
                return logits ? torch::sigmoid(out) : out;
              },
          .image = {1, channels, side_px, side_px},
          .training_px = training_px};
}

/// The loop over positions keeps some 20 GB of a training step of VM-UNet at 512 px, so both forms
/// take smaller steps.
std::vector<Subject> subjects() {
  return {subject<SwinUnet>("swin-unet 448", SwinUnetOptions{.classes = 3}, true, 3, 448, 448),
          subject<VmUnet>("vm-unet 512", VmUnetOptions{.classes = 3}, true, 3, 512, 96),
          subject<VmUnetV2>("vm-unet-v2 256", VmUnetV2Options{}, false, 3, 256, 96),
          subject<Autoencoder>("autoencoder 512", AutoencoderOptions{}, true, 1, 512, 256),
          subject<Autoencoder>("u-net 512", AutoencoderOptions{.skips = true}, true, 1, 512, 256)};
}

}  // namespace

int main(int argc, char** argv) {
  set_threads(0);
  torch::manual_seed(1);
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
  const std::vector<std::string> wanted(argv + std::min(argc, 2), argv + argc);
  fmt::print("{:<28} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8} {:>8}\n", "", "plain ms", "fast ms",
             "plain cpu", "fast cpu", "ratio", "plain MB", "fast MB");
  for (const Subject& one : subjects()) {
    const bool asked = wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](auto& name) {
                         return one.name.rfind(name, 0) == 0;
                       });
    if (asked) {
      measure(one, rounds);
    }
  }
}
