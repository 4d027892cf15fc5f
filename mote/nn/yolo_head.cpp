#include "mote/nn/yolo_head.h"

#include <algorithm>
#include <array>

namespace mote::nn {
namespace {

constexpr std::array<int64_t, 3> kStrides = {8, 16, 32};

/// Two 3x3 convolutions and a plain 1x1 convolution with bias.
torch::nn::Sequential branch(int64_t in_channels, int64_t hidden, int64_t out_channels) {
  return torch::nn::Sequential(
      YoloConv(YoloConvOptions{.in_channels = in_channels, .out_channels = hidden, .kernel_px = 3}),
      YoloConv(YoloConvOptions{.in_channels = hidden, .out_channels = hidden, .kernel_px = 3}),
      torch::nn::Conv2d(torch::nn::Conv2dOptions(hidden, out_channels, 1)));
}

torch::nn::ModuleList branches(const YoloHeadOptions& options, int64_t hidden,
                               int64_t out_channels) {
  torch::nn::ModuleList list;
  for (const int64_t in_channels : options.in_channels) {
    list->push_back(branch(in_channels, hidden, out_channels));
  }
  return list;
}

/// The branch of each map, as rows of anchors (N, A, out_channels).
torch::Tensor rows_of(torch::nn::ModuleList& list, const std::vector<torch::Tensor>& maps) {
  std::vector<torch::Tensor> rows;
  for (size_t i = 0; i < maps.size(); ++i) {
    const torch::Tensor map = list[i]->as<torch::nn::Sequential>()->forward(maps[i]);
    rows.push_back(map.flatten(2).transpose(1, 2));
  }
  return torch::cat(rows, 1);
}

}  // namespace

YoloAnchors yolo_anchors(int64_t height_px, int64_t width_px, const torch::TensorOptions& options) {
  std::vector<torch::Tensor> points;
  std::vector<torch::Tensor> strides;
  for (const int64_t stride : kStrides) {
    const torch::Tensor y = torch::arange(height_px / stride, options) + 0.5;
    const torch::Tensor x = torch::arange(width_px / stride, options) + 0.5;
    const auto grid = torch::meshgrid({y, x}, "ij");
    points.push_back(torch::stack({grid[1].flatten(), grid[0].flatten()}, 1));
    strides.push_back(
        torch::full({points.back().size(0), 1}, static_cast<double>(stride), options));
  }
  return {.points = torch::cat(points), .strides = torch::cat(strides)};
}

torch::Tensor yolo_boxes(const torch::Tensor& box_logits, const torch::Tensor& points,
                         const torch::Tensor& bins) {
  const torch::Tensor shares = box_logits.unflatten(-1, {4, bins.size(0)}).softmax(-1);
  const auto sides = shares.matmul(bins).chunk(2, -1);  // (left, top), (right, bottom)
  return torch::cat({points - sides[0], points + sides[1]}, -1);
}

YoloPrototypesImpl::YoloPrototypesImpl(int64_t in_channels, const YoloHeadOptions& options)
    : first_(register_module("cv1",
                             YoloConv(YoloConvOptions{.in_channels = in_channels,
                                                      .out_channels = options.prototype_channels,
                                                      .kernel_px = 3}))),
      upsample_(register_module(
          "upsample",
          torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(
                                         options.prototype_channels, options.prototype_channels, 2)
                                         .stride(2)))),
      second_(register_module("cv2",
                              YoloConv(YoloConvOptions{.in_channels = options.prototype_channels,
                                                       .out_channels = options.prototype_channels,
                                                       .kernel_px = 3}))),
      third_(
          register_module("cv3", YoloConv(YoloConvOptions{.in_channels = options.prototype_channels,
                                                          .out_channels = options.prototypes}))) {}

torch::Tensor YoloPrototypesImpl::forward(const torch::Tensor& features) {
  return third_(second_(upsample_(first_(features))));
}

YoloBinsImpl::YoloBinsImpl(int64_t bins)
    : conv_(register_module("conv",
                            torch::nn::Conv2d(torch::nn::Conv2dOptions(bins, 1, 1).bias(false)))) {
  const torch::NoGradGuard no_grad;
  conv_->weight.copy_(torch::arange(bins).reshape({1, bins, 1, 1}));
  conv_->weight.set_requires_grad(false);
}

YoloHeadImpl::YoloHeadImpl(const YoloHeadOptions& options)
    : options_(options),
      boxes_(register_module(
          "cv2",
          branches(options, std::max({int64_t{16}, options.in_channels[0] / 4, 4 * options.bins}),
                   4 * options.bins))),
      classes_(register_module(
          "cv3", branches(options,
                          std::max(options.in_channels[0], std::min<int64_t>(options.classes, 100)),
                          options.classes))),
      bins_(register_module("dfl", YoloBins(options.bins))),
      prototypes_(register_module("proto", YoloPrototypes(options.in_channels[0], options))),
      coefficients_(register_module(
          "cv4", branches(options, std::max(options.in_channels[0] / 4, options.prototypes),
                          options.prototypes))) {}

YoloOutput YoloHeadImpl::forward(const std::vector<torch::Tensor>& maps) {
  return {.box_logits = rows_of(boxes_, maps),
          .class_logits = rows_of(classes_, maps),
          .coefficients = rows_of(coefficients_, maps),
          .prototypes = prototypes_(maps[0])};
}

}  // namespace mote::nn
