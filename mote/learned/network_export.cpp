#include "mote/learned/network_export.h"

#include <memory>

#include <torch/torch.h>

#include "mote/core/error.h"
#include "mote/learned/guard.h"
#include "mote/learned/onnx_export.h"
#include "mote/learned/trace.h"
#include "mote/nn/autoencoder.h"
#include "mote/nn/efficient_sam.h"
#include "mote/nn/models.h"
#include "mote/nn/swin_unet.h"
#include "mote/nn/vmunet.h"
#include "mote/nn/vmunet_v2.h"
#include "mote/nn/weights.h"
#include "mote/nn/yolo.h"

namespace mote::learned {
namespace {

using Tensors = std::vector<torch::Tensor>;

// Sides of the images that the networks were published for; of the autoencoder what mote cuts.
constexpr int64_t kSamPx = 1024;
constexpr int64_t kYoloPx = 640;
constexpr int64_t kSwinPx = 448;
constexpr int64_t kMambaPx = 512;
constexpr int64_t kMambaV2Px = 256;
constexpr int64_t kConvolutionalPx = 512;

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
  require_whole(what);
  const int64_t side = side_of(what, kYoloPx);
  return {.name = what.network,
          .inputs = {"image"},
          .outputs = {"box_logits", "class_logits", "coefficients", "prototypes"},
          .samples = {torch::zeros({1, yolo.options().in_channels, side, side})},
          .run = [&yolo](const Tensors& in) {
            const nn::YoloOutput out = yolo.forward(in[0]);
            return Tensors{out.box_logits, out.class_logits, out.coefficients, out.prototypes};
          }};
}

/// A network whose forward takes an image and gives a map a class.
template <typename Network>
Traceable map_network(Network& network, const NetworkExport& what, int64_t published_px,
                      int64_t channels) {
  require_whole(what);
  const int64_t side = side_of(what, published_px);
  return {.name = what.network,
          .inputs = {"image"},
          .outputs = {"maps"},
          .samples = {torch::zeros({1, channels, side, side})},
          .run = [&network](const Tensors& in) { return Tensors{network.forward(in[0])}; }};
}

Traceable encoder(nn::EfficientSamImpl& sam, int64_t side) {
  return {.name = "efficientsam_encoder",
          .inputs = {"image"},
          .outputs = {"embedding"},
          .samples = {torch::zeros({1, 3, side, side})},
          .run = [&sam](const Tensors& in) { return Tensors{sam.encode(in[0])}; }};
}

/// Queries of as many points as the network has slots; points that a query lacks have the label -1.
Traceable decoder(nn::EfficientSamImpl& sam, int64_t side) {
  constexpr int64_t kQueries = 2;
  const nn::SamImageSize image{.height = side, .width = side};
  const int64_t slots = sam.options().prompt_slots;
  return {
      .name = "efficientsam_decoder",
      .inputs = {"embedding", "points", "labels"},
      .outputs = {"logits", "iou"},
      .samples = {sam.encode(torch::zeros({1, 3, side, side})),
                  torch::zeros({1, kQueries, slots, 2}), torch::ones({1, kQueries, slots})},
      .run =
          [&sam, image](const Tensors& in) {
            const torch::Tensor prompts =
                sam.prompt_tokens({.points = in[1], .labels = in[2]}, image);
            const nn::SamMasks all = sam.decode_batch(in[0], prompts);
            return Tensors{all.logits.slice(1, 1).unsqueeze(0), all.iou.slice(1, 1).unsqueeze(0)};
          },
      .open = OpenSize{.name = "queries", .dimensions = {{1, 1}, {2, 1}}}};
}

Traceable part_of(nn::EfficientSamImpl& sam, const NetworkExport& what) {
  const int64_t side = side_of(what, kSamPx);
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
    return map_network(*swin, what, kSwinPx, 3);
  }
  if (auto* mamba = dynamic_cast<nn::VmUnetImpl*>(&network)) {
    return map_network(*mamba, what, kMambaPx, 3);
  }
  if (auto* mamba = dynamic_cast<nn::VmUnetV2Impl*>(&network)) {
    return map_network(*mamba, what, kMambaV2Px, 3);
  }
  if (auto* convolutional = dynamic_cast<nn::AutoencoderImpl*>(&network)) {
    return map_network(*convolutional, what, kConvolutionalPx,
                       convolutional->options().in_channels);
  }
  if (auto* sam = dynamic_cast<nn::EfficientSamImpl*>(&network)) {
    return part_of(*sam, what);
  }
  throw Error(ErrorKind::kUnsupported,
              "{} keeps a memory of frames: mote exports networks that see one image alone",
              what.network);
}

std::string exported(const NetworkExport& what, const Weights& weights) {
  return guarded([&] {
    const torch::NoGradGuard no_grad;
    const auto network = nn::make_network(what.network, &weights);
    if (!nn::load(weights, *network).empty()) {
      throw Error(ErrorKind::kBadFile, "the weights do not fit {}", what.network);
    }
    const Traceable function = traceable(*network, what);
    return what.format == NetworkFormat::kOnnx ? onnx_file(onnx_graph(function))
                                               : torchscript_file(traced(function));
  });
}

}  // namespace mote::learned
