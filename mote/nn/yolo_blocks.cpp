#include "mote/nn/yolo_blocks.h"

namespace mote::nn {

YoloConvImpl::YoloConvImpl(const YoloConvOptions& options)
    : options_(options),
      conv_(register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(options.in_channels,
                                                                               options.out_channels,
                                                                               options.kernel_px)
                                                          .stride(options.stride)
                                                          .padding(options.kernel_px / 2)
                                                          .bias(false)))),
      norm_(register_module(
          "bn",
          torch::nn::BatchNorm2d(
              torch::nn::BatchNorm2dOptions(options.out_channels).eps(1e-3).momentum(0.03)))) {}

torch::Tensor YoloConvImpl::forward(const torch::Tensor& features) {
  return torch::silu(norm_(conv_(features)));
}

YoloBottleneckImpl::YoloBottleneckImpl(int64_t channels, bool shortcut)
    : shortcut_(shortcut),
      first_(register_module(
          "cv1", YoloConv(YoloConvOptions{
                     .in_channels = channels, .out_channels = channels, .kernel_px = 3}))),
      second_(register_module(
          "cv2", YoloConv(YoloConvOptions{
                     .in_channels = channels, .out_channels = channels, .kernel_px = 3}))) {}

torch::Tensor YoloBottleneckImpl::forward(const torch::Tensor& features) {
  const torch::Tensor refined = second_(first_(features));
  return shortcut_ ? features + refined : refined;
}

C2fImpl::C2fImpl(const C2fOptions& options)
    : split_(register_module(
          "cv1", YoloConv(YoloConvOptions{.in_channels = options.in_channels,
                                          .out_channels = 2 * (options.out_channels / 2)}))),
      join_(register_module(
          "cv2",
          YoloConv(YoloConvOptions{.in_channels = (2 + options.depth) * (options.out_channels / 2),
                                   .out_channels = options.out_channels}))),
      bottlenecks_(register_module("m", torch::nn::ModuleList())) {
  for (int64_t i = 0; i < options.depth; ++i) {
    bottlenecks_->push_back(YoloBottleneck(options.out_channels / 2, options.shortcut));
  }
}

torch::Tensor C2fImpl::forward(const torch::Tensor& features) {
  std::vector<torch::Tensor> parts = split_(features).chunk(2, 1);
  for (const auto& bottleneck : *bottlenecks_) {
    parts.push_back(bottleneck->as<YoloBottleneck>()->forward(parts.back()));
  }
  return join_(torch::cat(parts, 1));
}

SppfImpl::SppfImpl(int64_t channels)
    : reduce_(register_module(
          "cv1", YoloConv(YoloConvOptions{.in_channels = channels, .out_channels = channels / 2}))),
      join_(register_module("cv2", YoloConv(YoloConvOptions{.in_channels = 4 * (channels / 2),
                                                            .out_channels = channels}))) {}

torch::Tensor SppfImpl::forward(const torch::Tensor& features) {
  std::vector<torch::Tensor> parts = {reduce_(features)};
  for (int pool = 0; pool < 3; ++pool) {
    parts.push_back(torch::max_pool2d(parts.back(), 5, 1, 2));
  }
  return join_(torch::cat(parts, 1));
}

}  // namespace mote::nn
