#include "mote/nn/mobilenet_v2.h"

#include <array>
#include <string>

namespace mote::nn {
namespace {

struct Stage {
  int64_t expansion;
  int64_t channels;
  int64_t blocks;
  int64_t stride;
};

// Table 2 of the paper.
constexpr std::array<Stage, 7> kStages = {{{1, 16, 1, 1},
                                           {6, 24, 2, 2},
                                           {6, 32, 3, 2},
                                           {6, 64, 4, 2},
                                           {6, 96, 3, 1},
                                           {6, 160, 3, 2},
                                           {6, 320, 1, 1}}};
constexpr int64_t kFirstChannels = 32;
constexpr int64_t kLastChannels = 1280;
constexpr int64_t kOutputStride = 16;

// Blocks after which the features of a stride are complete.
constexpr size_t kBlocksToStride4 = 3;
constexpr size_t kBlocksToStride8 = 6;
constexpr size_t kBlocksToStride16 = 13;

constexpr ConvNorm::Options kRectified = {.activation = Activation::kRelu6};

torch::nn::Conv2dOptions pointwise(int64_t in_channels, int64_t out_channels) {
  return {in_channels, out_channels, 1};
}

}  // namespace

InvertedResidual::InvertedResidual(torch::nn::Module& holder, const Options& options) {
  const bool residual = options.stride == 1 && options.in_channels == options.out_channels;
  const int64_t hidden = options.in_channels * options.expansion;
  torch::nn::Module& conv = add_holder(holder, "conv");
  int64_t index = 0;
  if (options.expansion != 1) {
    torch::nn::Module& expand = add_holder(conv, std::to_string(index++));
    convs_.emplace_back(expand, "0", "1", pointwise(options.in_channels, hidden), kRectified);
  }
  torch::nn::Module& filter = add_holder(conv, std::to_string(index++));
  convs_.emplace_back(filter, "0", "1",
                      torch::nn::Conv2dOptions(hidden, hidden, 3)
                          .stride(options.stride)
                          .padding(options.dilation)
                          .dilation(options.dilation)
                          .groups(hidden),
                      kRectified);
  convs_.emplace_back(conv, std::to_string(index), std::to_string(index + 1),
                      pointwise(hidden, options.out_channels), ConvNorm::Options{.adds = residual});
}

torch::Tensor InvertedResidual::operator()(const torch::Tensor& image) {
  torch::Tensor hidden = image;
  for (size_t i = 0; i + 1 < convs_.size(); ++i) {
    hidden = convs_[i](hidden);
  }
  return convs_.back()(hidden, image);
}

MobileNetV2Impl::MobileNetV2Impl() {
  torch::nn::Module& features = add_holder(*this, "features");
  ends_.emplace_back(add_holder(features, "0"), "0", "1",
                     torch::nn::Conv2dOptions(3, kFirstChannels, 3).stride(2).padding(1),
                     kRectified);
  int64_t channels = kFirstChannels;
  int64_t reached_stride = 2;
  int64_t dilation = 1;
  for (const Stage& stage : kStages) {
    const bool dilates = reached_stride == kOutputStride;
    const int64_t first_dilation = dilation;  // the first block of a dilated stage lags behind
    dilation *= dilates ? stage.stride : 1;
    reached_stride *= dilates ? 1 : stage.stride;
    for (int64_t i = 0; i < stage.blocks; ++i) {
      const std::string name = std::to_string(blocks_.size() + 1);
      blocks_.emplace_back(
          add_holder(features, name),
          InvertedResidual::Options{.in_channels = channels,
                                    .out_channels = stage.channels,
                                    .stride = i == 0 && !dilates ? stage.stride : 1,
                                    .dilation = i == 0 ? first_dilation : dilation,
                                    .expansion = stage.expansion});
      channels = stage.channels;
    }
  }
  ends_.emplace_back(add_holder(features, std::to_string(blocks_.size() + 1)), "0", "1",
                     pointwise(channels, kLastChannels), kRectified);
}

FeaturePyramid MobileNetV2Impl::forward(const torch::Tensor& image) {
  FeaturePyramid pyramid;
  torch::Tensor hidden = ends_.front()(image);
  for (size_t i = 0; i < blocks_.size(); ++i) {
    hidden = blocks_[i](hidden);
    if (i + 1 == kBlocksToStride4) pyramid.stride4 = hidden;
    if (i + 1 == kBlocksToStride8) pyramid.stride8 = hidden;
    if (i + 1 == kBlocksToStride16) pyramid.stride16 = hidden;
  }
  pyramid.last = ends_.back()(hidden);
  return pyramid;
}

}  // namespace mote::nn
