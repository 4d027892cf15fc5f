#include "mote/learned/network_export.h"

#include <memory>

#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/learned/guard.h"
#include "mote/learned/onnx_export.h"
#include "mote/learned/trace.h"
#include "mote/nn/efficient_sam.h"
#include "mote/nn/models.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/weights.h"
#include "mote/nn/yolo.h"

namespace mote::learned {
namespace {

using Tensors = std::vector<torch::Tensor>;

int64_t side_of(const NetworkExport& what, int64_t published_px) {
  return what.input_px > 0 ? what.input_px : published_px;
}

void require_whole(const NetworkExport& what) {
  if (!what.part.empty()) {
    throw Error(ErrorKind::kUsage, "part is {}, but {} is exported as a whole", what.part,
                what.network);
  }
}

Traceable part_of(nn::YoloImpl& yolo, const NetworkExport& what) {
  constexpr int64_t kPublished = 640;
  require_whole(what);
  const int64_t side = side_of(what, kPublished);
  return {.name = what.network,
          .inputs = {"image"},
          .outputs = {"box_logits", "class_logits", "coefficients", "prototypes"},
          .samples = {torch::zeros({1, yolo.options().in_channels, side, side})},
          .run = [&yolo](const Tensors& in) {
            const nn::YoloOutput out = yolo.forward(in[0]);
            return Tensors{out.box_logits, out.class_logits, out.coefficients, out.prototypes};
          }};
}

Traceable part_of(nn::SwinUnetImpl& network, const NetworkExport& what) {
  constexpr int64_t kPublished = 448;
  require_whole(what);
  const int64_t side = side_of(what, kPublished);
  return {.name = what.network,
          .inputs = {"image"},
          .outputs = {"logits"},
          .samples = {torch::zeros({1, 3, side, side})},
          .run = [&network](const Tensors& in) { return Tensors{network.forward(in[0])}; }};
}

Traceable encoder(nn::EfficientSamImpl& sam, int64_t side) {
  return {.name = "efficientsam_encoder",
          .inputs = {"image"},
          .outputs = {"embedding"},
          .samples = {torch::zeros({1, 3, side, side})},
          .run = [&sam](const Tensors& in) { return Tensors{sam.encode(in[0])}; }};
}

Traceable decoder(nn::EfficientSamImpl& sam, int64_t side) {
  const nn::SamImageSize image{.height = side, .width = side};
  return {.name = "efficientsam_decoder",
          .inputs = {"embedding", "points", "labels"},
          .outputs = {"logits", "iou"},
          .samples = {sam.encode(torch::zeros({1, 3, side, side})),
                      torch::zeros({1, 1, sam.options().prompt_slots, 2}),
                      torch::ones({1, 1, sam.options().prompt_slots})},
          .run = [&sam, image](const Tensors& in) {
            const nn::SamMasks out = sam.decode(in[0], {.points = in[1], .labels = in[2]}, image);
            return Tensors{out.logits, out.iou};
          }};
}

Traceable part_of(nn::EfficientSamImpl& sam, const NetworkExport& what) {
  constexpr int64_t kPublished = 1024;
  const int64_t side = side_of(what, kPublished);
  if (what.part.empty() || what.part == "encoder") {
    return encoder(sam, side);
  }
  if (what.part == "decoder") {
    return decoder(sam, side);
  }
  throw Error(ErrorKind::kUsage, "part is {}, expected encoder or decoder", what.part);
}

}  // namespace

Traceable traceable(torch::nn::Module& network, const NetworkExport& what) {
  network.eval();
  for (torch::Tensor& parameter : network.parameters()) {
    parameter.requires_grad_(false);  // so that the trace takes it for a constant
  }
  if (auto* yolo = dynamic_cast<nn::YoloImpl*>(&network)) {
    return part_of(*yolo, what);
  }
  if (auto* swin = dynamic_cast<nn::SwinUnetImpl*>(&network)) {
    return part_of(*swin, what);
  }
  if (auto* sam = dynamic_cast<nn::EfficientSamImpl*>(&network)) {
    return part_of(*sam, what);
  }
  throw Error(ErrorKind::kUnsupported, "{} cannot be exported to other programs", what.network);
}

std::string exported(const NetworkExport& what, const Weights& weights) {
  return guarded([&] {
    const torch::NoGradGuard no_grad;
    const auto network = nn::make_network(what.network, &weights);
    if (!nn::load(weights, *network).empty()) {
      throw Error(ErrorKind::kBadFile, "the weights do not fit {}", what.network);
    }
    const Traceable function = traceable(*network, what);
    const torch::jit::Module module = traced(function);
    return what.format == NetworkFormat::kOnnx ? onnx_file(onnx_graph(module, function))
                                               : torchscript_file(module);
  });
}

}  // namespace mote::learned
