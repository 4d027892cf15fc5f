#include "mote/learned/bench.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/core/median.h"
#include "mote/learned/guard.h"
#include "mote/nn/autoencoder.h"
#include "mote/nn/efficient_sam.h"
#include "mote/nn/fused_yolo.h"
#include "mote/nn/models.h"
#include "mote/nn/plain.h"
#include "mote/nn/precision.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"
#include "mote/nn/weights.h"
#include "mote/nn/yolo.h"

namespace mote::learned {
namespace {

using Work = std::function<void()>;

/// A way of computing a network.
struct Form {
  std::string name;
  Work work;
};

struct Subject {
  std::string step = "image";
  int64_t parameters = 0;
  int64_t side_px = 0;
  std::vector<Form> forms;
};

double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A line of /proc/self/status that counts kB, in MB.
double memory_mb(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) {
      return std::stod(line.substr(key.size())) / 1024;
    }
  }
  return 0;
}

/// Forms of a network whose forward takes an image.
template <typename Network>
Subject subject_of(Network network, int64_t side_px, int64_t channels) {
  network->eval();
  const torch::Tensor image = torch::rand({1, channels, side_px, side_px});
  const Work run = [network, image]() mutable { network->forward(image); };
  return {.parameters = nn::parameter_count(*network),
          .side_px = side_px,
          .forms = {{"plain",
                     [run] {
                       const nn::PlainOperators plain;
                       run();
                     }},
                    {"float32", run}}};
}

Subject sam_subject(nn::EfficientSamOptions options) {
  constexpr int64_t kSide = 1024;
  const torch::Tensor image = torch::rand({1, 3, kSide, kSide});
  nn::EfficientSam network(options);
  network->eval();
  const auto encode = [image](nn::EfficientSam sam) {
    return Work([sam, image]() mutable { sam->encode(image); });
  };
  Subject subject{.step = "image encoder",
                  .parameters = nn::parameter_count(*network),
                  .side_px = kSide,
                  .forms = {{"plain",
                             [run = encode(network)] {
                               const nn::PlainOperators plain;
                               run();
                             }},
                            {"float32", encode(network)}}};
  if (nn::has_fast_bf16()) {
    options.encoder.precision = nn::Precision::kBFloat16;
    nn::EfficientSam low(options);
    low->eval();
    subject.forms.push_back({"bf16", encode(low)});
  }
  return subject;
}

/// The fused form is a copy, made once.
Subject yolo_subject(double width) {
  constexpr int64_t kSide = 640;
  const torch::Tensor image = torch::rand({1, 3, kSide, kSide});
  nn::Yolo network(nn::YoloOptions{.width = width});
  network->eval();
  const auto fused = [&](nn::Precision precision) {
    const auto copy = std::make_shared<nn::FusedYolo>(network, precision);
    return Work([copy, image] { copy->forward(image); });
  };
  Subject subject{.parameters = nn::parameter_count(*network),
                  .side_px = kSide,
                  .forms = {{"plain", [network, image]() mutable { network->forward(image); }},
                            {"float32", fused(nn::Precision::kFloat32)}}};
  if (nn::has_fast_bf16()) {
    subject.forms.push_back({"bf16", fused(nn::Precision::kBFloat16)});
  }
  return subject;
}

Subject subject_of(const std::string& network) {
  if (network == "efficientsam-tiny") return sam_subject({});
  if (network == "efficientsam-small") return sam_subject(nn::efficient_sam_small());
  if (network == "swin-unet")
    return subject_of(nn::SwinUnet(nn::SwinUnetOptions{.classes = 3}), 448, 3);
  if (network == "vm-unet") return subject_of(nn::VmUnet(nn::VmUnetOptions{.classes = 3}), 512, 3);
  if (network == "vm-unet-v2") return subject_of(nn::VmUnetV2(nn::VmUnetV2Options{}), 512, 3);
  if (network == "autoencoder")
    return subject_of(nn::Autoencoder(nn::AutoencoderOptions{}), 512, 1);
  if (network == "unet") {
    return subject_of(nn::Autoencoder(nn::AutoencoderOptions{.skips = true}), 512, 1);
  }
  if (network == "yolov8n-seg") return yolo_subject(0.25);
  if (network == "yolov8s-seg") return yolo_subject(0.5);
  nn::make_network(network);  // throws where there is no such network
  throw Error(ErrorKind::kUnsupported, "{} has no bench yet", network);
}

struct Cost {
  double seconds = 0;
  double peak_mb = 0;
};

Cost cost_of(const Work& work) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
  const double held = memory_mb("VmRSS:");
  const double start = wall_s();
  work();
  return {.seconds = wall_s() - start, .peak_mb = memory_mb("VmHWM:") - held};
}

double matrix_rate_in(torch::ScalarType type) {
  constexpr int64_t kSide = 2048;
  constexpr int kRounds = 7;
  const torch::Tensor left = torch::rand({kSide, kSide}).to(type);
  const torch::Tensor right = torch::rand({kSide, kSide}).to(type);
  torch::matmul(left, right);
  std::vector<double> seconds;
  for (int round = 0; round < kRounds; ++round) {
    seconds.push_back(cost_of([&] { torch::matmul(left, right); }).seconds);
  }
  return static_cast<double>(kSide * kSide * kSide) / median(std::move(seconds));
}

}  // namespace

NetworkFigures bench(const std::string& network, int64_t rounds) {
  return guarded([&] {
    torch::manual_seed(1);
    const Subject subject = subject_of(network);
    const torch::InferenceMode inference;
    NetworkFigures figures{.network = network,
                           .step = subject.step,
                           .parameters = subject.parameters,
                           .side_px = subject.side_px,
                           .multiply_adds = multiply_adds_of(subject.forms.front().work),
                           .forms = {}};
    std::vector<std::vector<Cost>> costs(subject.forms.size());
    for (const Form& form : subject.forms) {
      form.work();  // what is made once is made
    }
    for (int64_t round = 0; round < rounds; ++round) {
      for (size_t i = 0; i < subject.forms.size(); ++i) {
        costs[i].push_back(cost_of(subject.forms[i].work));
      }
    }
    for (size_t i = 0; i < subject.forms.size(); ++i) {
      std::vector<double> seconds;
      double peak_mb = 0;
      for (const Cost& cost : costs[i]) {
        seconds.push_back(cost.seconds);
        peak_mb = std::max(peak_mb, cost.peak_mb);
      }
      figures.forms.push_back({.form = subject.forms[i].name,
                               .seconds = median(std::move(seconds)),
                               .peak_mb = peak_mb});
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
