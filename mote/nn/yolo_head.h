#pragma once

#include <vector>

#include <torch/torch.h>

#include "mote/nn/yolo_blocks.h"

namespace mote::nn {

/// What the head says of one batch. A is the number of anchors: the cells of stride 8 row by row,
/// then those of stride 16 and 32.
struct YoloOutput {
  torch::Tensor box_logits;    ///< (N, A, 4 * bins): sides left, top, right, bottom
  torch::Tensor class_logits;  ///< (N, A, classes)
  torch::Tensor coefficients;  ///< (N, A, prototypes): what each prototype adds to a mask
  torch::Tensor prototypes;    ///< (N, prototypes, H / 4, W / 4)
};

/// The anchor points of an input of `height_px` x `width_px`: cell centres (x, y) in cells of their
/// stride (A, 2), and the stride in px (A, 1).
struct YoloAnchors {
  torch::Tensor points;
  torch::Tensor strides;
};
YoloAnchors yolo_anchors(int64_t height_px, int64_t width_px, const torch::TensorOptions& options);

/// Boxes x1, y1, x2, y2 in cells of their stride: each side's distance from the anchor point is the
/// mean of its distribution over the bins.
///
/// Li et al., "Generalized Focal Loss", NeurIPS 2020 (arXiv:2006.04388), sec. 3.2.
/// Shapes: box_logits (N, A, 4 * bins), points (A, 2) -> (N, A, 4).
torch::Tensor yolo_boxes(const torch::Tensor& box_logits, const torch::Tensor& points,
                         const torch::Tensor& bins);

struct YoloHeadOptions {
  std::vector<int64_t> in_channels;  ///< of the maps of stride 8, 16 and 32
  int64_t classes = 80;
  int64_t bins = 16;
  int64_t prototypes = 32;
  int64_t prototype_channels = 64;  ///< inside the prototype branch
};

/// Mask prototypes at stride 4 from the map of stride 8.
///
/// Bolya et al., "YOLACT", ICCV 2019 (arXiv:1904.02689), sec. 3.1.
/// Shapes: (N, C, H, W) -> (N, prototypes, 2 H, 2 W).
class YoloPrototypesImpl : public torch::nn::Module {
 public:
  YoloPrototypesImpl(int64_t in_channels, const YoloHeadOptions& options);
  torch::Tensor forward(const torch::Tensor& features);

  YoloConv first() const { return first_; }
  torch::nn::ConvTranspose2d upsample() const { return upsample_; }
  YoloConv second() const { return second_; }
  YoloConv third() const { return third_; }

 private:
  YoloConv first_;
  torch::nn::ConvTranspose2d upsample_;
  YoloConv second_;
  YoloConv third_;
};
TORCH_MODULE(YoloPrototypes);

/// The weights of the expectation over bins, 0, 1, ..., bins - 1: a tensor of the checkpoints
/// (`dfl.conv.weight`), which is not trained.
class YoloBinsImpl : public torch::nn::Module {
 public:
  explicit YoloBinsImpl(int64_t bins);
  torch::Tensor values() const { return conv_->weight.flatten(); }

 private:
  torch::nn::Conv2d conv_;
};
TORCH_MODULE(YoloBins);

/// The decoupled head of YOLOv8-seg: at each of three strides one branch each for boxes, classes
/// and mask coefficients, and one branch for prototypes.
///
/// Shapes: maps of stride 8, 16 and 32 -> YoloOutput.
class YoloHeadImpl : public torch::nn::Module {
 public:
  explicit YoloHeadImpl(const YoloHeadOptions& options);
  YoloOutput forward(const std::vector<torch::Tensor>& maps);

  const YoloHeadOptions& options() const { return options_; }
  torch::nn::ModuleList boxes() const { return boxes_; }
  torch::nn::ModuleList classes() const { return classes_; }
  torch::nn::ModuleList coefficients() const { return coefficients_; }
  YoloPrototypes prototypes() const { return prototypes_; }
  torch::Tensor bins() const { return bins_->values(); }

 private:
  YoloHeadOptions options_;
  torch::nn::ModuleList boxes_;
  torch::nn::ModuleList classes_;
  YoloBins bins_;
  YoloPrototypes prototypes_;
  torch::nn::ModuleList coefficients_;
};
TORCH_MODULE(YoloHead);

}  // namespace mote::nn
