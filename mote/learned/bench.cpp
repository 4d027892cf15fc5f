#include "mote/learned/bench.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/core/median.h"
#include "mote/core/process_cost.h"
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

/// Forms of a network whose forward takes an image.
template <typename Network>
Subject subject_of(const std::shared_ptr<Network>& network, int64_t side_px, int64_t channels) {
  network->eval();
  const torch::Tensor image = torch::rand({1, channels, side_px, side_px});
  const Work run = [network, image] { network->forward(image); };
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
Subject yolo_subject(nn::Yolo network) {
  constexpr int64_t kSide = 640;
  const torch::Tensor image = torch::rand({1, 3, kSide, kSide});
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

Subject subject_of(const std::string& name) {
  if (name.starts_with("efficientsam-")) {
    return sam_subject(nn::efficient_sam_options(name));
  }
  const std::shared_ptr<torch::nn::Module> made = nn::make_network(name);
  if (const auto yolo = std::dynamic_pointer_cast<nn::YoloImpl>(made)) {
    return yolo_subject(yolo);
  }
  if (const auto swin = std::dynamic_pointer_cast<nn::SwinUnetImpl>(made)) {
    return subject_of(swin, 448, 3);
  }
  if (const auto mamba = std::dynamic_pointer_cast<nn::VmUnetImpl>(made)) {
    return subject_of(mamba, 512, 3);
  }
  if (const auto mamba = std::dynamic_pointer_cast<nn::VmUnetV2Impl>(made)) {
    return subject_of(mamba, 512, 3);
  }
  if (const auto convolutional = std::dynamic_pointer_cast<nn::AutoencoderImpl>(made)) {
    return subject_of(convolutional, 512, 1);
  }
  throw Error(ErrorKind::kUnsupported, "{} has no bench yet", name);
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
    std::vector<std::vector<ProcessCost>> costs(subject.forms.size());
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
      for (const ProcessCost& cost : costs[i]) {
        seconds.push_back(cost.wall_s);
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
