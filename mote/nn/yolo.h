#pragma once

#include <array>

#include <torch/torch.h>

#include "mote/nn/yolo_blocks.h"
#include "mote/nn/yolo_head.h"

namespace mote::nn {

struct YoloOptions {
  int64_t in_channels = 3;
  int64_t classes = 80;
  double width = 0.25;          ///< of the channels: 0.25 is YOLOv8n, 0.5 YOLOv8s
  double depth = 0.33;          ///< of the numbers of bottlenecks: 0.33 is YOLOv8n and YOLOv8s
  int64_t max_channels = 1024;  ///< before `width` is applied
  int64_t bins = 16;            ///< of the distribution of each box side
  int64_t prototypes = 32;      ///< of the masks
};

/// The layers of YOLOv8-seg, numbered as in its description and its checkpoints (`model.N`); those
/// without tensors (10, 13: upsampling; 11, 14, 17, 20: concatenation) have no module.
class YoloLayersImpl : public torch::nn::Module {
 public:
  explicit YoloLayersImpl(const YoloOptions& options);

  YoloConv conv0;
  YoloConv conv1;
  C2f c2f2;
  YoloConv conv3;
  C2f c2f4;
  YoloConv conv5;
  C2f c2f6;
  YoloConv conv7;
  C2f c2f8;
  Sppf sppf9;
  C2f c2f12;
  C2f c2f15;
  YoloConv conv16;
  C2f c2f18;
  YoloConv conv19;
  C2f c2f21;
  YoloHead head22;
};
TORCH_MODULE(YoloLayers);

/// YOLOv8-seg: boxes, classes and masks of the instances in an image, in one pass.
///
/// Jocher, Chaurasia and Qiu, "Ultralytics YOLOv8" (software, 2023), as described in Terven and
/// Cordova-Esparza, "A Comprehensive Review of YOLO Architectures in Computer Vision", 2023
/// (arXiv:2304.00501), sec. 14; masks as in Bolya et al., "YOLACT", ICCV 2019 (arXiv:1904.02689).
/// Written from such descriptions and from the names and shapes of the published tensors.
///
/// Shapes: image (N, in_channels, H, W), values in [0, 1] -> YoloOutput.
/// Throws kUsage unless H and W are multiples of 32 and the channels fit.
class YoloImpl : public torch::nn::Module {
 public:
  explicit YoloImpl(const YoloOptions& options = {});
  YoloOutput forward(const torch::Tensor& image);

  /// The outputs of layers 0 to 21; undefined where a layer has no module.
  std::array<torch::Tensor, 22> features(const torch::Tensor& image);

  const YoloOptions& options() const { return options_; }
  YoloLayers layers() const { return layers_; }

 private:
  YoloOptions options_;
  YoloLayers layers_;
};
TORCH_MODULE(Yolo);

/// Throws kUsage unless YOLO with `channels` input channels can take `image`.
void check_yolo_input(const torch::Tensor& image, int64_t channels);

/// Boxes and class probabilities of every anchor: centre x, centre y, width, height in px of the
/// network's input, then one probability a class.
///
/// Shapes: YoloOutput, bins (B) -> (N, A, 4 + classes).
torch::Tensor yolo_decoded(const YoloOutput& output, const torch::Tensor& bins);

}  // namespace mote::nn
