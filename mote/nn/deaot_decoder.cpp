#include "mote/nn/deaot_decoder.h"

namespace mote::nn {
namespace {

constexpr int64_t kGroups = 8;

torch::nn::Conv2d pointwise(int64_t in_channels, int64_t out_channels) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in_channels, out_channels, 1));
}

Size size_of(const torch::Tensor& image) {
  return {image.size(2), image.size(3)};
}

}  // namespace

torch::Tensor resized_by_corners(const torch::Tensor& image, Size size) {
  return torch::upsample_bilinear2d(image, {size.height, size.width}, true);
}

ConvGroupNorm::ConvGroupNorm(torch::nn::Module& parent, const std::string& name,
                             int64_t in_channels, int64_t out_channels, int64_t kernel_px)
    : conv_(nullptr), norm_(nullptr) {
  torch::nn::Module& holder = add_holder(parent, name);
  conv_ = holder.register_module(
      "conv",
      torch::nn::Conv2d(
          torch::nn::Conv2dOptions(in_channels, out_channels, kernel_px).padding(kernel_px / 2)));
  norm_ = holder.register_module(
      "gn", torch::nn::GroupNorm(torch::nn::GroupNormOptions(kGroups, out_channels)));
}

torch::Tensor ConvGroupNorm::operator()(const torch::Tensor& image) {
  return norm_(conv_(image));
}

DeAotDecoderImpl::DeAotDecoderImpl(const DeAotDecoderOptions& options)
    : conv_in_(*this, "conv_in", options.in_channels, options.channels, 1),
      conv_16x_(*this, "conv_16x", options.channels, options.channels, 3),
      conv_8x_(*this, "conv_8x", options.channels, options.channels / 2, 3),
      conv_4x_(*this, "conv_4x", options.channels / 2, options.channels / 2, 3),
      adapter_16x_(
          register_module("adapter_16x", pointwise(options.stride16_channels, options.channels))),
      adapter_8x_(
          register_module("adapter_8x", pointwise(options.stride8_channels, options.channels))),
      adapter_4x_(
          register_module("adapter_4x", pointwise(options.stride4_channels, options.channels / 2))),
      conv_out_(
          register_module("conv_out", pointwise(options.channels / 2, options.out_channels))) {}

DecoderSkips DeAotDecoderImpl::skips(const FeaturePyramid& features) {
  return {.stride4 = adapter_4x_(features.stride4),
          .stride8 = adapter_8x_(features.stride8),
          .stride16 = adapter_16x_(features.stride16)};
}

torch::Tensor DeAotDecoderImpl::forward(const torch::Tensor& map, const DecoderSkips& skips,
                                        DecoderProbe* probe) {
  const torch::Tensor in = conv_in_(map);
  const torch::Tensor stride16 = conv_16x_(in.relu() + skips.stride16);
  const torch::Tensor stride8 =
      conv_8x_(resized_by_corners(stride16.relu(), size_of(skips.stride8)) + skips.stride8);
  const torch::Tensor stride4 =
      conv_4x_(resized_by_corners(stride8.relu(), size_of(skips.stride4)) + skips.stride4);
  if (probe != nullptr) {
    *probe = {.conv_in = in, .conv_16x = stride16, .conv_8x = stride8, .conv_4x = stride4};
  }
  return conv_out_(stride4.relu());
}

}  // namespace mote::nn
