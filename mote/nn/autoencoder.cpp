#include "mote/nn/autoencoder.h"

#include "mote/core/error.h"

namespace mote::nn {
namespace {

/// Without bias: the norm that follows has one.
torch::nn::Conv2d conv3x3(int64_t in_channels, int64_t out_channels) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in_channels, out_channels, 3).padding(1).bias(false));
}

torch::nn::ConvTranspose2d doubling(int64_t in_channels, int64_t out_channels) {
  return torch::nn::ConvTranspose2d(
      torch::nn::ConvTranspose2dOptions(in_channels, out_channels, 2).stride(2));
}

}  // namespace

ConvPairImpl::ConvPairImpl(int64_t in_channels, int64_t out_channels)
    : conv1_(register_module("conv1", conv3x3(in_channels, out_channels))),
      norm1_(register_module("norm1", torch::nn::BatchNorm2d(out_channels))),
      conv2_(register_module("conv2", conv3x3(out_channels, out_channels))),
      norm2_(register_module("norm2", torch::nn::BatchNorm2d(out_channels))) {}

torch::Tensor ConvPairImpl::forward(const torch::Tensor& map) {
  return torch::relu(norm2_(conv2_(torch::relu(norm1_(conv1_(map))))));
}

AutoencoderImpl::AutoencoderImpl(const AutoencoderOptions& options)
    : options_(options),
      down_(register_module("down", torch::nn::ModuleList())),
      up_(register_module("up", torch::nn::ModuleList())),
      merge_(register_module("merge", torch::nn::ModuleList())),
      head_(register_module("head", torch::nn::Conv2d(torch::nn::Conv2dOptions(
                                        options.channels.at(0), options.classes, 1)))) {
  const auto& channels = options.channels;
  for (size_t s = 0; s < channels.size(); ++s) {
    down_->push_back(ConvPair(s == 0 ? options.in_channels : channels[s - 1], channels[s]));
  }
  for (size_t s = channels.size() - 1; s > 0; --s) {
    up_->push_back(doubling(channels[s], channels[s - 1]));
    merge_->push_back(ConvPair((options.skips ? 2 : 1) * channels[s - 1], channels[s - 1]));
  }
}

torch::Tensor AutoencoderImpl::forward(const torch::Tensor& image) {
  const int64_t multiple = int64_t{1} << up_->size();
  if (image.dim() != 4 || image.size(1) != options_.in_channels || image.size(2) % multiple != 0 ||
      image.size(3) % multiple != 0) {
    throw Error(ErrorKind::kUsage,
                "image of shape [{}]: the autoencoder takes (N, {}, H, W) in multiples of {} px",
                fmt::join(image.sizes().begin(), image.sizes().end(), ", "), options_.in_channels,
                multiple);
  }
  std::vector<torch::Tensor> features;
  for (size_t s = 0; s < down_->size(); ++s) {
    const auto in = s == 0 ? image : torch::max_pool2d(features.back(), 2);
    features.push_back(down_[s]->as<ConvPair>()->forward(in));
  }
  torch::Tensor map = features.back();
  for (size_t k = 0; k < up_->size(); ++k) {
    map = up_[k]->as<torch::nn::ConvTranspose2d>()->forward(map);
    if (options_.skips) {
      map = torch::cat({features[up_->size() - 1 - k], map}, 1);
    }
    map = merge_[k]->as<ConvPair>()->forward(map);
  }
  return head_(map);
}

}  // namespace mote::nn
