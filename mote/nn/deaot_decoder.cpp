#include "mote/nn/deaot_decoder.h"

#include "mote/nn/kernels.h"
#include "mote/nn/winograd_kernel.h"

namespace mote::nn {
namespace {

constexpr int64_t kGroups = 8;

torch::nn::Conv2d pointwise(int64_t in_channels, int64_t out_channels) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in_channels, out_channels, 1));
}

/// Of one image, (1, C, H, W) -> (H, W, C), pixel by pixel in memory.
torch::Tensor pixels_of(const torch::Tensor& image) {
  return image[0].permute({1, 2, 0}).contiguous();
}

/// The other way, without a copy.
torch::Tensor image_of(const torch::Tensor& pixels) {
  return pixels.permute({2, 0, 1}).unsqueeze(0);
}

Size size_of(const torch::Tensor& image) {
  return {image.size(2), image.size(3)};
}

}  // namespace

torch::Tensor resized_by_corners(const torch::Tensor& image, Size size) {
  return torch::upsample_bilinear2d(image, {size.height, size.width}, true);
}

torch::Tensor pointwise_convolution(const torch::Tensor& image, torch::nn::Conv2d conv) {
  if (!kernels_take({image, conv->weight})) {
    return conv->forward(image);
  }
  return torch::linear(image.permute({0, 2, 3, 1}), conv->weight.flatten(1), conv->bias)
      .permute({0, 3, 1, 2});
}

ConvGroupNorm::ConvGroupNorm(torch::nn::Module& parent, const std::string& name,
                             int64_t in_channels, int64_t out_channels, int64_t kernel_px) {
  torch::nn::Module& holder = add_holder(parent, name);
  parts_.conv = holder.register_module(
      "conv",
      torch::nn::Conv2d(
          torch::nn::Conv2dOptions(in_channels, out_channels, kernel_px).padding(kernel_px / 2)));
  parts_.norm = holder.register_module(
      "gn", torch::nn::GroupNorm(torch::nn::GroupNormOptions(kGroups, out_channels)));
}

torch::Tensor ConvGroupNorm::operator()(const torch::Tensor& image) {
  return parts_.norm(parts_.conv(image));
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
      conv_out_(register_module("conv_out", pointwise(options.channels / 2, options.out_channels))),
      ready_{ReadyConvolution(conv_16x_.parts()), ReadyConvolution(conv_8x_.parts()),
             ReadyConvolution(conv_4x_.parts())} {}

DecoderSkips DeAotDecoderImpl::skips(const FeaturePyramid& features) {
  return {.stride4 = pointwise_convolution(features.stride4, adapter_4x_),
          .stride8 = pointwise_convolution(features.stride8, adapter_8x_),
          .stride16 = pointwise_convolution(features.stride16, adapter_16x_)};
}

torch::Tensor DeAotDecoderImpl::plain(const torch::Tensor& map, const DecoderSkips& skips,
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

torch::Tensor DeAotDecoderImpl::fast(const torch::Tensor& map, const DecoderSkips& skips,
                                     DecoderProbe* probe) {
  const ConvGroupNormParts& first = conv_in_.parts();
  const torch::Tensor in = torch::linear(pixels_of(map), first.conv->weight.flatten(1),
                                         first.conv->bias);  // (h, w, channels)
  const ChannelAffine in_affine = affine_of(first.norm, in);
  const torch::Tensor stride16 =
      ready_[0](rectified_onto(in, in_affine, pixels_of(skips.stride16)));
  const ChannelAffine affine16 = affine_of(conv_16x_.parts().norm, stride16);
  const torch::Tensor stride8 =
      ready_[1](rectified_onto(stride16, affine16, pixels_of(skips.stride8)));
  const ChannelAffine affine8 = affine_of(conv_8x_.parts().norm, stride8);
  const torch::Tensor stride4 =
      ready_[2](rectified_onto(stride8, affine8, pixels_of(skips.stride4)));
  const ChannelAffine affine4 = affine_of(conv_4x_.parts().norm, stride4);
  if (probe != nullptr) {
    *probe = {.conv_in = image_of(in * in_affine.scale + in_affine.shift),
              .conv_16x = image_of(stride16 * affine16.scale + affine16.shift),
              .conv_8x = image_of(stride8 * affine8.scale + affine8.shift),
              .conv_4x = image_of(stride4 * affine4.scale + affine4.shift)};
  }
  return image_of(
      torch::linear(rectified(stride4, affine4), conv_out_->weight.flatten(1), conv_out_->bias));
}

torch::Tensor DeAotDecoderImpl::forward(const torch::Tensor& map, const DecoderSkips& skips,
                                        DecoderProbe* probe) {
  const bool fits = map.size(0) == 1 && conv_out_->weight.size(1) % kWinogradChannels == 0;
  if (fits && kernels_take({map, skips.stride4, conv_out_->weight})) {
    return fast(map, skips, probe);
  }
  return plain(map, skips, probe);
}

}  // namespace mote::nn
