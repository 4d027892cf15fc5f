#include "mote/nn/resnet.h"

#include <array>
#include <string>

namespace mote::nn {
namespace {

constexpr int64_t kStemChannels = 64;
constexpr int64_t kWidening = 4;
constexpr std::array<int64_t, 3> kBlocks = {3, 4, 6};

constexpr ConvNorm::Options kRectified = {.activation = Activation::kRelu};

torch::nn::Conv2dOptions pointwise(int64_t in_channels, int64_t out_channels) {
  return {in_channels, out_channels, 1};
}

}  // namespace

Bottleneck::Bottleneck(torch::nn::Module& holder, const Options& options) {
  const int64_t channels = options.channels;
  convs_.emplace_back(holder, "conv1", "bn1", pointwise(options.in_channels, channels), kRectified);
  convs_.emplace_back(
      holder, "conv2", "bn2",
      torch::nn::Conv2dOptions(channels, channels, 3).stride(options.stride).padding(1),
      kRectified);
  convs_.emplace_back(holder, "conv3", "bn3", pointwise(channels, channels * kWidening),
                      ConvNorm::Options{.activation = Activation::kRelu, .adds = true});
  if (options.projects) {
    shortcut_.emplace(add_holder(holder, "downsample"), "0", "1",
                      pointwise(options.in_channels, channels * kWidening).stride(options.stride),
                      ConvNorm::Options{});
  }
}

torch::Tensor Bottleneck::operator()(const torch::Tensor& image) {
  const torch::Tensor hidden = convs_[1](convs_[0](image));
  return convs_[2](hidden, shortcut_ ? (*shortcut_)(image) : image);
}

ResNet50Impl::ResNet50Impl()
    : stem_(*this, "conv1", "bn1",
            torch::nn::Conv2dOptions(3, kStemChannels, 7).stride(2).padding(3), kRectified) {
  int64_t in_channels = kStemChannels;
  for (size_t s = 0; s < kBlocks.size(); ++s) {
    torch::nn::Module& layer = add_holder(*this, "layer" + std::to_string(s + 1));
    const int64_t channels = kStemChannels << s;
    std::vector<Bottleneck> stage;
    for (int64_t i = 0; i < kBlocks[s]; ++i) {
      stage.emplace_back(add_holder(layer, std::to_string(i)),
                         Bottleneck::Options{.in_channels = in_channels,
                                             .channels = channels,
                                             .stride = s > 0 && i == 0 ? 2 : 1,
                                             .projects = i == 0});
      in_channels = channels * kWidening;
    }
    stages_.push_back(std::move(stage));
  }
}

FeaturePyramid ResNet50Impl::forward(const torch::Tensor& image) {
  std::array<torch::Tensor, 3> outputs;
  torch::Tensor hidden = torch::max_pool2d(stem_(image), 3, 2, 1);
  for (size_t s = 0; s < stages_.size(); ++s) {
    for (Bottleneck& block : stages_[s]) {
      hidden = block(hidden);
    }
    outputs[s] = hidden;
  }
  return {.stride4 = outputs[0], .stride8 = outputs[1], .stride16 = outputs[2], .last = outputs[2]};
}

}  // namespace mote::nn
