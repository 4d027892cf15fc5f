// What the U-shaped networks cost, in mote's kernels and operator by operator, at the sizes of the
// paper that mote follows: medians of interleaved runs, one image.
//
// usage: bench_unet_speed [ROUNDS [NETWORK...]]

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <sys/resource.h>
#include <torch/torch.h>

#include "mote/nn/autoencoder.h"
#include "mote/nn/losses.h"
#include "mote/nn/plain.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/threads.h"
#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"

namespace {

using namespace mote::nn;
using Forward = std::function<torch::Tensor(const torch::Tensor&)>;

struct Subject {
  std::string name;
  std::shared_ptr<torch::nn::Module> network;
  Forward probabilities;
  std::vector<int64_t> image;
  int64_t training_px = 0;  // side of the image of a training step
};

double processor_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A line of /proc/self/status, in MB.
double memory_mb(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(key, 0) == 0) {
      return std::atof(line.substr(key.size() + 1).c_str()) / 1024;
    }
  }
  return 0;
}

struct Cost {
  double wall_s = 0;
  double processor_s = 0;
  double peak_mb = 0;  // above what the process held before
};

Cost cost_of(const std::function<void()>& run) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
  const double held = memory_mb("VmRSS:");
  const double wall = wall_s();
  const double processor = processor_s();
  run();
  return {.wall_s = wall_s() - wall,
          .processor_s = processor_s() - processor,
          .peak_mb = memory_mb("VmHWM:") - held};
}

double median(std::vector<Cost> costs, double Cost::*member) {
  std::sort(costs.begin(), costs.end(),
            [member](const Cost& a, const Cost& b) { return a.*member < b.*member; });
  return costs[costs.size() / 2].*member;
}

void print(const std::string& what, const std::vector<Cost>& plain, const std::vector<Cost>& fast) {
  const double of_plain = median(plain, &Cost::processor_s);
  const double of_fast = median(fast, &Cost::processor_s);
  fmt::print("{:<28} {:>9.0f} {:>9.0f} {:>9.0f} {:>9.0f} {:>8.2f} {:>8.0f} {:>8.0f}\n", what,
             1e3 * median(plain, &Cost::wall_s), 1e3 * median(fast, &Cost::wall_s), 1e3 * of_plain,
             1e3 * of_fast, of_plain / of_fast, median(plain, &Cost::peak_mb),
             median(fast, &Cost::peak_mb));
  std::fflush(stdout);
}

/// Runs the two forms in turn. The first round warms up and does not count.
void compare(const std::string& what, int rounds, const std::function<void()>& run) {
  std::vector<Cost> plain;
  std::vector<Cost> fast;
  for (int round = 0; round <= rounds; ++round) {
    const Cost fast_cost = cost_of(run);
    const Cost plain_cost = cost_of([&] {
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
