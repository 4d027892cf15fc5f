#include "mote/nn/deaot.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "mote/core/error.h"
#include "mote/nn/frozen_norm.h"
#include "mote/nn/kernels.h"

namespace mote::nn {
namespace {

struct EncoderChannels {
  int64_t stride4;
  int64_t stride8;
  int64_t stride16;
  int64_t last;
};

EncoderChannels channels_of(DeAotEncoder encoder) {
  return encoder == DeAotEncoder::kMobileNetV2
             ? EncoderChannels{.stride4 = 24, .stride8 = 32, .stride16 = 96, .last = 1280}
             : EncoderChannels{.stride4 = 256, .stride8 = 512, .stride16 = 1024, .last = 1024};
}

int64_t nearest_length(int64_t length) {
  const double steps = static_cast<double>(length - 1) / static_cast<double>(kDeAotStride);
  return std::max<int64_t>(std::lrint(steps), 1) * kDeAotStride + 1;  // half goes to even
}

bool is_taken(int64_t length) {
  return length > kDeAotStride && length % kDeAotStride == 1;
}

torch::Tensor tokens_of(const torch::Tensor& map) {
  return map.flatten(2).transpose(1, 2);
}

}  // namespace

DeAotOptions deaot_t() {
  return {};
}

DeAotOptions r50_deaot_l() {
  return {.encoder = DeAotEncoder::kResNet50, .layers = 3};
}

Size deaot_size(Size size) {
  return {nearest_length(size.height), nearest_length(size.width)};
}

DeAotImpl::DeAotImpl(const DeAotOptions& options) : options_(options) {
  const EncoderChannels channels = channels_of(options.encoder);
  if (options.encoder == DeAotEncoder::kMobileNetV2) {
    mobilenet_ = register_module("encoder", MobileNetV2());
  } else {
    resnet_ = register_module("encoder", ResNet50());
  }
  encoder_projector_ = register_module(
      "encoder_projector",
      torch::nn::Conv2d(torch::nn::Conv2dOptions(channels.last, options.channels, 1)));
  torch::nn::Module& lstt = add_holder(*this, "LSTT");
  torch::nn::Module& layers = add_holder(lstt, "layers");
  for (int64_t i = 0; i < options.layers; ++i) {
    layers_.push_back(layers.register_module(
        std::to_string(i),
        GatedPropagation(GatedPropagationOptions{.channels = options.channels, .first = i == 0})));
  }
  decoder_norm_ =
      add_holder(add_holder(lstt, "decoder_norms"), "0")
          .register_module(
              "gn", torch::nn::GroupNorm(torch::nn::GroupNormOptions(2, 2 * options.channels)));
  decoder_ = register_module(
      "decoder", DeAotDecoder(DeAotDecoderOptions{.in_channels = 2 * options.channels,
                                                  .channels = options.channels,
                                                  .stride4_channels = channels.stride4,
                                                  .stride8_channels = channels.stride8,
                                                  .stride16_channels = channels.stride16,
                                                  .out_channels = options.objects + 1}));
  patch_wise_id_bank_ =
      register_module("patch_wise_id_bank",
                      torch::nn::Conv2d(torch::nn::Conv2dOptions(options.objects + 1,
                                                                 options.channels, kDeAotStride + 1)
                                            .stride(kDeAotStride)
                                            .padding(kDeAotStride / 2)));
  embedding_.emplace(patch_wise_id_bank_);
  id_norm_ = register_module("id_norm",
                             torch::nn::LayerNorm(torch::nn::LayerNormOptions({options.channels})));
}

FeaturePyramid DeAotImpl::encode(const torch::Tensor& image) {
  return mobilenet_.is_empty() ? resnet_(image) : mobilenet_(image);
}

torch::Tensor DeAotImpl::project(const FeaturePyramid& pyramid) {
  return tokens_of(pointwise_convolution(pyramid.last, encoder_projector_));
}

DeAotFeatures DeAotImpl::features(const torch::Tensor& image) {
  if (image.dim() != 4 || image.size(1) != 3 || !is_taken(image.size(2)) ||
      !is_taken(image.size(3))) {
    throw Error(ErrorKind::kUsage,
                "DeAOT takes images of 3 channels with sides of 16 n + 1 px, not {}",
                fmt::join(image.sizes().vec(), " x "));
  }
  const FeaturePyramid pyramid = encode(image);
  DeAotFeatures features = {.tokens = project(pyramid),
                            .map = {pyramid.last.size(2), pyramid.last.size(3)},
                            .skips = decoder_->skips(pyramid)};
  if (image.size(0) == 1 && kernels_take({features.tokens})) {
    features.first = layer(0)->prepare(features.tokens, {});
  }
  return features;
}

torch::Tensor DeAotImpl::embed(const torch::Tensor& labels) {
  if (labels.device().is_cpu() && kernels_take({patch_wise_id_bank_->weight})) {
    return id_norm_((*embedding_)(labels));
  }
  const torch::Tensor one_hot = torch::one_hot(labels, options_.objects + 1)
                                    .permute({0, 3, 1, 2})
                                    .to(patch_wise_id_bank_->weight.dtype());
  return id_norm_(tokens_of(patch_wise_id_bank_(one_hot)));
}

torch::Tensor DeAotImpl::norm_of_branches(const torch::Tensor& both) {
  std::vector<torch::Tensor> scales;
  std::vector<torch::Tensor> means;
  for (const torch::Tensor& branch : both.chunk(2, 2)) {
    const auto [variance, mean] = torch::var_mean(branch, /*unbiased=*/false);
    scales.push_back((variance + decoder_norm_->options.eps()).rsqrt().expand(options_.channels));
    means.push_back(mean.expand(options_.channels));
  }
  const torch::Tensor scale = torch::cat(scales) * decoder_norm_->weight;
  const torch::Tensor shift = decoder_norm_->bias - torch::cat(means) * scale;
  return (both * scale).add_(shift);
}

torch::Tensor DeAotImpl::decoder_norm(const BranchTokens& branches) {
  const torch::Tensor both = torch::cat({branches.visual, branches.identity}, 2);
  if (both.size(0) == 1 && kernels_take({both, decoder_norm_->weight})) {
    return norm_of_branches(both);
  }
  return decoder_norm_(both.transpose(1, 2)).transpose(1, 2);
}

torch::Tensor DeAotImpl::decode(const BranchTokens& branches, const DeAotFeatures& features,
                                DecoderProbe* probe) {
  const torch::Tensor normed = decoder_norm(branches);
  const torch::Tensor map = normed.transpose(1, 2).reshape(
      {normed.size(0), normed.size(2), features.map.height, features.map.width});
  return decoder_->forward(map, features.skips, probe);
}

}  // namespace mote::nn
