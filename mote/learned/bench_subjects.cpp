#include "mote/learned/bench_subjects.h"

#include <utility>

#include "mote/core/error.h"
#include "mote/nn/autoencoder.h"
#include "mote/nn/deaot_engine.h"
#include "mote/nn/deaot_merge.h"
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

using Compute = std::function<torch::Tensor()>;

torch::Tensor random_image(int64_t channels, int64_t side_px) {
  return torch::rand({1, channels, side_px, side_px});
}

Compute plainly(Compute compute) {
  return [compute = std::move(compute)] {
    const nn::PlainOperators plain;
    return compute();
  };
}

/// A network whose forward takes an image and gives a map a class.
template <typename Network>
BenchSubject map_subject(const std::shared_ptr<Network>& network, const std::string& name,
                         int64_t side_px, int64_t channels) {
  network->eval();
  const torch::Tensor image = random_image(channels, side_px);
  const Compute compute = [network, image] { return network->forward(image); };
  return {.network = network,
          .image = image,
          .forms = {{"plain", plainly(compute)}, {"float32", compute}},
          .onnx = NetworkExport{.network = name, .input_px = side_px}};
}

BenchSubject sam_subject(nn::EfficientSamOptions options, const std::string& name) {
  constexpr int64_t kSide = 1024;
  const torch::Tensor image = random_image(3, kSide);
  nn::EfficientSam network(options);
  network->eval();
  const auto encode = [image](nn::EfficientSam sam) {
    return Compute([sam, image]() mutable { return sam->encode(image); });
  };
  BenchSubject subject{
      .step = "image encoder",
      .network = network.ptr(),
      .image = image,
      .forms = {{"plain", plainly(encode(network))}, {"float32", encode(network)}},
      .onnx = NetworkExport{.network = name, .part = "encoder", .input_px = kSide}};
  if (nn::has_fast_bf16()) {
    options.encoder.precision = nn::Precision::kBFloat16;
    nn::EfficientSam low(options);
    nn::load(nn::weights_of(*network), *low);
    low->eval();
    subject.forms.push_back({"bf16", encode(low)});
  }
  return subject;
}

/// The fused form is a copy, made once.
BenchSubject yolo_subject(nn::Yolo network, const std::string& name) {
  constexpr int64_t kSide = 640;
  const torch::Tensor image = random_image(3, kSide);
  network->eval();
  const auto fused = [&](nn::Precision precision) {
    const auto copy = std::make_shared<nn::FusedYolo>(network, precision);
    return Compute([copy, image] { return copy->forward(image).prototypes; });
  };
  const Compute plain = [network, image]() mutable { return network->forward(image).prototypes; };
  BenchSubject subject{.network = network.ptr(),
                       .image = image,
                       .forms = {{"plain", plain}, {"float32", fused(nn::Precision::kFloat32)}},
                       .onnx = NetworkExport{.network = name, .input_px = kSide}};
  if (nn::has_fast_bf16()) {
    subject.forms.push_back({"bf16", fused(nn::Precision::kBFloat16)});
  }
  return subject;
}

/// Squares in five columns and three rows. Shapes: -> (1, height, width) int64.
torch::Tensor squares(Size size) {
  constexpr int64_t kColumns = 5;
  constexpr int64_t kRows = 3;
  const int64_t height = size.height / (2 * kRows + 1);
  const int64_t width = size.width / (2 * kColumns + 1);
  const torch::Tensor labels = torch::zeros({1, size.height, size.width}, torch::kInt64);
  for (int64_t i = 0; i < kColumns * kRows; ++i) {
    labels.narrow(1, (i / kColumns * 2 + 1) * height, height)
        .narrow(2, (i % kColumns * 2 + 1) * width, width)
        .fill_(i + 1);
  }
  return labels;
}

/// A frame of a recording in which 15 particles are followed. Each form keeps its own memory.
BenchSubject deaot_subject(nn::DeAot network) {
  constexpr Size kSize = {.height = 465, .width = 833};  // of 480 lines, as the engine resizes them
  network->eval();
  const torch::Tensor image = torch::randn({1, 3, kSize.height, kSize.width});
  const torch::Tensor labels = squares(kSize);
  const auto form = [&] {
    const auto engine = std::make_shared<nn::DeAotEngine>(network, nn::DeAotEngineOptions{});
    engine->see(image);
    engine->reference(labels, labels.max().item<int64_t>());
    return Compute([engine, image] {
      engine->see(image);
      engine->propagate();
      const std::vector<torch::Tensor> logits = engine->logits_of_groups();
      engine->update(nn::merged_labels(logits, kSize));
      return logits.front();
    });
  };
  return {.step = "frame with 15 particles",
          .network = network.ptr(),
          .image = image,
          .forms = {{"plain", plainly(form())}, {"float32", form()}}};
}

}  // namespace

BenchSubject bench_subject(const std::string& name) {
  if (name.starts_with("efficientsam-")) {
    return sam_subject(nn::efficient_sam_options(name), name);
  }
  const std::shared_ptr<torch::nn::Module> made = nn::make_network(name);
  if (const auto yolo = std::dynamic_pointer_cast<nn::YoloImpl>(made)) {
    return yolo_subject(yolo, name);
  }
  if (const auto swin = std::dynamic_pointer_cast<nn::SwinUnetImpl>(made)) {
    return map_subject(swin, name, 448, 3);
  }
  if (const auto mamba = std::dynamic_pointer_cast<nn::VmUnetImpl>(made)) {
    return map_subject(mamba, name, 512, 3);
  }
  if (const auto mamba = std::dynamic_pointer_cast<nn::VmUnetV2Impl>(made)) {
    return map_subject(mamba, name, 512, 3);
  }
  if (const auto convolutional = std::dynamic_pointer_cast<nn::AutoencoderImpl>(made)) {
    return map_subject(convolutional, name, 512, 1);
  }
  if (const auto deaot = std::dynamic_pointer_cast<nn::DeAotImpl>(made)) {
    return deaot_subject(nn::DeAot(deaot));
  }
  throw Error(ErrorKind::kUnsupported, "{} has no bench", name);
}

}  // namespace mote::learned
