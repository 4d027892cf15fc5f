// Networks on a device that is not the processor, as on a GPU.
#include <functional>
#include <ostream>

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "mote/nn/autoencoder.h"
#include "mote/nn/deaot_engine.h"
#include "mote/nn/efficient_sam.h"
#include "mote/nn/fused_yolo.h"
#include "mote/nn/models.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"
#include "mote/nn/yolo_loss.h"
#include "mote/nn/yolo_masks.h"
#include "tests/nn/pretended_gpu.h"

namespace mote::nn {
namespace {

using Tensors = std::vector<torch::Tensor>;

template <typename Network>
std::shared_ptr<Network> made(const std::string& name, torch::Device device) {
  torch::manual_seed(1);  // the same weights on both devices: they are made on the processor
  const auto network = std::dynamic_pointer_cast<Network>(make_network(name));
  network->to(device);
  network->eval();
  return network;
}

torch::Tensor image_of(int64_t channels, int64_t height_px, int64_t width_px,
                       torch::Device device) {
  torch::manual_seed(2);
  return torch::rand({1, channels, height_px, width_px}).to(device);
}

template <typename Network>
std::function<Tensors(torch::Device)> maps(const std::string& name, int64_t channels,
                                           int64_t side_px) {
  return [=](torch::Device device) {
    return Tensors{
        made<Network>(name, device)->forward(image_of(channels, side_px, side_px, device))};
  };
}

Tensors efficient_sam(torch::Device device) {
  torch::manual_seed(1);
  EfficientSam network(EfficientSamOptions{.encoder = {.image_px = 128}});
  network->to(device);
  network->eval();
  const torch::Tensor points = torch::tensor({20., 30., -1., -1., 5., 10., 60., 70.}).to(device);
  const torch::Tensor labels = torch::tensor({1, -1, 2, 3}).to(device);
  const SamMasks masks = network->forward(
      image_of(3, 90, 110, device),
      {.points = points.reshape({1, 2, 2, 2}), .labels = labels.reshape({1, 2, 2})});
  return {masks.logits, masks.iou};
}

Tensors yolo(torch::Device device) {
  const auto network = made<YoloImpl>("yolov8n-seg", device);
  const FusedYolo fused(network, Precision::kFloat32);
  const YoloOutput output = fused.forward(image_of(3, 96, 64, device));
  const YoloDetections found = yolo_detections(yolo_decoded(output, fused.bins())[0],
                                               output.coefficients[0], {.min_confidence = 0.001});
  return {output.box_logits,   output.class_logits,
          output.coefficients, output.prototypes,
          found.boxes,         yolo_masks(found, output.prototypes[0]).to(torch::kFloat32)};
}

Tensors deaot(const std::string& name, torch::Device device) {
  DeAotEngine engine(made<DeAotImpl>(name, device), {.long_term_gap = 1});
  const torch::Tensor image = image_of(3, 65, 97, device);
  const torch::Tensor labels = torch::arange(65 * 97).reshape({1, 65, 97}).div(500, "floor");
  Tensors results;
  engine.see(image);
  engine.reference(labels.to(device), labels.max().item<int64_t>());  // two groups
  for (int frame = 0; frame < 2; ++frame) {
    engine.see(image.flip(3));
    engine.propagate();
    results.push_back(engine.logits({65, 97}));
    engine.update(engine.labels({65, 97}));
  }
  return results;
}

/// A loss, and its gradients by all parameters that it depends on.
Tensors with_gradients(const torch::Tensor& loss, const torch::nn::Module& network) {
  Tensors results = {loss.detach()};
  loss.backward();
  for (const torch::Tensor& parameter : network.parameters()) {
    if (parameter.grad().defined()) {
      results.push_back(parameter.grad());
    }
  }
  return results;
}

template <typename Network>
std::function<Tensors(torch::Device)> training(const std::string& name, int64_t channels,
                                               int64_t side_px) {
  return [=](torch::Device device) {
    const auto network = made<Network>(name, device);
    const torch::Tensor map = network->forward(image_of(channels, side_px, side_px, device));
    return with_gradients(map.square().mean(), *network);
  };
}

Tensors yolo_training(torch::Device device) {
  const auto network = made<YoloImpl>("yolov8n-seg", device);
  network->train();
  const YoloOutput output = network->forward(image_of(3, 96, 64, device));
  const torch::Tensor boxes = torch::tensor({0.4, 0.5, 0.3, 0.4, 0.7, 0.3, 0.2, 0.2});
  const torch::Tensor mask = torch::arange(24 * 16).reshape({1, 24, 16}).remainder(3);
  const YoloTargets targets = {.image = torch::tensor({0, 0}).to(device),
                               .classes = torch::tensor({3, 5}).to(device),
                               .boxes = boxes.to(device, torch::kFloat32).reshape({2, 4}),
                               .masks = mask.to(device)};
  const YoloLoss loss = yolo_loss(output, network->layers()->head22->bins(), targets);
  return with_gradients(loss.total, *network);
}

struct Case {
  std::string name;
  std::function<Tensors(torch::Device)> compute;
};

void PrintTo(const Case& of, std::ostream* out) {
  *out << of.name;
}

/// `allowed`: as a share of the largest value of each tensor.
void expect_same_on_both_devices(const Case& of, double allowed) {
  const Tensors expected = of.compute(torch::kCPU);
  const Tensors found = of.compute(pretended::gpu());

  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    const torch::Tensor result = found[i].to(torch::kCPU);
    ASSERT_EQ(result.sizes(), expected[i].sizes()) << i;
    EXPECT_LE((result - expected[i]).abs().max().item<double>(),
              allowed * expected[i].abs().max().item<double>())
        << i;
  }
}

class OnAnotherDevice : public testing::TestWithParam<Case> {};

TEST_P(OnAnotherDevice, ANetworkComputesWhatItDoesOnTheProcessor) {
  const torch::NoGradGuard no_grad;

  expect_same_on_both_devices(GetParam(), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, OnAnotherDevice,
    testing::Values(Case{"EfficientSam", efficient_sam}, Case{"Yolo", yolo},
                    Case{"SwinUnet", maps<SwinUnetImpl>("swin-unet", 3, 224)},
                    Case{"VmUnet", maps<VmUnetImpl>("vm-unet", 3, 64)},
                    Case{"VmUnetV2", maps<VmUnetV2Impl>("vm-unet-v2", 3, 64)},
                    Case{"Autoencoder", maps<AutoencoderImpl>("autoencoder", 1, 64)},
                    Case{"Unet", maps<AutoencoderImpl>("unet", 1, 64)},
                    Case{"DeAotT", [](torch::Device device) { return deaot("deaot-t", device); }},
                    Case{"DeAotL",
                         [](torch::Device device) { return deaot("r50-deaot-l", device); }}),
    [](const auto& of) { return of.param.name; });

class TrainingOnAnotherDevice : public testing::TestWithParam<Case> {};

// As far as the gradients of the golden tests.
TEST_P(TrainingOnAnotherDevice, GivesTheGradientsOfTheProcessor) {
  expect_same_on_both_devices(GetParam(), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, TrainingOnAnotherDevice,
    testing::Values(Case{"Yolo", yolo_training},
                    Case{"SwinUnet", training<SwinUnetImpl>("swin-unet", 3, 224)},
                    Case{"VmUnet", training<VmUnetImpl>("vm-unet", 3, 32)},
                    Case{"VmUnetV2", training<VmUnetV2Impl>("vm-unet-v2", 3, 32)},
                    Case{"Unet", training<AutoencoderImpl>("unet", 1, 32)}),
    [](const auto& of) { return of.param.name; });

}  // namespace
}  // namespace mote::nn
