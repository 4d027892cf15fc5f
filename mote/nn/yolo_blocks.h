#pragma once

#include <torch/torch.h>

/// The building blocks of YOLOv8: Jocher, Chaurasia and Qiu, "Ultralytics YOLOv8" (software, 2023),
/// as described in Terven and Cordova-Esparza, "A Comprehensive Review of YOLO Architectures in
/// Computer Vision", 2023 (arXiv:2304.00501), sec. 14.
namespace mote::nn {

struct YoloConvOptions {
  int64_t in_channels = 1;
  int64_t out_channels = 1;
  int64_t kernel_px = 1;
  int64_t stride = 1;
};

/// Convolution without bias, batch norm (eps 1e-3, momentum 0.03), SiLU; padded to keep the size.
///
/// Shapes: (N, in_channels, H, W) -> (N, out_channels, H / stride, W / stride).
class YoloConvImpl : public torch::nn::Module {
 public:
  explicit YoloConvImpl(const YoloConvOptions& options);
  torch::Tensor forward(const torch::Tensor& features);

  const YoloConvOptions& options() const { return options_; }
  torch::nn::Conv2d conv() const { return conv_; }
  torch::nn::BatchNorm2d norm() const { return norm_; }

 private:
  YoloConvOptions options_;
  torch::nn::Conv2d conv_;
  torch::nn::BatchNorm2d norm_;
};
TORCH_MODULE(YoloConv);

/// Two 3x3 convolutions, added to their input where `shortcut`.
///
/// Shapes: (N, channels, H, W) -> the same.
class YoloBottleneckImpl : public torch::nn::Module {
 public:
  YoloBottleneckImpl(int64_t channels, bool shortcut);
  torch::Tensor forward(const torch::Tensor& features);

  bool shortcut() const { return shortcut_; }
  YoloConv first() const { return first_; }
  YoloConv second() const { return second_; }

 private:
  bool shortcut_;
  YoloConv first_;
  YoloConv second_;
};
TORCH_MODULE(YoloBottleneck);

struct C2fOptions {
  int64_t in_channels = 1;
  int64_t out_channels = 1;
  int64_t depth = 1;  ///< bottlenecks
  bool shortcut = false;
};

/// Cross-stage partial block whose every bottleneck reaches the output: a 1x1 convolution in two
/// halves, bottlenecks after one another on the second half, all of them joined by a 1x1
/// convolution.
///
/// Wang et al., "CSPNet", CVPRW 2020 (arXiv:1911.11929), in YOLOv8's form.
/// Shapes: (N, in_channels, H, W) -> (N, out_channels, H, W).
class C2fImpl : public torch::nn::Module {
 public:
  explicit C2fImpl(const C2fOptions& options);
  torch::Tensor forward(const torch::Tensor& features);

  YoloConv split() const { return split_; }
  YoloConv join() const { return join_; }
  torch::nn::ModuleList bottlenecks() const { return bottlenecks_; }

 private:
  YoloConv split_;
  YoloConv join_;
  torch::nn::ModuleList bottlenecks_;
};
TORCH_MODULE(C2f);

/// Spatial pyramid pooling: three 5x5 maximum pools after one another, joined with their input.
///
/// He et al., "Spatial Pyramid Pooling in Deep Convolutional Networks", ECCV 2014
/// (arXiv:1406.4729); in series instead of side by side, which gives the same and costs less.
/// Shapes: (N, channels, H, W) -> the same.
class SppfImpl : public torch::nn::Module {
 public:
  explicit SppfImpl(int64_t channels);
  torch::Tensor forward(const torch::Tensor& features);

  YoloConv reduce() const { return reduce_; }
  YoloConv join() const { return join_; }

 private:
  YoloConv reduce_;
  YoloConv join_;
};
TORCH_MODULE(Sppf);

}  // namespace mote::nn
