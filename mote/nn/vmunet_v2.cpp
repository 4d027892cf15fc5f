#include "mote/nn/vmunet_v2.h"

#include <string>

#include "mote/core/error.h"

namespace mote::nn {
namespace {

namespace F = torch::nn::functional;

constexpr size_t kScales = 4;

torch::nn::Conv2d conv_without_bias(int64_t in, int64_t out, int64_t kernel_px) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in, out, kernel_px).padding(kernel_px / 2).bias(false));
}

torch::nn::ConvTranspose2d doubling(int64_t channels) {
  return torch::nn::ConvTranspose2d(
      torch::nn::ConvTranspose2dOptions(channels, channels, 4).stride(2).padding(1).bias(false));
}

torch::Tensor resized(const torch::Tensor& map, at::IntArrayRef size) {
  if (map.sizes().slice(2) == size) {
    return map;
  }
  if (map.size(3) > size[1]) {
    return torch::adaptive_avg_pool2d(map, size);
  }
  return F::interpolate(
      map, F::InterpolateFuncOptions().size(size.vec()).mode(torch::kBilinear).align_corners(true));
}

torch::Tensor four_times(const torch::Tensor& map) {
  return F::interpolate(map, F::InterpolateFuncOptions()
                                 .scale_factor(std::vector<double>{4, 4})
                                 .mode(torch::kBilinear)
                                 .align_corners(false));
}

}  // namespace

ChannelAttentionImpl::ChannelAttentionImpl(int64_t channels)
    : fc1_(register_module("fc1", conv_without_bias(channels, channels / 16, 1))),
      fc2_(register_module("fc2", conv_without_bias(channels / 16, channels, 1))) {}

torch::Tensor ChannelAttentionImpl::forward(const torch::Tensor& map) {
  const auto weights = [&](const torch::Tensor& pooled) { return fc2_(torch::relu(fc1_(pooled))); };
  return torch::sigmoid(weights(map.mean({2, 3}, true)) + weights(map.amax({2, 3}, true)));
}

SpatialAttentionImpl::SpatialAttentionImpl()
    : conv1_(register_module("conv1", conv_without_bias(2, 1, 7))) {}

torch::Tensor SpatialAttentionImpl::forward(const torch::Tensor& map) {
  const auto pooled = torch::cat({map.mean(1, true), map.amax(1, true)}, 1);
  return torch::sigmoid(conv1_(pooled));
}

ReduceChannelsImpl::ReduceChannelsImpl(int64_t in_channels, int64_t out_channels)
    : conv_(register_module("conv", conv_without_bias(in_channels, out_channels, 1))),
      bn_(register_module("bn", torch::nn::BatchNorm2d(out_channels))) {}

torch::Tensor ReduceChannelsImpl::forward(const torch::Tensor& map) {
  return bn_(conv_(map));
}

SemanticsInfusionImpl::SemanticsInfusionImpl(int64_t channels, int64_t scales)
    : convs_(register_module("convs", torch::nn::ModuleList())) {
  for (int64_t i = 0; i < scales; ++i) {
    convs_->push_back(
        torch::nn::Conv2d(torch::nn::Conv2dOptions(channels, channels, 3).padding(1)));
  }
}

torch::Tensor SemanticsInfusionImpl::forward(const std::vector<torch::Tensor>& maps,
                                             size_t target) {
  const auto size = maps[target].sizes().slice(2);
  torch::Tensor product;
  for (size_t i = 0; i < maps.size(); ++i) {
    const auto factor = convs_[i]->as<torch::nn::Conv2d>()->forward(resized(maps[i], size));
    product = product.defined() ? product * factor : factor;
  }
  return product;
}

VmUnetV2Impl::VmUnetV2Impl(const VmUnetV2Options& options) : options_(options) {
  const auto& channels = options.encoder.channels;
  const int64_t mid = options.mid_channels;
  if (channels.size() != kScales || (options.deep_supervision && options.classes != 1)) {
    throw Error(ErrorKind::kUsage,
                "VM-UNetV2 of {} stages and {} classes: it has 4, and one class with deep "
                "supervision",
                channels.size(), options.classes);
  }
  for (size_t s = 0; s < kScales; ++s) {
    const std::string number = std::to_string(s + 1);
    channel_attention_.push_back(register_module("ca_" + number, ChannelAttention(channels[s])));
    spatial_attention_.push_back(register_module("sa_" + number, SpatialAttention()));
    reduce_.push_back(register_module("Translayer_" + number, ReduceChannels(channels[s], mid)));
    infuse_.push_back(register_module("sdi_" + number, SemanticsInfusion(mid, kScales)));
  }
  seg_outs_ = register_module("seg_outs", torch::nn::ModuleList());
  for (size_t s = 0; s < kScales; ++s) {
    seg_outs_->push_back(torch::nn::Conv2d(torch::nn::Conv2dOptions(mid, options.classes, 1)));
    deconv_.push_back(register_module("deconv" + std::to_string(s + 2), doubling(mid)));
  }
  deconv6_ = register_module(
      "deconv6",
      torch::nn::ConvTranspose2d(
          torch::nn::ConvTranspose2dOptions(1, 1, 3).stride(2).padding(1).output_padding(1)));
  vmunet_ = register_module("vmunet", std::make_shared<VssEncoderImpl>(options.encoder));
  init_linears(*this);
}

torch::Tensor VmUnetV2Impl::reduced(size_t scale, const torch::Tensor& map) {
  const auto channels_weighed = channel_attention_[scale](map) * map;
  return reduce_[scale](spatial_attention_[scale](channels_weighed) * channels_weighed);
}

torch::Tensor VmUnetV2Impl::forward(const torch::Tensor& image) {
  const auto features = vmunet_->encode(three_channels(image), kScales - 1);
  std::vector<torch::Tensor> maps;
  for (size_t s = 0; s < kScales; ++s) {
    maps.push_back(reduced(s, features[s].permute({0, 3, 1, 2})));
  }
  torch::Tensor y = infuse_[3](maps, 3);
  std::vector<torch::Tensor> decoded;  // coarse to fine, without the coarsest
  for (size_t s = 0; s + 1 < kScales; ++s) {
    y = deconv_[s](y) + infuse_[2 - s](maps, 2 - s);
    decoded.push_back(y);
  }
  const auto head = [&](size_t number, const torch::Tensor& map) {
    return four_times(seg_outs_[number]->as<torch::nn::Conv2d>()->forward(map));
  };
  const auto finest = head(3, decoded[2]);
  if (options_.deep_supervision) {
    return torch::sigmoid(finest + deconv6_(head(2, decoded[1])));
  }
  return options_.classes == 1 ? torch::sigmoid(finest) : finest;
}

}  // namespace mote::nn
